"""What was counted before each unit of a promise, so that a window costs two look-ups.

Built here from nothing but the units, and proven as it is used: every so many windows are also
summed by the plain loop of the definitions.
"""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from itertools import accumulate
from math import lcm

from tests.oracle import definition

# A prime, so that no pattern of questions keeps step with it.
PROVEN_EVERY = 199


class Sums:
    """`units` are requests a minute, or slices, as (good, total) by their start."""

    def __init__(
        self,
        units: Mapping[datetime, tuple[Fraction | int, int]],
        *,
        without: set[datetime],
    ) -> None:
        self.units, self.without = units, without
        self.starts = sorted(unit for unit in units if unit not in without)
        # In parts of one unit the shares of slices are whole numbers too.
        self.parts = lcm(*(Fraction(good).denominator for good, _of in units.values()))
        good = (int(units[start][0] * self.parts) for start in self.starts)
        self.good = list(accumulate(good, initial=0))
        self.total = list(accumulate((units[start][1] for start in self.starts), initial=0))
        self.asked = 0

    def bad_share(self, start: datetime, end: datetime) -> Fraction | None:
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        total = (self.total[last] - self.total[first]) * self.parts
        good = self.good[last] - self.good[first]
        share = Fraction(total - good, total) if total else None
        self.asked += 1
        if self.asked % PROVEN_EVERY == 1:
            plain = definition.bad_share(self.units, start, end, without=self.without)
            assert share == plain, (start, end, share, plain)
        return share
