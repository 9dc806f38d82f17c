"""Histories as arrays: every part of one is what a sum over its minutes is."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.burn_rate import Counts
from slo.rules.composite import Blend
from slo.rules.history import History, blended_shares
from slo.rules.minute import MINUTE
from slo.rules.window import Span

START = datetime(2026, 3, 2, tzinfo=UTC)
OWN = [Counts(2, 4), Counts(), Counts(5, 5), Counts(0, 3), Counts(2**40, 2**40 + 1)]
SPAN = Span(START, START + len(OWN) * MINUTE)


def minutes(first: int, last: int) -> Span:
    return Span(START + first * MINUTE, START + last * MINUTE)


def history(own: list[Counts] = OWN) -> History:
    told = [(START + n * MINUTE, counts) for n, counts in enumerate(own)]
    return History.of_minutes(minutes(0, len(own)), told)


def test_begins_with_zero_and_has_one_place_more_than_minutes() -> None:
    assert history().total.tolist() == [0, 4, 4, 9, 12, 12 + 2**40 + 1]
    assert history().bad.tolist() == [0, 2, 2, 2, 5, 6]


def test_minutes_outside_the_span_are_left_out_and_told_twice_add_up() -> None:
    told = [(START + n * MINUTE, Counts(1, 2)) for n in (-1, 0, 0, 4, 5)]

    assert History.of_minutes(SPAN, told).total.tolist() == [0, 4, 4, 4, 4, 6]


@given(
    st.lists(st.tuples(st.integers(0, 2**50), st.integers(0, 2**50)), min_size=1, max_size=20),
    st.tuples(st.integers(-3, 23), st.integers(0, 26)),
    st.lists(st.tuples(st.integers(-3, 23), st.integers(1, 9)), max_size=3),
)
def test_a_part_is_the_sum_of_its_minutes_that_are_not_excluded(
    pairs: list[tuple[int, int]], part: tuple[int, int], excluded: list[tuple[int, int]]
) -> None:
    own = [Counts(good, good + bad) for good, bad in pairs]
    first, last = part[0], part[0] + part[1]
    out = {n for start, length in excluded for n in range(start, start + length)}
    kept = [c for n, c in enumerate(own) if first <= n < last and n not in out]

    corrected = history(own).without(minutes(start, start + n) for start, n in excluded)

    assert corrected.counts(minutes(first, last)) == sum(kept, start=Counts())
    assert corrected.total.size == len(own) + 1


def test_without_nothing_it_stays_as_it_is() -> None:
    own = history()

    assert own.without([]) is own
    assert own.without([minutes(-9, 0), minutes(5, 9)]) is own


def test_shares_are_of_what_was_counted_and_nan_of_nothing() -> None:
    shares = history().bad_share(np.array([1, 2, 4, 9]), np.array([0, 1, 0, 3]))

    assert shares.tolist()[0] == 0.5
    assert math.isnan(shares[1])
    assert shares.tolist()[2] == 5 / 12
    assert shares.tolist()[3] == 4 / (2**40 + 4)


def test_what_lies_before_the_history_counts_from_its_start() -> None:
    shares = history().rolling_bad_share(3, [1, 4])

    assert shares.tolist() == [0.5, 3 / 8]


@pytest.mark.parametrize(
    ("blend", "expected"),
    [(Blend.WORST, [0.5, 0.25, math.nan]), (Blend.WEIGHTED_MEAN, [0.3125, 0.25, math.nan])],
)
def test_a_part_without_data_is_left_out_of_a_blend(blend: Blend, expected: list[float]) -> None:
    one, other = np.array([0.5, math.nan, math.nan]), np.array([0.25, 0.25, math.nan])

    found = blended_shares([one, other], [1, 3], blend)

    np.testing.assert_array_equal(found, expected)


def test_one_part_is_the_whole() -> None:
    only = np.array([0.5, math.nan])

    assert blended_shares([only], [7], Blend.WORST) is only
