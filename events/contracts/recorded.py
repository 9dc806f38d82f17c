"""An event as everything but the database sees it."""

import uuid
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from events.contracts.base import CONTRACTS, Contract
from events.contracts.upcasting import current_payload


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """One fact as it stands in the log. `fact()` is the payload as its contract.

    `position` is None until the sequencer has given one. `stream_version` counts from 1
    within the stream and is None for telemetry, whose order nobody asked for.
    """

    event_id: uuid.UUID
    position: int | None
    stream: str
    stream_version: int | None
    event_type: str
    schema_version: int
    payload: dict[str, Any]
    priority: int
    retention_class: str
    correlation_id: uuid.UUID
    causation_id: uuid.UUID | None
    actor: str
    traceparent: str
    occurred_at: datetime
    recorded_at: datetime

    @property
    def sequence_key(self) -> str:
        """This will name what must stay in order: the stream, or nothing but the event."""
        return str(self.event_id) if self.stream_version is None else self.stream

    def fact(self) -> Contract:
        """This will return the fact as today's code knows it. Raises UnknownSchemaVersion."""
        return CONTRACTS[self.event_type].from_payload(upcast(self).payload)


# What is read of a row to make one.
COLUMNS = tuple(field.name for field in fields(RecordedEvent))


def upcast(recorded: RecordedEvent) -> RecordedEvent:
    """This will return the event at the version of its type that the code knows.

    Types that are not declared are returned as they are. Raises UnknownSchemaVersion.
    """
    declared = CONTRACTS.get(recorded.event_type)
    if declared is None or declared.schema_version == recorded.schema_version:
        return recorded
    payload = current_payload(recorded.event_type, recorded.schema_version, recorded.payload)
    return replace(recorded, payload=payload, schema_version=declared.schema_version)
