"""How long the incidents of a service took: to be noticed, to be taken on, to end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from catalog.selectors import get_service
from slo.models import Bucket, BurnWindow, Objective, Occasion
from slo.rules.burn_rate import burn_rate
from slo.rules.minute import MINUTE, minute_of
from slo.rules.request_outcome import Kind
from slo.rules.response_time import Spread, spread
from slo.rules.window import Span, merged, parts_within
from slo.selectors.accounts import excluded_spans
from slo.selectors.indicators import all_objectives

SPANS_A_QUERY = 100


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """Of the incidents that were opened in the span.

    To detect: from the onset, which is the first minute within the long window of an
    objective's fastest pair before the opening that alone burned above the factor of that
    pair, to the opening; where no minute did, nobody knows. To acknowledge and to resolve:
    from the opening.
    """

    service: str
    span: Span
    incidents: int
    to_detect: Spread
    to_acknowledge: Spread
    to_resolve: Spread


def response_times(service_slug: str, *, days: int, at: datetime) -> ResponseTimes:
    """This will return the times of the last so many days; raises UnknownService."""
    service = get_service(service_slug)
    span = Span(at - timedelta(days=days), at)
    occasions = list(
        Occasion.objects.filter(
            kind=Occasion.Kind.INCIDENT,
            service=service,
            starts_at__gt=span.start,
            starts_at__lte=span.end,
        )
    )
    objectives = all_objectives().filter(is_active=True, indicator__service=service)
    onsets = _onsets(occasions, list(objectives))
    return ResponseTimes(
        service=service.slug,
        span=span,
        incidents=len(occasions),
        to_detect=spread(
            one.starts_at - onsets[one.pk] if one.pk in onsets else None for one in occasions
        ),
        to_acknowledge=spread(_since_opening(one, one.acknowledged_at, at) for one in occasions),
        to_resolve=spread(_since_opening(one, one.ends_at, at) for one in occasions),
    )


def _since_opening(occasion: Occasion, moment: datetime | None, at: datetime) -> timedelta | None:
    """What came after the moment that is looked at is not known then."""
    if moment is None or moment > at:
        return None
    return max(moment - occasion.starts_at, timedelta(0))


def _onsets(occasions: Sequence[Occasion], objectives: Iterable[Objective]) -> dict[int, datetime]:
    """The earliest onset of each occasion, by its key; one query or so an objective."""
    onsets: dict[int, datetime] = {}
    for objective in objectives:
        fastest = min(
            objective.burn_windows.all(), key=lambda window: window.long_minutes, default=None
        )
        if fastest is None or objective.indicator.kind == Kind.COMPOSITE:
            continue
        looked_at = {one.pk: _before(one, fastest) for one in occasions}
        burning = _burning_minutes(objective, fastest, list(looked_at.values()))
        for pk, span in looked_at.items():
            found = [minute for minute in burning if span.start <= minute < span.end]
            if found:
                onsets[pk] = min([found[0], *([onsets[pk]] if pk in onsets else [])])
    return onsets


def _before(occasion: Occasion, fastest: BurnWindow) -> Span:
    """Up to the minute of the opening, which is the last in which it may have begun."""
    return Span.ending(minute_of(occasion.starts_at) + MINUTE, fastest.long_minutes)


def _burning_minutes(
    objective: Objective, fastest: BurnWindow, spans: Sequence[Span]
) -> list[datetime]:
    factor = fastest.factor_for(objective)
    joined = merged(spans)
    found: list[datetime] = []
    for first in range(0, len(joined), SPANS_A_QUERY):
        some = joined[first : first + SPANS_A_QUERY]
        concerned = Q()
        for span in some:
            concerned |= Q(minute__gte=span.start, minute__lt=span.end)
        rows = Bucket.objects.filter(
            concerned, indicator=objective.series_id, good__lt=F("total")
        ).order_by("minute")
        for row in rows:
            burn = burn_rate(row.counts, target=objective.target)
            if burn is not None and burn > factor:
                found.append(row.minute)
    if not found:
        return []
    excluded = excluded_spans(objective, within=Span(found[0], found[-1] + MINUTE))
    return [m for m in found if not parts_within(Span(m, m + MINUTE), excluded)]
