"""How far each series was read, loaded and stored with the indicators' locks held."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from slo.models import SeriesState
from slo.rules.counter import CounterState, Gain, advance
from slo.rules.delta_points import DeltaState, advance_deltas
from slo.rules.exponential_points import Shape
from slo.rules.readings import Readings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_KEYS_A_QUERY = 5_000


def micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def moment(at: int) -> datetime:
    return EPOCH + at * MICROSECOND


def states_of(keys: Collection[str]) -> dict[str, SeriesState]:
    """This will return the series that were read before."""
    ordered, found = list(keys), {}
    for start in range(0, len(ordered), _KEYS_A_QUERY):
        rows = SeriesState.objects.filter(key__in=ordered[start : start + _KEYS_A_QUERY])
        found.update({row.key: row for row in rows.defer("labels")})
    return found


def advanced(
    reading: Readings, state: SeriesState | None, *, now: int
) -> tuple[SeriesState | None, Gain]:
    """This will return what the samples add, and the state to store, None when it stays."""
    if reading.is_delta:
        known = tuple((start, end) for start, end in state.intervals) if state else ()
        before = DeltaState(known)
        deltas, gain = advance_deltas(before, reading.samples, now=now)
        if deltas is before:
            return None, gain
        return _row(reading, at=deltas.at, value=0, intervals=list(deltas.intervals)), gain
    at_last = _counter(state) if state else None
    counter, gain = advance(at_last, reading.samples, now=now)
    if counter is None or counter is at_last:
        return None, gain
    shape = counter.shape.document() if counter.shape else None
    return _row(reading, at=counter.at, value=counter.value, shape=shape), gain


def store(states: Sequence[SeriesState]) -> None:
    """This will write the states, new ones and old."""
    SeriesState.objects.bulk_create(
        states,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["last_value", "last_at", "intervals", "shape"],
    )


def _counter(state: SeriesState) -> CounterState:
    return CounterState(micros(state.last_at), state.last_value, Shape.stored(state.shape))


def _row(
    reading: Readings,
    *,
    at: int,
    value: int,
    intervals: Sequence[tuple[int, int]] = (),
    shape: object = None,
) -> SeriesState:
    return SeriesState(
        source_id=reading.route.source.source_id,
        key=reading.key,
        role=reading.route.role.value,
        labels={"__name__": reading.metric, **reading.labels},
        last_value=value,
        last_at=moment(at),
        intervals=list(intervals),
        shape=shape,
    )
