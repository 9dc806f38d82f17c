from fractions import Fraction

import pytest

from slo.rules.composite import Blend, blended

HALF, TENTH = Fraction(1, 2), Fraction(1, 10)


@pytest.mark.parametrize(
    ("parts", "mean", "worst"),
    [
        ([], None, None),
        ([(None, 1), (None, 5)], None, None),
        ([(HALF, 1)], HALF, HALF),
        ([(HALF, 1), (TENTH, 1)], Fraction(3, 10), HALF),
        ([(HALF, 1), (TENTH, 3)], Fraction(1, 5), HALF),
        ([(HALF, 1), (None, 1000)], HALF, HALF),
        ([(Fraction(0), 7), (Fraction(1), 1)], Fraction(1, 8), Fraction(1)),
    ],
)
def test_blends_parts(
    parts: list[tuple[Fraction | None, int]], mean: Fraction | None, worst: Fraction | None
) -> None:
    assert blended(parts, blend=Blend.WEIGHTED_MEAN) == mean
    assert blended(parts, blend=Blend.WORST) == worst
