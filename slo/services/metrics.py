"""Counting what metrics systems send: counts, and how far each series was read, are one commit.

Whoever writes locks the indicators first, in the order of their ids; series, waiting counts
and buckets are behind that lock, refusals come last and in order. So two batches that share
series wait for one another, and neither can hold what the other needs.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from slo.models import Bucket, Indicator, MetricSource, SeriesState, UnmatchedCount
from slo.rules.burn_rate import Counts
from slo.rules.counter import Gain, Reason
from slo.rules.matched_counts import Arrived, Waiting, matched
from slo.rules.metric_routes import Role
from slo.rules.readings import Readings
from slo.rules.refusal_tally import RefusalTally, is_storable
from slo.services.buckets import Place, add_counts
from slo.services.refusals import record_refusals
from slo.services.series import advanced, micros, moment, states_of, store

# A selector that means a few series and meets millions would fill the database.
MOST_SERIES = 20_000


@dataclass(slots=True)
class _Batch:
    """What a batch comes to, before it is written."""

    arrived: dict[Place, Arrived] = field(default_factory=dict)
    latencies: dict[Place, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    states: list[SeriesState] = field(default_factory=list)
    last_at: dict[int, datetime] = field(default_factory=dict)
    counts_bad: set[int] = field(default_factory=set)

    def note(self, reading: Readings, gain: Gain) -> None:
        indicator, role = reading.route.source.indicator_id, reading.route.role
        if reading.route.source.counts_bad:
            self.counts_bad.add(indicator)
        for at, gained in gain.gained.items():
            place = (indicator, moment(at))
            added = Arrived(**{role.value: gained}, is_reported=role is Role.TOTAL)
            self.arrived[place] = self.arrived.get(place, Arrived()) + added
        if role is Role.TOTAL and reading.unit_ms is not None:
            for at, shape in gain.shapes:
                latencies = shape.latencies(unit_ms=reading.unit_ms)
                self.latencies[indicator, moment(at)].update(latencies)

    def note_state(self, state: SeriesState) -> None:
        self.states.append(state)
        last = self.last_at.get(state.source_id)
        self.last_at[state.source_id] = max(last, state.last_at) if last else state.last_at


@transaction.atomic
def take_in(
    *, channel: str, readings: Sequence[Readings], refusals: RefusalTally, at: datetime
) -> None:
    """This will count what the samples add, once however often they come.

    What is refused joins `refusals`, which are kept in the same transaction.
    """
    merged = _merged(readings, refusals)
    if merged:
        _lock({reading.route.source.indicator_id for reading in merged.values()})
        batch = _advanced(merged, refusals, at=at)
        store(batch.states)
        _note_last_samples(batch.last_at)
        _count(batch, channel=channel, at=at)
    record_refusals(channel=channel, tally=refusals, at=at)


def _lock(indicator_ids: Collection[int]) -> None:
    """The lock that add_counts takes too. On SQLite the transaction has the database."""
    locked = Indicator.objects.select_for_update(no_key=True).filter(pk__in=indicator_ids)
    list(locked.order_by("pk").values_list("pk"))


def _merged(readings: Sequence[Readings], refusals: RefusalTally) -> dict[str, Readings]:
    merged: dict[str, Readings] = {}
    for reading in readings:
        if not all(is_storable(n) and is_storable(v) for n, v in reading.labels.items()):
            refusals.add(Reason.NOT_STORABLE, reading.metric, count=len(reading.samples))
        elif found := merged.get(reading.key):
            found.samples = [*found.samples, *reading.samples]
        else:
            merged[reading.key] = reading
    return merged


def _advanced(merged: dict[str, Readings], refusals: RefusalTally, *, at: datetime) -> _Batch:
    found = states_of(merged)
    _refuse_too_many(merged, found, refusals)
    batch, now = _Batch(), micros(at)
    for key, reading in merged.items():
        state, gain = advanced(reading, found.get(key), now=now)
        batch.note(reading, gain)
        if state is not None:
            batch.note_state(state)
        for reason, sample in gain.refused:
            example = f"{sample.value:g} at {sample.at / 1e6:.3f} of {dict(reading.labels)}"
            refusals.add(reason, reading.metric, example=example)
    return batch


def _refuse_too_many(
    merged: dict[str, Readings], found: Collection[str], refusals: RefusalTally
) -> None:
    new: dict[int, list[str]] = defaultdict(list)
    for key, reading in merged.items():
        if key not in found:
            new[reading.route.source.source_id].append(key)
    for source_id, keys in new.items():
        room = MOST_SERIES - SeriesState.objects.filter(source=source_id).count()
        for key in keys[max(room, 0) :]:
            reading = merged.pop(key)
            refusals.add(Reason.TOO_MANY_SERIES, reading.metric, count=len(reading.samples))


def _note_last_samples(last_at: Mapping[int, datetime]) -> None:
    sources = MetricSource.objects.in_bulk(list(last_at))
    later = []
    for pk, source in sources.items():
        if source.last_sample_at is None or source.last_sample_at < last_at[pk]:
            source.last_sample_at = last_at[pk]
            later.append(source)
    MetricSource.objects.bulk_update(later, ["last_sample_at"])


def _count(batch: _Batch, *, channel: str, at: datetime) -> None:
    held = _held(batch.arrived)
    waiting = _waiting(batch.arrived)
    counts: dict[Place, Counts] = {}
    left: list[UnmatchedCount] = []
    settled: list[int] = []
    for place, arrived in batch.arrived.items():
        row = waiting.get(place)
        gained, rest = matched(
            arrived,
            held=held.get(place, Counts()),
            waiting=Waiting(row.good, row.bad) if row else Waiting(),
            counts_bad=place[0] in batch.counts_bad,
        )
        if gained is not None:
            counts[place] = gained
        if rest.total:
            left.append(_unmatched(place, rest, row, channel=channel, at=at))
        elif row:
            settled.append(row.pk)
    UnmatchedCount.objects.filter(pk__in=settled).delete()
    UnmatchedCount.objects.bulk_create(
        left,
        update_conflicts=True,
        unique_fields=["indicator", "minute"],
        update_fields=["good", "bad", "channel", "noticed_at"],
    )
    if counts:
        add_counts(counts=counts, latencies=batch.latencies)


def _held(places: Collection[Place]) -> dict[Place, Counts]:
    rows = Bucket.objects.filter(
        indicator__in={pk for pk, _minute in places}, minute__in={minute for _pk, minute in places}
    )
    found = rows.values_list("indicator_id", "minute", "good", "total")
    return {(pk, minute): Counts(good, total) for pk, minute, good, total in found}


def _waiting(places: Collection[Place]) -> dict[Place, UnmatchedCount]:
    rows = UnmatchedCount.objects.filter(
        indicator__in={pk for pk, _minute in places}, minute__in={minute for _pk, minute in places}
    )
    return {(row.indicator_id, row.minute): row for row in rows}


def _unmatched(
    place: Place, rest: Waiting, row: UnmatchedCount | None, *, channel: str, at: datetime
) -> UnmatchedCount:
    return UnmatchedCount(
        indicator_id=place[0],
        minute=place[1],
        good=rest.good,
        bad=rest.bad,
        channel=channel,
        noticed_at=row.noticed_at if row else at,
    )
