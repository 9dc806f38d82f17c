"""Sending the log to the broker, in the order of its positions."""

import random
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Subquery

from events import selectors
from events.contracts.base import Priority
from events.contracts.recorded import RecordedEvent
from events.errors import BrokerUnavailable, LogHasGap
from events.models import Delivery, Event, LogHead, RelayCheckpoint, Stream
from events.models.relay_checkpoint import subscriber_of
from events.providers.base import Message, Outcome, Receipt
from events.providers.registry import broker
from events.registry import Subscription
from events.rules import cloud_events, retry, text
from events.services import heads
from portal.shared.stopwatch import Stopwatch

log = structlog.get_logger(__name__)

BATCH = 1_000
CONFIRM_SECONDS = 20.0
# Longer than a batch may take: a relay that died is followed after this.
LEASE = timedelta(seconds=60)
# So often a broker that answers may refuse one event before it parks.
REFUSALS_BEFORE_PARKING = 5
LONGEST_PAUSE = timedelta(seconds=15)


def parked_relays() -> list[Subscription]:
    """This will return who sends again what the relay parked; it hears of nothing else."""
    return [
        Subscription(
            name=subscriber_of(settings.MESSAGE_BROKER),
            pattern="",
            handler=_send_one,
            effects=frozenset({"broker"}),
            as_written=True,
        )
    ]


def relay_events(*, at: datetime, limit: int = 20 * BATCH) -> int:
    """This will send what the broker has not confirmed yet and return how much it did now.

    One process does it at a time; any other returns 0 at once. After a failure it pauses,
    longer each time. What the broker refuses five times in a row is parked, and later events
    of its key behind it. Raises LogHasGap when a position is missing.
    """
    watch = Stopwatch(at)
    name = settings.MESSAGE_BROKER
    relayed = 0
    if _has_sent_everything(name):
        return 0
    with _lease(name, at=at) as checkpoint:
        if checkpoint is None:
            return 0
        while relayed < limit and _renew(checkpoint, at=watch.now()):
            moved = _relay_batch(checkpoint, watch=watch)
            relayed += moved
            if checkpoint.failures or not moved:
                break
    return relayed


def _has_sent_everything(name: str) -> bool:
    """Asked twice a second for ever, so it is one question."""
    head = LogHead.objects.filter(pk=LogHead.ONLY).values("position")
    return RelayCheckpoint.objects.filter(broker=name, position__gte=Subquery(head)).exists()


@contextmanager
def _lease(name: str, *, at: datetime) -> Iterator[RelayCheckpoint | None]:
    if not RelayCheckpoint.objects.filter(broker=name).exists():
        head = LogHead.objects.filter(pk=LogHead.ONLY).first()
        # A broker that is new is sent what happens from now on.
        RelayCheckpoint.objects.get_or_create(
            broker=name, defaults={"position": head.position if head else 0}
        )
    token = uuid.uuid4()
    taken = (
        RelayCheckpoint.objects.free(at)
        .filter(broker=name)
        .update(lease_token=token, lease_until=at + LEASE)
    )
    if not taken:
        yield None
        return
    try:
        yield RelayCheckpoint.objects.get(broker=name)
    finally:
        RelayCheckpoint.objects.filter(broker=name, lease_token=token).update(
            lease_token=None, lease_until=None
        )


def _held(checkpoint: RelayCheckpoint) -> QuerySet[RelayCheckpoint]:
    return RelayCheckpoint.objects.filter(
        broker=checkpoint.broker, lease_token=checkpoint.lease_token
    )


def _renew(checkpoint: RelayCheckpoint, *, at: datetime) -> bool:
    return _held(checkpoint).update(lease_until=at + LEASE) == 1


@dataclass(frozen=True, slots=True)
class _Queued:
    event: Event
    position: int
    message: Message


def _relay_batch(checkpoint: RelayCheckpoint, *, watch: Stopwatch) -> int:
    """Returns how many positions the checkpoint moved on."""
    batch = _next(checkpoint)
    if not batch:
        return 0
    blocked = _blocked_keys(checkpoint)
    sent = [queued for queued in batch if queued.message.key not in blocked]
    receipts = broker().send([q.message for q in sent], deadline_seconds=CONFIRM_SECONDS)
    stuck = _first_unconfirmed(sent, receipts)
    upto = stuck[0].position - 1 if stuck else batch[-1].position
    behind = [q for q in batch if q.message.key in blocked and q.position <= upto]
    moved = _advance(checkpoint, upto, behind, at=watch.now())
    if stuck is not None:
        moved += _record_failure(checkpoint, *stuck, at=watch.now())
    return moved


def _next(checkpoint: RelayCheckpoint) -> list[_Queued]:
    after = Event.objects.filter(position__gt=checkpoint.position)
    rows = list(after.order_by("position")[:BATCH])
    lanes = _lanes_of({row.stream for row in rows if row.stream_version is not None})
    batch = []
    behind = checkpoint.position
    for row in rows:
        position = row.position or 0
        if position > behind + 1:
            _refuse_gap(checkpoint, behind + 1, position - 1)
        behind = position
        batch.append(_Queued(row, position, message_of(row.recorded(), lanes)))
    return batch


def _refuse_gap(checkpoint: RelayCheckpoint, first: int, last: int) -> None:
    """A relay that stepped over a gap would tell nobody that something is lost.

    What was dropped under a seal is none: a broker that was chosen again after months.
    """
    if selectors.dropped_runs(first, last).covers(first, last):
        return
    sentence = (
        f"The relay to {checkpoint.broker} stands at position {checkpoint.position}, and the "
        f"log has no position {first}. Run `manage.py verify_events`."
    )
    _held(checkpoint).update(last_error=sentence)
    raise LogHasGap(sentence)


def _lanes_of(streams: Collection[str]) -> dict[str, int]:
    return dict(Stream.objects.filter(name__in=streams).values_list("name", "lane"))


def message_of(event: RecordedEvent, lanes: Mapping[str, int]) -> Message:
    """This will return the event as the CloudEvent that travels, given the lanes of streams.

    A broker keeps order within a lane, so a stream stays in its own.
    """
    ordered = lanes.get(event.stream) if event.stream_version is not None else None
    headers, body = cloud_events.to_binary(event, source=settings.EVENT_SOURCE)
    return Message(
        key=event.sequence_key,
        event_type=event.event_type,
        lane=Priority(ordered or event.priority),
        headers=headers,
        body=body,
    )


def _blocked_keys(checkpoint: RelayCheckpoint) -> set[str]:
    """Keys of which something parked: what follows waits behind it."""
    undelivered = Delivery.objects.undelivered().filter(subscriber=subscriber_of(checkpoint.broker))
    return set(undelivered.values_list("sequence_key", flat=True).distinct())


def _first_unconfirmed(
    sent: Sequence[_Queued], receipts: Sequence[Receipt]
) -> tuple[_Queued, Receipt] | None:
    for queued, receipt in zip(sent, receipts, strict=True):
        if receipt.outcome != Outcome.CONFIRMED:
            return queued, receipt
    return None


def _advance(
    checkpoint: RelayCheckpoint, upto: int, behind: Sequence[_Queued], *, at: datetime
) -> int:
    """Everything up to there is confirmed, or is a row that the redriving sends."""
    moved = upto - checkpoint.position
    if not moved:
        return 0
    with transaction.atomic():
        held = _held(checkpoint).update(
            position=upto, moved_at=at, failures=0, last_error="", due_at=None
        )
        if not held:
            # Another relay took over and counts by itself; what was sent, it sends again.
            return 0
        _queue(checkpoint, behind, at=at)
    checkpoint.position, checkpoint.failures = upto, 0
    subscriber = subscriber_of(checkpoint.broker)
    heads.promote({(subscriber, queued.message.key) for queued in behind})
    return moved


def _record_failure(
    checkpoint: RelayCheckpoint, queued: _Queued, receipt: Receipt, *, at: datetime
) -> int:
    """Returns 1 when the event parked and the relay stepped behind it."""
    checkpoint.failures += 1
    log.warning(
        "event_not_relayed",
        broker=checkpoint.broker,
        position=queued.position,
        outcome=receipt.outcome,
        reason=receipt.reason,
        failures=checkpoint.failures,
    )
    is_its_own_fault = receipt.outcome in (Outcome.UNROUTABLE, Outcome.REFUSED)
    if is_its_own_fault and checkpoint.failures >= REFUSALS_BEFORE_PARKING:
        return _park(checkpoint, queued, receipt, at=at)
    pause = retry.delay_after(checkpoint.failures, jitter=random.random())  # noqa: S311  (spreads retries)
    _held(checkpoint).update(
        failures=checkpoint.failures,
        last_error=receipt.reason,
        due_at=at + min(pause, LONGEST_PAUSE),
    )
    return 0


def _park(checkpoint: RelayCheckpoint, queued: _Queued, receipt: Receipt, *, at: datetime) -> int:
    with transaction.atomic():
        held = _held(checkpoint).update(
            position=queued.position, moved_at=at, failures=0, last_error="", due_at=None
        )
        if not held:
            return 0
        _queue(
            checkpoint,
            [queued],
            at=at,
            state=Delivery.State.PARKED,
            attempts=checkpoint.failures,
            parked_at=at,
            reason=f"{receipt.outcome}: {receipt.reason}"[: text.LONGEST_LINE],
        )
    checkpoint.position, checkpoint.failures = queued.position, 0
    heads.promote({(subscriber_of(checkpoint.broker), queued.message.key)})
    return 1


def _queue(
    checkpoint: RelayCheckpoint, some: Sequence[_Queued], *, at: datetime, **state: Any
) -> None:
    Delivery.objects.bulk_create(
        [
            Delivery(
                event=queued.event,
                position=queued.position,
                recorded_at=queued.event.recorded_at,
                subscriber=subscriber_of(checkpoint.broker),
                sequence_key=queued.message.key,
                lane=queued.message.lane,
                is_head=False,
                due_at=at,
                **state,
            )
            for queued in some
        ],
        ignore_conflicts=True,
    )


def _send_one(event: RecordedEvent) -> None:
    message = message_of(event, _lanes_of([event.stream]))
    (receipt,) = broker().send([message], deadline_seconds=CONFIRM_SECONDS)
    if receipt.outcome != Outcome.CONFIRMED:
        raise BrokerUnavailable(f"{receipt.outcome}: {receipt.reason}")
