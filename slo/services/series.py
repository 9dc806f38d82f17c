"""How far each series was read, loaded and stored with the indicators' locks held."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from slo.models import SeriesState
from slo.rules.counter import CounterState, Gain, advance
from slo.rules.delta_points import DeltaState, advance_deltas
from slo.rules.exponential_points import Shape
from slo.rules.readings import Readings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_KEYS_A_QUERY = 5_000
_ROWS_AN_UPDATE = 100
_UPDATE_ONE = "UPDATE slo_seriesstate SET last_value = %s, last_at = %s WHERE id = %s"
_UPDATE_ALL = """
    UPDATE slo_seriesstate AS state
    SET last_value = new.value, last_at = TIMESTAMPTZ 'epoch' + new.at * INTERVAL '1 microsecond'
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS new (id, value, at)
    WHERE state.id = new.id
"""


def micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def moment(at: int) -> datetime:
    return EPOCH + at * MICROSECOND


class Known(NamedTuple):
    """A series that was read before, without its labels."""

    pk: int
    last_value: int
    last_at: datetime
    intervals: list[list[int]]
    shape: object


def states_of(keys: Collection[str]) -> dict[str, Known]:
    """This will return the series that were read before, by key."""
    ordered = list(keys)
    found: dict[str, Known] = {}
    for start in range(0, len(ordered), _KEYS_A_QUERY):
        rows = SeriesState.objects.filter(key__in=ordered[start : start + _KEYS_A_QUERY])
        for key, *known in rows.values_list("key", *Known._fields):
            found[key] = Known(*known)
    return found


def advanced(
    reading: Readings, known: Known | None, *, now: int
) -> tuple[SeriesState | None, Gain]:
    """This will return what the samples add, and the state to store, None when it stays."""
    if reading.is_delta:
        intervals = tuple((start, end) for start, end in known.intervals) if known else ()
        before = DeltaState(intervals)
        deltas, gain = advance_deltas(before, reading.samples, now=now)
        if deltas is before:
            return None, gain
        return _row(reading, known, at=deltas.at, intervals=list(deltas.intervals)), gain
    at_last = _counter(known) if known else None
    counter, gain = advance(at_last, reading.samples, now=now)
    if counter is None or counter is at_last:
        return None, gain
    shape = counter.shape.document() if counter.shape else None
    return _row(reading, known, at=counter.at, value=counter.value, shape=shape), gain


def store(states: Sequence[SeriesState]) -> None:
    """This will write the states, new ones and old."""
    plain = [s for s in states if s.pk and not s.intervals and s.shape is None]
    if plain:
        # Nearly all there are, and ten times as fast as an upsert of whole rows.
        _advance_values(plain)
    others = [s for s in states if not s.pk or s.intervals or s.shape is not None]
    SeriesState.objects.bulk_create(
        [s for s in others if not s.pk],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["last_value", "last_at", "intervals", "shape"],
    )
    SeriesState.objects.bulk_update(
        [s for s in others if s.pk],
        ["last_value", "last_at", "intervals", "shape"],
        batch_size=_ROWS_AN_UPDATE,
    )


def _advance_values(states: Sequence[SeriesState]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = [
                [s.pk for s in states],
                [s.last_value for s in states],
                [micros(s.last_at) for s in states],
            ]
            cursor.execute(_UPDATE_ALL, columns)
        else:
            moment_of = connection.ops.adapt_datetimefield_value
            cursor.executemany(
                _UPDATE_ONE, [(s.last_value, moment_of(s.last_at), s.pk) for s in states]
            )


def _counter(known: Known) -> CounterState:
    return CounterState(micros(known.last_at), known.last_value, Shape.stored(known.shape))


def _row(
    reading: Readings,
    known: Known | None,
    *,
    at: int,
    value: int = 0,
    intervals: Sequence[tuple[int, int]] = (),
    shape: object = None,
) -> SeriesState:
    return SeriesState(
        pk=known.pk if known else None,
        source_id=reading.route.source.source_id,
        key=reading.key,
        role=reading.route.role.value,
        labels={"__name__": reading.metric, **reading.labels},
        last_value=value,
        last_at=moment(at),
        intervals=list(intervals),
        shape=shape,
    )
