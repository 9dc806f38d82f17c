"""All that a publisher over HTTP can say of an event, and what it is refused."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from events.models import Event

pytestmark = pytest.mark.django_db

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(autouse=True)
def at_noon(at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield


def publish(client: APIClient, headers: dict[str, str] | None = None, **others: Any) -> Any:
    body = {"event_type": "orders.order.shipped", "payload": {"order": 7}, **others}
    return client.post("/api/events", body, headers=headers)


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


def test_keeps_all_that_is_said_and_answers_it(alice_api: APIClient) -> None:
    said = {
        "stream": "orders.7",
        "priority": 9,
        "retention_class": "audit",
        "schema_version": 32767,
        "correlation_id": str(uuid.uuid4()),
        "causation_id": str(uuid.uuid4()),
        "occurred_at": "2026-03-02T11:59:00Z",
    }

    answer = publish(alice_api, headers={"traceparent": TRACE}, expected_version=0, **said)

    event = Event.objects.get()
    assert answer.status_code == 201
    assert answer.json() == said | {
        "event_id": str(event.event_id),
        "position": None,
        "event_type": "orders.order.shipped",
        "stream_version": 1,
        "payload": {"order": 7},
        "actor": "alice",
        "traceparent": TRACE,
        "recorded_at": "2026-03-02T12:00:00Z",
    }
    assert (event.retention_class, event.traceparent) == ("audit", TRACE)


def test_takes_what_is_left_out_from_the_moment(alice_api: APIClient) -> None:
    answer = publish(alice_api, expected_version=None, correlation_id=None, causation_id=None)

    event = Event.objects.get()
    assert answer.status_code == 201
    assert (event.schema_version, event.retention_class) == (1, "system")
    assert event.occurred_at == event.recorded_at
    assert (event.correlation_id, event.causation_id) == (event.event_id, None)
    assert (event.stream_version, event.traceparent) == (None, "")


@pytest.mark.parametrize("expected", [1, 3, 2**63 - 1])
def test_refuses_when_the_stream_has_moved(alice_api: APIClient, expected: int) -> None:
    publish(alice_api, stream="orders.7", expected_version=0)
    publish(alice_api, stream="orders.7", expected_version=1)

    answer = publish(alice_api, stream="orders.7", expected_version=expected)

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:portal:problem:stream-moved"
    assert f"orders.7 is not at version {expected}" in answer.json()["detail"]
    assert Event.objects.count() == 2


def test_refuses_a_version_of_no_stream(alice_api: APIClient) -> None:
    answer = publish(alice_api, expected_version=0)

    assert answer.status_code == 400
    assert pointers(answer) == ["/stream"]
    assert not Event.objects.exists()


def test_refuses_a_retention_class_nobody_configured(alice_api: APIClient) -> None:
    answer = publish(alice_api, retention_class="for_ever")

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:portal:problem:retention-class-unknown"
    assert pointers(answer) == ["/retention_class"]
    assert "Known: api, security, system, audit" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("expected_version", -1),
        ("expected_version", 2**63),
        ("schema_version", 0),
        ("schema_version", 32768),
        ("schema_version", "first"),
        ("correlation_id", "seven"),
        ("causation_id", "seven"),
        ("priority", 7),
        ("retention_class", ""),
        ("occurred_at", "yesterday"),
        ("occurred_at", "2026-03-02T12:00:00"),
        ("occurred_at", "0001-01-01T00:00:00+14:00"),
        ("stream", "s" * 201),
    ],
)
def test_refuses_a_value_and_names_its_field(alice_api: APIClient, name: str, value: Any) -> None:
    answer = publish(alice_api, **{name: value})

    assert answer.status_code == 400
    assert pointers(answer) == [f"/{name}"]
    assert not Event.objects.exists()


def test_takes_a_moment_that_a_fast_clock_tells(alice_api: APIClient, at: datetime) -> None:
    limit = at + timedelta(minutes=5)

    assert publish(alice_api, occurred_at=limit.isoformat()).status_code == 201
    answer = publish(alice_api, occurred_at=(limit + timedelta(seconds=1)).isoformat())

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:portal:problem:occurred-in-future"
    assert pointers(answer) == ["/occurred_at"]
    assert Event.objects.count() == 1


def test_takes_what_happened_long_ago(alice_api: APIClient) -> None:
    publish(alice_api, occurred_at="1970-01-01T01:00:00+01:00")

    assert Event.objects.get().occurred_at.isoformat() == "1970-01-01T00:00:00+00:00"


@pytest.mark.parametrize("header", ["", "trace", TRACE.upper(), "00-" + "0" * 52])
def test_ignores_a_trace_that_is_not_valid(alice_api: APIClient, header: str) -> None:
    assert publish(alice_api, headers={"traceparent": header}).status_code == 201
    assert Event.objects.get().traceparent == ""


def test_publishes_once_what_is_sent_again_at_an_expected_version(alice_api: APIClient) -> None:
    key = {"Idempotency-Key": "order-7"}

    first = publish(alice_api, headers=key, stream="orders.7", expected_version=0)
    again = publish(alice_api, headers=key, stream="orders.7", expected_version=0)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Event.objects.count() == 1
