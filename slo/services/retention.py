"""Keeping old counts coarser: a bounded piece of work at a time, each a transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from slo.models import Bucket, Indicator, LatencyBucket, Slicing, Thinned
from slo.models.indicators import new_history_version
from slo.rules.burn_rate import Counts
from slo.rules.request_outcome import Kind
from slo.rules.tier import OldTier, Row, old_tiers, thinned
from slo.rules.time_slice import slice_start

# What one transaction reads, and so how long it holds the lock of an indicator.
PIECE = timedelta(days=4)
LATENCY_TIERS_MINUTES = (1, 60)
MOST_ROWS = 200_000
MOST_PIECES = 500
KEYS_A_STATEMENT = 5000


@dataclass(frozen=True, slots=True)
class Thinning:
    """How many rows went, and whether nothing is left to do for now."""

    rows: int
    is_finished: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one indicator from `start` on, before `end`; all are thinned in one commit."""

    indicator_id: int
    rows: Thinned.Rows
    minutes: int
    start: datetime
    end: datetime


def thin_buckets(*, at: datetime, most_rows: int = MOST_ROWS) -> Thinning:
    """This will thin what has become old enough, a bounded part of it in one run.

    The next run goes on where this one stopped. What is cut into slices is left as it is,
    since a late minute would need its neighbours again.
    """
    gone = 0
    for pieces, piece in enumerate(_pieces(at=at), start=1):
        gone += _thin(piece)
        if gone >= most_rows or pieces >= MOST_PIECES:
            return Thinning(gone, is_finished=False)
    return Thinning(gone, is_finished=True)


def forget_thinning() -> None:
    """This will have the next runs look at all rows again, for what came late into old time."""
    Thinned.objects.all().delete()


def _thinnable() -> QuerySet[Indicator]:
    cut = Slicing.objects.filter(source=OuterRef("pk"))
    kept = Indicator.objects.exclude(kind__in=[Kind.SLICES, Kind.COMPOSITE])
    return kept.filter(~Exists(cut), first_minute__isnull=False).order_by("pk")


def _pieces(*, at: datetime) -> Iterator[Piece]:
    """What is done already costs nothing to pass over: one query for all indicators."""
    due = list(_due(at=at))
    done = {(t.indicator_id, t.rows, t.minutes): t.until for t in Thinned.objects.all()}
    for indicator_id in list(_thinnable().values_list("pk", flat=True)):
        for rows, tier in due:
            since = done.get((indicator_id, rows, tier.minutes))
            while (since is None or since < tier.until) and (
                piece := _piece(indicator_id, rows, tier, since=since)
            ):
                yield piece
                since = piece.end


def _due(*, at: datetime) -> Iterator[tuple[Thinned.Rows, OldTier]]:
    for tier in old_tiers(settings.SLO_BUCKET_TIERS, at=at):
        yield Thinned.Rows.COUNTS, tier
    minute, hour = LATENCY_TIERS_MINUTES
    latency_tiers = [(minute, settings.SLO_LATENCY_MINUTE_DAYS), (hour, None)]
    for tier in old_tiers(latency_tiers, at=at):
        yield Thinned.Rows.LATENCIES, tier


def _piece(
    indicator_id: int, rows: Thinned.Rows, tier: OldTier, *, since: datetime | None
) -> Piece | None:
    """Begins at the first row that was not looked at, so that silence costs nothing."""
    first = _first_minute(indicator_id, rows, since=since)
    if first is None or first >= tier.until:
        return None
    start = slice_start(first, length=tier.minutes)
    end = min(slice_start(start + PIECE, length=tier.minutes), tier.until)
    return Piece(indicator_id, rows, tier.minutes, start, end)


def _first_minute(
    indicator_id: int, rows: Thinned.Rows, *, since: datetime | None
) -> datetime | None:
    found: datetime | None
    if rows is Thinned.Rows.COUNTS:
        buckets = Bucket.objects.filter(indicator=indicator_id).order_by("minute")
        buckets = buckets.filter(minute__gte=since) if since else buckets
        found = buckets.values_list("minute", flat=True).first()
    else:
        latencies = _latency_rows(indicator_id).order_by("start")
        latencies = latencies.filter(start__gte=since) if since else latencies
        found = latencies.values_list("start", flat=True).first()
    return found


def _latency_rows(indicator_id: int) -> QuerySet[LatencyBucket]:
    return LatencyBucket.objects.filter(indicator=indicator_id, grain=LatencyBucket.Grain.MINUTE)


@transaction.atomic
def _thin(piece: Piece) -> int:
    """Run under the lock that everyone who adds counts holds."""
    Indicator.objects.select_for_update(no_key=True).get(pk=piece.indicator_id)
    thin = _thin_counts if piece.rows is Thinned.Rows.COUNTS else _thin_latencies
    gone = thin(piece)
    if gone:
        # Days that are remembered by the minute are no longer what is here.
        Indicator.objects.filter(pk=piece.indicator_id).update(
            history_version=new_history_version()
        )
    Thinned.objects.update_or_create(
        indicator_id=piece.indicator_id,
        rows=piece.rows,
        minutes=piece.minutes,
        defaults={"until": piece.end},
    )
    return gone


def _thin_counts(piece: Piece) -> int:
    buckets = Bucket.objects.filter(
        indicator=piece.indicator_id, minute__gte=piece.start, minute__lt=piece.end
    ).order_by("minute")
    found = list(thinned((Row(b.pk, b.minute, b.counts) for b in buckets), minutes=piece.minutes))
    Bucket.objects.bulk_update(
        [Bucket(pk=row.pk, good=row.counts.good, total=row.counts.total) for row, _gone in found],
        ["good", "total"],
        batch_size=500,
    )
    gone = [pk for _row, keys in found for pk in keys]
    for part in _parts(gone):
        Bucket.objects.filter(pk__in=part).delete()
    return len(gone)


def _thin_latencies(piece: Piece) -> int:
    """A minute's row holds its day up to its end, so the last of an hour is that of the hour."""
    rows = (
        _latency_rows(piece.indicator_id)
        .filter(start__gte=piece.start, start__lt=piece.end)
        .order_by("start")
        .values_list("pk", "start")
    )
    found = thinned((Row(pk, start, Counts()) for pk, start in rows), minutes=piece.minutes)
    gone = [pk for _row, keys in found for pk in keys]
    for part in _parts(gone):
        LatencyBucket.objects.filter(pk__in=part).delete()
    return len(gone)


def _parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), KEYS_A_STATEMENT):
        yield keys[start : start + KEYS_A_STATEMENT]
