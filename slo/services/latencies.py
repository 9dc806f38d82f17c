"""Writing latencies so that every cumulative histogram stays true."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from slo.models import LatencyBucket
from slo.rules.exponential_histogram import Histogram
from slo.rules.minute import day_of

# Counts of exponential buckets, by indicator and minute.
Latencies = Mapping[tuple[int, datetime], Mapping[int, int]]
DAY = timedelta(days=1)
MINUTES, DAYS = LatencyBucket.Grain.MINUTE, LatencyBucket.Grain.DAY


def add_latencies(latencies: Latencies) -> None:
    """This will add to the histograms; run with the locks of the indicators held."""
    by_day: dict[tuple[int, datetime], dict[datetime, Histogram]] = defaultdict(dict)
    for (indicator_id, minute), buckets in latencies.items():
        by_day[indicator_id, day_of(minute)][minute] = Histogram.of(buckets)
    by_indicator: dict[int, dict[datetime, Histogram]] = defaultdict(dict)
    for (indicator_id, day), minutes in by_day.items():
        _rewrite(indicator_id, MINUTES, minutes, since=day, before=day + DAY)
        by_indicator[indicator_id][day] = sum(minutes.values(), start=Histogram.of({}))
    for indicator_id, days in by_indicator.items():
        _rewrite(indicator_id, DAYS, days)


def _rewrite(
    indicator_id: int,
    grain: LatencyBucket.Grain,
    added: Mapping[datetime, Histogram],
    *,
    since: datetime | None = None,
    before: datetime | None = None,
) -> None:
    """Upserts the rows from the first that gains to the last there is."""
    first = min(added)
    rows = LatencyBucket.objects.filter(indicator=indicator_id, grain=grain)
    if since is not None and before is not None:
        rows = rows.filter(start__gte=since, start__lt=before)
    earlier = rows.filter(start__lt=first).order_by("-start").first()
    found = {row.start: Histogram.unpacked(row.cumulative) for row in rows.filter(start__gte=first)}
    latest = Histogram.unpacked(earlier.cumulative) if earlier else Histogram.of({})
    gained = Histogram.of({})
    rewritten = []
    for start in sorted({*found, *added}):
        gained += added.get(start, Histogram.of({}))
        # What was there up to here, and what has come to it since the first minute.
        latest = found.get(start, latest)
        rewritten.append(
            LatencyBucket(
                indicator_id=indicator_id,
                grain=grain,
                start=start,
                cumulative=(latest + gained).packed(),
            )
        )
    LatencyBucket.objects.bulk_create(
        rewritten,
        update_conflicts=True,
        unique_fields=["indicator", "grain", "start"],
        update_fields=["cumulative"],
    )
