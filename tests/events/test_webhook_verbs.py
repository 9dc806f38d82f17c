"""What people do with a webhook, and the mark that each verb leaves in the log."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings
from standardwebhooks import Webhook as Verifier

from events import services
from events.errors import WebhookNotTaken, WebhookRefused, WebhookStateRefused
from events.models import Consumer, Delivery, Event, WebhookSubscription
from events.rules import retry
from portal.shared import clock
from tests.events.hooks import Hook, deliver, hook, publish
from tests.factories.events import DeliveryFactory, WebhookFactory

pytestmark = pytest.mark.django_db

State = WebhookSubscription.State
Verb = Callable[..., Any]
BY_ALICE: dict[str, Any] = {"acting_user": "alice"}


@pytest.fixture
def shop() -> Iterator[Hook]:
    with hook(clock.now()) as running:
        yield running


def announced(kind: str) -> Event:
    return Event.objects.filter(event_type=f"events.webhook.{kind}").latest("id")


def wanted(**others: Any) -> dict[str, Any]:
    return {"slug": "shop", "url": "http://127.0.0.1:9/", "event_types": ["orders.*"]} | others


@pytest.mark.parametrize(
    ("verb", "kind"),
    [
        (services.pause_webhook, "paused"),
        (services.disable_webhook, "disabled"),
        (services.rotate_webhook_secret, "secret_rotated"),
        (services.show_webhook_secret, "secret_shown"),
        (services.send_test, "tested"),
        (services.change_webhook, "changed"),
        (services.delete_webhook, "deleted"),
    ],
)
def test_leaves_a_mark_of_who_did_what(shop: Hook, at: datetime, verb: Verb, kind: str) -> None:
    verb(webhook_id=shop.pk, acting_user="bob", at=at)

    mark = announced(kind)
    assert (mark.actor, mark.stream) == ("bob", "events.webhook.shop")
    assert mark.retention_class == "audit"
    assert "/pages" not in str(mark.payload)
    assert announced("created").actor == "alice"


@pytest.mark.parametrize(
    ("others", "field"),
    [
        ({"url": "http://10.0.0.1/hooks"}, "/url"),
        ({"url": "ftp://shop.example/"}, "/url"),
        ({"event_types": []}, "/event_types"),
        ({"event_types": ["orders.[ab]"]}, "/event_types"),
        ({"event_types": ["two words"]}, "/event_types"),
        ({"event_types": "orders.*"}, "/event_types"),
        ({"event_types": [f"a.b.c{number}" for number in range(51)]}, "/event_types"),
        ({"slug": "Shop!"}, "/slug"),
        ({"slug": "taken"}, "/slug"),
        ({"contact": "nobody"}, "/contact"),
    ],
)
def test_refuses_what_can_never_work(
    db: None, at: datetime, others: dict[str, Any], field: str
) -> None:
    WebhookFactory.create(slug="taken")

    with pytest.raises(WebhookRefused) as refused:
        services.create_webhook(**wanted(**others), **BY_ALICE, at=at)

    assert {error.field for error in refused.value.fields} == {field}
    assert WebhookSubscription.objects.count() == 1


def test_refuses_a_change_to_a_private_address(
    shop: Hook, at: datetime, settings: Settings
) -> None:
    settings.OUTGOING_PRIVATE_NETWORKS = []

    with pytest.raises(WebhookRefused, match="not a public address"):
        services.change_webhook(webhook_id=shop.pk, url="http://127.0.0.1/", **BY_ALICE, at=at)


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (State.ACTIVE, services.enable_webhook),
        (State.PAUSED, services.pause_webhook),
        (State.DISABLED, services.pause_webhook),
        (State.DISABLED, services.disable_webhook),
    ],
)
def test_refuses_a_verb_that_makes_no_sense(at: datetime, state: str, verb: Verb) -> None:
    webhook = WebhookFactory.create(state=state)

    with pytest.raises(WebhookStateRefused, match=state):
        verb(webhook_id=webhook.pk, **BY_ALICE, at=at)


def test_sends_a_test_that_is_the_event_in_the_log(shop: Hook) -> None:
    services.pause_webhook(webhook_id=shop.pk, **BY_ALICE, at=clock.now())

    services.send_test(webhook_id=shop.pk, **BY_ALICE, at=clock.now())

    headers, body = shop.receiver.requests[0]
    assert Verifier(shop.secret(clock.now())).verify(body, headers)["data"]["webhook"] == "shop"
    assert headers["webhook-id"] == str(announced("tested").event_id)


def test_says_why_a_test_was_not_taken(shop: Hook, at: datetime) -> None:
    shop.receiver.status = 404

    with pytest.raises(WebhookNotTaken, match="answered 404"):
        services.send_test(webhook_id=shop.pk, **BY_ALICE, at=at)


def test_sends_what_waits_to_the_new_address(shop: Hook) -> None:
    publish(1, at=clock.now())
    services.sequence_events(at=clock.now())
    moved = f"{shop.receiver.url}/moved"

    services.change_webhook(webhook_id=shop.pk, url=moved, **BY_ALICE, at=clock.now())
    deliver(clock.now())

    assert (shop.row.url, shop.numbers) == (moved, [1])
    assert shop.row.event_types == ["orders.*"]


@pytest.mark.parametrize("stop", [services.pause_webhook, services.disable_webhook])
def test_goes_on_from_where_it_was(shop: Hook, stop: object) -> None:
    publish(1, at=clock.now())
    services.sequence_events(at=clock.now())
    stop(webhook_id=shop.pk, acting_user="alice", at=clock.now())  # type: ignore[operator]  # a verb
    publish(2, at=clock.now())
    deliver(clock.now())
    assert shop.receiver.requests == []

    services.enable_webhook(webhook_id=shop.pk, acting_user="alice", at=clock.now())
    deliver(clock.now())

    assert shop.numbers == [1, 2]
    assert shop.states == ["delivered", "delivered"]


def test_sends_at_once_what_failed_before_it_was_enabled_again(
    shop: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "FIRST_DELAY", timedelta(minutes=5))
    shop.receiver.status = 500
    publish(1, at=clock.now())
    deliver(clock.now())
    services.disable_webhook(webhook_id=shop.pk, **BY_ALICE, at=clock.now())
    shop.receiver.status = 200

    services.enable_webhook(webhook_id=shop.pk, **BY_ALICE, at=clock.now())
    deliver(clock.now())

    assert shop.states == ["delivered"]
    assert not shop.row.is_failing


def test_signs_with_both_secrets_for_a_day_after_a_rotation(shop: Hook) -> None:
    before = shop.secret(clock.now())
    services.rotate_webhook_secret(webhook_id=shop.pk, acting_user="alice", at=clock.now())
    after = shop.secret(clock.now())
    publish(1, at=clock.now())
    deliver(clock.now())

    headers, body = shop.receiver.requests[0]
    assert before != after
    for secret in (before, after):
        assert Verifier(secret).verify(body, headers)["data"] == {"number": 1}

    publish(2, at=clock.now())
    deliver(clock.now() + timedelta(hours=25))
    assert " " in headers["webhook-signature"]
    assert " " not in shop.receiver.requests[1][0]["webhook-signature"]


def test_forgets_a_deleted_one_and_leaves_nothing_stuck(shop: Hook) -> None:
    subscriber = shop.row.subscriber
    publish(1, at=clock.now())
    services.sequence_events(at=clock.now())

    services.delete_webhook(webhook_id=shop.pk, acting_user="alice", at=clock.now())
    publish(2, at=clock.now())
    deliver(clock.now())

    assert list(Delivery.objects.values_list("state", flat=True)) == ["discarded"]
    assert not Consumer.objects.filter(name=subscriber).exists()
    assert announced("deleted").payload["discarded"] == 1
    assert shop.receiver.requests == []


def test_discards_what_a_sequencer_still_gave_a_deleted_one(shop: Hook) -> None:
    Consumer.objects.create(name="webhook:999", created_at=clock.now())
    DeliveryFactory.create(subscriber="webhook:999")
    publish(1, at=clock.now())
    services.sequence_events(at=clock.now())

    assert services.discard_strays() == 1

    assert set(shop.states) == {"pending"}
    assert Delivery.objects.get(subscriber="webhook:999").state == Delivery.State.DISCARDED
    assert not Consumer.objects.filter(name="webhook:999").exists()
