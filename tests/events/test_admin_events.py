"""The event log and its deliveries in the admin: to look at, never to change."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events.models import Delivery
from tests.factories.events import DeliveryFactory, EventFactory

pytestmark = pytest.mark.django_db


def test_lists_and_finds_events(alice_browser: Client) -> None:
    EventFactory.create(event_type="orders.order.placed")
    EventFactory.create(event_type="billing.invoice.sent")

    shown = alice_browser.get(reverse("admin:events_event_changelist"), {"q": "billing"})

    assert [event.event_type for event in shown.context["cl"].result_list] == [
        "billing.invoice.sent"
    ]


def test_shows_an_event_without_a_way_to_change_it(alice_browser: Client) -> None:
    event = EventFactory.create(payload={"order": 7})
    address = reverse("admin:events_event_change", args=[event.pk])

    shown = alice_browser.get(address).content.decode()

    assert "orders.order.shipped" in shown
    assert 'name="_save"' not in shown
    assert alice_browser.post(address, {"event_type": "x"}).status_code == 403


@pytest.mark.parametrize("count", [1, 20])
def test_lists_deliveries_with_as_many_queries_for_few_as_for_many(
    count: int, alice_browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    DeliveryFactory.create_batch(count)

    # Session, user, subscribers to filter by, two counts, the page.
    with django_assert_num_queries(6):
        alice_browser.get(reverse("admin:events_delivery_changelist"))


def test_filters_deliveries_by_state(alice_browser: Client) -> None:
    DeliveryFactory.create()
    parked = DeliveryFactory.create(state=Delivery.State.PARKED)

    shown = alice_browser.get(reverse("admin:events_delivery_changelist"), {"state": "parked"})

    assert list(shown.context["cl"].result_list) == [parked]
