"""How long, and when, in as few characters as can be read at three in the morning."""

from datetime import datetime, timedelta

from django import template
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.shared.durations import in_words

register = template.Library()


@register.filter
def duration(length: timedelta | None) -> SafeString:
    """This will write a length of time with its two largest units: `3 h 12 min`."""
    if length is None:
        return SafeString("")
    return format_html("<bdi>{}</bdi>", in_words(length))


@register.filter
def moment(instant: datetime | None, seen_at: datetime) -> SafeString:
    """This will write the time of day, and the day when it is not that of `seen_at`."""
    return SafeString("") if instant is None else _written(instant, seen_at, "H:i")


@register.filter
def exact_moment(instant: datetime | None, seen_at: datetime) -> SafeString:
    """This will write the moment to the second, for what follows each other within minutes."""
    return SafeString("") if instant is None else _written(instant, seen_at, "H:i:s")


@register.filter
def percent(share: float | None, decimals: int = 0) -> SafeString:
    """This will write a share of one as `31 %`, and `−64 %` when it is below nothing."""
    if share is None:
        return SafeString("")
    number = floatformat(share * 100, decimals).replace("-", "−")
    return format_html("<bdi>{} %</bdi>", number)


def _written(instant: datetime, seen_at: datetime, clock_form: str) -> SafeString:
    here, today = timezone.localtime(instant), timezone.localtime(seen_at)
    if here.date() == today.date():
        shown = date_format(here, clock_form)
    elif abs(here - today) < timedelta(days=6):
        shown = date_format(here, f"D {clock_form}")
    else:
        shown = date_format(here, f"j M {clock_form}")
    return format_html(
        '<time datetime="{}"><bdi>{}</bdi> {}</time>', instant.isoformat(), shown, here.tzname()
    )
