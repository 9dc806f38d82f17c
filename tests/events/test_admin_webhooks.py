"""Webhook subscriptions in the admin."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.models import Consumer, WebhookSubscription
from portal.shared import clock
from tests.cast import Cast
from tests.events.hooks import Hook, deliver, hook, publish
from tests.factories.events import DeliveryFactory, WebhookFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/events/webhooksubscription/"
WANTED = {
    "slug": "shop",
    "url": "http://127.0.0.1:9/hooks/token",
    "event_types": "orders.*\r\n\r\nslo.burn_rate.critical\r\n",
    "description": "",
    "contact": "shop@example.com",
}


@pytest.fixture
def shop() -> Iterator[Hook]:
    with hook(clock.now()) as running:
        yield running


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def press(client: Client, shop: Hook, verb: str) -> str:
    return text_of(client.post(f"{LIST}{shop.pk}/verb/{verb}/", follow=True))


def bob_may(cast: Cast, client: Client, *codenames: str) -> Client:
    cast.bob.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client.force_login(cast.bob)
    return client


def test_subscribes_an_address(alice_browser: Client) -> None:
    alice_browser.post(f"{LIST}add/", WANTED)

    webhook = WebhookSubscription.objects.get()
    assert webhook.event_types == ["orders.*", "slo.burn_rate.critical"]
    assert webhook.created_by == "alice"
    assert Consumer.objects.filter(name=webhook.subscriber).exists()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("url", "http://10.0.0.1/", "not a public address"),
        ("event_types", "orders.[a]", "neither a type nor a pattern"),
        ("event_types", "", "This field is required"),
        ("slug", "The Shop", "Use small letters"),
    ],
)
def test_says_beside_the_field_what_can_never_work(
    alice_browser: Client, field: str, value: str, told: str
) -> None:
    answer = alice_browser.post(f"{LIST}add/", WANTED | {field: value})

    assert told in str(answer.context["adminform"].form.errors[field])
    assert not WebhookSubscription.objects.exists()


def test_changes_what_was_asked_for_and_keeps_the_slug(alice_browser: Client, shop: Hook) -> None:
    alice_browser.post(f"{LIST}{shop.pk}/change/", WANTED | {"slug": "other"})

    assert (shop.row.slug, shop.row.contact) == ("shop", "shop@example.com")
    assert shop.row.event_types == ["orders.*", "slo.burn_rate.critical"]


def test_shows_a_failing_one_and_leads_to_its_deliveries(alice_browser: Client, shop: Hook) -> None:
    shop.receiver.status = 500
    publish(1, at=clock.now())
    deliver(clock.now())

    listed = text_of(alice_browser.get(LIST))
    shown = text_of(alice_browser.get(f"{LIST}{shop.pk}/change/"))
    link = f"/admin/events/delivery/?subscriber={shop.row.subscriber}"

    assert "failing" in listed
    assert "/pages" not in listed
    assert f'href="{link}">1</a>' in listed
    assert "The receiver answered 500." in shown
    assert alice_browser.get(link).context["cl"].result_count == 1


def test_presses_each_button(alice_browser: Client, shop: Hook) -> None:
    assert "was taken (200)" in press(alice_browser, shop, "test")
    assert "whsec_" in press(alice_browser, shop, "show-secret")
    assert "Another secret signs now" in press(alice_browser, shop, "rotate-secret")
    press(alice_browser, shop, "pause")
    assert shop.row.state == "paused"
    press(alice_browser, shop, "disable")
    assert shop.row.state == "disabled"
    assert "Disabled by alice." in text_of(alice_browser.get(f"{LIST}{shop.pk}/change/"))
    press(alice_browser, shop, "enable")
    assert shop.row.state == "active"

    shop.receiver.status = 500
    assert "answered 500" in press(alice_browser, shop, "test")


@pytest.mark.parametrize("address", ["{pk}/delete/", ""])
def test_deletes_by_the_verb(alice_browser: Client, shop: Hook, address: str) -> None:
    subscriber = shop.row.subscriber
    form = {"post": "yes", "action": "delete_selected", "_selected_action": shop.pk}

    alice_browser.post(LIST + address.format(pk=shop.pk), form)

    assert not WebhookSubscription.objects.exists()
    assert not Consumer.objects.filter(name=subscriber).exists()


def test_shows_an_onlooker_neither_the_path_nor_a_button(
    cast: Cast, client: Client, shop: Hook
) -> None:
    looking = bob_may(cast, client, "view_webhooksubscription")

    shown = text_of(looking.get(f"{LIST}{shop.pk}/change/"))

    assert "http://127.0.0.1" in shown
    assert "/pages" not in shown
    assert "/verb/" not in shown
    assert looking.post(f"{LIST}{shop.pk}/verb/show-secret/").status_code == 403
    assert looking.get(f"{LIST}add/").status_code == 403


@pytest.mark.parametrize("count", [1, 20])
def test_lists_with_as_many_queries_for_few_as_for_many(
    count: int, alice_browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for webhook in WebhookFactory.create_batch(count):
        DeliveryFactory.create(subscriber=webhook.subscriber)

    # Session, user, two counts, the page.
    with django_assert_num_queries(5):
        alice_browser.get(LIST)
