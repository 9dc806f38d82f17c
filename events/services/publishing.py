"""Writing facts into the log, in the transaction of what they tell of."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from events import storage
from events.contracts.base import CONTRACTS, Contract, Priority
from events.contracts.draft import Draft
from events.contracts.recorded import RecordedEvent
from events.errors import (
    EventTypeRefused,
    OccurredInFuture,
    PayloadRefused,
    RetentionClassUnknown,
    StreamRefused,
)
from events.models import Event
from events.models.event import new_event_id
from events.rules import text
from events.rules.naming import is_event_type
from events.storage.base import Place
from portal.shared import clock, effects
from portal.shared.errors import FieldError

PAYLOAD_LIMIT_BYTES = 256 * 1024
# By so much a publisher's clock may be ahead of ours.
CLOCK_SKEW = timedelta(minutes=5)
_ENCODER = json.JSONEncoder(allow_nan=False)

# The event whose handling is under way: what it publishes names it as its cause.
_cause: ContextVar[RecordedEvent | None] = ContextVar("events_cause", default=None)


def announce(
    fact: Contract, *, at: datetime, actor: str = "", expected_version: int | None = None
) -> Event:
    """This will publish a declared fact in the caller's transaction.

    Raises PayloadRefused for a fact whose fields are not of the types it declares.
    """
    payload = fact.payload()
    _refuse_wrong_fact(fact, payload)
    draft = Draft(
        event_type=fact.event_type,
        payload=payload,
        priority=fact.priority,
        lane=fact.lane,
        schema_version=fact.schema_version,
        retention_class=fact.retention_class,
        stream=fact.stream,
        actor=actor,
        occurred_at=at,
    )
    return append([draft], expected_version=expected_version)[0]


def publish(
    event_type: str,
    payload: dict[str, Any],
    priority: int = Priority.NORMAL,
    *,
    stream: str = "",
    actor: str = "",
    at: datetime | None = None,
    expected_version: int | None = None,
    retention_class: str = "",
) -> Event:
    """This will publish a free-form event, for those who call from outside the portal.

    Types that the portal declares are its own and refused. Without a `stream` the event is
    telemetry. Raises what `publish_draft` raises.
    """
    at = at or clock.now()
    draft = Draft(
        event_type=event_type,
        payload=payload,
        priority=Priority(priority),
        stream=stream,
        actor=actor,
        occurred_at=at,
        retention_class=retention_class,
    )
    return publish_draft(draft, at=at, expected_version=expected_version)


def publish_draft(draft: Draft, *, at: datetime, expected_version: int | None = None) -> Event:
    """This will publish a free-form event with all that can be said of one.

    Raises EventTypeRefused, StreamRefused, OccurredInFuture, PayloadRefused,
    RetentionClassUnknown and StreamMoved.
    """
    refuse_event_type(draft.event_type)
    _refuse_stream(draft.stream)
    if expected_version is not None and not draft.stream:
        raise StreamRefused(
            "A version is expected of no stream.",
            fields=[FieldError("/stream", "Name the stream that has the expected version.")],
        )
    if draft.occurred_at > at + CLOCK_SKEW:
        raise OccurredInFuture(
            f"The event occurs at {draft.occurred_at.isoformat()}; it is {at.isoformat()} now.",
            fields=[FieldError("/occurred_at", "Tell what has happened, or set the clock.")],
        )
    return append([draft], expected_version=expected_version)[0]


def append(drafts: Sequence[Draft], *, expected_version: int | None = None) -> list[Event]:
    """This will write the drafts, which are all of one stream, behind each other.

    `expected_version` is the stream's version before them, 0 for a stream that must not
    exist yet; another one raises StreamMoved and nothing is written. Outside a transaction
    the drafts are written all or none. Raises PayloadRefused and RetentionClassUnknown.
    """
    recorded_at = clock.now()
    if not drafts:
        return []
    payloads = [refuse_payload(draft.payload) for draft in drafts]
    events = [_event(draft, recorded_at=recorded_at) for draft in drafts]
    effects.about_to("events", ", ".join(sorted({draft.event_type for draft in drafts})))
    first = drafts[0]
    place = Place(
        stream=first.stream,
        lane=first.lane or first.priority,
        expected_version=expected_version,
        at=recorded_at,
    )
    storage.append(events, payloads, place)
    storage.wake_readers()
    return events


def _event(draft: Draft, *, recorded_at: datetime) -> Event:
    cause = _cause.get()
    event_id = new_event_id()
    return Event(
        event_id=event_id,
        stream=draft.stream or draft.event_type,
        event_type=draft.event_type,
        schema_version=draft.schema_version,
        payload=draft.payload,
        priority=draft.priority,
        retention_class=retention_class_of(draft),
        correlation_id=draft.correlation_id or (cause.correlation_id if cause else event_id),
        causation_id=draft.causation_id or (cause.event_id if cause else None),
        actor=draft.actor or (cause.actor if cause else ""),
        traceparent=draft.traceparent or (cause.traceparent if cause else ""),
        occurred_at=draft.occurred_at,
        recorded_at=recorded_at,
    )


def retention_class_of(draft: Draft) -> str:
    """This will return the class the draft names, or the one its type belongs to."""
    named = draft.retention_class or settings.EVENT_RETENTION_DEFAULT
    if named not in settings.EVENT_RETENTION_CLASSES:
        known = ", ".join(settings.EVENT_RETENTION_CLASSES)
        raise RetentionClassUnknown(
            f"There is no retention class {named!r}. Known: {known}.",
            fields=[FieldError("/retention_class", "Name a known class.")],
        )
    return named


def refuse_event_type(event_type: str) -> None:
    """Raises EventTypeRefused for what is no type, or is the portal's own."""
    if not is_event_type(event_type):
        raise EventTypeRefused(
            f"{event_type!r} is not an event type.",
            fields=[FieldError("/event_type", "Use the form orders.order.shipped.")],
        )
    if event_type in CONTRACTS:
        raise EventTypeRefused(
            f"Only the portal itself publishes {event_type}.",
            fields=[FieldError("/event_type", "Choose a type of your own.")],
        )


def _refuse_stream(stream: str) -> None:
    """The portal's own streams hold its own facts: nobody else may move their versions."""
    if stream.partition(".")[0] in {name.partition(".")[0] for name in CONTRACTS}:
        raise StreamRefused(
            f"Only the portal itself writes into {stream}.",
            fields=[FieldError("/stream", "Choose a stream of your own.")],
        )


def _refuse_wrong_fact(fact: Contract, payload: dict[str, Any]) -> None:
    """Nobody could read it again: better the publisher fails now than every subscriber."""
    if faults := fact.faults(payload):
        raise PayloadRefused(
            f"The {fact.event_type} is not as its contract says.",
            fields=[FieldError(f"/payload{fault.field}", fault.detail) for fault in faults],
        )


def refuse_payload(payload: Any) -> str:
    """This will return the payload as JSON.

    Raises PayloadRefused for what no event can carry on every database.
    """
    if not isinstance(payload, dict):
        raise PayloadRefused(
            "The payload is not a JSON object.",
            fields=[FieldError("/payload", "Send an object.")],
        )
    try:
        written = _ENCODER.encode(payload)
    except (TypeError, ValueError, RecursionError) as error:
        raise PayloadRefused(
            "The payload is not JSON.", fields=[FieldError("/payload", str(error))]
        ) from error
    if len(written) > PAYLOAD_LIMIT_BYTES:
        raise PayloadRefused(
            f"The payload has {len(written)} bytes; "
            f"an event carries at most {PAYLOAD_LIMIT_BYTES}.",
            fields=[FieldError("/payload", "Send a reference instead of the thing.")],
        )
    if not text.is_storable(written):
        raise PayloadRefused(
            "The payload holds text that no database keeps.",
            fields=[FieldError("/payload", "Leave out NUL and halves of surrogate pairs.")],
        )
    return written


@contextmanager
def caused_by(event: RecordedEvent) -> Iterator[None]:
    """This will name the event as the cause of what is published meanwhile."""
    token = _cause.set(event)
    try:
        yield
    finally:
        _cause.reset(token)
