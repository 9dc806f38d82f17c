"""Writing counts so that every cumulative column stays true, in whatever order they come."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from slo.models import Bucket, Indicator
from slo.models.indicators import new_history_version
from slo.rules.burn_rate import Counts
from slo.rules.minute import day_of, runs
from slo.services.latencies import Latencies, add_latencies
from slo.services.slices import recount_slices

# Minutes closer than this are rewritten together with what lies between them; farther
# ones are joined by one UPDATE over the gap.
RUN_GAP = timedelta(hours=6)
Place = tuple[int, datetime]


@transaction.atomic
def add_counts(*, counts: Mapping[Place, Counts], latencies: Latencies | None = None) -> None:
    """This will add counts to the buckets of (indicator id, minute), all or none.

    Counts of a past minute also correct every later cumulative, each row once, and the time
    slices that hold the minute. A minute without requests is one that was reported.
    """
    by_indicator = _by_indicator(counts)
    for indicator in _locked({*by_indicator, *(pk for pk, _minute in latencies or ())}):
        if indicator.pk in by_indicator:
            _add_to_indicator(indicator, by_indicator[indicator.pk])
    if latencies:
        add_latencies(latencies)
    sliced = recount_slices({pk: list(minutes) for pk, minutes in by_indicator.items()})
    if sliced:
        by_series = _by_indicator(sliced)
        for series in _locked(by_series):
            _add_to_indicator(series, by_series[series.pk])


def _by_indicator(counts: Mapping[Place, Counts]) -> dict[int, dict[datetime, Counts]]:
    by_indicator: dict[int, dict[datetime, Counts]] = defaultdict(dict)
    for (indicator_id, minute), added in counts.items():
        by_indicator[indicator_id][minute] = added
    return by_indicator


def _locked(ids: Collection[int]) -> list[Indicator]:
    """One order for everyone: two batches over the same indicators cannot deadlock.

    A no-op on SQLite, where a transaction has the database to itself. Slices are locked by
    who holds the lock of what they are cut from.
    """
    locked = Indicator.objects.select_for_update(no_key=True).filter(pk__in=ids)
    return list(locked.order_by("pk"))


def _add_to_indicator(indicator: Indicator, added: Mapping[datetime, Counts]) -> None:
    carried = Counts()
    corrected = 0
    parts = list(runs(added, gap=RUN_GAP))
    for minutes, following in zip(parts, [*parts[1:], None], strict=True):
        carried = _rewrite(indicator, {m: added[m] for m in minutes}, carried=carried)
        corrected = _carry_over(
            indicator,
            carried,
            after=minutes[-1],
            before=following[0] if following else None,
        )
    first, last = parts[0][0], parts[-1][-1]
    news: dict[str, object] = {}
    if indicator.first_minute is None or first < indicator.first_minute:
        news["first_minute"] = first
    # Only the days before that of the latest minute are remembered anywhere.
    if corrected:
        last = Bucket.objects.filter(indicator=indicator).latest("minute").minute
    if day_of(first) < day_of(last):
        news["history_version"] = new_history_version()
    if news:
        Indicator.objects.filter(pk=indicator.pk).update(**news)


def _rewrite(indicator: Indicator, added: Mapping[datetime, Counts], *, carried: Counts) -> Counts:
    """Upserts the buckets from the first minute to the last; returns what later ones gain."""
    first, last = min(added), max(added)
    buckets = Bucket.objects.filter(indicator=indicator)
    earlier = buckets.filter(minute__lt=first).order_by("-minute").first()
    # Buckets before this run have already been corrected by earlier runs.
    running = earlier.cumulative if earlier else Counts()
    between = buckets.filter(minute__range=(first, last)).order_by("minute")
    found = dict(_own_counts(between, before=running.minutes - carried.minutes))
    rewritten = []
    for minute in sorted({*found, *added}):
        before, more = found.get(minute, Counts()), added.get(minute, Counts())
        minutes = before.minutes if minute in found else 1
        own = Counts(before.good + more.good, before.total + more.total, minutes=minutes)
        running += own
        rewritten.append(
            Bucket(
                indicator=indicator,
                minute=minute,
                good=own.good,
                total=own.total,
                cumulative_good=running.good,
                cumulative_total=running.total,
                cumulative_minutes=running.minutes,
            )
        )
    Bucket.objects.bulk_create(
        rewritten,
        update_conflicts=True,
        unique_fields=["indicator", "minute"],
        update_fields=[
            "good",
            "total",
            "cumulative_good",
            "cumulative_total",
            "cumulative_minutes",
        ],
    )
    gained = sum(added.values(), start=carried)
    return Counts(gained.good, gained.total, carried.minutes + len(added.keys() - found.keys()))


def _own_counts(buckets: Iterable[Bucket], *, before: int) -> Iterator[tuple[datetime, Counts]]:
    """A bucket that stands for an interval holds as many minutes as were reported in it."""
    for bucket in buckets:
        minutes = bucket.cumulative_minutes - before
        yield bucket.minute, Counts(bucket.good, bucket.total, minutes)
        before = bucket.cumulative_minutes


def _carry_over(
    indicator: Indicator, carried: Counts, *, after: datetime, before: datetime | None
) -> int:
    """Returns how many later buckets there are."""
    later = Bucket.objects.filter(indicator=indicator, minute__gt=after)
    if before is not None:
        later = later.filter(minute__lt=before)
    return later.update(
        cumulative_good=F("cumulative_good") + carried.good,
        cumulative_total=F("cumulative_total") + carried.total,
        cumulative_minutes=F("cumulative_minutes") + carried.minutes,
    )
