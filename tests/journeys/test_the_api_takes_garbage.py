"""Whatever is sent to whichever operation: never a 5xx, and each refusal a problem document."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from portal.shared import seeds
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SCHEMA: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # drf-spectacular
OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in SCHEMA["paths"].items()
    for method, operation in operations.items()
]
EXAMPLES = 25

# What has broken APIs before: the ends of calendars and integers, text that no database keeps.
TEXTS = st.sampled_from(
    [
        "",
        "\x00",
        "a\x00b",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-03-02T12:00:00",
        "INC-1",
        "INC-999999999999999999",
        "portal-availability",
        "99999999999999999999",
        "NaN",
        "../..",
        "%00",
        "'\"<>",
        "x" * 6000,
    ]
) | st.text(max_size=30)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**30, 10**400, -(2**63) - 1])
    | st.floats()
    | TEXTS
)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=8
)
BODIES = st.sampled_from(
    [b"", b"{", b"\xff\xfe", b"null", b"[" * 100_000, b"1" * 10_000, b"--x\r\n"]
)
CONTENT_TYPES = st.sampled_from(
    ["application/json"] * 6
    + ["", "text/plain", "application/xml", "multipart/form-data; boundary=x"]
    + ["application/json; charset=utf-16", "application/x-www-form-urlencoded"]
)
# What an operation would take, so that garbage in one field reaches what is behind the others.
SOUND = {
    "title": "Down",
    "severity": "SEV4",
    "detected_by": "tests",
    "affected_services": ["portal"],
    "text": "Looked at it.",
    "event_type": "orders.order.shipped",
    "payload": {},
    "document": "services: []",
    "requests": [],
}


def names_in(operation: dict[str, Any], place: str) -> list[str]:
    return [p["name"] for p in operation.get("parameters", []) if p["in"] == place]


def fields_of(operation: dict[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    named = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    found = SCHEMA["components"]["schemas"].get(named.rpartition("/")[2], {})
    return list(found.get("properties", {}))


def addresses(path: str, operation: dict[str, Any]) -> st.SearchStrategy[str]:
    def filled(values: list[str], query: dict[str, str]) -> str:
        address = path
        for name, value in zip(names_in(operation, "path"), values, strict=True):
            address = address.replace("{" + name + "}", quote(value, safe=""))
        return f"{address}?{urlencode(query)}" if query else address

    count = len(names_in(operation, "path"))
    queried = names_in(operation, "query")
    return st.builds(
        filled,
        st.lists(TEXTS, min_size=count, max_size=count),
        st.dictionaries(st.sampled_from(queried), TEXTS, max_size=2) if queried else st.just({}),
    )


def bodies(operation: dict[str, Any]) -> st.SearchStrategy[bytes]:
    fields = fields_of(operation)
    if not fields:
        return BODIES | DOCUMENTS.map(encoded)
    sound = {field: SOUND.get(field, "x") for field in fields}
    spoiled = st.dictionaries(st.sampled_from(fields), DOCUMENTS, min_size=1, max_size=2)
    return BODIES | DOCUMENTS.map(encoded) | spoiled.map(lambda wrong: encoded({**sound, **wrong}))


def encoded(document: Any) -> bytes:
    return json.dumps(document).encode()


@pytest.fixture(autouse=True)
def something_to_find(cast: Cast, at: datetime) -> None:
    seeds.sow_defaults(at=at, operator=cast.alice)


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    OPERATIONS,
    ids=[f"{method} {path}" for method, path, _operation in OPERATIONS],
)
def test_answers_garbage_with_a_problem(
    method: str, path: str, operation: dict[str, Any], alice_api: APIClient
) -> None:
    alice_api.raise_request_exception = False

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(addresses(path, operation), bodies(operation), CONTENT_TYPES, TEXTS)
    def send(address: str, body: bytes, content_type: str, key: str) -> None:
        sent = {} if method == "GET" else {"data": body, "content_type": content_type}
        headers = {"Idempotency-Key": key} if method != "GET" and key else {}

        answer = alice_api.generic(method, address, headers=headers, **sent)  # type: ignore[arg-type]  # two kinds of values

        assert answer.status_code < 500, answer.content
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"

    send()
