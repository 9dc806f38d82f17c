"""One level of several indicators: a journey is as good as its parts, weighed."""

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction


class Blend(StrEnum):
    WEIGHTED_MEAN = "weighted_mean"
    WORST = "worst"


def blended(parts: Iterable[tuple[Fraction | None, int]], *, blend: Blend) -> Fraction | None:
    """This will return the share of bad requests of a composite, from (share, weight).

    A component without data is left out, and the others share its weight; None without
    data in any.
    """
    known = [(share, weight) for share, weight in parts if share is not None]
    if not known:
        return None
    if blend is Blend.WORST:
        return max(share for share, _weight in known)
    weights = sum(weight for _share, weight in known)
    return sum((share * weight for share, weight in known), start=Fraction(0)) / weights
