"""What /metrics says of the event log."""

from datetime import datetime, timedelta

import pytest

from events import selectors
from events.models import Delivery
from portal.shared import metrics
from tests.factories.events import DeliveryFactory

pytestmark = pytest.mark.django_db


def lines(name: str) -> list[str]:
    text = metrics.exposition().decode()
    return [line for line in text.splitlines() if line.startswith(f"portal_{name}")]


def test_counts_what_is_not_delivered() -> None:
    DeliveryFactory.create_batch(2)
    DeliveryFactory.create(state=Delivery.State.PARKED)
    DeliveryFactory.create(state=Delivery.State.DELIVERED)

    assert lines("event_deliveries{") == [
        'portal_event_deliveries{state="pending"} 2.0',
        'portal_event_deliveries{state="parked"} 1.0',
    ]


def test_is_silent_about_a_wait_when_nothing_waits() -> None:
    DeliveryFactory.create(state=Delivery.State.PARKED)

    assert lines("event_delivery_oldest_wait_seconds") == []


def test_tells_how_long_the_oldest_waits(at: datetime) -> None:
    DeliveryFactory.create()
    DeliveryFactory.create(recorded_at=at - timedelta(seconds=90))

    assert selectors.backlog(at=at).oldest_wait == timedelta(seconds=90)
    assert len(lines("event_delivery_oldest_wait_seconds")) == 1
