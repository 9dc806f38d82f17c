"""The REST door to promises."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from slo.models import Bucket
from tests.cast import Cast
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import BurnWindowFactory, IndicatorFactory, ObjectiveFactory
from tests.slo.traffic import serve

pytestmark = pytest.mark.django_db
REQUESTS = "/api/slo/requests"


@pytest.fixture(autouse=True)
def at_noon(at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def shop() -> None:
    IndicatorFactory.create(service=ServiceFactory.create(slug="shop"))


def item(**changed: Any) -> dict[str, Any]:
    right = {"service": "shop", "endpoint": "/", "method": "GET", "status_code": 200}
    return {**right, **changed}


def test_status_has_the_exact_shape(alice_api: APIClient, at: datetime) -> None:
    objective = BurnWindowFactory.create(objective__slug="shop").objective
    serve(objective.indicator, at=at, good=95, bad=5)

    answer = alice_api.get("/api/slo/burn-rate/shop")

    assert answer.status_code == 200
    assert answer.json() == {
        "slo_id": "shop",
        "name": objective.name,
        "target": 99.9,
        "error_budget_remaining": -49.0,
        "status": "exhausted",
        "burn_rate": {
            "level": "critical",
            "1h": 50.0,
            "6h": 50.0,
            "24h": 50.0,
            "7d": 50.0,
            "projected_depletion": "2026-03-02T12:00:00Z",
        },
        "error_budget_remaining_raw": -49.0,
        "projected_depletion_interval": ["2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z"],
        "depletion_chance": {"24h": 1.0, "72h": 1.0},
    }


def test_status_of_no_data_is_null(alice_api: APIClient) -> None:
    ObjectiveFactory.create(slug="shop")

    document = alice_api.get("/api/slo/burn-rate/shop").json()

    assert (document["status"], document["error_budget_remaining"]) == ("no_data", None)
    assert document["burn_rate"]["1h"] is None


@pytest.mark.parametrize("offset", ["Z", "+00:00", "%2B00:00"])
def test_status_can_be_that_of_a_past_moment(
    alice_api: APIClient, at: datetime, offset: str
) -> None:
    objective = ObjectiveFactory.create(slug="shop")
    serve(objective.indicator, at=at, good=0, bad=5)

    answer = alice_api.get(f"/api/slo/burn-rate/shop?at=2026-03-02T11:30:00{offset}")

    assert answer.json()["status"] == "no_data"


@pytest.mark.parametrize("asked", ["yesterday", "2026-03-02T11:30:00", "2027-01-01T00:00:00Z", ""])
def test_refuses_a_moment_that_cannot_be(alice_api: APIClient, asked: str) -> None:
    ObjectiveFactory.create(slug="shop")

    answer = alice_api.get("/api/slo/burn-rate/shop", {"at": asked})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/at"


def test_unknown_objective_is_a_problem_document(alice_api: APIClient) -> None:
    answer = alice_api.get("/api/slo/burn-rate/nothing")

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:portal:problem:unknown-objective"


@pytest.mark.parametrize("count", [1, 8])
def test_dashboard_takes_a_fixed_number_of_queries(
    alice_api: APIClient,
    at: datetime,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for window in BurnWindowFactory.create_batch(count):
        serve(window.objective.indicator, at=at, good=0, bad=1)

    with django_assert_num_queries(5):
        document = alice_api.get("/api/slo/dashboard").json()

    assert document["generated_at"] == "2026-03-02T12:00:00Z"
    assert document["levels"] == {
        "normal": 0,
        "low": 0,
        "medium": 0,
        "high": 0,
        "critical": count,
    }
    assert len(document["objectives"]) == count


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("path", ["/api/slo/objectives", "/api/slo/indicators"])
def test_lists_take_few_queries(
    alice_api: APIClient,
    path: str,
    count: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    BurnWindowFactory.create_batch(count)

    with django_assert_max_num_queries(3):
        document = alice_api.get(path).json()

    assert document["count"] == count


def test_objective_tells_what_is_promised(alice_api: APIClient) -> None:
    objective = BurnWindowFactory.create(objective__slug="shop").objective

    document = alice_api.get("/api/slo/objectives/shop").json()

    assert (document["slo_id"], document["target"]) == ("shop", 99.9)
    assert document["indicator"] == objective.indicator.slug
    assert document["burn_windows"] == [
        {"level": "critical", "long_minutes": 60, "short_minutes": 5, "consumption": 0.02}
    ]


def test_counts_reported_requests(alice_api: APIClient, shop: None) -> None:
    answer = alice_api.post(REQUESTS, {"requests": [item(), item(status_code=503)]})

    assert answer.status_code == 200
    assert answer.json() == {"accepted": 2, "rejected": []}
    bucket = Bucket.objects.get()
    assert (bucket.good, bucket.total) == (1, 2)


def test_counts_what_is_right_of_a_partial_report(alice_api: APIClient, shop: None) -> None:
    answer = alice_api.post(REQUESTS, {"requests": [item(), item(method="X")], "partial": True})

    document = answer.json()
    assert document["accepted"] == 1
    (rejected,) = document["rejected"]
    assert rejected["index"] == 1
    assert rejected["errors"][0]["pointer"] == "/requests/1/method"


def test_counts_a_repeated_report_once(alice_api: APIClient, shop: None) -> None:
    first, second = (
        alice_api.post(REQUESTS, {"requests": [item()]}, headers={"Idempotency-Key": "k"})
        for _time in range(2)
    )

    assert first.json() == second.json()
    assert Bucket.objects.get().total == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"service": "nobody"}, "service"),
        ({"response_time_ms": -1}, "response_time_ms"),
        ({"status_code": 999}, "status_code"),
        ({"at": "2027-03-02T12:00:00Z"}, "at"),
        ({"at": "1970-01-01T00:00:00Z"}, "at"),
        ({"\x00": 1}, "\\x00"),
    ],
)
def test_refuses_a_wrong_request_and_counts_nothing(
    alice_api: APIClient, shop: None, changed: dict[str, Any], field: str
) -> None:
    answer = alice_api.post(REQUESTS, {"requests": [item(), item(**changed)]})

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/requests/1/{field}"]
    assert not Bucket.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (
            b'{"requests": [{"endpoint": "/", "response_time_ms": NaN}]}',
            400,
            "/requests/0/response_time_ms",
        ),
        (b'{"requests": "\xff"}', 400, "not UTF-8"),
        (b'{"requests": ' + b" " * 10_000_000, 413, "too-large"),
        (b"[]", 400, "Send an object"),
        (b'{"requests": {}}', 400, "/requests"),
        (b'{"requests": [], "partial": "yes"}', 400, "/partial"),
        (b'{"requests": [], "\\ud800": 1}', 400, "cannot be stored"),
        (b'{"requests": [{"service": "\\ud800", "endpoint": "\\u0000"}]}', 400, "/service"),
        (b'{"request": []}', 400, "/request"),
    ],
    ids=["nan", "utf8", "large", "list", "no-list", "partial", "surrogate", "values", "typo"],
)
def test_refuses_a_wrong_body(
    alice_api: APIClient, shop: None, body: bytes, status: int, words: str
) -> None:
    answer = alice_api.post(REQUESTS, body, content_type="application/json")

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert words in json.dumps(answer.json())


def test_takes_a_large_report(alice_api: APIClient, shop: None) -> None:
    body = b'{"requests": []' + b" " * 4_900_000 + b"}"

    assert alice_api.post(REQUESTS, body, content_type="application/json").status_code == 200


def test_refuses_more_than_ten_thousand_requests(alice_api: APIClient, shop: None) -> None:
    answer = alice_api.post(REQUESTS, {"requests": [0] * 10_001})

    assert answer.status_code == 413


def test_needs_rights(charlie_api: APIClient, cast: Cast) -> None:
    for path in ("dashboard", "burn-rate/shop", "objectives", "indicators"):
        assert charlie_api.get(f"/api/slo/{path}").status_code == 403
    assert charlie_api.post(REQUESTS, {"requests": []}).status_code == 403
    assert APIClient().get("/api/slo/dashboard").status_code == 401

    cast.charlie.user_permissions.add(Permission.objects.get(codename="add_bucket"))
    allowed = APIClient()
    allowed.force_authenticate(type(cast.charlie).objects.get(pk=cast.charlie.pk))
    assert allowed.post(REQUESTS, {"requests": []}).status_code == 200


def test_late_requests_change_the_past(alice_api: APIClient, at: datetime) -> None:
    service = ServiceFactory.create(slug="shop")
    objective = ObjectiveFactory.create(slug="shop", indicator__service=service)
    serve(objective.indicator, at=at, good=10, bad=0)

    late = (at - timedelta(hours=2)).isoformat()
    alice_api.post(REQUESTS, {"requests": [item(at=late, status_code=500)]})

    rates = alice_api.get("/api/slo/burn-rate/shop").json()["burn_rate"]
    assert rates["1h"] == 0
    assert rates["6h"] == pytest.approx(1000 / 11)
