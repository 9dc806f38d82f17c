"""What an event may be called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.contracts.base import CONTRACTS
from events.rules.naming import LONGEST_TYPE, falls_under, is_event_type

parts = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@given(st.lists(parts, min_size=3, max_size=5))
def test_takes_three_to_five_parts(names: list[str]) -> None:
    assert is_event_type(".".join(names))


@given(st.lists(parts, max_size=9).filter(lambda names: not 3 <= len(names) <= 5))
def test_refuses_fewer_and_more_parts(names: list[str]) -> None:
    assert not is_event_type(".".join(names))


@given(st.text(max_size=40))
def test_takes_nothing_but_lower_case_words_with_dots(name: str) -> None:
    if is_event_type(name):
        assert all(part.isascii() and part.islower() for part in name.split("."))
        assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789_.")


@pytest.mark.parametrize(
    "name", ["a.b.c\n", "a.b.C", "a.b.1c", "a.b._c", "a..c", ".a.b.c", "a b.c.d"]
)
def test_refuses(name: str) -> None:
    assert not is_event_type(name)


def test_refuses_what_no_column_holds() -> None:
    assert is_event_type("a.b." + "c" * (LONGEST_TYPE - 4))
    assert not is_event_type("a.b." + "c" * (LONGEST_TYPE - 3))


@pytest.mark.parametrize("event_type", sorted(CONTRACTS))
def test_takes_every_type_that_the_portal_declares(event_type: str) -> None:
    assert is_event_type(event_type)


@pytest.mark.parametrize(
    ("pattern", "falls"),
    [
        ("slo.burn_rate.critical", True),
        ("slo.burn_rate.*", True),
        ("slo.*", True),
        ("*", True),
        ("slo.burn_rate", False),
        ("incidents.*", False),
    ],
)
def test_tells_which_patterns_take_a_type(pattern: str, falls: bool) -> None:
    assert falls_under("slo.burn_rate.critical", pattern) is falls
