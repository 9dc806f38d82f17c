"""CloudEvents over HTTP: structured, binary and in batches, each taken in once."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from events.contracts.base import CONTRACTS
from events.models import Event, Received

pytestmark = pytest.mark.django_db

SHIPPED = {
    "specversion": "1.0",
    "id": "7",
    "source": "https://shop.example",
    "type": "com.example.order.Shipped:v2",
    "subject": "order-7",
    "time": "2026-03-02T11:59:00+01:00",
    "data": {"order": 7, "name": "Ünïcode"},
}


def structured(client: APIClient, document: Any, kind: str = "cloudevents") -> Any:
    return client.generic(
        "POST", "/api/events", json.dumps(document), content_type=f"application/{kind}+json"
    )


def batch(client: APIClient, *documents: Any) -> Any:
    return structured(client, list(documents), kind="cloudevents-batch")


def binary(client: APIClient, body: Any = None, **headers: str) -> Any:
    named = {
        "ce-specversion": "1.0",
        "ce-id": "7",
        "ce-source": "https://shop.example",
        "ce-type": "com.example.order.shipped",
    } | {f"ce-{name}": value for name, value in headers.items()}
    return client.post("/api/events", {"order": 7} if body is None else body, headers=named)


def test_takes_in_a_structured_event(alice_api: APIClient) -> None:
    answer = structured(alice_api, SHIPPED)

    event = Event.objects.get()
    assert answer.status_code == 202
    assert answer.json() == [
        {
            "source": "https://shop.example",
            "id": "7",
            "event_id": str(event.event_id),
            "is_new": True,
        }
    ]
    assert (event.event_type, event.payload) == (SHIPPED["type"], SHIPPED["data"])
    assert event.stream == "https://shop.example/order-7"
    assert event.occurred_at.isoformat() == "2026-03-02T10:59:00+00:00"
    assert event.actor == "alice"


def test_takes_in_a_binary_event_with_encoded_headers(alice_api: APIClient) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = binary(alice_api, subject="Bestellung%20%C3%BC", traceparent=trace, priority="high")

    event = Event.objects.get()
    assert answer.status_code == 202
    assert event.stream == "https://shop.example/Bestellung ü"
    assert (event.payload, event.traceparent, event.priority) == ({"order": 7}, trace, 9)


def test_takes_in_what_comes_again_only_once(alice_api: APIClient) -> None:
    first = structured(alice_api, SHIPPED).json()[0]
    again = structured(alice_api, SHIPPED).json()[0]
    other_source = structured(alice_api, SHIPPED | {"source": "/elsewhere"}).json()[0]

    assert again == first | {"is_new": False}
    assert other_source["is_new"]
    assert (Event.objects.count(), Received.objects.count()) == (2, 2)


def test_takes_in_a_batch_in_its_order_and_a_repeated_event_once(alice_api: APIClient) -> None:
    documents = [SHIPPED | {"id": str(n), "data": {"n": n}} for n in range(5)]
    answer = batch(alice_api, *documents, documents[2])

    events = Event.objects.order_by("stream_version")
    assert [event.payload["n"] for event in events] == [0, 1, 2, 3, 4]
    assert [row["is_new"] for row in answer.json()] == [True] * 5 + [False]
    assert answer.json()[5]["event_id"] == answer.json()[2]["event_id"]


def test_stores_nothing_of_a_batch_with_a_fault_and_names_each(alice_api: APIClient) -> None:
    answer = batch(alice_api, SHIPPED, SHIPPED | {"type": ""}, {"id": "9"}, SHIPPED | {"data": [1]})

    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert answer.status_code == 400
    assert {"/1/type", "/2/source", "/2/type", "/3/data"} <= pointers
    assert not Event.objects.exists()
    assert not Received.objects.exists()


def test_answers_an_empty_batch(alice_api: APIClient) -> None:
    assert batch(alice_api).json() == []


def test_refuses_a_batch_without_end(alice_api: APIClient) -> None:
    assert batch(alice_api, *[SHIPPED] * 1001).status_code == 413


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"specversion": "0.3"}, "/specversion"),
        ({"specversion": "2.0"}, "/specversion"),
        ({"id": ""}, "/id"),
        ({"id": 7}, "/id"),
        ({"id": "x" * 201}, "/id"),
        ({"source": None}, "/source"),
        ({"source": "urn:portal"}, "/source"),
        ({"source": "s" * 301}, "/source"),
        ({"type": "with space"}, "/type"),
        ({"type": "x" * 121}, "/type"),
        ({"type": "slo.burn_rate.critical"}, "/type"),
        ({"subject": "x" * 200}, "/subject"),
        ({"subject": ""}, "/subject"),
        ({"time": "2026-03-02T11:59:00"}, "/time"),
        ({"priority": "urgent"}, "/priority"),
        ({"schemaversion": "zero"}, "/schemaversion"),
        ({"schemaversion": 0}, "/schemaversion"),
        ({"traceparent": ["a"]}, "/traceparent"),
        ({"traceparent": "x" * 56}, "/traceparent"),
        ({"Upper": "x"}, "/Upper"),
        ({"data": "text"}, "/data"),
        ({"data": None}, "/data"),
    ],
)
def test_refuses_an_attribute_that_is_forged_or_wrong(
    alice_api: APIClient, change: dict[str, Any], pointer: str
) -> None:
    answer = structured(alice_api, SHIPPED | change)

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:portal:problem:foreign-event-refused"
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}
    assert not Event.objects.exists()


@pytest.mark.parametrize("time", ["yesterday", 7, "9999-99-99T00:00:00Z", None])
def test_refuses_a_time_it_cannot_read(alice_api: APIClient, time: Any) -> None:
    answer = structured(alice_api, SHIPPED | {"time": time})

    assert answer.status_code == 400


@pytest.mark.parametrize("document", [[], 7, None, "text"])
def test_refuses_a_structured_event_that_is_no_object(alice_api: APIClient, document: Any) -> None:
    assert structured(alice_api, document).status_code == 400


def test_refuses_a_body_that_is_not_json(alice_api: APIClient) -> None:
    for kind in ("cloudevents", "cloudevents-batch"):
        answer = alice_api.generic(
            "POST", "/api/events", "{", content_type=f"application/{kind}+json"
        )
        assert answer.status_code == 400
        assert "not JSON" in answer.json()["detail"]


def test_refuses_a_payload_that_is_too_big(alice_api: APIClient) -> None:
    answer = structured(alice_api, SHIPPED | {"data": {"a": "x" * 256 * 1024}})

    assert answer.status_code == 400
    assert "262144" in answer.json()["detail"]


@pytest.mark.parametrize("event_type", sorted(CONTRACTS)[:3])
def test_refuses_a_binary_event_of_the_portals_own_type(
    alice_api: APIClient, event_type: str
) -> None:
    assert binary(alice_api, type=event_type).status_code == 400


def test_asks_for_the_right_to_publish(charlie_api: APIClient) -> None:
    assert structured(charlie_api, SHIPPED).status_code == 403
