from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.exponential_histogram import bucket_of, upper_bound
from slo.rules.exponential_points import Shape

BUCKETS = st.dictionaries(st.integers(-300, 300), st.integers(1, 50), max_size=20)


def index_of(value: float, scale: int) -> int:
    """By search: the bucket above whose lower bound the value lies."""
    index = -5000
    while 2.0 ** ((index + 1) * 2.0**-scale) < value:
        index += 1
    return index


@given(BUCKETS, st.integers(0, 9), st.integers(-3, 10), st.integers(-5, 10))
def test_rescaling_loses_nobody(
    buckets: dict[int, int], zero: int, scale: int, coarser: int
) -> None:
    shape = Shape(scale, zero, buckets)

    rescaled = shape.rescaled(coarser)

    assert rescaled.total == shape.total
    assert rescaled.scale == min(scale, coarser)


@given(BUCKETS, st.integers(-3, 10))
def test_latencies_hold_everybody(buckets: dict[int, int], scale: int) -> None:
    shape = Shape(scale, 2, buckets)

    assert sum(shape.latencies(unit_ms=1000).values()) == shape.total


def test_merges_where_the_values_are() -> None:
    values = [0.001, 0.01, 0.05, 0.5, 0.7, 1, 3]
    fine = Shape(5, 0, Counter(index_of(value, 5) for value in values))

    assert fine.rescaled(0).buckets == Counter(index_of(value, 0) for value in values)


@pytest.mark.parametrize("scale", [0, 3, 5, 8])
def test_latencies_are_near_what_was_measured(scale: int) -> None:
    seconds = 0.2
    shape = Shape(scale, 0, {index_of(seconds, scale): 1000})

    found = shape.latencies(unit_ms=1000)

    width = 2.0 ** (2.0**-scale)
    assert min(found) >= bucket_of(seconds * 1000 / width) - 1
    assert max(found) <= bucket_of(seconds * 1000 * width) + 1
    assert upper_bound(max(found)) < 1000


@given(BUCKETS, BUCKETS, st.integers(0, 4))
def test_what_came_since_is_what_was_added(
    before: dict[int, int], added: dict[int, int], downscale: int
) -> None:
    then = Shape(6, 1, before)
    now = Shape(6, 3, Counter(before) + Counter(added)).rescaled(6 - downscale)

    gained = now.since(then)

    assert gained is not None
    assert gained.zero == 2
    assert gained.buckets == Shape(6, 0, added).rescaled(6 - downscale).buckets


def test_knows_when_it_is_no_earlier_state() -> None:
    assert Shape(3, 0, {1: 1}).since(Shape(3, 0, {1: 2})) is None
    assert Shape(3, 0, {1: 1}).since(Shape(3, 0, {2: 1})) is None
    assert Shape(3, 0, {1: 1}).since(Shape(3, 1, {})) is None


@pytest.mark.parametrize(
    ("bound", "scale", "expected"),
    [
        (0.5, 3, 3),
        (1.0, 3, 5),
        (0.5, 0, 3),
        (0.25, -1, 1),
        (0.5, -1, None),
        (0.3, 3, None),
        (0, 3, 1),
        (-1, 3, None),
    ],
)
def test_counts_up_to_a_bound_only_where_it_is_exact(
    bound: float, scale: int, expected: int | None
) -> None:
    values = [0.3, 0.5, 0.6, 0.9]
    shape = Shape(scale, 1, Counter(index_of(value, scale) for value in values))

    assert shape.at_most(bound) == expected


def test_is_stored_and_read_again() -> None:
    shape = Shape(3, 1, {-4: 2, 7: 1})

    assert Shape.stored(shape.document()) == shape
    assert Shape.stored(None) is None
