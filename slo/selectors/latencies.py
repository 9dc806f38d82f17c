"""Latencies of any window: the difference of four rows."""

from datetime import datetime

from slo.models import LatencyBucket
from slo.rules.exponential_histogram import Histogram
from slo.rules.minute import day_of
from slo.rules.window import Span

NOTHING = Histogram.of({})


def latency_histogram(indicator_id: int, span: Span) -> Histogram:
    """This will return the latencies that were measured in the span."""
    return _before(indicator_id, span.end) - _before(indicator_id, span.start)


def _before(indicator_id: int, moment: datetime) -> Histogram:
    day = day_of(moment)
    rows = LatencyBucket.objects.filter(indicator=indicator_id)
    days = rows.filter(grain=LatencyBucket.Grain.DAY, start__lt=day)
    minutes = rows.filter(grain=LatencyBucket.Grain.MINUTE, start__gte=day, start__lt=moment)
    packed = (
        found.order_by("-start").values_list("cumulative", flat=True).first()
        for found in (days, minutes)
    )
    return sum((Histogram.unpacked(p) for p in packed if p), start=NOTHING)
