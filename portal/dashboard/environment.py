"""Which portal is this: the label beside the page's title."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext


def label(_request: HttpRequest) -> list[str]:
    """This will return the label's text and tone, as Unfold's ENVIRONMENT wants them."""
    if settings.IS_PRODUCTION:
        return [gettext("production"), "danger"]
    return [gettext("local"), "info"]
