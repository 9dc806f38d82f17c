"""The arithmetic of budgets, against fractions and published figures."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.burn_rate import (
    Counts,
    budget_remaining,
    burn_factor,
    burn_rate,
    can_fire,
    highest_burn,
    service_level,
)

targets = st.decimals(min_value="0.0001", max_value="99.9999", places=4)


@st.composite
def some_counts(draw: st.DrawFn) -> Counts:
    total = draw(st.integers(min_value=1, max_value=10**15))
    return Counts(draw(st.integers(min_value=0, max_value=total)), total)


@given(counts=some_counts(), target=targets)
def test_burn_is_exactly_the_bad_share_over_the_budget(counts: Counts, target: Decimal) -> None:
    expected = Fraction(counts.bad, counts.total) / (1 - Fraction(target) / 100)

    assert burn_rate(counts, target=target) == expected
    assert budget_remaining(counts, target=target) == 1 - expected


@given(target=targets, total=st.integers(min_value=1, max_value=10**9))
def test_nothing_burns_faster_than_a_total_outage(target: Decimal, total: int) -> None:
    assert burn_rate(Counts(0, total), target=target) == highest_burn(target)


def test_no_requests_have_no_level_and_no_burn() -> None:
    assert service_level(Counts()) is None
    assert burn_rate(Counts(), target=Decimal("99.9")) is None
    assert budget_remaining(Counts(), target=Decimal("99.9")) is None


def test_remaining_budget_goes_below_zero() -> None:
    assert budget_remaining(Counts(98, 100), target=Decimal(99)) == -1


@pytest.mark.parametrize(
    ("window_days", "hours", "consumption", "factor"),
    [
        (30, 1, "0.02", "14.4"),
        (30, 6, "0.05", "6"),
        (30, 24, "0.10", "3"),
        (28, 1, "0.02", "13.44"),
        (28, 6, "0.05", "5.6"),
        (7, 1, "0.08", "13.44"),
        (90, 24, "0.05", "4.5"),
    ],
)
def test_factor_is_the_published_one(
    window_days: int, hours: int, consumption: str, factor: str
) -> None:
    found = burn_factor(
        Decimal(consumption), window_minutes=window_days * 1440, long_minutes=hours * 60
    )

    assert found == Fraction(factor)


@pytest.mark.parametrize(
    ("target", "expected"),
    [("99.9", True), ("93.06", True), ("93.05", False), ("90", False)],
)
def test_a_loose_target_strands_the_fastest_pair(target: str, expected: bool) -> None:
    found = can_fire(
        Decimal("0.02"), window_minutes=43_200, long_minutes=60, target=Decimal(target)
    )

    assert found is expected


def test_a_factor_equal_to_a_total_outage_never_fires() -> None:
    # 0.1 of 30 days in 7.2 hours is a burn of 10, and so is a total outage of 90 %.
    assert not can_fire(Decimal("0.1"), window_minutes=43_200, long_minutes=432, target=Decimal(90))
