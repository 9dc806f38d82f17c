"""What the receiver of a webhook is sent, and what becomes of what it does not take."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from pytest_django import Settings
from standardwebhooks import Webhook as Verifier

from events import services
from events.models import Delivery, Event, WebhookSubscription
from events.rules import retry
from events.services.webhook_delivery import DELIVERIES_A_TURN
from portal.shared import clock, http
from tests.events.hooks import Hook, deliver, hook, publish
from tests.incidents.receivers import dead_port

pytestmark = pytest.mark.django_db

State = WebhookSubscription.State
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def slow_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than a sweep takes on a busy machine."""
    monkeypatch.setattr(retry, "FIRST_DELAY", timedelta(seconds=30))


@pytest.fixture
def now() -> datetime:
    """Verifiers compare what is signed with the real time."""
    return clock.now()


@pytest.fixture
def shop(now: datetime) -> Iterator[Hook]:
    with hook(now) as running:
        yield running


def announced(kind: str) -> Event:
    return Event.objects.filter(event_type=f"events.webhook.{kind}").latest("id")


def test_sends_a_cloud_event_whose_signature_verifies(shop: Hook) -> None:
    event = publish(7, at=clock.now())

    deliver(clock.now())

    headers, body = shop.receiver.requests[0]
    document = Verifier(shop.secret(clock.now())).verify(body, headers)
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["webhook-id"] == document["id"] == str(event.event_id)
    assert (document["type"], document["data"]) == ("orders.order.shipped", {"number": 7})
    assert shop.states == ["delivered"]
    assert (shop.row.last_status, shop.row.failures) == (200, 0)
    assert shop.row.last_success_at is not None


def test_starts_with_what_is_published_after_it(now: datetime) -> None:
    publish(1, at=now)
    services.sequence_events(at=now)
    with hook(now) as shop:
        publish(2, at=now)
        deliver(clock.now())

        assert shop.numbers == [2]


def test_misses_nothing_from_a_sequencer_that_had_not_heard_of_it(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hook(now) as shop, monkeypatch.context() as patched:
        patched.setattr("events.registry._sources", [])
        publish(1, at=now)
        services.sequence_events(at=now)
        patched.undo()

        deliver(clock.now())

        assert shop.numbers == [1]


def test_sends_the_types_it_asked_for_and_no_other(now: datetime) -> None:
    with hook(now, event_types=["slo.burn_rate.critical", "orders.order.*"]) as shop:
        services.publish("billing.invoice.sent", {}, at=now)
        publish(1, at=now)
        deliver(clock.now())

        assert [body["type"] for body in shop.bodies] == ["orders.order.shipped"]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_sends_again_under_the_same_id_what_was_not_taken(shop: Hook, status: int) -> None:
    shop.receiver.status = status
    publish(1, at=clock.now())
    deliver(clock.now())
    assert shop.states == ["pending"]
    assert f"answered {status}" in Delivery.objects.get().last_error

    shop.receiver.status = 204
    deliver(clock.now() + MINUTE)

    assert shop.states == ["delivered"]
    assert len(set(shop.receiver.keys)) == 1
    assert len(shop.receiver.keys) == 2


def test_keeps_the_order_of_a_stream_and_lets_other_streams_pass(shop: Hook) -> None:
    shop.receiver.status = 500
    for number, stream in ((1, "orders.1"), (2, "orders.1"), (3, "orders.2")):
        publish(number, at=clock.now(), stream=stream)
    deliver(clock.now())
    assert set(shop.numbers) <= {1, 3}

    shop.receiver.status = 200
    shop.receiver.requests.clear()
    for later in (1, 2, 3):
        deliver(clock.now() + later * MINUTE)

    assert sorted(shop.numbers) == [1, 2, 3]
    assert [number for number in shop.numbers if number != 3] == [1, 2]


def test_leaves_a_failing_receiver_alone_for_a_while(shop: Hook) -> None:
    shop.receiver.status = 500
    for number in range(9):
        publish(number, at=clock.now(), stream=f"orders.{number}")

    assert deliver(clock.now()) == DELIVERIES_A_TURN
    assert deliver(clock.now()) == 0

    assert len(shop.receiver.requests) == 1
    assert shop.row.is_failing


def test_parks_nothing_while_the_receiver_is_away(now: datetime) -> None:
    with hook(now, url=dead_port()) as shop:
        publish(1, at=now)
        at = clock.now()
        for _time in range(30):
            at += 11 * MINUTE
            deliver(at)

        assert shop.states == ["pending"]
        assert shop.row.failures == 30


def test_parks_what_is_refused_while_other_events_are_taken(
    shop: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    taking = http.call

    def picky(method: str, url: str, **others: Any) -> http.Answer:
        poisonous = b'"number": 0' in others["content"]
        return http.Answer(422, {}, b"", 0) if poisonous else taking(method, url, **others)

    monkeypatch.setattr(http, "call", picky)
    at = clock.now()
    publish(0, at=at, stream="orders.0")
    for number in range(1, 12):
        deliver(at)
        publish(number, at=at, stream=f"orders.{number}")
        at += 11 * MINUTE
        deliver(at)

    assert shop.states == ["parked"] + ["delivered"] * 11
    assert Delivery.objects.get(state="parked").attempts == 10


def test_is_disabled_at_once_by_410(shop: Hook) -> None:
    shop.receiver.status = 410
    publish(1, at=clock.now())

    deliver(clock.now())

    assert shop.row.state == State.DISABLED
    assert "410" in shop.row.disabled_reason
    assert shop.states == ["pending"]
    assert Delivery.objects.get(subscriber=shop.row.subscriber).attempts == 0


def test_is_disabled_after_three_days_without_success_and_tells_the_owner(shop: Hook) -> None:
    shop.receiver.status = 503
    at = clock.now()
    publish(1, at=at)
    for _time in range(12):
        deliver(at)
        at += timedelta(hours=6, minutes=5)
        assert shop.row.state == State.ACTIVE
    deliver(at)
    deliver(clock.now() + timedelta(days=4))

    assert shop.row.state == State.DISABLED
    fact = announced("disabled")
    assert (fact.actor, fact.retention_class) == ("portal", "audit")
    assert "answered 503" in fact.payload["reason"]
    (told,) = mail.outbox
    assert told.to == ["shop@example.com"]
    assert "http://127.0.0.1" in told.body
    assert "/pages" not in told.body
    assert f"/webhooksubscription/{shop.pk}/" in told.body


def test_is_not_disabled_for_what_the_portal_did_not_try(shop: Hook, settings: Settings) -> None:
    settings.EVENT_WEBHOOK_PATIENCE_HOURS = 1
    shop.receiver.status = 503
    publish(1, at=clock.now())

    deliver(clock.now())
    deliver(clock.now() + timedelta(days=7))

    assert (shop.row.state, shop.row.failures) == (State.ACTIVE, 2)


def test_never_calls_an_address_that_has_become_private(shop: Hook, settings: Settings) -> None:
    settings.OUTGOING_PRIVATE_NETWORKS = []
    publish(1, at=clock.now())

    deliver(clock.now())

    assert shop.receiver.requests == []
    assert "not a public address" in shop.row.last_error


def test_delays_nobody_else_when_a_receiver_is_slow(shop: Hook) -> None:
    shop.receiver.hold.clear()
    publish(1, at=clock.now())

    services.deliver_due_events(at=clock.now())

    assert shop.receiver.requests == []
    assert shop.states == ["pending"]


def test_gives_receivers_their_turns(now: datetime) -> None:
    with hook(now) as first, hook(now, slug="bank") as second:
        for number in range(6):
            publish(number, at=now, stream=f"orders.{number}")
        services.sequence_events(at=now)

        services.deliver_webhooks(at=clock.now(), limit=8)

        assert (len(first.numbers), len(second.numbers)) == (4, 4)
