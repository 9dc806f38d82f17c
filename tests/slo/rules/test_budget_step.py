"""Each tenth is announced once, and again only after a real recovery."""

from fractions import Fraction

import pytest

from slo.rules.budget_step import step_reached, step_remembered, steps_to_announce


@pytest.mark.parametrize(
    ("consumed", "expected"),
    [("0", 0), ("0.0999", 0), ("0.1", 1), ("0.35", 3), ("1", 10), ("12.34", 123)],
)
def test_whole_tenths_are_reached(consumed: str, expected: int) -> None:
    assert step_reached(Fraction(consumed)) == expected


@pytest.mark.parametrize(
    ("announced", "reached", "expected"),
    [
        (0, 0, []),
        (0, 3, [1, 2, 3]),
        (3, 3, []),
        (4, 3, []),
        (8, 10, [9, 10]),
        (8, 12, [9, 10, 12]),
        (10, 11, [11]),
        (0, 10_000, [*range(1, 11), 10_000]),
    ],
)
def test_missed_steps_are_announced(announced: int, reached: int, expected: list[int]) -> None:
    assert steps_to_announce(announced, reached) == expected


@pytest.mark.parametrize(
    ("announced", "reached", "expected"), [(3, 3, 3), (3, 5, 5), (3, 2, 3), (3, 1, 2), (3, 0, 1)]
)
def test_a_recovering_budget_is_remembered_one_step_behind(
    announced: int, reached: int, expected: int
) -> None:
    assert step_remembered(announced, reached) == expected
