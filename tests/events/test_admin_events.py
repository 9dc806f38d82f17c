"""The event log and its deliveries in the admin: to look at, never to change."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events.models import Delivery, Event, LogHead
from tests.cast import Cast
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


def test_lists_what_has_no_position_first_and_then_by_position(alice_browser: Client) -> None:
    second = EventFactory.create(position=2)
    third = EventFactory.create(position=3)
    first = EventFactory.create(position=1)
    waiting = EventFactory.create(position=None)

    shown = alice_browser.get(reverse("admin:events_event_changelist"))

    assert list(shown.context["cl"].result_list) == [waiting, third, second, first]


@pytest.mark.parametrize("count", [1, 20])
def test_lists_events_with_as_many_queries_for_few_as_for_many(
    count: int, alice_browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    EventFactory.create_batch(count)

    # Session, user, count, the page, the head of the log.
    with django_assert_num_queries(5):
        alice_browser.get(reverse("admin:events_event_changelist"))


@pytest.mark.parametrize(
    "query",
    [
        "q=01a20900-59c7-767a-9636-d1cb9eac6396",
        "q=01a20900-59c7-767a-9636-d1cb9eac6397",
        "q=41",
        "q=orders.1",
        "event_type=orders.order.paid",
        "event_type=orders.order.p*",
        "stream=orders.1*",
        "actor=alice",
        "retention_class=audit",
        "priority__exact=9",
        "recorded_at_from=2026-03-02&recorded_at_to=2026-03-02",
    ],
)
def test_finds_one_event_among_others(alice_browser: Client, query: str) -> None:
    wanted = EventFactory.create(
        event_id="01a20900-59c7-767a-9636-d1cb9eac6396",
        correlation_id="01a20900-59c7-767a-9636-d1cb9eac6397",
        position=41,
        stream="orders.12",
        event_type="orders.order.paid",
        actor="alice",
        retention_class="audit",
        priority=9,
    )
    EventFactory.create(stream="parcels.1", recorded_at=wanted.recorded_at + timedelta(days=1))
    EventFactory.create(stream="parcels.1", recorded_at=wanted.recorded_at - timedelta(days=1))

    shown = alice_browser.get(f"{reverse('admin:events_event_changelist')}?{query}")

    assert list(shown.context["cl"].result_list) == [wanted]


def test_tells_how_many_events_of_the_filters_came_after(alice_browser: Client) -> None:
    for position in (1, 2, 3):
        EventFactory.create(position=position)
    EventFactory.create(position=4, event_type="orders.order.paid")
    LogHead.objects.update_or_create(pk=LogHead.ONLY, defaults={"position": 4})
    shown = alice_browser.get(
        reverse("admin:events_event_changelist"), {"event_type": "orders.order.shipped"}
    )
    tail = shown.context["tail"]

    def ask(after: int) -> dict[str, int]:
        answer: dict[str, int] = alice_browser.get(f"{tail.address}&after={after}").json()
        return answer

    assert tail.at == 4
    assert ask(1) == {"newer": 2, "at": 4}
    assert ask(3) == {"newer": 0, "at": 4}
    assert ask(4) == {"newer": 0, "at": 4}


@pytest.mark.parametrize("query", ["?p=2", "?o=-2", "?all="])
def test_follows_the_log_on_its_first_page_alone(alice_browser: Client, query: str) -> None:
    EventFactory.create_batch(60)

    shown = alice_browser.get(reverse("admin:events_event_changelist") + query)

    assert shown.context["tail"] is None


def test_asks_for_the_right_before_telling_of_the_log(client: Client, cast: Cast) -> None:
    client.force_login(cast.bob)

    assert client.get(reverse("admin:events_event_tail"), {"after": "0"}).status_code == 403


def test_shows_an_event_with_all_that_is_known_of_it(alice_browser: Client) -> None:
    cause = EventFactory.create(event_type="orders.order.placed", position=1)
    event = EventFactory.create(
        payload={"order": 7, "note": "بدون سكر"},
        position=2,
        causation_id=cause.event_id,
        correlation_id=cause.correlation_id,
        stream_version=1,
        actor="alice",
    )
    DeliveryFactory.create(event=event, state=Delivery.State.PARKED, reason="ValueError: broken")

    shown = alice_browser.get(reverse("admin:events_event_change", args=[event.pk]))

    page = shown.content.decode()
    assert "&quot;note&quot;: &quot;بدون سكر&quot;" in page
    assert reverse("admin:events_event_change", args=[cause.pk]) in page
    assert f"{reverse('admin:events_stream_change', args=['orders.1'])}?version=1" in page
    assert "ValueError: broken" in page
    assert "Traceback" not in page
    for value in (event.event_id, event.correlation_id, event.recorded_at.isoformat(), "alice"):
        assert str(value) in page


@pytest.mark.parametrize("count", [1, 20])
def test_shows_an_event_with_as_many_queries_for_few_effects_as_for_many(
    count: int, alice_browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    event = EventFactory.create()
    for _number in range(count):
        EventFactory.create(causation_id=event.event_id, correlation_id=event.correlation_id)
        DeliveryFactory.create(event=event, subscriber=f"billing.{_number}")

    ContentType.objects.get_for_model(Event)

    # Session, user, the event twice, its tree, its deliveries.
    with django_assert_num_queries(6):
        alice_browser.get(reverse("admin:events_event_change", args=[event.pk]))


def test_shows_no_deliveries_to_who_may_not_see_them(client: Client, cast: Cast) -> None:
    delivery = DeliveryFactory.create()
    cast.bob.user_permissions.add(Permission.objects.get(codename="view_event"))
    client.force_login(cast.bob)

    shown = client.get(reverse("admin:events_event_change", args=[delivery.event_id]))

    assert shown.status_code == 200
    assert delivery.subscriber not in shown.content.decode()


def test_says_what_todays_code_makes_of_an_event(alice_browser: Client) -> None:
    newer = EventFactory.create(event_type="slo.burn_rate.high", schema_version=9)

    shown = alice_browser.get(reverse("admin:events_event_change", args=[newer.pk]))

    assert "This is version 9 of slo.burn_rate.high" in shown.content.decode()
