"""Clocks that step back or differ: the log keeps its order, and nothing waits for tomorrow."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from events import registry, services
from events.models import Delivery, Event
from events.storage import partitions
from portal.shared import clock
from portal.shared.registry import Registry

pytestmark = pytest.mark.django_db

Publish = Callable[[datetime], Event]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The positions that the only subscriber was given."""
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    heard: list[int] = []
    services.subscribe("orders.*", lambda event: heard.append(event.position or 0), name="a")
    return heard


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Publishes into one stream, at the time that the writer's clock shows."""

    def publish(shown: datetime) -> Event:
        monkeypatch.setattr(clock, "now", lambda: shown)
        return services.publish("orders.order.shipped", {}, stream="orders.1")

    return publish


def test_keeps_the_order_while_the_clock_steps_back(
    at: datetime, heard: list[int], publish: Publish
) -> None:
    written = [publish(at - timedelta(hours=hours)) for hours in (0, 30, 1, 60)]

    services.deliver_due_events(at=at)

    log = Event.objects.order_by("position")
    assert [(event.pk, event.stream_version) for event in log] == [
        (event.pk, version) for version, event in enumerate(written, start=1)
    ]
    assert [event.recorded_at for event in log] == [event.recorded_at for event in written]
    assert heard == [1, 2, 3, 4]


def test_delivers_at_once_what_a_clock_ahead_has_dated(
    at: datetime, heard: list[int], publish: Publish
) -> None:
    publish(at + timedelta(hours=1))

    services.deliver_due_events(at=at)

    assert heard == [1]


def test_catches_a_new_subscriber_up_with_what_a_clock_ahead_has_dated(
    at: datetime, heard: list[int], publish: Publish
) -> None:
    publish(at + timedelta(hours=1))
    services.deliver_due_events(at=at)
    services.subscribe(
        "orders.*", lambda event: heard.append(event.position or 0), name="b", from_beginning=True
    )

    services.deliver_due_events(at=at)

    assert heard == [1, 1]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's table is whole.")
def test_puts_each_into_the_day_it_was_dated(
    at: datetime, heard: list[int], publish: Publish
) -> None:
    partitions.prepare({"system": 14}, at=at)
    for hours in (0, 30, 9_000):
        publish(at - timedelta(hours=hours))

    services.deliver_due_events(at=at)

    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM events_event ORDER BY position")
        tables = [name for (name,) in cursor.fetchall()]
    assert tables == [
        "events_event_system_20260302",
        "events_event_system_20260301",
        "events_event_system_default",
    ]
    assert heard == [1, 2, 3]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's table is whole.")
@pytest.mark.parametrize("moved_after", ["written", "sequenced"])
def test_finds_what_moves_into_the_partition_that_was_made_for_it(
    at: datetime, heard: list[int], publish: Publish, moved_after: str
) -> None:
    event = publish(at - timedelta(days=400))
    if moved_after == "sequenced":
        services.sequence_events(at=at)
    partitions.prepare({"system": 14}, at=event.recorded_at)
    assert partitions.default_rows() == 0

    services.deliver_due_events(at=at)

    assert heard == [1]
    assert Delivery.objects.get().state == Delivery.State.DELIVERED
