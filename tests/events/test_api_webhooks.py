"""The REST door of webhook subscriptions."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient
from standardwebhooks import Webhook as Verifier

from events.api.webhooks import ChangeSerializer, SubscribeSerializer
from events.models import Event, WebhookSubscription
from portal.shared import clock
from portal.shared.models import IdempotencyRecord
from tests.cast import Cast
from tests.events.hooks import Hook, deliver, hook, publish
from tests.factories.events import DeliveryFactory, WebhookFactory

pytestmark = pytest.mark.django_db

LIST = "/api/events/webhooks"
SHOP = f"{LIST}/shop"
WANTED = {"slug": "shop", "url": "http://127.0.0.1:9/hooks", "event_types": ["orders.*"]}


@pytest.fixture
def shop() -> Iterator[Hook]:
    with hook(clock.now()) as running:
        yield running


def may(cast: Cast, *codenames: str) -> APIClient:
    cast.charlie.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client = APIClient()
    client.force_authenticate(cast.charlie)
    return client


def test_subscribes_once_for_each_key(alice_api: APIClient) -> None:
    answers = [
        alice_api.post(LIST, WANTED, headers={"Idempotency-Key": "shop-1"}) for _time in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["state"] == "active"
    assert WebhookSubscription.objects.get().created_by == "alice"


@pytest.mark.parametrize(
    ("others", "pointer"),
    [
        ({"url": "http://169.254.169.254/latest"}, "/url"),
        ({"event_types": ["a b"]}, "/event_types"),
        ({"slug": "Shop"}, "/slug"),
        ({"contact": "nobody"}, "/contact"),
    ],
)
def test_refuses_what_can_never_work(
    alice_api: APIClient, others: dict[str, Any], pointer: str
) -> None:
    answer = alice_api.post(LIST, WANTED | others)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not WebhookSubscription.objects.exists()


def test_carries_out_each_verb(alice_api: APIClient, shop: Hook) -> None:
    def state_after(verb: str) -> str:
        return str(alice_api.post(f"{SHOP}/{verb}").json()["state"])

    assert state_after("pause") == "paused"
    assert state_after("enable") == "active"
    assert alice_api.post(f"{SHOP}/rotate-secret").json()["secret_version"] == 2
    assert alice_api.post(f"{SHOP}/test").json() == {"status": 200}
    assert alice_api.patch(SHOP, {"description": "The shop"}).json()["description"] == "The shop"
    assert alice_api.delete(SHOP).status_code == 204
    assert alice_api.get(SHOP).status_code == 404


def test_answers_a_verb_that_makes_no_sense_with_a_problem(
    alice_api: APIClient, shop: Hook
) -> None:
    answer = alice_api.post(f"{SHOP}/enable")

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:portal:problem:webhook-state-refused"


def test_shows_the_secret_that_verifies_and_keeps_it_nowhere(
    alice_api: APIClient, shop: Hook
) -> None:
    publish(1, at=clock.now())
    deliver(clock.now())

    answer = alice_api.get(f"{SHOP}/secret")

    headers, body = shop.receiver.requests[0]
    secret = answer.json()["signing_secret"]
    assert Verifier(secret).verify(body, headers)["data"] == {"number": 1}
    assert answer.headers["Cache-Control"] == "no-store"
    assert Event.objects.filter(event_type="events.webhook.secret_shown", actor="alice").exists()
    kept = [str(row) for model in (Event, IdempotencyRecord) for row in model.objects.values()]
    assert [row for row in kept if secret in row] == []


def test_tells_how_it_goes(alice_api: APIClient, shop: Hook) -> None:
    shop.receiver.status = 500
    publish(1, at=clock.now())
    publish(2, at=clock.now())
    deliver(clock.now())

    told = alice_api.get(SHOP).json()

    assert (told["is_failing"], told["waiting"], told["last_status"]) == (True, 2, 500)
    assert told["last_error"] == "The receiver answered 500."


@pytest.mark.parametrize("count", [1, 20])
def test_lists_with_as_many_queries_for_few_as_for_many(
    count: int, alice_api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for webhook in WebhookFactory.create_batch(count):
        DeliveryFactory.create(subscriber=webhook.subscriber)

    with django_assert_num_queries(2):
        rows = alice_api.get(LIST).json()["results"]

    assert [row["waiting"] for row in rows] == [1] * count


def test_lets_nobody_in_without_a_right(charlie_api: APIClient, shop: Hook) -> None:
    for call in (
        charlie_api.get(LIST),
        charlie_api.post(LIST, WANTED),
        charlie_api.get(SHOP),
        charlie_api.head(SHOP),
        charlie_api.patch(SHOP, {}),
        charlie_api.delete(SHOP),
        charlie_api.get(f"{SHOP}/secret"),
        *(charlie_api.post(f"{SHOP}/{v}") for v in ("pause", "enable", "rotate-secret", "test")),
    ):
        assert call.status_code == 403

    assert shop.row.state == "active"
    assert shop.receiver.requests == []


def test_shows_the_whole_address_only_to_those_who_may_change_it(cast: Cast, shop: Hook) -> None:
    assert may(cast, "view_webhooksubscription").get(SHOP).json()["url"].endswith("/…")
    cast.charlie = type(cast.charlie).objects.get(pk=cast.charlie.pk)

    both = may(cast, "view_webhooksubscription", "change_webhooksubscription")

    assert both.get(SHOP).json()["url"] == shop.receiver.url


@pytest.mark.parametrize("verb", ["secret", "pause"])
def test_asks_for_the_right_to_change_beyond_looking(cast: Cast, shop: Hook, verb: str) -> None:
    looking = may(cast, "view_webhooksubscription")

    answer = looking.get(f"{SHOP}/{verb}") if verb == "secret" else looking.post(f"{SHOP}/{verb}")

    assert answer.status_code == 403


def test_knows_no_webhook_that_is_not_there(alice_api: APIClient, at: datetime) -> None:
    answer = alice_api.post(f"{SHOP}/pause")

    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no webhook 'shop'.")


@pytest.mark.parametrize("serializer", [SubscribeSerializer, ChangeSerializer])
def test_has_examples_that_are_accepted(serializer: Any) -> None:
    (example,) = serializer._spectacular_annotation["examples"]

    serializer(data=example.value).is_valid(raise_exception=True)
