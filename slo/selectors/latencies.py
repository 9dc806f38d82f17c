"""Latencies of any window: the difference of four rows."""

from datetime import UTC, datetime

from slo.models import LatencyBucket
from slo.rules.burn_rate import Counts
from slo.rules.exponential_histogram import Histogram
from slo.rules.history import History
from slo.rules.window import Span

NOTHING = Histogram.of({})
# How fine a history of latencies is, and how many of its rows are read together.
_GRAIN_SECONDS = 300
_ROWS_AT_ONCE = 2000


def latency_histogram(indicator_id: int, span: Span) -> Histogram:
    """This will return the latencies that were measured in the span."""
    return _before(indicator_id, span.end) - _before(indicator_id, span.start)


def _day_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _before(indicator_id: int, moment: datetime) -> Histogram:
    day = _day_of(moment)
    rows = LatencyBucket.objects.filter(indicator=indicator_id)
    days = rows.filter(grain=LatencyBucket.Grain.DAY, start__lt=day)
    minutes = rows.filter(grain=LatencyBucket.Grain.MINUTE, start__gte=day, start__lt=moment)
    packed = (
        found.order_by("-start").values_list("cumulative", flat=True).first()
        for found in (days, minutes)
    )
    return sum((Histogram.unpacked(p) for p in packed if p), start=NOTHING)


def latency_history(indicator_id: int, span: Span, *, threshold_ms: int) -> History:
    """This will return the counts of the span as if another latency had been good.

    Counts appear at the end of each five minutes, and the threshold is rounded up to the
    next bucket: a histogram of every minute would take many seconds to read.
    """
    rows = LatencyBucket.objects.filter(
        indicator=indicator_id, grain=LatencyBucket.Grain.MINUTE
    ).filter(start__gte=_day_of(span.start), start__lt=span.end)
    latest: dict[int, tuple[int, datetime]] = {}
    for pk, start in rows.order_by("start").values_list("pk", "start").iterator(20_000):
        latest[int(start.timestamp()) // _GRAIN_SECONDS] = (pk, start)
    own = _own_counts(dict(latest.values()), threshold_ms=threshold_ms)
    return History.of_minutes(span, own)


def _own_counts(starts: dict[int, datetime], *, threshold_ms: int) -> list[tuple[datetime, Counts]]:
    """What each five minutes added: a row holds all of its day, up to its end."""
    own = []
    day, before = None, Counts()
    keys = list(starts)
    for begin in range(0, len(keys), _ROWS_AT_ONCE):
        chunk = keys[begin : begin + _ROWS_AT_ONCE]
        packed = LatencyBucket.objects.filter(pk__in=chunk).values_list("pk", "cumulative")
        by_pk = dict(packed)
        for pk in chunk:
            start = starts[pk]
            if start.date() != day:
                day, before = start.date(), Counts()
            histogram = Histogram.unpacked(by_pk[pk])
            now = Counts(histogram.at_most(threshold_ms), histogram.total)
            own.append((start, now - before))
            before = now
    return own
