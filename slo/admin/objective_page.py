"""What the page of one objective shows: how it stands, over which time, and what is behind."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.selectors import recorded_between
from portal.shared import clock
from portal.shared.charts import burn_down_svg
from slo import selectors
from slo.models import Objective
from slo.rules.alert_level import PairState
from slo.rules.gate import Risk
from slo.rules.minute import MINUTE, minute_of, window_end
from slo.rules.request_validation import moment
from slo.rules.window import Span
from slo.selectors import ObjectiveStatus, PairStatus

SPANS = {
    "6h": (timedelta(hours=6), _("6 h")),
    "24h": (timedelta(hours=24), _("24 h")),
    "7d": (timedelta(days=7), _("7 d")),
    "30d": (timedelta(days=30), _("30 d")),
}
DEFAULT_SPAN = "24h"
# A minute each over six hours; a screen has no more pixels than this.
POINTS = 361
# One paper scaled to every screen would have letters for none: the style shows the one that fits.
PAPERS = {"narrow": (480, 200), "wide": (1080, 240)}
WORST_SHOWN = 8
MINUTES_A_PAGE = 60
EVENTS_SHOWN = 50
PERCENTILES = (50, 95, 99)

PAIR_STATES = {
    PairState.OK: (_("ok"), "good"),
    PairState.RISING: (_("rising"), "low"),
    PairState.FIRING: (_("firing"), "critical"),
    PairState.RECOVERING: (_("recovering"), "medium"),
    PairState.UNKNOWN: (_("no data"), "quiet"),
}


def context_of(request: HttpRequest, objective: Objective, *, at: datetime) -> dict[str, Any]:
    """This will return what slo/objective_standing.html needs."""
    chosen = request.GET.get("span", DEFAULT_SPAN)
    name = chosen if chosen in SPANS else DEFAULT_SPAN
    length, label = SPANS[name]
    status = selectors.objective_status(objective.slug, at=at)
    span = Span(window_end(at - length), window_end(at))
    points = selectors.burn_down(objective, at=at, points=POINTS, since=at - length)
    title = gettext("Error budget, last %(span)s") % {"span": label}
    return {
        "status": status,
        "at": at,
        "pairs": [(pair, *state_of(pair)) for pair in status.pairs],
        "spans": [(key, text, key == name) for key, (_length, text) in SPANS.items()],
        "charts": [
            (shape, burn_down_svg(points, title=title, width=width, height=height))
            for shape, (width, height) in PAPERS.items()
        ],
        "worst": [
            (share, minutes_address(objective, share.minute))
            for share in selectors.worst_minutes(objective, span, at=at, most=WORST_SHOWN)
        ],
        "latencies": _latencies(objective, status),
        "gate": selectors.gate(status.service_slug, risk=Risk.NORMAL, at=at),
        "ledger_address": reverse("admin:slo_objective_ledger", args=[objective.pk]),
        "minutes_address": minutes_address(objective, at - timedelta(minutes=MINUTES_A_PAGE - 1)),
    }


def state_of(pair: PairStatus) -> tuple[Any, str, Any]:
    """This will return the word for a pair's state, its tone, and why it is not told."""
    word, tone = PAIR_STATES[pair.state]
    if pair.is_frozen:
        share = {"share": round((pair.coverage or 0) * 100)}
        return _("frozen"), "quiet", gettext("too little data: %(share)d %%") % share
    if pair.is_suppressed:
        return _("suppressed"), "quiet", gettext("not significant: too few requests")
    if pair.is_inhibited:
        return word, tone, gettext("a faster pair tells of it")
    return word, tone, ""


def minutes_page(site: AdminSite, may_view: Callable[[HttpRequest, Objective], bool]) -> Any:
    """This will make the view of an hour of one objective: its minutes, and what happened."""

    def view(request: HttpRequest, object_id: str) -> HttpResponse:
        objective = selectors.all_objectives().filter(pk=row_number(object_id)).first()
        if objective is None:
            raise Http404
        if not may_view(request, objective):
            raise PermissionDenied
        at = clock.now()
        start = moment(request.GET.get("from")) or at - timedelta(minutes=MINUTES_A_PAGE - 1)
        start = min(minute_of(start), minute_of(at))
        span = Span(start, start + MINUTES_A_PAGE * MINUTE)
        context = {**site.each_context(request), **_hour(request, objective, span, at=at)}
        return TemplateResponse(request, "slo/minutes.html", context)

    return view


def _hour(
    request: HttpRequest, objective: Objective, span: Span, *, at: datetime
) -> dict[str, Any]:
    sees_events = request.user.has_perm("events.view_event")
    return {
        "title": objective.name,
        "opts": Objective._meta,
        "objective": objective,
        "objective_address": reverse("admin:slo_objective_change", args=[objective.pk]),
        "at": at,
        "span": span,
        "earlier": minutes_address(objective, span.start - MINUTES_A_PAGE * MINUTE),
        "later": minutes_address(objective, span.end) if span.end <= at else "",
        "minutes": selectors.minutes_of(objective, span, at=at, most=MINUTES_A_PAGE * 20),
        "events": recorded_between(span.start, span.end, limit=EVENTS_SHOWN)
        if sees_events
        else None,
    }


def _latencies(objective: Objective, status: ObjectiveStatus) -> list[tuple[int, float]]:
    """Percentiles over the objective's window, in milliseconds; empty for what has none."""
    if objective.indicator.latency_threshold_ms is None:
        return []
    histogram = selectors.latency_histogram(objective.indicator_id, status.span)
    found = ((percent, histogram.quantile(percent / 100)) for percent in PERCENTILES)
    return [(percent, latency) for percent, latency in found if latency is not None]


def minutes_address(objective: Objective, start: datetime) -> str:
    """This will return where the minutes from that one on are shown."""
    address = reverse("admin:slo_objective_minutes", args=[objective.pk])
    return f"{address}?from={minute_of(start):%Y-%m-%dT%H:%MZ}"


def row_number(text: str) -> int:
    """This will read the key of a row from an address; 0, which none has, for other text."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0
