"""What a star stands for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.endpoint_pattern import matches


@pytest.mark.parametrize(
    ("pattern", "endpoint", "expected"),
    [
        ("*", "/", True),
        ("/orders", "/orders", True),
        ("/orders", "/orders?page=2", True),
        ("/orders", "/orders/7", False),
        ("/orders/*", "/orders/7/lines", True),
        ("/orders/*", "/orders", False),
        ("*/lines", "/orders/7/lines", True),
        ("/orders/*/lines", "/orders/7/lines", True),
        ("/a*a", "/a", False),
        ("/[a-z]?", "/b", False),
    ],
)
def test_takes_in(pattern: str, endpoint: str, expected: bool) -> None:
    assert matches(pattern, endpoint) is expected


@given(st.text("ab/*", max_size=8), st.text("ab/", max_size=12))
def test_agrees_with_a_regular_expression(pattern: str, endpoint: str) -> None:
    oracle = ".*".join(re.escape(part) for part in pattern.split("*"))

    assert matches(pattern, endpoint) is bool(re.fullmatch(oracle, endpoint))


def test_is_quick_for_a_spiteful_pattern() -> None:
    assert not matches("*a" * 250, "/" + "a" * 249 + "b" * 100_000)
