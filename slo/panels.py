"""How the promises of some services stand, on a page of another domain."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext

from portal.shared.charts import burn_down_svg
from portal.shared.panels import Panel, PanelRequest, register_panel
from slo import selectors
from slo.rules.gate import Risk
from slo.selectors import ObjectiveStatus

BEFORE_THE_SPAN = timedelta(hours=1)
SHORTEST = timedelta(hours=24)
LONGEST = timedelta(days=30)


def register() -> None:
    register_panel("slo.burn", burn_panel)
    register_panel("slo.gate", gate_panel)
    register_panel("slo.impact", impact_panel)


def burn_panel(request: PanelRequest) -> Panel | None:
    """This will show level, remaining budget and burn-down; nothing without objectives."""
    statuses = selectors.statuses_of_services(request.service_slugs, at=request.at)
    if not statuses:
        return None
    return Panel(
        title=gettext("Error budgets"),
        template="slo/panels/burn.html",
        context={
            "rows": [
                {
                    "status": status,
                    "chart": _chart(status, request),
                    "address": reverse("admin:slo_objective_change", args=[status.pk]),
                }
                for status in statuses
            ]
        },
        address=reverse("admin:slo_objective_changelist"),
    )


def gate_panel(request: PanelRequest) -> Panel | None:
    """This will show where changes are refused, or let through by an override alone."""
    gates = [
        selectors.gate(slug, risk=Risk.NORMAL, at=request.at) for slug in _with_objectives(request)
    ]
    shut = [gate for gate in gates if gate.verdict.is_frozen or not gate.verdict.is_allowed]
    if not shut:
        return None
    return Panel(
        title=gettext("May it be changed?"),
        template="slo/panels/gates.html",
        context={"gates": shut},
    )


def impact_panel(request: PanelRequest) -> Panel | None:
    """This will show what the page's time has cost each objective; nothing without any."""
    impacts = selectors.impacts_of_time(
        request.service_slugs, starts_at=request.starts_at, at=request.at
    )
    if not impacts:
        return None
    return Panel(
        title=gettext("What this time has cost"),
        template="slo/panels/impact.html",
        context={
            "rows": [
                (impact, reverse("admin:slo_objective_ledger", args=[impact.objective.pk]))
                for impact in impacts
            ]
        },
    )


def _with_objectives(request: PanelRequest) -> list[str]:
    statuses = selectors.statuses_of_services(request.service_slugs, at=request.at)
    return sorted({status.service_slug for status in statuses})


def _chart(status: ObjectiveStatus, request: PanelRequest) -> str:
    earliest = min(request.starts_at - BEFORE_THE_SPAN, request.at - SHORTEST)
    points = selectors.burn_down(
        status.slug, at=request.at, since=max(earliest, request.at - LONGEST)
    )
    return burn_down_svg(
        points,
        title=gettext("Error budget of %(name)s") % {"name": status.name},
        width=480,
        height=140,
        span=(request.starts_at, request.at),
    )
