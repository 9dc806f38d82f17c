"""Time travel over HTTP."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from rest_framework.test import APIClient

from events import services
from events.models import Event

pytestmark = pytest.mark.django_db

STREAM = "https://shop.example/order 7"


@pytest.fixture(autouse=True)
def history(at: datetime) -> None:
    """Three events, a minute apart."""
    for number in (1, 2, 3):
        services.publish("orders.order.changed", {"number": number}, stream=STREAM, at=at)
        Event.objects.filter(stream_version=number).update(
            recorded_at=at + timedelta(minutes=number)
        )


def address(verb: str, stream: str = STREAM) -> str:
    return f"/api/events/streams/{quote(stream, safe='')}/{verb}"


@pytest.mark.parametrize(
    ("query", "version", "number"),
    [
        ({}, 3, 3),
        ({"version": "2"}, 2, 2),
        ({"version": "0"}, 0, None),
        ({"at": "2026-03-02T12:02:30Z"}, 2, 2),
        ({"at": "2026-03-02T14:01:00+02:00"}, 1, 1),
        ({"at": "2026-03-02T12:00:00"}, 0, None),
    ],
)
def test_answers_with_the_state_at_an_instant(
    alice_api: APIClient, query: dict[str, str], version: int, number: int | None
) -> None:
    answer = alice_api.get(address("state"), query).json()

    assert (answer["stream"], answer["version"], answer["is_complete"]) == (STREAM, version, True)
    assert answer["value"].get("fields", {}).get("number") == number


def test_answers_with_what_changed(alice_api: APIClient) -> None:
    answer = alice_api.get(address("diff"), {"from": "1", "to": "2026-03-02T12:02:30Z"}).json()

    assert (answer["before"]["version"], answer["after"]["version"]) == (1, 2)
    assert answer["changes"] == [
        {
            "pointer": "/events/orders.order.changed",
            "kind": "changed",
            "before": 1,
            "after": 2,
        },
        {"pointer": "/fields/number", "kind": "changed", "before": 1, "after": 2},
    ]


@pytest.mark.parametrize(
    ("verb", "query", "code", "pointers"),
    [
        ("state", {"version": "x"}, "instant-refused", ["/version"]),
        ("state", {"version": "4"}, "stream-version-unknown", []),
        ("state", {"version": "9" * 30}, "instant-refused", ["/version"]),
        ("state", {"at": "noon"}, "instant-refused", ["/at"]),
        ("state", {"at": "0001-01-01T00:00:00+14:00"}, "instant-refused", ["/at"]),
        (
            "state",
            {"at": "2026-03-02T12:00:00Z", "version": "1"},
            "stream-version-unknown",
            [],
        ),
        ("diff", {"from": "1"}, "instant-refused", ["/to"]),
        ("diff", {"from": "1", "to": "²"}, "instant-refused", ["/to"]),
    ],
)
def test_refuses_instants_that_are_none(
    alice_api: APIClient, verb: str, query: dict[str, str], code: str, pointers: list[str]
) -> None:
    answer = alice_api.get(address(verb), query)

    problem: dict[str, Any] = answer.json()
    assert answer.status_code == 400
    assert problem["type"] == f"urn:portal:problem:{code}"
    assert [error["pointer"] for error in problem.get("errors", [])] == pointers


@pytest.mark.parametrize("verb", ["state", "diff?from=1&to=2"])
def test_knows_no_other_stream_and_no_other_person(
    alice_api: APIClient, charlie_api: APIClient, verb: str
) -> None:
    assert alice_api.get(address(verb, "orders.1")).status_code == 404
    assert charlie_api.get(address(verb)).status_code == 403
