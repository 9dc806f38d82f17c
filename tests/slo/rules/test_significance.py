"""The gate for few requests against an exact binomial, in fractions."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.significance import chance_of_at_least, exceeds_surely


def exactly(bad: int, total: int, share: Fraction) -> Fraction:
    return sum(
        (
            math.comb(total, n) * share**n * (1 - share) ** (total - n)
            for n in range(bad, total + 1)
        ),
        start=Fraction(0),
    )


shares = st.fractions(Fraction(1, 10_000), Fraction(1, 2), max_denominator=10_000)


@given(total=st.integers(1, 150), bad=st.integers(0, 150), share=shares)
def test_is_the_binomial(total: int, bad: int, share: Fraction) -> None:
    if bad > total or Fraction(bad, total) <= share:
        assert not exceeds_surely(min(bad, total), total, share=max(share, Fraction(bad, total)))
        return
    chance = exactly(bad, total, share)
    assert chance_of_at_least(bad, total, share=share) == pytest.approx(float(chance), rel=1e-9)
    if abs(chance - Fraction(1, 20)) > Fraction(1, 10**9):
        assert exceeds_surely(bad, total, share=share) == (chance < Fraction(1, 20))


@pytest.mark.parametrize(
    ("bad", "total", "expected"),
    [
        (0, 0, False),
        (1, 1, True),  # one request of a chance of 1.44 % proves as much as many
        (1, 10, False),
        (2, 10, True),
        (144, 10_000, False),
        (165, 10_000, True),
        (14_400_000, 10**9, False),
        (14_410_000, 10**9, True),
    ],
)
def test_of_a_page_at_three_nines(bad: int, total: int, expected: bool) -> None:
    assert exceeds_surely(bad, total, share=Fraction(144, 10_000)) is expected


@pytest.mark.parametrize("share", [Fraction(1), Fraction(3, 2)])
def test_nothing_is_above_everything(share: Fraction) -> None:
    assert not exceeds_surely(10, 10, share=share)
    assert chance_of_at_least(10, 10, share=share) == 1.0


@pytest.mark.parametrize("total", [10**4, 10**7, 10**10, 10**12])
@pytest.mark.timeout(5)
def test_a_burn_of_many_requests_is_proven_at_once(total: int) -> None:
    """So surely that its chance is below every float: the sum must not go through it all."""
    share = Fraction(1, 1000)

    assert exceeds_surely(total // 2, total, share=share)
    assert chance_of_at_least(total // 2, total, share=share) == 0.0
