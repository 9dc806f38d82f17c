"""What the events of a stream add up to: pure folds, one event after the other."""

import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from events.contracts import upcasting
from events.contracts.base import CONTRACTS
from events.contracts.recorded import RecordedEvent

# A JSON object. A fold returns a new one and leaves the old one as it is.
Value = Mapping[str, Any]
Fold = Callable[[Value, RecordedEvent], Value]

# Of how many events a reading leaves snapshots behind, and how far these lie apart.
LONG_READING = 100
SNAPSHOT_EVERY = 25


@dataclass(frozen=True, slots=True)
class StreamFold:
    """`version` is raised when the fold's meaning changes in code that it calls."""

    prefix: str
    fold: Fold
    version: int = 1

    @property
    def name(self) -> str:
        return f"{self.fold.__module__}.{self.fold.__qualname__}"

    @property
    def stamp(self) -> str:
        """This will name the code that a state comes from: fold, contracts and upcasters."""
        parts = [f"{self.name} {self.version}", _source_of(self.fold)]
        parts += [f"{name} {CONTRACTS[name].schema_version}" for name in sorted(CONTRACTS)]
        parts += [
            f"{name} {step.from_version} {step.to_version} {_source_of(step.change)}"
            for name in sorted(upcasting.UPCASTERS)
            for step in upcasting.UPCASTERS[name]
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """What a stream adds up to at one of its versions.

    `version`, `position` and `recorded_at` are those of the last event in it; version 0 is
    before the first. `value` is a JSON object. Retention may have dropped events:
    `first_version` is the first that the log still has, 0 when it has none of them, and
    `folded` counts those that are in the value.
    """

    stream: str
    version: int = 0
    position: int | None = None
    recorded_at: datetime | None = None
    value: Value = field(default_factory=dict)
    first_version: int = 0
    folded: int = 0

    @property
    def is_complete(self) -> bool:
        """This will tell whether every event up to here is in it."""
        return self.first_version == 1 and self.folded == self.version


def default_fold(value: Value, event: RecordedEvent) -> Value:
    """This will keep the last value of each field, and count the events of each type."""
    counts = value.get("events", {})
    return {
        "fields": {**value.get("fields", {}), **event.payload},
        "events": {**counts, event.event_type: counts.get(event.event_type, 0) + 1},
        "last_event": event.event_type,
    }


def steps(start: StreamState, events: Iterable[RecordedEvent], fold: Fold) -> Iterator[StreamState]:
    """This will yield the state after each event; they come in the order of their versions."""
    state = start
    for event in events:
        state = replace(
            state,
            version=event.stream_version or 0,
            position=event.position,
            recorded_at=event.recorded_at,
            value=fold(state.value, event),
            folded=state.folded + 1,
        )
        yield state


@lru_cache(maxsize=1_000)
def _source_of(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        # Made without a file, or no function: the declared version alone tells.
        return ""
