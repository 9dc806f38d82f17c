"""Every event reaches the broker, in order, whatever the broker says."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from events import registry, services
from events.contracts.base import Priority
from events.errors import LogHasGap
from events.models import Delivery, Event, RelayCheckpoint
from events.providers.base import Message, Outcome, Receipt
from events.rules import cloud_events
from events.services import relaying
from portal.shared.registry import Registry

pytestmark = pytest.mark.django_db


class Scripted:
    """A broker that answers what a test wants; keeps what it confirmed."""

    def __init__(self) -> None:
        self.kept: list[Message] = []
        self.refuses: dict[str, Outcome] = {}
        self.is_away = False
        self.calls = 0

    def send(self, messages: Sequence[Message], *, deadline_seconds: float) -> list[Receipt]:
        self.calls += 1
        receipts = [self._receipt(message) for message in messages]
        for message, receipt in zip(messages, receipts, strict=True):
            if receipt.outcome == Outcome.CONFIRMED:
                self.kept.append(message)
        return receipts

    def _receipt(self, message: Message) -> Receipt:
        if self.is_away:
            return Receipt(Outcome.UNKNOWN, "away")
        outcome = self.refuses.get(message.headers["ce-id"], Outcome.CONFIRMED)
        return Receipt(outcome, "" if outcome == Outcome.CONFIRMED else "no queue")

    @property
    def ids(self) -> list[str]:
        return [message.headers["ce-id"] for message in self.kept]


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    scripted = Scripted()
    monkeypatch.setattr(relaying, "broker", lambda: scripted)
    RelayCheckpoint.objects.create(broker="in_memory")
    return scripted


def publish(count: int, *, at: datetime, stream: str = "orders.1", **others: Any) -> list[Event]:
    events = [
        services.publish("orders.order.shipped", {"n": n}, stream=stream, at=at, **others)
        for n in range(count)
    ]
    services.sequence_events(at=at)
    return events


def ids(*events: Event) -> list[str]:
    return [str(event.event_id) for event in events]


def relay(at: datetime, *, times: int = 1) -> None:
    for _time in range(times):
        services.relay_events(at=at)
        at += timedelta(minutes=1)


def test_sends_in_the_order_of_positions_and_once(broker: Scripted, at: datetime) -> None:
    events = publish(3, at=at) + publish(2, at=at, stream="orders.2")

    assert services.relay_events(at=at) == 5
    assert services.relay_events(at=at) == 0

    assert broker.ids == ids(*events)
    assert RelayCheckpoint.objects.get().position == 5


def test_sends_what_other_peoples_tools_can_read(broker: Scripted, at: datetime) -> None:
    (event,) = publish(1, at=at, actor="alice")
    services.relay_events(at=at)
    (message,) = broker.kept

    read = cloud_events.read(message.headers, message.body)

    assert (read.id, read.source) == (str(event.event_id), "urn:portal")
    assert (read.event_type, read.payload) == ("orders.order.shipped", {"n": 0})
    assert (read.subject, read.partition_key, message.key) == ("orders.1",) * 3
    assert read.occurred_at == at
    assert message.headers["ce-sequence"] == "00000000000000000001"
    assert message.headers["ce-actor"] == "alice"


def test_leaves_out_what_has_no_position_yet(broker: Scripted, at: datetime) -> None:
    services.publish("orders.order.shipped", {}, at=at)

    assert services.relay_events(at=at) == 0


def test_starts_a_new_broker_at_the_head(broker: Scripted, at: datetime) -> None:
    publish(2, at=at)
    RelayCheckpoint.objects.all().delete()
    services.relay_events(at=at)
    later = publish(1, at=at)

    services.relay_events(at=at)

    assert broker.ids == ids(*later)


def test_keeps_a_stream_in_the_lane_it_began_in(broker: Scripted, at: datetime) -> None:
    publish(1, at=at, priority=Priority.LOW)
    publish(1, at=at, priority=Priority.HIGH)
    services.publish("metrics.sample.taken", {}, priority=Priority.HIGH, at=at)
    services.sequence_events(at=at)

    services.relay_events(at=at)

    assert [message.lane for message in broker.kept] == [Priority.LOW, Priority.LOW, Priority.HIGH]


def test_waits_longer_each_time_while_the_broker_is_away(broker: Scripted, at: datetime) -> None:
    events = publish(3, at=at)
    broker.is_away = True

    for seconds in range(40):
        services.relay_events(at=at + timedelta(seconds=seconds))
    checkpoint = RelayCheckpoint.objects.get()
    assert checkpoint.position == 0
    assert checkpoint.last_error == "away"
    assert 4 <= broker.calls <= 10

    broker.is_away = False
    services.relay_events(at=at + timedelta(seconds=60))
    assert broker.ids == ids(*events)
    checkpoint.refresh_from_db()
    assert (checkpoint.failures, checkpoint.last_error) == (0, "")


def test_never_parks_while_the_broker_is_away(broker: Scripted, at: datetime) -> None:
    publish(1, at=at)
    broker.is_away = True

    relay(at, times=50)

    assert not Delivery.objects.exists()


def test_sends_again_from_the_first_that_was_not_confirmed(broker: Scripted, at: datetime) -> None:
    events = publish(4, at=at)
    broker.refuses = {ids(events[1])[0]: Outcome.UNKNOWN}
    services.relay_events(at=at)
    assert RelayCheckpoint.objects.get().position == 1

    broker.refuses.clear()
    services.relay_events(at=at + timedelta(minutes=1))

    assert broker.ids == ids(events[0], events[2], events[3], *events[1:])


@pytest.mark.parametrize("outcome", [Outcome.UNROUTABLE, Outcome.REFUSED])
def test_parks_what_is_refused_and_later_events_of_its_key_behind_it(
    broker: Scripted, at: datetime, outcome: Outcome
) -> None:
    bad, behind = publish(2, at=at)
    (other,) = publish(1, at=at, stream="orders.2")
    broker.refuses = {ids(bad)[0]: outcome}

    relay(at, times=relaying.REFUSALS_BEFORE_PARKING + 1)
    (later,) = publish(1, at=at)
    relay(at + timedelta(hours=1))

    first, *rest = Delivery.objects.order_by("id")
    assert (first.event_id, first.state, first.is_head) == (bad.pk, "parked", True)
    assert "no queue" in first.reason
    assert [d.event_id for d in rest] == [behind.pk, later.pk]
    assert not any(delivery.is_head for delivery in rest)
    assert set(broker.ids) >= set(ids(other))
    assert ids(later)[0] not in broker.ids


def test_sends_the_parked_in_their_order_once_redriven(broker: Scripted, at: datetime) -> None:
    events = publish(3, at=at)
    broker.refuses = {ids(events[0])[0]: Outcome.UNROUTABLE}
    relay(at, times=relaying.REFUSALS_BEFORE_PARKING + 1)
    broker.refuses.clear()
    broker.kept.clear()
    later = at + timedelta(hours=1)

    services.redrive_delivery(
        delivery_id=Delivery.objects.earliest("id").pk, at=later, acting_user="alice"
    )
    services.deliver_due_events(at=later)

    assert broker.ids == ids(*events)
    assert not Delivery.objects.undelivered().exists()

    (last,) = publish(1, at=at)
    services.relay_events(at=later)
    assert broker.ids[-1] == ids(last)[0]


def test_stops_at_a_gap_and_says_so(broker: Scripted, at: datetime) -> None:
    events = publish(3, at=at)
    Event.objects.filter(pk=events[1].pk).delete()

    with pytest.raises(LogHasGap, match="no position 2"):
        services.relay_events(at=at)

    assert "no position 2" in RelayCheckpoint.objects.get().last_error
    assert broker.kept == []


def test_leaves_the_work_to_whom_has_the_lease(broker: Scripted, at: datetime) -> None:
    publish(1, at=at)
    RelayCheckpoint.objects.update(lease_until=at + timedelta(seconds=1))

    assert services.relay_events(at=at) == 0
    assert services.relay_events(at=at + timedelta(seconds=2)) == 1


def test_moves_nothing_on_once_another_has_taken_over(
    broker: Scripted, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(1, at=at)
    sending = broker.send

    def send(messages: Sequence[Message], *, deadline_seconds: float) -> list[Receipt]:
        RelayCheckpoint.objects.update(lease_token=None)
        return sending(messages, deadline_seconds=deadline_seconds)

    monkeypatch.setattr(broker, "send", send)

    assert services.relay_events(at=at) == 0
    assert RelayCheckpoint.objects.get().position == 0


def test_sends_more_than_a_batch(
    broker: Scripted, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "BATCH", 2)
    events = publish(5, at=at)

    assert services.relay_events(at=at) == 5
    assert broker.ids == ids(*events)
    assert broker.calls == 3
