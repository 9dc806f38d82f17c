"""What the API reads as JSON, and what it says of the rest, through a real endpoint."""

import json
import math
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from rest_framework.test import APIClient

from events.models import Event
from portal.shared.api.parsers import DEEPEST_NESTING, StrictJSONParser
from portal.shared.errors import InvalidInput

pytestmark = pytest.mark.django_db


def post(client: APIClient, body: bytes | str) -> Any:
    return client.post("/api/events", body, content_type="application/json")


def event(payload: str) -> str:
    return f'{{"event_type": "orders.order.shipped", "payload": {payload}}}'


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_points_at_what_is_not_a_number(number: str, alice_api: APIClient) -> None:
    answer = post(alice_api, event(f'{{"rates": [1, {{"a/b~c": {number}}}]}}'))

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"pointer": "/payload/rates/1/a~1b~0c", "detail": f"{number} is not a number."}
    ]
    assert not Event.objects.exists()


@pytest.mark.parametrize("text", ['"a\\u0000b"', '"\\ud800"', '"\\udc00x"'])
def test_points_at_text_that_no_database_keeps(text: str, alice_api: APIClient) -> None:
    answer = post(alice_api, event(f'{{"note": {text}}}'))

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"pointer": "/payload/note", "detail": "Holds a character that cannot be stored."}
    ]


@pytest.mark.parametrize(("character", "shown"), [("\\u0000", "\\x00"), ("\\ud800", "\\ud800")])
def test_points_at_a_name_that_no_database_keeps(
    character: str, shown: str, alice_api: APIClient
) -> None:
    answer = post(alice_api, event(f'{{"a{character}": 1}}'))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == f"/payload/a{shown}"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"event_type": "\xff"}', "The body is not UTF-8: byte 16 cannot be read."),
        (b'{"a": }', "The body is not JSON: Expecting value, line 1, column 7."),
        (b'\xef\xbb\xbf{"a": 1}', "The body is not JSON: Unexpected UTF-8 BOM"),
        (b"[" * 100_000, "The body is nested too deeply."),
        (b"9" * 5000, "The body is not acceptable JSON: Exceeds the limit"),
    ],
)
def test_says_why_a_body_cannot_be_read(body: bytes, says: str, alice_api: APIClient) -> None:
    answer = post(alice_api, body)

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:portal:problem:invalid-input"
    assert answer.json()["detail"].startswith(says)


@pytest.mark.parametrize("depth", [DEEPEST_NESTING, 500, 900, 960, 980, 2000])
def test_refuses_every_depth_that_something_below_could_not_carry(
    depth: int, alice_api: APIClient
) -> None:
    answer = post(alice_api, event(f'{{"a": {"[" * depth}{"]" * depth}}}'))

    assert answer.status_code == 400
    assert answer.json()["detail"] == "The body is nested too deeply."


def test_takes_a_body_nested_as_deep_as_is_allowed(alice_api: APIClient) -> None:
    depth = DEEPEST_NESTING - 2

    assert post(alice_api, event(f'{{"a": {"[" * depth}{"]" * depth}}}')).status_code == 201


def test_refuses_a_body_larger_than_the_limit(alice_api: APIClient, settings: Settings) -> None:
    settings.REQUEST_BODY_LIMIT_BYTES = 200

    answer = post(alice_api, event(json.dumps({"a": "x" * 200})))

    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:portal:problem:too-large"


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "7"])
def test_refuses_json_that_is_no_object(body: str, alice_api: APIClient) -> None:
    answer = post(alice_api, body)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


names = st.text("a/~ b1", max_size=3)
texts = st.text(st.characters(codec="utf-8"))
leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner),
    max_leaves=15,
)


def value_at(document: Any, pointer: str) -> Any:
    """RFC 6901, the other way round."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def is_unstorable(value: Any) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    return isinstance(value, str) and "\x00" in value


def unstorable_leaves(value: Any) -> int:
    if isinstance(value, dict):
        return sum(unstorable_leaves(item) for item in value.values())
    if isinstance(value, list):
        return sum(unstorable_leaves(item) for item in value)
    return int(is_unstorable(value))


@given(tree=trees)
def test_points_at_exactly_the_values_that_cannot_be_stored(tree: Any) -> None:
    document = {"tree": tree}
    body = BytesIO(json.dumps(document).encode())
    try:
        assert StrictJSONParser().parse(body) == document
    except InvalidInput as refusal:
        found = [value_at(document, error.field) for error in refusal.fields]
        assert all(is_unstorable(value) for value in found)
        assert len(found) == unstorable_leaves(document)
    else:
        assert unstorable_leaves(document) == 0
