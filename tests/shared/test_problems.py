"""Every error of the API is a problem document, whatever went wrong."""

import uuid
from typing import Any

import pytest
from rest_framework.exceptions import ErrorDetail
from rest_framework.test import APIClient

from events.services import publishing
from portal.shared.api.problems import field_errors
from portal.shared.errors import DomainError, FieldError
from tests.cast import Cast

pytestmark = pytest.mark.django_db

UNKNOWN = uuid.UUID(int=7)
EVENT = {"event_type": "orders.order.shipped", "payload": {}}


def assert_problem(answer: Any, *, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["type"] == f"urn:portal:problem:{code}"
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]


def test_asks_who_calls() -> None:
    answer = APIClient().get("/api/events")

    assert_problem(answer, status=401, code="not-authenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_refuses_a_token_nobody_was_given() -> None:
    answer = APIClient().get("/api/events", headers={"Authorization": "Bearer nonsense"})

    assert_problem(answer, status=401, code="authentication-failed")


@pytest.mark.parametrize("token", ["\xff\xfe", "é" * 30, "a\x00b"])
def test_refuses_a_token_that_is_no_text(token: str) -> None:
    answer = APIClient().get("/api/events", headers={"Authorization": f"Bearer {token}"})

    assert_problem(answer, status=401, code="authentication-failed")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("address", ["/api/events", "/api/config/secrets/audit"])
def test_refuses_a_moment_that_utc_cannot_hold(
    address: str, moment: str, alice_api: APIClient
) -> None:
    assert_problem(alice_api.get(address, {"since": moment}), status=400, code="invalid-input")


def test_refuses_who_may_not(charlie_api: APIClient) -> None:
    assert_problem(charlie_api.get("/api/events"), status=403, code="permission-denied")
    assert_problem(charlie_api.post("/api/events", EVENT), status=403, code="permission-denied")


def test_refuses_a_session_without_its_csrf_token(cast: Cast) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(cast.alice)

    assert_problem(client.post("/api/events", EVENT), status=403, code="permission-denied")


@pytest.mark.parametrize(
    "address", [f"/api/events/{UNKNOWN}", "/api/no/such/thing", "/api/events/"]
)
def test_tells_that_there_is_no_such_thing(address: str, alice_api: APIClient) -> None:
    assert_problem(alice_api.get(address), status=404, code="not-found")


def test_tells_a_stranger_of_a_wrong_address_too() -> None:
    assert_problem(APIClient().post("/api/no/such/thing"), status=404, code="not-found")


def test_refuses_another_method(alice_api: APIClient) -> None:
    answer = alice_api.delete("/api/events")

    assert_problem(answer, status=405, code="method-not-allowed")
    assert "POST" in answer.headers["Allow"]


def test_refuses_to_answer_in_another_format(alice_api: APIClient) -> None:
    answer = alice_api.get("/api/events", headers={"Accept": "text/html"})

    assert_problem(answer, status=406, code="not-acceptable")


def test_refuses_a_body_that_is_not_json(alice_api: APIClient) -> None:
    answer = alice_api.post("/api/events", b"a=1", content_type="text/plain")

    assert_problem(answer, status=415, code="unsupported-media-type")


def test_names_each_wrong_field(alice_api: APIClient) -> None:
    answer = alice_api.post("/api/events", {"payload": [], "priority": 2})

    assert_problem(answer, status=400, code="invalid-input")
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/event_type",
        "/payload",
        "/priority",
    ]


def test_says_what_the_state_of_things_does_not_allow(
    alice_api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OrderAlreadyShipped(DomainError):
        title = "The order is on its way"

    def refuse(*_arguments: Any, **_options: Any) -> None:
        raise OrderAlreadyShipped("Order 7 left.", fields=[FieldError("/payload", "Too late.")])

    monkeypatch.setattr(publishing, "publish_draft", refuse)

    answer = alice_api.post("/api/events", EVENT)

    assert_problem(answer, status=409, code="order-already-shipped")
    assert answer.json()["errors"] == [{"pointer": "/payload", "detail": "Too late."}]


def test_hides_what_broke_and_names_the_request_whose_log_tells_it(
    alice_api: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_arguments: Any, **_options: Any) -> None:
        raise RuntimeError("the inside of the portal")

    monkeypatch.setattr(publishing, "publish_draft", break_down)

    answer = alice_api.post("/api/events", EVENT)

    assert_problem(answer, status=500, code="internal-error")
    assert "inside" not in answer.content.decode()
    lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    (line,) = [line for line in lines if line["event"] == "api_view_failed"]
    assert f"under request_id {line['request_id']};" in answer.json()["detail"]
    assert "the inside of the portal" in line["exception"]


def test_points_into_nested_errors() -> None:
    detail = {
        "items": [{}, {"at": [ErrorDetail("Late.")]}],
        "non_field_errors": [ErrorDetail("Odd.")],
        "a/b": [ErrorDetail("Slash.")],
    }

    assert list(field_errors(detail)) == [
        FieldError("/items/1/at", "Late."),
        FieldError("/", "Odd."),
        FieldError("/a~1b", "Slash."),
    ]
