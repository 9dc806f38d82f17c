"""A webhook with a real receiver on this machine, and events on their way to it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events import services
from events.models import Delivery, Event, WebhookSubscription
from tests.incidents.receivers import Receiver, receiver


@dataclass
class Hook:
    """`sent` is what the receiver was sent, in order; `row` is the subscription as it is now."""

    receiver: Receiver
    pk: int

    @property
    def row(self) -> WebhookSubscription:
        return WebhookSubscription.objects.get(pk=self.pk)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.receiver.requests]

    @property
    def numbers(self) -> list[int]:
        return [body["data"]["number"] for body in self.bodies if "number" in body["data"]]

    @property
    def states(self) -> list[str]:
        """Of its deliveries, in the order of their events."""
        rows = Delivery.objects.filter(subscriber=self.row.subscriber).order_by("position")
        return list(rows.values_list("state", flat=True))

    def secret(self, at: datetime) -> str:
        return services.show_webhook_secret(webhook_id=self.pk, acting_user="alice", at=at)


@contextmanager
def hook(at: datetime, *, slug: str = "shop", **others: Any) -> Iterator[Hook]:
    with receiver() as receiving:
        wanted = {"url": receiving.url, "event_types": ["orders.*"], "contact": "shop@example.com"}
        created = services.create_webhook(slug=slug, acting_user="alice", at=at, **wanted | others)
        yield Hook(receiving, created.pk)


def publish(number: int, *, at: datetime, stream: str = "orders.1") -> Event:
    return services.publish("orders.order.shipped", {"number": number}, stream=stream, at=at)


def deliver(at: datetime) -> int:
    """Hands over what is committed, and sends what is due."""
    services.deliver_due_events(at=at)
    return services.deliver_webhooks(at=at)
