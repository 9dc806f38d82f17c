"""How far behind each consumer is, and whether the log moves at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q

from events import registry
from events.models import Consumer, Delivery, Event, LogHead, RelayCheckpoint
from events.models.relay_checkpoint import subscriber_of
from events.selectors.log import head_of_log

# Unsequenced for longer than this, an event shows that nobody orders the log.
STANDSTILL = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerLag:
    """`events` and `wait` are None while they are not known: the consumer was never entered.

    `events` counts what it was not given or has not taken; `wait` is the age of the oldest,
    None when nothing waits.
    """

    name: str
    position: int | None
    events: int | None
    wait: timedelta | None
    pending: int
    parked: int
    failing: int
    is_subscribed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`unsequenced_for` is the age of the oldest event without a position, if there is one."""

    position: int
    moved_at: datetime | None
    unsequenced: int
    unsequenced_for: timedelta | None

    @property
    def is_moving(self) -> bool:
        """This will tell whether whatever is committed is being ordered."""
        return self.unsequenced_for is None or self.unsequenced_for <= STANDSTILL


def head(*, at: datetime) -> Head:
    """This will tell how far the log is ordered; a lag of zero means nothing when it stands."""
    found = LogHead.objects.first()
    waiting = Event.objects.filter(position=None).aggregate(
        count=Count("pk"), oldest=Min("recorded_at")
    )
    return Head(
        position=found.position if found else 0,
        moved_at=found.moved_at if found else None,
        unsequenced=waiting["count"],
        unsequenced_for=at - waiting["oldest"] if waiting["oldest"] else None,
    )


def consumer_lags(*, at: datetime) -> list[ConsumerLag]:
    """This will describe every consumer group, and what is left of those that are gone."""
    entered = {consumer.name: consumer.position for consumer in Consumer.objects.all()}
    subscribed = set(registry.fed())
    counts = {row["subscriber"]: row for row in _undelivered()}
    log_head = head_of_log()
    names = sorted(
        subscribed | set(entered) | set(counts) - {subscriber_of(settings.MESSAGE_BROKER)}
    )
    return [
        _lag(
            name,
            entered.get(name),
            counts.get(name, {}),
            head=log_head,
            at=at,
            is_subscribed=name in subscribed,
        )
        for name in names
    ]


def _undelivered() -> list[dict[str, Any]]:
    waiting = Q(state=Delivery.State.PENDING)
    counted = (
        Delivery.objects.undelivered()
        .values("subscriber")
        .annotate(
            pending=Count("pk", filter=waiting),
            parked=Count("pk", filter=Q(state=Delivery.State.PARKED)),
            failing=Count("pk", filter=waiting & Q(attempts__gt=0) & ~Q(reason="")),
            oldest=Min("recorded_at", filter=waiting),
        )
    )
    return [dict(row) for row in counted]


def _lag(
    name: str,
    position: int | None,
    counts: dict[str, Any],
    *,
    head: int,
    at: datetime,
    is_subscribed: bool,
) -> ConsumerLag:
    pending: int = counts.get("pending", 0)
    not_given = _not_given(position, head)
    oldest: datetime | None = counts.get("oldest")
    if oldest is None and not_given:
        oldest = _recorded_after(position or 0)
    return ConsumerLag(
        name=name,
        position=position,
        events=None if not_given is None else pending + not_given,
        wait=at - oldest if oldest else None,
        pending=pending,
        parked=counts.get("parked", 0),
        failing=counts.get("failing", 0),
        is_subscribed=is_subscribed,
    )


def _not_given(position: int | None, head: int) -> int | None:
    """Positions that the consumer was not handed yet, wanted or not."""
    return None if position is None else max(head - position, 0)


def _recorded_after(position: int) -> datetime | None:
    after = Event.objects.filter(position__gt=position).order_by("position")
    return after.values_list("recorded_at", flat=True).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayLag:
    """How far the broker is behind the log; None while that is not known."""

    broker: str
    position: int | None
    events: int | None
    wait: timedelta | None
    parked: int
    failures: int
    last_error: str


def relay_lag(*, at: datetime) -> RelayLag:
    checkpoint = RelayCheckpoint.objects.filter(broker=settings.MESSAGE_BROKER).first()
    log_head = head_of_log()
    position = checkpoint.position if checkpoint else None
    behind = _not_given(position, log_head)
    oldest = _recorded_after(position or 0) if behind else None
    return RelayLag(
        broker=settings.MESSAGE_BROKER,
        position=position,
        events=behind,
        wait=at - oldest if oldest else None,
        parked=Delivery.objects.parked()
        .filter(subscriber=subscriber_of(settings.MESSAGE_BROKER))
        .count(),
        failures=checkpoint.failures if checkpoint else 0,
        last_error=checkpoint.last_error if checkpoint else "",
    )
