"""Each wrong field of a reported request is named; a right one is believed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slo.rules.request_validation import Expectation, problems, served_request

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EXPECTED = Expectation(at=AT, services={"shop", "portal"}, own_service="portal")
RIGHT: dict[str, Any] = {"endpoint": "/", "method": "get", "status_code": 200}


def wrong_fields(**changed: Any) -> list[str]:
    found = problems({**RIGHT, **changed}, EXPECTED, pointer="/requests/3")
    return [error.field.removeprefix("/requests/3") for error in found]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"service": "shop"},
        {"status_code": 100},
        {"status_code": 599},
        {"response_time_ms": None},
        {"response_time_ms": 0},
        {"response_time_ms": 86_400_000},
        {"endpoint": "/" + "x" * 499},
        {"at": "2026-03-02T12:05:00Z"},
        {"at": "2026-03-02T14:00:00+02:00"},
        {"at": "2025-12-02T12:00:00Z"},
    ],
)
def test_accepts(changed: dict[str, Any]) -> None:
    assert wrong_fields(**changed) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("service", "nobody"),
        ("service", None),
        ("service", ["shop"]),
        ("endpoint", ""),
        ("endpoint", "orders"),
        ("endpoint", "/" + "x" * 500),
        ("endpoint", 7),
        ("method", "FETCH"),
        ("method", None),
        ("status_code", 99),
        ("status_code", 600),
        ("status_code", 999),
        ("status_code", 200.0),
        ("status_code", "200"),
        ("status_code", True),
        ("response_time_ms", -1),
        ("response_time_ms", 86_400_001),
        ("response_time_ms", float("nan")),
        ("response_time_ms", float("inf")),
        ("response_time_ms", 10**400),
        ("response_time_ms", "12"),
        ("at", "2026-03-02T12:00:00"),
        ("at", "2026-03-02T12:05:01Z"),
        ("at", "2027-03-02T12:00:00Z"),
        ("at", "1970-01-01T00:00:00Z"),
        ("at", "2025-12-02T11:59:59Z"),
        ("at", "0001-01-01T00:00:00+14:00"),
        ("at", "9999-12-31T23:59:59-14:00"),
        ("at", "yesterday"),
        ("at", 1_772_452_800),
        ("at", datetime(2026, 3, 2, 12)),  # noqa: DTZ001  (naive is what is refused)
        ("respone_time_ms", 5),
    ],
)
def test_refuses(field: str, value: Any) -> None:
    assert wrong_fields(**{field: value}) == [f"/{field}"]


def test_names_every_wrong_field_at_once() -> None:
    assert wrong_fields(method="FETCH", status_code=999) == ["/method", "/status_code"]


def test_refuses_what_is_no_object() -> None:
    assert [error.field for error in problems(7, EXPECTED, pointer="/requests/0")] == [
        "/requests/0"
    ]


def test_names_an_unknown_field_in_plain_letters() -> None:
    assert wrong_fields(**{"\ud800\x00": 1}) == ["/\\ud800\\x00"]


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
values = st.sampled_from([*RIGHT.values(), "shop", "2026-03-02T12:00:00Z", [], {}]) | scalars
names = st.sampled_from([*RIGHT, "service", "response_time_ms", "at"])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(names, values))
def test_what_it_lets_through_can_be_read(changed: dict[str, Any]) -> None:
    item = {**RIGHT, **changed}

    if not problems(item, EXPECTED, pointer=""):
        assert served_request(item, EXPECTED).service in EXPECTED.services
