from dataclasses import dataclass
from datetime import datetime

from events.contracts.base import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where events go. Without a stream they are telemetry; versions begin at 1."""

    stream: str
    lane: Priority
    expected_version: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequenced:
    """What is written to a row with its position, and where the row is."""

    pk: int
    position: int
    authentication_tag: bytes
    retention_class: str
    recorded_at: datetime
