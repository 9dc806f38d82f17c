"""Giving committed events their position, and handing them to those who asked for them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Subquery

from events import registry, signing, storage
from events.contracts import recorded
from events.contracts.recorded import RecordedEvent
from events.models import Consumer, Delivery, Event, LogHead
from events.registry import Subscription
from events.rules import integrity
from events.rules.sequencing import Unsequenced, in_commit_order
from events.services import heads
from events.storage import Sequenced

BATCH = 2_000
_COLUMNS = ("pk", "transaction_id", "transaction_began", *recorded.COLUMNS)


def sequence_events(*, at: datetime, batch: int = BATCH) -> int:
    """This will give every committed event its position and return how many got one.

    One process does it at a time; any other returns 0 at once. What it sequences it hands
    to the consumers in the same transaction.
    """
    sequenced = 0
    subscriptions = registry.fed()
    if Consumer.objects.filter(name__in=subscriptions).count() < len(subscriptions):
        enter(subscriptions.values(), at=at)
    while storage.has_unsequenced():
        given = _sequence_batch(subscriptions, at=at, size=batch)
        sequenced += given
        if not given:
            break
    _catch_up(subscriptions, at=at, size=batch)
    return sequenced


def enter(subscriptions: Iterable[Subscription], *, at: datetime) -> None:
    """This will start new consumers at the head, or where the log begins if they ask to."""
    with transaction.atomic():
        head = LogHead.objects.select_for_update().filter(pk=LogHead.ONLY).first()
        Consumer.objects.bulk_create(
            [
                Consumer(
                    name=subscription.name,
                    position=0 if subscription.from_beginning or not head else head.position,
                    created_at=at,
                )
                for subscription in subscriptions
            ],
            ignore_conflicts=True,
        )


def _sequence_batch(subscriptions: dict[str, Subscription], *, at: datetime, size: int) -> int:
    with transaction.atomic():
        head = _lead()
        if head is None:
            return 0
        rows, order = _committed(size)
        by_key = {row.pk: row for row in rows}
        batch = [(n, by_key[pk]) for n, pk in enumerate(order, start=head.position + 1)]
        storage.give_positions([_sequenced(position, row) for position, row in batch])
        # A consumer that is being caught up is left to that, and caught up with this too.
        ready = Consumer.objects.select_for_update(skip_locked=True).filter(
            name__in=subscriptions, position=head.position
        )
        names = [consumer.name for consumer in ready]
        head.position += len(order)
        head.moved_at = at
        head.save(update_fields=["position", "moved_at"])
        behind = _hand_over([subscriptions[name] for name in names], batch, at=at)
        Consumer.objects.filter(name__in=names).update(position=head.position)
    heads.promote(behind)
    return len(order)


def _lead() -> LogHead | None:
    """The row's lock makes the leader; who does not get it at once leaves the work to it."""
    only = LogHead.objects.filter(pk=LogHead.ONLY)
    leading = only.select_for_update(skip_locked=True)
    head = leading.first()
    if head is None and not only.exists():
        LogHead.objects.get_or_create(pk=LogHead.ONLY)
        head = leading.first()
    return head


def _committed(size: int) -> tuple[list[Unsequenced], list[int]]:
    """The next whole transactions. One of many rows is taken whole, whatever the size."""
    while True:
        rows = [_row(values) for values in _unsequenced()[:size]]
        unfinished = _unfinished(rows) if len(rows) == size else set()
        order = in_commit_order(rows, unfinished=unfinished)
        if order or not rows:
            return rows, order
        size *= 2


def _unsequenced() -> QuerySet[Event, tuple[Any, ...]]:
    return Event.objects.filter(position=None).order_by("pk").values_list(*_COLUMNS)


def _row(columns: tuple[Any, ...]) -> Unsequenced:
    pk, number, began, *told = columns
    return Unsequenced(
        pk=pk,
        transaction=None if number is None else (number, began),
        event=RecordedEvent(**dict(zip(recorded.COLUMNS, told, strict=True))),
    )


def _sequenced(position: int, row: Unsequenced) -> Sequenced:
    written = integrity.content(row.event, position=position)
    return Sequenced(
        pk=row.pk,
        position=position,
        authentication_tag=signing.tag_of(written, row=row.pk),
        retention_class=row.event.retention_class,
        recorded_at=row.event.recorded_at,
    )


def _unfinished(rows: Sequence[Unsequenced]) -> set[tuple[int, datetime | None]]:
    numbers = {row.transaction[0] for row in rows if row.transaction}
    beyond = Event.objects.filter(
        position=None, pk__gt=rows[-1].pk, transaction_id__in=numbers
    ).values_list("transaction_id", "transaction_began")
    return {(number, began) for number, began in beyond.distinct() if number is not None}


def _catch_up(subscriptions: dict[str, Subscription], *, at: datetime, size: int) -> None:
    """Hands old events to those who are behind the head: a new consumer, or a paused one."""
    head = LogHead.objects.filter(pk=LogHead.ONLY).values("position")
    late = Consumer.objects.filter(name__in=subscriptions, position__lt=Subquery(head))
    for name, upto in late.values_list("name", Subquery(head)):
        while _catch_up_batch(subscriptions[name], head=upto, at=at, size=size):
            pass


def _catch_up_batch(subscription: Subscription, *, head: int, at: datetime, size: int) -> bool:
    """Returns whether there is more."""
    with transaction.atomic():
        consumer = (
            Consumer.objects.select_for_update(skip_locked=True)
            .filter(name=subscription.name, position__lt=head)
            .first()
        )
        if consumer is None:
            return False
        upto = min(consumer.position + size, head)
        rows = (
            Event.objects.filter(position__gt=consumer.position, position__lte=upto)
            .order_by("position")
            .values_list("position", *_COLUMNS)
        )
        batch = [(position, _row(tuple(columns))) for position, *columns in rows]
        behind = _hand_over([subscription], batch, at=at)
        consumer.position = upto
        consumer.save(update_fields=["position"])
    heads.promote(behind)
    return upto < head


def _hand_over(
    subscriptions: Sequence[Subscription],
    batch: Sequence[tuple[int, Unsequenced]],
    *,
    at: datetime,
) -> set[heads.Key]:
    """Writes a delivery for each event a subscription wants; returns keys that were waiting.

    The rows are unique by event and subscriber, so handing over again does nothing.
    """
    wanted = {
        event_type: [s for s in subscriptions if s.wants(event_type)]
        for event_type in {row.event.event_type for _position, row in batch}
    }
    deliveries = [
        Delivery(
            event_id=row.pk,
            position=position,
            recorded_at=row.event.recorded_at,
            subscriber=subscription.name,
            sequence_key=row.event.sequence_key,
            lane=row.event.priority,
            # Of two clocks that differ the earlier: nothing waits for a clock to catch up.
            due_at=min(row.event.recorded_at, at),
        )
        for position, row in batch
        for subscription in wanted[row.event.event_type]
    ]
    keys = {(delivery.subscriber, delivery.sequence_key) for delivery in deliveries}
    waiting = heads.undelivered(keys)
    seen = set(waiting)
    for delivery in deliveries:
        key = (delivery.subscriber, delivery.sequence_key)
        delivery.is_head = key not in seen
        seen.add(key)
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    return waiting
