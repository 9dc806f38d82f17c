"""What differs between two JSON values."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.rules.changes import Change, Kind, changes


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({}, {"a": None}, [Change("/a", Kind.ADDED, after=None)]),
        ({"a": 1}, {}, [Change("/a", Kind.REMOVED, before=1)]),
        ({"a": 1}, {"a": "1"}, [Change("/a", Kind.CHANGED, 1, "1")]),
        ({"a": 1}, {"a": True}, [Change("/a", Kind.CHANGED, 1, True)]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [Change("/a/b", Kind.CHANGED, 1, 2)]),
        ({"a": {"b": 1}}, {"a": [1]}, [Change("/a", Kind.CHANGED, {"b": 1}, [1])]),
        ({"a": "xy"}, {"a": "xz"}, [Change("/a", Kind.CHANGED, "xy", "xz")]),
        (
            {"a": [1, 2]},
            {"a": [1, 3, 4]},
            [Change("/a/1", Kind.CHANGED, 2, 3), Change("/a/2", Kind.ADDED, after=4)],
        ),
        ({"a/b": 1}, {}, [Change("/a~1b", Kind.REMOVED, 1)]),
        ({"c~d": 1}, {}, [Change("/c~0d", Kind.REMOVED, 1)]),
        ([], {}, [Change("", Kind.CHANGED, [], {})]),
    ],
)
def test_names_each_by_its_pointer(before: Any, after: Any, found: list[Change]) -> None:
    assert changes(before, after) == found


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.dictionaries(st.text(max_size=2), inner, max_size=3) | st.lists(inner, max_size=3)
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text(max_size=2), VALUES, max_size=4)


def followed(value: Any, change: Change) -> Any:
    """This will do to the value what the change says."""
    if not change.pointer:
        return change.after
    *way, last = [
        step.replace("~1", "/").replace("~0", "~") for step in change.pointer[1:].split("/")
    ]
    place = value
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    key = int(last) if isinstance(place, list) else last
    if change.kind == Kind.REMOVED:
        place[key] = ...
    elif isinstance(place, list) and change.kind == Kind.ADDED:
        place.append(change.after)
    else:
        place[key] = change.after
    return value


def without_removed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_removed(v) for name, v in value.items() if v is not ...}
    if isinstance(value, list):
        return [without_removed(v) for v in value if v is not ...]
    return value


@given(OBJECTS, OBJECTS)
def test_leads_from_the_one_to_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    value: Any = copy.deepcopy(before)
    for change in changes(before, after):
        value = followed(value, change)

    assert without_removed(value) == after
