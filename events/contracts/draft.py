"""A fact before it stands in the log."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.contracts.base import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a publisher says. What is left out follows from the event being handled, if any.

    Without a `stream` the event is telemetry: it has no version, waits for no other writer
    and holds up nothing behind it.
    """

    event_type: str
    payload: dict[str, Any]
    occurred_at: datetime
    stream: str = ""
    priority: Priority = Priority.NORMAL
    lane: Priority | None = None
    schema_version: int = 1
    retention_class: str = ""
    actor: str = ""
    correlation_id: uuid.UUID | None = None
    causation_id: uuid.UUID | None = None
    traceparent: str = ""
