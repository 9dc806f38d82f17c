"""Who hears of which events. Filled from AppConfig.ready(), read at every publish."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.contracts.base import CONTRACTS, Contract
from events.rules.naming import falls_under
from portal.shared.registry import Registry


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """What a handler is given. `fact()` is the payload as its contract."""

    event_id: uuid.UUID
    event_type: str
    stream: str
    payload: dict[str, Any]
    correlation_id: uuid.UUID
    actor: str
    occurred_at: datetime

    def fact(self) -> Contract:
        return CONTRACTS[self.event_type].from_payload(self.payload)


Handler = Callable[[ReceivedEvent], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """`name` identifies the subscriber in its delivery rows: never rename it lightly."""

    name: str
    pattern: str
    handler: Handler


_subscriptions: Registry[Subscription] = Registry("subscriber")


def add(subscription: Subscription) -> None:
    _subscriptions.register(subscription.name, subscription)


def get(name: str) -> Subscription:
    return _subscriptions.get(name)


def for_event_type(event_type: str) -> Iterator[Subscription]:
    for _name, subscription in _subscriptions:
        if falls_under(event_type, subscription.pattern):
            yield subscription
