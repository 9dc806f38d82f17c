"""Keeping the slices of time true to the minutes they are cut from."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from slo.models import Bucket, Indicator, Slicing, Thinned
from slo.rules.burn_rate import Counts
from slo.rules.minute import MINUTE
from slo.rules.request_outcome import Kind
from slo.rules.time_slice import EPOCH, Budgeting, slice_counts, slice_start
from slo.rules.window import MINUTES_A_DAY, Span
from slo.selectors import Readings


def recount_slices(touched: Mapping[int, Sequence[datetime]]) -> dict[tuple[int, datetime], Counts]:
    """This will return what the slices of these indicators' minutes gain or lose.

    Keyed by series and start of the slice; run with the locks of the indicators held.
    """
    found: dict[tuple[int, datetime], Counts] = {}
    for slicing in Slicing.objects.filter(source__in=touched):
        since = _minutes_since(slicing.source_id)
        starts = {
            slice_start(minute, length=slicing.slice_minutes)
            for minute in touched[slicing.source_id]
            if minute >= since
        }
        found.update(_differences(slicing, starts))
    return found


def slicing_of(
    indicator: Indicator, *, budgeting: Budgeting, slice_minutes: int, slice_target: object
) -> tuple[Slicing, bool]:
    """This will return the slicing, and whether it was made just now and is still empty."""
    wanted = {
        "source": indicator,
        "budgeting": budgeting.value,
        "slice_minutes": slice_minutes,
        "slice_target": slice_target or 0,
    }
    found = Slicing.objects.filter(**wanted).first()
    if found:
        return found, False
    position = Slicing.objects.filter(source=indicator).count() + 1
    series = Indicator.objects.create(
        slug=f"{indicator.slug[:60]}.slices-{position}",
        name=f"{indicator.name[:90]}, {slice_minutes} min slices",
        service=indicator.service,
        kind=Kind.SLICES.value,
    )
    return Slicing.objects.create(series=series, **wanted), True


def cut_history(slicing: Slicing) -> dict[tuple[int, datetime], Counts]:
    """This will return the counts of every slice of what the indicator has counted so far."""
    since = _minutes_since(slicing.source_id)
    minutes = Bucket.objects.filter(indicator=slicing.source_id, minute__gte=since)
    minutes = minutes.order_by("minute")
    counts: dict[datetime, Counts] = {}
    for minute, good, total in minutes.values_list("minute", "good", "total").iterator():
        start = slice_start(minute, length=slicing.slice_minutes)
        counts[start] = counts.get(start, Counts()) + Counts(good, total)
    cut = ((start, _counts_of(slicing, own)) for start, own in counts.items())
    return {(slicing.series_id, start): own for start, own in cut if own.total}


def _minutes_since(source_id: int) -> datetime:
    """Older counts are kept coarser than a slice, which cannot be told from its neighbours."""
    thinned = Thinned.objects.filter(indicator=source_id, rows=Thinned.Rows.COUNTS)
    until = max(thinned.values_list("until", flat=True), default=EPOCH)
    return slice_start(until + timedelta(days=1) - MINUTE, length=MINUTES_A_DAY)


def _differences(
    slicing: Slicing, starts: Iterable[datetime]
) -> dict[tuple[int, datetime], Counts]:
    length = timedelta(minutes=slicing.slice_minutes)
    readings = Readings()
    spans = {start: Span(start, start + length) for start in starts}
    for start, span in spans.items():
        readings.ask(slicing.source_id, span)
        readings.ask(slicing.series_id, Span(start, start + MINUTE))
    readings.read()
    differences = {}
    for start, span in spans.items():
        now = _counts_of(slicing, readings.counts(slicing.source_id, span))
        before = readings.counts(slicing.series_id, Span(start, start + MINUTE))
        if now != before:
            differences[slicing.series_id, start] = now - before
    return differences


def _counts_of(slicing: Slicing, counts: Counts) -> Counts:
    return slice_counts(
        counts, budgeting=Budgeting(slicing.budgeting), slice_target=slicing.slice_target
    )
