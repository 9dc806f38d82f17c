"""Publishing facts, and carrying each to its subscribers at least once, effects once."""

import json
import random
import traceback
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from structlog.contextvars import bound_contextvars

from events import registry
from events.contracts.base import CONTRACTS, Contract, Priority
from events.errors import (
    DeliveryNotParked,
    EventTypeRefused,
    HandlerNeverReturned,
    PayloadRefused,
)
from events.models import Delivery, Event, new_event_id
from events.registry import Handler, ReceivedEvent, Subscription
from events.rules import retry
from events.rules.naming import is_event_type
from portal.shared import clock
from portal.shared.errors import FieldError
from portal.shared.stopwatch import Stopwatch
from portal.shared.tasks import poke

log = structlog.get_logger(__name__)

PAYLOAD_LIMIT_BYTES = 256 * 1024
# Of how many sequence keys one look takes the first.
HEADS_A_LOOK = 50

# The event whose handling is under way: what it publishes names it as its cause.
_cause: ContextVar[ReceivedEvent | None] = ContextVar("events_cause", default=None)


def announce(fact: Contract, *, at: datetime, actor: str = "") -> Event:
    """This will publish a declared fact in the caller's transaction."""
    return _write(
        event_type=fact.event_type,
        payload=fact.payload(),
        priority=fact.priority,
        schema_version=fact.schema_version,
        stream=fact.stream,
        actor=actor,
        occurred_at=at,
    )


def publish(
    event_type: str,
    payload: dict[str, Any],
    priority: int = Priority.NORMAL,
    *,
    stream: str = "",
    actor: str = "",
    at: datetime | None = None,
) -> Event:
    """This will publish a free-form event, for those who call from outside the portal.

    Types that the portal declares are its own and refused. `stream` is the type itself
    when it is not given. Raises EventTypeRefused and PayloadRefused.
    """
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
    _refuse_payload(payload)
    return _write(
        event_type=event_type,
        payload=payload,
        priority=priority,
        schema_version=1,
        stream=stream or event_type,
        actor=actor,
        occurred_at=at or clock.now(),
    )


def _refuse_payload(payload: Any) -> None:
    if not isinstance(payload, dict):
        raise PayloadRefused(
            "The payload is not a JSON object.",
            fields=[FieldError("/payload", "Send an object.")],
        )
    try:
        size = len(json.dumps(payload, allow_nan=False).encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise PayloadRefused(
            "The payload is not JSON.", fields=[FieldError("/payload", str(error))]
        ) from error
    if size > PAYLOAD_LIMIT_BYTES:
        raise PayloadRefused(
            f"The payload has {size} bytes; an event carries at most {PAYLOAD_LIMIT_BYTES}.",
            fields=[FieldError("/payload", "Send a reference instead of the thing.")],
        )


def _write(
    *,
    event_type: str,
    payload: dict[str, Any],
    priority: int,
    schema_version: int,
    stream: str,
    actor: str,
    occurred_at: datetime,
) -> Event:
    cause = _cause.get()
    event_id = new_event_id()
    with transaction.atomic():
        event = Event.objects.create(
            event_id=event_id,
            stream=stream,
            event_type=event_type,
            schema_version=schema_version,
            payload=payload,
            priority=priority,
            correlation_id=cause.correlation_id if cause else event_id,
            causation_id=cause.event_id if cause else None,
            actor=actor or (cause.actor if cause else ""),
            occurred_at=occurred_at,
            recorded_at=clock.now(),
        )
        deliveries = Delivery.objects.bulk_create(
            Delivery(
                event=event,
                subscriber=subscription.name,
                sequence_key=stream,
                due_at=event.recorded_at,
            )
            for subscription in registry.for_event_type(event_type)
        )
        if deliveries:
            poke("events.deliver_due_events")
    return event


def subscribe(event_type: str, handler: Handler, *, name: str = "") -> None:
    """This will call the handler for every event of the type, or under the pattern.

    The handler runs in a transaction of its own that also marks the delivery done, so what
    it writes happens once. It is tried again when it raises. `name` identifies it in its
    delivery rows and is the handler's dotted path when not given.
    """
    name = name or f"{handler.__module__}.{handler.__qualname__}"
    registry.add(Subscription(name=name, pattern=event_type, handler=handler))


def deliver_due_events(*, at: datetime, limit: int = 500) -> int:
    """This will carry what is due to its subscribers, and return how many were tried.

    Safe to run at once from several workers. Sequence keys take turns, so that a long
    backlog of one delays no other.
    """
    watch = Stopwatch(at)
    tried = 0
    while due := Delivery.objects.due(at).order_by("id")[: min(HEADS_A_LOOK, limit - tried)]:
        claimed = _work_off(deque(due), at=at, watch=watch, limit=limit - tried)
        tried += claimed
        if not claimed:
            # Another worker was faster everywhere.
            break
    return tried


def _work_off(waiting: deque[Delivery], *, at: datetime, watch: Stopwatch, limit: int) -> int:
    """Tries each, and what waits behind the delivered ones; returns how many were tried."""
    tried = 0
    while waiting and tried < limit:
        delivery = waiting.popleft()
        if not _claim(delivery, at=at, now=watch.now()):
            continue
        tried += 1
        if _attempt(delivery, watch=watch):
            waiting.extend(Delivery.objects.after(delivery)[:1])
    return tried


def _claim(delivery: Delivery, *, at: datetime, now: datetime) -> bool:
    """The attempt is counted before it starts: a handler that kills its process counts."""
    token = uuid.uuid4()
    untouched = Delivery.objects.still_due(at).filter(pk=delivery.pk, attempts=delivery.attempts)
    delivery.lease_token = token
    delivery.attempts += 1
    rows = untouched.update(
        lease_token=token, lease_until=now + retry.LEASE, attempts=delivery.attempts
    )
    return rows == 1


def _attempt(delivery: Delivery, *, watch: Stopwatch) -> bool:
    """Returns whether it is delivered."""
    try:
        _refuse_endless(delivery)
        with transaction.atomic():
            held = (
                Delivery.objects.select_for_update(of=("self",))
                .select_related("event")
                .filter(
                    pk=delivery.pk,
                    lease_token=delivery.lease_token,
                    state=Delivery.State.PENDING,
                )
                .first()
            )
            if held is None:
                # The lease ran out and another worker has the delivery.
                return False
            _hand_over(held)
            held.state = Delivery.State.DELIVERED
            held.delivered_at = clock.now()
            held.lease_until = None
            held.last_error = ""
            held.save(update_fields=["state", "delivered_at", "lease_until", "last_error"])
    except Exception as error:  # noqa: BLE001  (whatever a handler raises is kept in the row)
        _record_failure(delivery, error, at=watch.now())
        return False
    return True


def _refuse_endless(delivery: Delivery) -> None:
    if delivery.attempts > retry.ATTEMPTS_BEFORE_PARKING:
        raise HandlerNeverReturned(
            f"No attempt of {delivery.subscriber} came back: its process ended each time."
        )


def _hand_over(delivery: Delivery) -> None:
    event = delivery.event
    received = ReceivedEvent(
        event_id=event.event_id,
        event_type=event.event_type,
        stream=event.stream,
        payload=event.payload,
        correlation_id=event.correlation_id,
        actor=event.actor,
        occurred_at=event.occurred_at,
    )
    with (
        _caused_by(received),
        bound_contextvars(event_id=str(event.event_id), event_type=event.event_type),
    ):
        registry.get(delivery.subscriber).handler(received)


@contextmanager
def _caused_by(event: ReceivedEvent) -> Iterator[None]:
    token = _cause.set(event)
    try:
        yield
    finally:
        _cause.reset(token)


def _record_failure(delivery: Delivery, error: Exception, *, at: datetime) -> None:
    given_up = retry.is_given_up(delivery.attempts)
    delay = retry.delay_after(delivery.attempts, jitter=random.random())  # noqa: S311  (spreads retries)
    Delivery.objects.filter(
        pk=delivery.pk,
        lease_token=delivery.lease_token,
        state=Delivery.State.PENDING,
    ).update(
        state=Delivery.State.PARKED if given_up else Delivery.State.PENDING,
        due_at=at + delay,
        lease_until=None,
        last_error=_storable("".join(traceback.format_exception(error))[-20_000:]),
    )
    log.error(
        "event_delivery_failed",
        event_id=str(delivery.event.event_id),
        subscriber=delivery.subscriber,
        attempts=delivery.attempts,
        parked=given_up,
        exc_info=error,
    )


def _storable(text: str) -> str:
    """PostgreSQL keeps neither NUL nor half a surrogate pair, and an error may quote both."""
    encodable = text.encode(errors="backslashreplace").decode()
    return encodable.replace("\x00", r"\x00")


@transaction.atomic
def redrive_delivery(*, delivery_id: int, at: datetime) -> Delivery:
    """This will let a parked delivery be tried again from its first attempt."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.state != Delivery.State.PARKED:
        raise DeliveryNotParked(
            f"The delivery to {delivery.subscriber} is {delivery.state}; only a parked one "
            "can be redriven."
        )
    delivery.state = Delivery.State.PENDING
    delivery.attempts = 0
    delivery.due_at = at
    delivery.save(update_fields=["state", "attempts", "due_at"])
    poke("events.deliver_due_events")
    return delivery
