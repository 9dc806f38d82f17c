"""Writing counts so that every cumulative column stays true, in whatever order they come."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from slo.models import Bucket, Indicator
from slo.rules.burn_rate import Counts
from slo.rules.minute import runs

# Minutes closer than this are rewritten together with what lies between them; farther
# ones are joined by one UPDATE over the gap.
RUN_GAP = timedelta(hours=6)


@transaction.atomic
def add_counts(*, counts: Mapping[tuple[int, datetime], Counts]) -> None:
    """This will add counts to the buckets of (indicator id, minute), all or none.

    Counts of a past minute also correct every later cumulative, each row once.
    """
    by_indicator: dict[int, dict[datetime, Counts]] = defaultdict(dict)
    for (indicator_id, minute), added in counts.items():
        by_indicator[indicator_id][minute] = added
    # One order for everyone: two batches over the same indicators cannot deadlock. A no-op
    # on SQLite, where a transaction has the database to itself.
    locked = (
        Indicator.objects.select_for_update(no_key=True).filter(pk__in=by_indicator).order_by("pk")
    )
    for indicator in locked:
        _add_to_indicator(indicator, by_indicator[indicator.pk])


def _add_to_indicator(indicator: Indicator, added: Mapping[datetime, Counts]) -> None:
    carried = Counts()
    parts = list(runs(added, gap=RUN_GAP))
    for minutes, following in zip(parts, [*parts[1:], None], strict=True):
        carried = _rewrite(indicator, {m: added[m] for m in minutes}, carried=carried)
        _carry_over(
            indicator,
            carried,
            after=minutes[-1],
            before=following[0] if following else None,
        )


def _rewrite(indicator: Indicator, added: Mapping[datetime, Counts], *, carried: Counts) -> Counts:
    """Upserts the buckets from the first minute to the last; returns what later ones gain."""
    first, last = min(added), max(added)
    buckets = Bucket.objects.filter(indicator=indicator)
    found = {b.minute: b.counts for b in buckets.filter(minute__range=(first, last))}
    earlier = buckets.filter(minute__lt=first).order_by("-minute").first()
    # Buckets before this run have already been corrected by earlier runs.
    running = earlier.cumulative if earlier else Counts()
    rewritten = []
    for minute in sorted({*found, *added}):
        own = found.get(minute, Counts()) + added.get(minute, Counts())
        running += own
        rewritten.append(
            Bucket(
                indicator=indicator,
                minute=minute,
                good=own.good,
                total=own.total,
                cumulative_good=running.good,
                cumulative_total=running.total,
            )
        )
    Bucket.objects.bulk_create(
        rewritten,
        update_conflicts=True,
        unique_fields=["indicator", "minute"],
        update_fields=["good", "total", "cumulative_good", "cumulative_total"],
    )
    return sum(added.values(), start=carried)


def _carry_over(
    indicator: Indicator, carried: Counts, *, after: datetime, before: datetime | None
) -> None:
    later = Bucket.objects.filter(indicator=indicator, minute__gt=after)
    if before is not None:
        later = later.filter(minute__lt=before)
    later.update(
        cumulative_good=F("cumulative_good") + carried.good,
        cumulative_total=F("cumulative_total") + carried.total,
    )
