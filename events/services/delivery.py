"""Carrying each event to its subscribers at least once, its effects once."""

import random
import traceback
import uuid
from collections import deque
from datetime import datetime
from typing import NamedTuple

import structlog
from django.db import transaction
from structlog.contextvars import bound_contextvars

from events import registry, storage
from events.contracts.base import Priority
from events.contracts.events import DeliveryParked
from events.contracts.recorded import RecordedEvent
from events.errors import DeliveryPostponed, HandlerNeverReturned, PermanentFailure
from events.models import Delivery
from events.registry import Handler, Subscription
from events.rules import lanes, retry, text
from events.selectors import event_of
from events.services import heads
from events.services.publishing import announce, caused_by
from events.services.sequencing import sequence_events
from portal.shared import clock
from portal.shared.stopwatch import Stopwatch

log = structlog.get_logger(__name__)

# How many rounds of turns one look takes: few, so that what is urgent is soon noticed.
ROUNDS_A_LOOK = 2
A_LOOK = ROUNDS_A_LOOK * len(lanes.TURNS)
# After this long, what is more urgent than the next is looked for before that is begun.
SECONDS_A_LOOK = 0.02
# Streams take turns, but a long one need not be looked for again after every event.
NEXT_OF_A_KEY_A_LOOK = 16


def subscribe(
    event_type: str,
    handler: Handler,
    *,
    name: str = "",
    effects: tuple[str, ...] = (),
    from_beginning: bool = False,
) -> None:
    """This will call the handler for every event of the type, or under the pattern.

    The handler runs in a transaction of its own that also marks the delivery done, so what
    it writes happens once. It is tried again when it raises. `name` identifies it in its
    delivery rows and is the handler's dotted path when not given. `effects` are what it
    does beside writing to the database: `email`, `http`. Such a handler runs without a
    transaction around it and is called at least once.
    """
    registry.add(
        Subscription(
            name=name or f"{handler.__module__}.{handler.__qualname__}",
            pattern=event_type,
            handler=handler,
            effects=frozenset(effects),
            from_beginning=from_beginning,
        )
    )


def deliver_due_events(*, at: datetime, limit: int = 500) -> int:
    """This will order what was committed, carry what is due to its subscribers, and return
    how many deliveries were tried.

    Safe to run at once from several workers. Sequence keys take turns, so that a long
    backlog of one delays no other; so do the three lanes.
    """
    watch = Stopwatch(at)
    subscriptions = {name: one for name, one in registry.current().items() if not one.is_apart}
    tried = 0
    while tried < limit:
        sequence_events(at=at)
        carried = carry(subscriptions, watch=watch, limit=limit - tried)
        tried += carried.tried
        if not carried.tried or (carried.is_all and not storage.has_unsequenced()):
            break
    return tried


class Carried(NamedTuple):
    """`is_all` when nothing else was due."""

    tried: int
    is_all: bool


def carry(subscriptions: dict[str, Subscription], *, watch: Stopwatch, limit: int) -> Carried:
    """This will look once for what is due to these, and try it."""
    due = _look(at=watch.now(), most=limit, known=subscriptions)
    waiting = deque(due)
    tried = _work_off(waiting, subscriptions, watch=watch, limit=limit)
    return Carried(tried, is_all=len(due) < A_LOOK and tried < A_LOOK and not waiting)


def _look(*, at: datetime, most: int, known: dict[str, Subscription]) -> list[Delivery]:
    """What is due, by turns of the lanes. Subscribers of another version are left to it."""
    due = Delivery.objects.due(at).filter(subscriber__in=known).order_by("due_at", "id")
    found = {lane: list(due.filter(lane=lane)[:A_LOOK]) for lane in Priority}
    return lanes.in_turns(found)[: min(most, A_LOOK)]


def _work_off(
    waiting: deque[Delivery],
    subscriptions: dict[str, Subscription],
    *,
    watch: Stopwatch,
    limit: int,
) -> int:
    """Tries each, and some of what waits behind the delivered; returns how many were tried.

    Stops early when something more urgent was committed meanwhile.
    """
    tried = 0
    more = NEXT_OF_A_KEY_A_LOOK
    began = watch.now()
    while waiting and tried < limit:
        took = (watch.now() - began).total_seconds()
        if tried and took > SECONDS_A_LOOK and storage.has_unsequenced(above=waiting[0].lane):
            break
        delivery = waiting.popleft()
        if not _claim(delivery, now=watch.now()):
            continue
        tried += 1
        following = _attempt(delivery, subscriptions[delivery.subscriber], watch=watch)
        if following and more and following.state == Delivery.State.PENDING:
            waiting.append(following)
            more -= 1
    return tried


def _claim(delivery: Delivery, *, now: datetime) -> bool:
    """The attempt is counted before it starts: a handler that kills its process counts."""
    token = uuid.uuid4()
    untouched = Delivery.objects.due(now).filter(
        pk=delivery.pk, attempts=delivery.attempts, due_at=delivery.due_at
    )
    delivery.lease_token = token
    delivery.attempts += 1
    delivery.due_at = now + retry.LEASE
    claimed = untouched.update(
        lease_token=token, due_at=delivery.due_at, attempts=delivery.attempts
    )
    return claimed == 1


def _attempt(
    delivery: Delivery, subscription: Subscription, *, watch: Stopwatch
) -> Delivery | None:
    """Returns what is next of the key once this one is delivered."""
    try:
        _refuse_endless(delivery)
        event = event_of(delivery, as_written=subscription.as_written)
        if subscription.reaches_outside:
            _hand_over(event, subscription)
            done = _mark_delivered(delivery)
        else:
            with transaction.atomic():
                done = _mark_delivered(delivery)
                if done:
                    _hand_over(event, subscription)
    except DeliveryPostponed as error:
        _put_back(delivery, error)
        return None
    except Exception as error:  # noqa: BLE001  (whatever a handler raises is kept in the row)
        _record_failure(delivery, error, at=watch.now())
        return None
    if not done:
        # The lease ran out and another worker has the delivery.
        return None
    key = (delivery.subscriber, delivery.sequence_key)
    following = heads.next_of(delivery)
    if following and not following.is_head:
        heads.promote([key])
        following.refresh_from_db()
    return following


def _refuse_endless(delivery: Delivery) -> None:
    if delivery.attempts > retry.ATTEMPTS_BEFORE_PARKING:
        raise HandlerNeverReturned(
            f"No attempt of {delivery.subscriber} came back: its process ended each time."
        )


def _mark_delivered(delivery: Delivery) -> bool:
    held = Delivery.objects.filter(
        pk=delivery.pk, lease_token=delivery.lease_token, state=Delivery.State.PENDING
    )
    marked = held.update(
        state=Delivery.State.DELIVERED,
        is_head=False,
        delivered_at=clock.now(),
        lease_token=None,
        reason="",
        last_error="",
    )
    return marked == 1


def _hand_over(event: RecordedEvent, subscription: Subscription) -> None:
    with (
        caused_by(event),
        bound_contextvars(event_id=str(event.event_id), event_type=event.event_type),
    ):
        subscription.handler(event)


def _put_back(delivery: Delivery, postponed: DeliveryPostponed) -> None:
    Delivery.objects.filter(
        pk=delivery.pk, lease_token=delivery.lease_token, state=Delivery.State.PENDING
    ).update(
        attempts=delivery.attempts - 1,
        due_at=postponed.until,
        lease_token=None,
        reason=text.in_a_line(postponed),
    )


def _record_failure(delivery: Delivery, error: Exception, *, at: datetime) -> None:
    given_up = retry.is_given_up(delivery.attempts) or isinstance(error, PermanentFailure)
    delay = retry.delay_after(delivery.attempts, jitter=random.random())  # noqa: S311  (spreads retries)
    held = Delivery.objects.filter(
        pk=delivery.pk, lease_token=delivery.lease_token, state=Delivery.State.PENDING
    )
    with transaction.atomic():
        marked = held.update(
            state=Delivery.State.PARKED if given_up else Delivery.State.PENDING,
            due_at=at + delay,
            lease_token=None,
            parked_at=at if given_up else None,
            reason=text.in_a_line(error),
            last_error=text.storable("".join(traceback.format_exception(error))[-20_000:]),
        )
        if given_up and marked:
            _tell_parked(delivery, error, at=at)
    log.error(
        "event_delivery_failed",
        position=delivery.position,
        subscriber=delivery.subscriber,
        attempts=delivery.attempts,
        parked=given_up,
        exc_info=error,
    )


def _tell_parked(delivery: Delivery, error: Exception, *, at: datetime) -> None:
    event = delivery.event
    if event.event_type == DeliveryParked.event_type:
        # Who fails at this very news would be told of that, and so on without an end.
        return
    fact = DeliveryParked(
        delivery=delivery.pk,
        subscriber=delivery.subscriber,
        event=str(event.event_id),
        parked_type=event.event_type,
        attempts=delivery.attempts,
        reason=text.in_a_line(error),
        at=at.isoformat(),
    )
    announce(fact, at=at)
