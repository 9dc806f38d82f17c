"""Counts that others counted for themselves: all of a batch or nothing, unless it is partial."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from slo.models import Bucket, Indicator, Refusal
from tests.factories.slo import IndicatorFactory

pytestmark = pytest.mark.django_db
COUNTS = "/api/slo/counts"


@pytest.fixture(autouse=True)
def at_noon(at: datetime) -> Any:
    IndicatorFactory.create(slug="payments", kind=Indicator.Kind.COUNTS)
    IndicatorFactory.create(slug="pages")
    with time_machine.travel(at, tick=False):
        yield


def item(**changed: Any) -> dict[str, Any]:
    right = {"indicator": "payments", "minute": "2026-03-02T12:00:00Z", "good": 9, "total": 10}
    return {**right, **changed}


def send(client: APIClient, *items: Any, **more: Any) -> Any:
    headers = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
    return client.post(COUNTS, {"counts": list(items), **more}, format="json", headers=headers)


def test_adds_counts(alice_api: APIClient) -> None:
    nothing = item(minute="2026-03-02T12:59:00+01:00", good=0, total=0)

    answer = send(alice_api, item(), item(good=1, total=1, minute="2026-03-02T12:00:59Z"), nothing)

    assert (answer.status_code, answer.json()) == (200, {"accepted": 3, "rejected": []})
    found = Bucket.objects.order_by("minute").values_list("good", "total")
    assert list(found) == [(0, 0), (10, 11)]


def test_a_key_adds_once(alice_api: APIClient) -> None:
    for _time in range(2):
        send(alice_api, item(), key="batch-1")

    assert Bucket.objects.get().total == 10


@pytest.mark.parametrize(
    ("changed", "pointers"),
    [
        ({"good": 11}, ["/counts/1/good"]),
        ({"good": -1}, ["/counts/1/good"]),
        ({"total": True, "good": 0.5}, ["/counts/1/good", "/counts/1/total"]),
        ({"total": 10**13}, ["/counts/1/total"]),
        ({"total": None}, ["/counts/1/total"]),
        ({"minute": "2026-03-02T12:06:00Z"}, ["/counts/1/minute"]),
        ({"minute": "2025-12-02T11:59:00Z"}, ["/counts/1/minute"]),
        ({"minute": "2026-03-02T12:00:00"}, ["/counts/1/minute"]),
        ({"minute": 7}, ["/counts/1/minute"]),
        ({"indicator": "nothing"}, ["/counts/1/indicator"]),
        ({"indicator": "pages"}, ["/counts/1/indicator"]),
        ({"indicator": []}, ["/counts/1/indicator"]),
        ({"bad": 1}, ["/counts/1/bad"]),
    ],
)
def test_names_what_is_wrong_and_adds_nothing(
    alice_api: APIClient, changed: dict[str, Any], pointers: list[str]
) -> None:
    answer = send(alice_api, item(), item(**changed))

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:portal:problem:counts-refused"
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers
    assert not Bucket.objects.exists()


def test_a_partial_batch_adds_what_is_right_and_keeps_count(alice_api: APIClient) -> None:
    answer = send(alice_api, item(good=11), "x", item(), partial=True)

    assert answer.json()["accepted"] == 1
    assert [rejected["index"] for rejected in answer.json()["rejected"]] == [0, 1]
    assert Bucket.objects.get().total == 10
    assert sum(row.count for row in Refusal.objects.filter(channel="counts")) == 2


@pytest.mark.parametrize(
    "body", [[], {}, {"counts": {}}, {"counts": [], "partial": 1}, {"counts": [], "more": 1}]
)
def test_refuses_what_is_no_batch(alice_api: APIClient, body: Any) -> None:
    assert alice_api.post(COUNTS, body, format="json").status_code == 400


def test_refuses_too_many_at_once(alice_api: APIClient) -> None:
    assert send(alice_api, *[0] * 10_001).status_code == 413


def test_is_for_those_who_may_count(charlie_api: APIClient) -> None:
    assert send(charlie_api, item()).status_code == 403
