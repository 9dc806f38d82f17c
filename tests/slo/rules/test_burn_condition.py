"""A threshold is a share of the budget, or there is none that is."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.alert_level import Level, WindowPair
from slo.rules.burn_condition import (
    consumption_of,
    exact_decimal,
    nearest_thresholds,
    threshold_of,
)

MONTH = 30 * 1440


@pytest.mark.parametrize(
    ("threshold", "long_minutes", "window_minutes", "consumption"),
    [
        ("14.4", 60, MONTH, "0.02"),
        ("6", 360, MONTH, "0.05"),
        ("1", 4320, MONTH, "0.1"),
        ("13.44", 60, 28 * 1440, "0.02"),
        # Decimals that never end, as others write them.
        ("0.9333333333333333", 4320, 28 * 1440, "0.1"),
        ("1.071429", 10080, MONTH, "0.25"),
        ("1.0714", 10080, MONTH, None),
        ("2", 60, MONTH, None),
        ("14", 60, 28 * 1440, None),
        ("0", 60, MONTH, None),
        ("721", 60, MONTH, None),
    ],
)
def test_finds_the_share_that_a_threshold_spends(
    threshold: str, long_minutes: int, window_minutes: int, consumption: str | None
) -> None:
    found = consumption_of(
        Decimal(threshold), long_minutes=long_minutes, window_minutes=window_minutes
    )

    assert found == (None if consumption is None else Decimal(consumption))


def test_names_the_thresholds_nearest_to_one_that_is_none() -> None:
    assert nearest_thresholds(Decimal(2), long_minutes=60, window_minutes=MONTH) == (
        "1.944",
        "2.016",
    )


@given(
    steps=st.integers(1, 10_000),
    long_minutes=st.integers(2, 90 * 1440),
    days=st.integers(1, 90),
)
def test_leads_back_to_the_share(steps: int, long_minutes: int, days: int) -> None:
    pair = WindowPair(long_minutes, 1, Decimal(steps) / 10_000, Level.LOW)

    threshold = threshold_of(pair, window_minutes=days * 1440)

    found = consumption_of(threshold, long_minutes=long_minutes, window_minutes=days * 1440)
    assert found == pair.consumption


@given(st.integers(-(10**12), 10**12), st.integers(0, 20), st.integers(0, 20))
def test_writes_every_decimal_that_ends(digits: int, twos: int, fives: int) -> None:
    value = Fraction(digits, 2**twos * 5**fives)

    found = exact_decimal(value)

    assert found is not None
    assert Fraction(found) == value
    assert exact_decimal(value + Fraction(1, 3)) is None
