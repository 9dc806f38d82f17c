"""Latencies of any window: the difference of four rows."""

from datetime import UTC, datetime

from django.db import connection

from slo.models import LatencyBucket
from slo.rules.burn_rate import Counts
from slo.rules.exponential_histogram import Histogram
from slo.rules.history import History
from slo.rules.minute import day_of
from slo.rules.window import Span
from slo.selectors.history import EPOCH

NOTHING = Histogram.of({})
# How fine a history of latencies is, and how many of its rows are read together.
_GRAIN_SECONDS = 300
# Seconds since 1970 by the database: a moment of Python for each of 130 000 rows takes a second.
_MINUTES = """
    SELECT id, {epoch} FROM {table}
    WHERE indicator_id = %s AND grain = %s AND {start} >= %s AND {start} < %s ORDER BY {start}
"""
_ROWS_AT_ONCE = 2000


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


def latency_history(indicator_id: int, span: Span, *, threshold_ms: int) -> History:
    """This will return the counts of the span as if another latency had been good.

    Counts appear at the end of each five minutes, and the threshold is rounded up to the
    next bucket: a histogram of every minute would take many seconds to read.
    """
    latest: dict[int, tuple[int, datetime]] = {}
    for pk, second in _rows(indicator_id, Span(day_of(span.start), span.end)):
        latest[second // _GRAIN_SECONDS] = (pk, datetime.fromtimestamp(second, UTC))
    own = _own_counts(dict(latest.values()), threshold_ms=threshold_ms)
    return History.of_minutes(span, own)


def _rows(indicator_id: int, span: Span) -> list[tuple[int, int]]:
    """The key and the second of each minute's row, in their order, without the latencies."""
    adapt = connection.ops.adapt_datetimefield_value
    sql = _MINUTES.format(
        epoch=EPOCH[connection.vendor].format(column="start"),
        start=connection.ops.quote_name("start"),
        table=connection.ops.quote_name(LatencyBucket._meta.db_table),
    )
    grain = LatencyBucket.Grain.MINUTE.value
    with connection.cursor() as cursor:
        cursor.execute(sql, [indicator_id, grain, adapt(span.start), adapt(span.end)])
        return list(cursor.fetchall())


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
