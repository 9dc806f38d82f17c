"""The REST door of the event log."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from events.contracts.base import CONTRACTS, Priority
from events.models import Event
from events.services import PAYLOAD_LIMIT_BYTES
from tests.cast import Cast
from tests.factories.events import EventFactory

pytestmark = pytest.mark.django_db


def publish(client: APIClient, **others: Any) -> Any:
    return client.post(
        "/api/events", {"event_type": "orders.order.shipped", "payload": {}, **others}
    )


def types_in(answer: Any) -> list[str]:
    return [row["event_type"] for row in answer.json()["results"]]


def test_publishes_an_event(alice_api: APIClient) -> None:
    answer = publish(alice_api, payload={"order": 7}, stream="orders.7", priority=9)

    event = Event.objects.get()
    assert answer.status_code == 201
    assert answer.json()["event_id"] == str(event.event_id)
    assert (event.payload, event.stream, event.actor) == ({"order": 7}, "orders.7", "alice")
    assert event.priority == Priority.HIGH
    assert event.correlation_id == event.event_id


def test_names_the_stream_after_the_type_when_none_is_given(alice_api: APIClient) -> None:
    assert publish(alice_api).json()["stream"] == "orders.order.shipped"


@pytest.mark.parametrize("event_type", sorted(CONTRACTS))
def test_refuses_a_type_that_the_portal_declares(event_type: str, alice_api: APIClient) -> None:
    answer = publish(alice_api, event_type=event_type)

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:portal:problem:event-type-refused"
    assert answer.json()["errors"] == [
        {"pointer": "/event_type", "detail": "Choose a type of your own."}
    ]
    assert not Event.objects.exists()


@pytest.mark.parametrize("event_type", ["orders", "orders.shipped", "Orders.order.shipped", "a..b"])
def test_refuses_a_name_that_is_no_type(event_type: str, alice_api: APIClient) -> None:
    answer = publish(alice_api, event_type=event_type)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/event_type"


def test_refuses_a_payload_that_is_too_big(alice_api: APIClient) -> None:
    fits = "x" * (PAYLOAD_LIMIT_BYTES - len('{"a": ""}'))

    assert publish(alice_api, payload={"a": fits}).status_code == 201
    answer = publish(alice_api, payload={"a": fits + "x"})

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:portal:problem:payload-refused"


@pytest.mark.parametrize("payload", [[], "text", None, 7])
def test_refuses_a_payload_that_is_no_object(payload: Any, alice_api: APIClient) -> None:
    assert publish(alice_api, payload=payload).status_code == 400


def test_lists_the_newest_first(alice_api: APIClient) -> None:
    EventFactory.create(event_type="orders.order.placed")
    EventFactory.create(event_type="orders.order.shipped")

    assert types_in(alice_api.get("/api/events")) == ["orders.order.shipped", "orders.order.placed"]


def test_filters(alice_api: APIClient, at: datetime) -> None:
    trace = uuid.uuid4()
    EventFactory.create(event_type="a.b.c", stream="s1", correlation_id=trace)
    EventFactory.create(event_type="a.b.d", occurred_at=at + timedelta(hours=1))

    for query, expected in (
        ("event_type=a.b.c", ["a.b.c"]),
        ("stream=s1", ["a.b.c"]),
        (f"correlation_id={trace}", ["a.b.c"]),
        ("since=2026-03-02T12:30:00Z", ["a.b.d"]),
        ("until=2026-03-02T12:30:00Z", ["a.b.c"]),
        ("since=2026-03-02T12:00:00Z&until=2026-03-02T13:00:00Z", ["a.b.c"]),
        ("event_type=a.b.x", []),
        ("event_type=a.*", ["a.b.d", "a.b.c"]),
        ("event_type=a.b.d*", ["a.b.d"]),
        ("event_type=*", ["a.b.d", "a.b.c"]),
        ("event_type=A.*", []),
        ("event_type=a_b.*", []),
        ("event_type=a%25*", []),
    ):
        assert types_in(alice_api.get(f"/api/events?{query}")) == expected


@pytest.mark.parametrize(
    "query", ["since=yesterday", "until=later", "correlation_id=7", "event_type=*.c"]
)
def test_refuses_a_filter_it_cannot_read(query: str, alice_api: APIClient) -> None:
    answer = alice_api.get(f"/api/events?{query}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"


def test_shows_one_event(alice_api: APIClient) -> None:
    event = EventFactory.create(payload={"order": 7})

    answer = alice_api.get(f"/api/events/{event.event_id}")

    assert answer.json()["payload"] == {"order": 7}
    assert answer.json()["occurred_at"] == "2026-03-02T12:00:00Z"


@pytest.mark.parametrize("count", [1, 30])
def test_lists_with_as_many_queries_for_few_as_for_many(
    count: int, alice_api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    EventFactory.create_batch(count)

    with django_assert_num_queries(2):
        alice_api.get("/api/events")


def test_asks_for_one_right_to_read_and_another_to_publish(cast: Cast) -> None:
    cast.charlie.user_permissions.add(Permission.objects.get(codename="view_event"))
    client = APIClient()
    client.force_authenticate(cast.charlie)

    assert client.get("/api/events").status_code == 200
    assert publish(client).status_code == 403
