"""Reading many events quickly: rows as the driver gives them, no model in between."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
from django.db import connection
from django.db.models import QuerySet

from events.contracts.recorded import COLUMNS, RecordedEvent
from events.models import Event

_TIMESTAMPTZ = psycopg.adapters.types["timestamptz"].oid
_decoded: Callable[[str | bytes], Any] = msgspec.json.decode


def read(rows: QuerySet[Event]) -> list[RecordedEvent]:
    """This will return what the queryset chooses, in its order."""
    statement, values = rows.values_list(*COLUMNS).query.sql_with_params()
    row_of = _spelled
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            row_of = _plain
            _read_moments_quickly(cursor)
        cursor.execute(statement, values)
        return [row_of(row) for row in cursor.fetchall()]


def _read_moments_quickly(cursor: Any) -> None:
    """Django's loader sets the zone by hand, which takes longer than all else of a row; its
    connections are in UTC already.
    """
    loader = psycopg.adapters.get_loader(_TIMESTAMPTZ, psycopg.pq.Format.TEXT)
    if loader is not None:
        cursor.adapters.register_loader(_TIMESTAMPTZ, loader)


def _plain(row: tuple[Any, ...]) -> RecordedEvent:
    (event_id, position, stream, version, event_type, schema, payload, priority, kept,
     correlation, causation, actor, trace, occurred, recorded) = row  # fmt: skip
    return RecordedEvent(
        event_id=event_id, position=position, stream=stream, stream_version=version,
        event_type=event_type, schema_version=schema, payload=_decoded(payload),
        priority=priority, retention_class=kept, correlation_id=correlation,
        causation_id=causation, actor=actor, traceparent=trace, occurred_at=occurred,
        recorded_at=recorded,
    )  # fmt: skip


def _spelled(row: tuple[Any, ...]) -> RecordedEvent:
    """SQLite keeps ids as 32 digits and moments without their zone."""
    (event_id, position, stream, version, event_type, schema, payload, priority, kept,
     correlation, causation, actor, trace, occurred, recorded) = row  # fmt: skip
    return RecordedEvent(
        event_id=uuid.UUID(event_id), position=position, stream=stream, stream_version=version,
        event_type=event_type, schema_version=schema, payload=_decoded(payload),
        priority=priority, retention_class=kept, correlation_id=uuid.UUID(correlation),
        causation_id=uuid.UUID(causation) if causation else None, actor=actor,
        traceparent=trace, occurred_at=_moment(occurred), recorded_at=_moment(recorded),
    )  # fmt: skip


def _moment(written: str | datetime) -> datetime:
    read_as = datetime.fromisoformat(written) if isinstance(written, str) else written
    return read_as.replace(tzinfo=UTC)
