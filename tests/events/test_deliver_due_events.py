"""What a subscriber is given, how often, and in which order."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group

from events import registry, services
from events.contracts.recorded import RecordedEvent
from events.models import Delivery, Event
from events.services import delivery
from portal.shared.registry import Registry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_these_subscribers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))


def publish(number: int, *, at: datetime, stream: str = "orders.1") -> Event:
    return services.publish("orders.order.shipped", {"number": number}, stream=stream, at=at)


def test_gives_each_event_to_every_subscriber_once(at: datetime) -> None:
    seen: list[tuple[str, int]] = []
    services.subscribe(
        "orders.*", lambda event: seen.append(("a", event.payload["number"])), name="a"
    )
    services.subscribe(
        "orders.order.shipped",
        lambda event: seen.append(("b", event.payload["number"])),
        name="b",
    )
    services.subscribe("orders.order.paid", lambda event: seen.append(("c", 0)), name="c")
    event = publish(1, at=at)

    services.deliver_due_events(at=event.recorded_at)
    services.deliver_due_events(at=event.recorded_at)

    assert sorted(seen) == [("a", 1), ("b", 1)]


def test_keeps_the_order_of_a_stream_behind_a_failure(at: datetime) -> None:
    seen: list[tuple[str, int]] = []

    def handler(event: RecordedEvent) -> None:
        if event.payload["number"] == 1 and not Group.objects.exists():
            raise ValueError("not yet")
        seen.append((event.stream, event.payload["number"]))

    services.subscribe("orders.*", handler, name="a")
    for number in (1, 2):
        publish(number, at=at)
    last = publish(3, at=at, stream="orders.2")

    services.deliver_due_events(at=last.recorded_at)
    assert seen == [("orders.2", 3)]

    Group.objects.create(name="now")
    services.deliver_due_events(at=last.recorded_at + timedelta(minutes=1))
    assert seen == [("orders.2", 3), ("orders.1", 1), ("orders.1", 2)]


def test_undoes_what_a_failing_handler_wrote(at: datetime) -> None:
    def handler(_event: RecordedEvent) -> None:
        Group.objects.create(name="half")
        raise ValueError("broken")

    services.subscribe("orders.*", handler, name="a")
    event = publish(1, at=at)

    services.deliver_due_events(at=event.recorded_at)

    delivery = Delivery.objects.get()
    assert not Group.objects.exists()
    assert delivery.attempts == 1
    assert "ValueError: broken" in delivery.last_error
    assert delivery.state == Delivery.State.PENDING


def test_parks_after_ten_attempts_and_can_be_redriven(at: datetime) -> None:
    broken = [True]

    def handler(_event: RecordedEvent) -> None:
        if broken:
            raise ValueError("broken")

    services.subscribe("orders.*", handler, name="a")
    now = publish(1, at=at).recorded_at
    for _attempt in range(12):
        services.deliver_due_events(at=now)
        now += timedelta(minutes=11)
    delivery = Delivery.objects.get()
    assert delivery.state == Delivery.State.PARKED
    assert delivery.attempts == 10

    broken.clear()
    services.redrive_delivery(delivery_id=delivery.pk, at=now, acting_user="alice")
    services.deliver_due_events(at=now)

    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.DELIVERED


def test_leaves_a_leased_delivery_alone_until_the_lease_ends(at: datetime) -> None:
    seen: list[int] = []
    services.subscribe("orders.*", lambda event: seen.append(1), name="a")
    now = publish(1, at=at).recorded_at
    services.sequence_events(at=now)
    Delivery.objects.update(due_at=now + timedelta(seconds=5))

    services.deliver_due_events(at=now)
    assert seen == []

    services.deliver_due_events(at=now + timedelta(seconds=6))
    assert seen == [1]


def test_names_the_handled_event_as_the_cause_of_what_it_publishes(at: datetime) -> None:
    def handler(_event: RecordedEvent) -> None:
        services.publish("billing.invoice.sent", {}, at=at)

    services.subscribe("orders.*", handler, name="a")
    first = publish(1, at=at)

    services.deliver_due_events(at=first.recorded_at)

    second = Event.objects.get(event_type="billing.invoice.sent")
    assert second.causation_id == first.event_id
    assert second.correlation_id == first.event_id


def test_gives_up_an_event_whose_handler_takes_every_process_along(at: datetime) -> None:
    seen: list[int] = []
    services.subscribe("orders.*", lambda event: seen.append(1), name="a")
    now = publish(1, at=at).recorded_at
    services.sequence_events(at=now)
    Delivery.objects.update(attempts=10)

    services.deliver_due_events(at=now + timedelta(seconds=1))

    delivery = Delivery.objects.get()
    assert seen == []
    assert delivery.state == Delivery.State.PARKED
    assert "No attempt of a came back" in delivery.last_error


def test_keeps_an_error_that_quotes_what_no_database_holds(at: datetime) -> None:
    def handler(_event: RecordedEvent) -> None:
        raise ValueError("nul \x00, half a pair \ud800")

    services.subscribe("orders.*", handler, name="a")
    now = publish(1, at=at).recorded_at

    services.deliver_due_events(at=now)

    assert r"nul \x00, half a pair \ud800" in Delivery.objects.get().last_error


def test_gives_each_delivery_its_whole_lease(at: datetime) -> None:
    def lease_of_the_other(_event: RecordedEvent) -> None:
        waiting = Delivery.objects.filter(attempts=0)
        leased.extend(waiting.values_list("lease_token", flat=True))

    leased: list[uuid.UUID | None] = []
    services.subscribe("orders.*", lease_of_the_other, name="a")
    publish(1, at=at, stream="orders.1")
    now = publish(2, at=at, stream="orders.2").recorded_at

    services.deliver_due_events(at=now)

    assert leased == [None]


def test_lets_streams_take_turns(at: datetime) -> None:
    seen: list[tuple[str, int]] = []
    services.subscribe(
        "orders.*", lambda event: seen.append((event.stream[-1], event.payload["number"])), name="a"
    )
    for number in (1, 2, 3):
        publish(number, at=at, stream="orders.a")
    now = publish(1, at=at, stream="orders.b").recorded_at

    services.deliver_due_events(at=now, limit=3)

    assert seen == [("a", 1), ("b", 1), ("a", 2)]


def test_does_not_read_the_backlog_behind_the_first_of_a_key(at: datetime) -> None:
    services.subscribe("orders.*", lambda _event: None, name="a")
    for number in range(30):
        now = publish(number, at=at).recorded_at
    services.sequence_events(at=now)

    assert Delivery.objects.due(now).count() == 1
    assert services.deliver_due_events(at=now) == 30


def test_parks_a_poison_message_with_what_follows_it_while_others_flow(at: datetime) -> None:
    seen: list[tuple[str, int]] = []

    def handler(event: RecordedEvent) -> None:
        if event.stream == "orders.1" and event.payload["number"] == 2:
            raise ValueError("poison")
        seen.append((event.stream, event.payload["number"]))

    services.subscribe("orders.*", handler, name="a")
    for number in (1, 2, 3):
        publish(number, at=at)
        now = publish(number, at=at, stream="orders.2").recorded_at
    for _attempt in range(12):
        services.deliver_due_events(at=now)
        now += timedelta(minutes=11)

    assert seen == [("orders.1", 1), *(("orders.2", number) for number in (1, 2, 3))]
    parked, behind = Delivery.objects.undelivered().order_by("id")
    assert (parked.state, parked.is_head) == (Delivery.State.PARKED, True)
    assert (behind.state, behind.is_head, behind.attempts) == (Delivery.State.PENDING, False, 0)


def test_turns_to_what_is_urgent_before_a_backlog_is_worked_off(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SECONDS_A_LOOK", 0.0)
    seen: list[int] = []

    def handler(event: RecordedEvent) -> None:
        if not seen:
            services.publish("orders.order.shipped", {"number": 100}, 9, stream="urgent", at=at)
        seen.append(event.payload["number"])

    services.subscribe("orders.*", handler, name="a")
    for number in range(10):
        last = publish(number, at=at, stream=f"orders.{number}")

    services.deliver_due_events(at=last.recorded_at + timedelta(minutes=1))

    assert seen == [0, 100, *range(1, 10)]
