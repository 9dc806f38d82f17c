"""One statement an append, so that outside a transaction it costs one round trip."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import Any

import psycopg
from django.db import connection, transaction

from events.models import Event
from events.rules.seals import bounds, day_of
from events.storage.base import Place, Sequenced
from events.storage.streams import moved, moved_by

# From here on COPY, which costs the server half, makes up for its four more round trips.
ROWS_TO_COPY = 200

_COLUMNS: tuple[tuple[str, str], ...] = (
    ("event_id", "uuid"),
    ("stream", "text"),
    ("event_type", "text"),
    ("schema_version", "smallint"),
    ("payload", "jsonb"),
    ("priority", "smallint"),
    ("retention_class", "text"),
    ("correlation_id", "uuid"),
    ("causation_id", "uuid"),
    ("actor", "text"),
    ("traceparent", "text"),
    ("occurred_at", "timestamptz"),
    ("recorded_at", "timestamptz"),
)
_NAMES = ", ".join(name for name, _type in _COLUMNS)
_SELECTED = ", ".join(f"v.{name}" for name, _type in _COLUMNS)
# One value however many rows: the statement is always the same, so it is planned once.
_ROWS = "json_to_recordset(%s::json) AS v({}, behind int)".format(
    ", ".join(f"{name} {type_}" for name, type_ in _COLUMNS)
)


def append(events: Sequence[Event], payloads: Sequence[str], place: Place) -> None:
    if len(events) >= ROWS_TO_COPY:
        with transaction.atomic():
            _copy(events, payloads, place)
        return
    statement, values = _insert(events, payloads, place)
    rows = _planned_once(statement, values)
    if not rows:
        raise moved(place)
    written = {event_id: (pk, version) for event_id, pk, version in rows}
    for event in events:
        event.pk, event.stream_version = written[event.event_id]
        event._state.adding = False  # noqa: SLF001  (Django's own way to say it is saved)


def _planned_once(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Django's own cursors write the values into the statement, which is then planned anew."""
    connection.ensure_connection()
    cursor: Any = psycopg.Cursor(connection.connection)
    with connection.make_cursor(cursor) as wrapped:
        rows: list[tuple[Any, ...]] = wrapped.execute(statement, values).fetchall()
    return rows


def _insert(
    events: Sequence[Event], payloads: Sequence[str], place: Place
) -> tuple[str, list[Any]]:
    behind = range(len(events) - 1, -1, -1)
    rows = ",".join(map(_row, events, payloads, behind))
    values: list[Any] = []
    move, version, source = "", "NULL::bigint", _ROWS
    if place.stream:
        sql, values = moved_by(len(events), place)
        move, version = f"WITH moved AS ({sql}) ", "moved.version - v.behind"
        source = f"moved, {_ROWS}"
    statement = (
        f"{move}INSERT INTO events_event ({_NAMES}, stream_version) "  # noqa: S608  (names are ours)
        f"SELECT {_SELECTED}, {version} FROM {source} "
        "RETURNING event_id, id, stream_version"
    )
    return statement, [*values, f"[{rows}]"]


def _row(event: Event, payload: str, behind: int) -> str:
    columns = json.dumps(
        {
            "event_id": str(event.event_id),
            "stream": event.stream,
            "event_type": event.event_type,
            "schema_version": event.schema_version,
            "priority": int(event.priority),
            "retention_class": event.retention_class,
            "correlation_id": str(event.correlation_id),
            "causation_id": event.causation_id and str(event.causation_id),
            "actor": event.actor,
            "traceparent": event.traceparent,
            "occurred_at": event.occurred_at.isoformat(),
            "recorded_at": event.recorded_at.isoformat(),
            "behind": behind,
        }
    )
    return f'{columns[:-1]}, "payload": {payload}}}'


def _copy(events: Sequence[Event], payloads: Sequence[str], place: Place) -> None:
    with connection.cursor() as cursor:
        if place.stream:
            row = cursor.execute(*moved_by(len(events), place)).fetchone()
            if row is None:
                raise moved(place)
            for number, event in enumerate(reversed(events)):
                event.stream_version = row[0] - number
        # Taken beforehand: COPY returns nothing, and publishers are told their keys.
        keys = cursor.execute(
            "SELECT nextval('events_event_id_seq') FROM generate_series(1, %s)", [len(events)]
        ).fetchall()
        for event, (pk,) in zip(events, keys, strict=True):
            event.pk = pk
            event._state.adding = False  # noqa: SLF001  (Django's own way to say it is saved)
        statement = f"COPY events_event (id, stream_version, {_NAMES}) FROM STDIN"
        # Django translates the driver's errors only where it calls the driver itself.
        with connection.wrap_database_errors, cursor.copy(statement) as copy:
            for event, payload in zip(events, payloads, strict=True):
                copy.write_row((event.pk, event.stream_version, *_values(event, payload)))


def _values(event: Event, payload: str) -> tuple[Any, ...]:
    return (
        event.event_id,
        event.stream,
        event.event_type,
        event.schema_version,
        payload,
        int(event.priority),
        event.retention_class,
        event.correlation_id,
        event.causation_id,
        event.actor,
        event.traceparent,
        event.occurred_at,
        event.recorded_at,
    )


def has_unsequenced(above: int) -> bool:
    # Asked all the time: planning it over every partition costs ten times what running it does.
    statement = "SELECT 1 FROM events_event WHERE position IS NULL AND priority > %s LIMIT 1"
    return bool(_planned_once(statement, [above]))


def give_positions(rows: Sequence[Sequenced]) -> None:
    with connection.cursor() as cursor:
        for (retention_class, day), some in _by_partition(rows).items():
            some.sort(key=attrgetter("pk"))
            keys = [row.pk for row in some]
            cursor.execute(
                # Class and day are said, so that one partition is looked at and no other. Not
                # joined: of a day that has no statistics yet PostgreSQL expects one row, and
                # would compare every row with every key.
                "UPDATE events_event SET "
                "position = (%s::bigint[])[width_bucket(id, %s::bigint[])], "
                "authentication_tag = "
                "substring(%s::bytea FROM width_bucket(id, %s::bigint[]) * %s - %s + 1 FOR %s) "
                "WHERE id = ANY(%s::bigint[]) AND position IS NULL AND retention_class = %s "
                "AND recorded_at >= %s AND recorded_at < %s",
                [
                    [row.position for row in some],
                    keys,
                    # In one piece: to reach an element, an array of texts is walked through.
                    b"".join(row.authentication_tag for row in some),
                    keys,
                    *[len(some[0].authentication_tag)] * 3,
                    keys,
                    retention_class,
                    *bounds(day),
                ],
            )


def _by_partition(rows: Sequence[Sequenced]) -> dict[tuple[str, date], list[Sequenced]]:
    partitions: dict[tuple[str, date], list[Sequenced]] = defaultdict(list)
    for row in rows:
        partitions[row.retention_class, day_of(row.recorded_at)].append(row)
    return partitions
