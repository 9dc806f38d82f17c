"""What the page of an incident shows of recovery: the plans for the services it hit."""

from django.urls import reverse
from django.utils.translation import gettext

from portal.shared.panels import Panel, PanelRequest
from recovery import selectors


def plan_panel(request: PanelRequest) -> Panel | None:
    """This will show the plans that cover the services, or say that none does."""
    if not request.service_slugs:
        return None
    return Panel(
        title=gettext("Recovery plans"),
        template="recovery/panels/plan.html",
        context={"standings": selectors.plans_covering(request.service_slugs, at=request.at)},
        address=reverse("admin:recovery_plan_changelist"),
    )
