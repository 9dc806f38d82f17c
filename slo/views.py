"""What anybody may see without signing in, where it is switched on: a page and its badges."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import cache_control

from portal.shared import clock
from slo import selectors
from slo.rules.badge import COLOURS, Badge
from slo.selectors import ObjectiveStatus, PublicStanding

SECONDS_KEPT = 60
WORDS = {
    "healthy": _("healthy"),
    "at_risk": _("at risk"),
    "exhausted": _("budget spent"),
    "no_data": _("no data"),
}
TONES = {"healthy": "good", "at_risk": "medium", "exhausted": "critical", "no_data": "quiet"}
_WORST_FIRST = ("exhausted", "at_risk", "healthy", "no_data")
HEADLINES = {
    "healthy": _("Every promise is kept."),
    "at_risk": _("A budget burns faster than promised."),
    "exhausted": _("A promise is broken: its budget is spent."),
    "no_data": _("Nothing was measured yet."),
}


@method_decorator(cache_control(public=True, max_age=SECONDS_KEPT), name="dispatch")
class StatusPageView(View):
    """How the promises of one service stand; 404 where nobody may see it."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, service: str) -> HttpResponse:
        at = clock.now()
        standing = _standing(service)
        return render(request, "slo/status_page.html", {"at": at, **_shown(standing)})


@method_decorator(cache_control(public=True, max_age=SECONDS_KEPT), name="dispatch")
class BadgeView(View):
    """One promise as a badge, for a README; 404 where the service's page is not public."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, service: str, slo_id: str) -> HttpResponse:
        statuses = {status.slug: status for status in _standing(service).statuses}
        if slo_id not in statuses:
            raise Http404
        drawn = render_to_string("slo/badge.svg", {"badge": _badge(statuses[slo_id])})
        return HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")


def _standing(service: str) -> PublicStanding:
    found = selectors.public_standing(service, at=clock.now())
    if found is None:
        raise Http404
    return found


def _shown(standing: PublicStanding) -> dict[str, Any]:
    worst = min(
        (status.status for status in standing.statuses),
        key=_WORST_FIRST.index,
        default="no_data",
    )
    return {
        "standing": standing,
        "tone": TONES[worst],
        "summary": HEADLINES[worst],
        "lines": [
            (status, WORDS[status.status], TONES[status.status], _left(status))
            for status in standing.statuses
        ],
    }


def _left(status: ObjectiveStatus) -> float:
    """How much of a bar is full, in percent."""
    return min(max((status.remaining or 0) * 100, 0), 100)


def _badge(status: ObjectiveStatus) -> Badge:
    if status.service_level is None or status.remaining is None:
        message = gettext("no data")
    else:
        message = gettext("%(level).3f %% · budget %(left).0f %%") % {
            "level": status.service_level * 100,
            "left": status.remaining * 100,
        }
    return Badge(label=status.name, message=message, colour=COLOURS[status.status])
