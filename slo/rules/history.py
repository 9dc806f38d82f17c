"""Counts of every minute of a span at once: what charts, forecasts and what-ifs read.

Arrays of 64-bit integers; shares come out as floats, for drawing and for simulation. What is
decided from is in `rules.burn_rate`, in fractions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from slo.rules.burn_rate import Counts
from slo.rules.composite import Blend
from slo.rules.minute import MINUTE
from slo.rules.window import Span

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Element i of `bad` and `total` is what was counted before minute i of the span.

    Both have one element more than the span has minutes, and begin with zero.
    """

    span: Span
    bad: Integers
    total: Integers

    @classmethod
    def of_minutes(cls, span: Span, own: Iterable[tuple[datetime, Counts]]) -> "History":
        """This will gather the counts of minutes; those outside the span are left out."""
        bad, total = (np.zeros(span.minutes + 1, dtype=np.int64) for _column in range(2))
        for minute, counts in own:
            place = (minute - span.start) // MINUTE
            if 0 <= place < span.minutes:
                bad[place + 1] += counts.bad
                total[place + 1] += counts.total
        return cls(span, np.cumsum(bad), np.cumsum(total))

    def counts(self, span: Span) -> Counts:
        """This will return the counts of a part of the span."""
        start, end = self._place(span.start), self._place(span.end)
        total = int(self.total[end] - self.total[start])
        return Counts(total - int(self.bad[end] - self.bad[start]), total)

    def without(self, excluded: Iterable[Span]) -> "History":
        """This will return the history with no counts in the excluded spans."""
        keep = np.ones(self.span.minutes, dtype=bool)
        for span in excluded:
            keep[self._place(span.start) : self._place(span.end)] = False
        if keep.all():
            return self
        return History(
            self.span,
            *(_cumulative(np.where(keep, np.diff(column), 0)) for column in (self.bad, self.total)),
        )

    def bad_share(self, places: Any, starts: Any) -> Floats:
        """This will return the share of bad counts from `starts` to `places`, NaN without any.

        Both are arrays of places in this history; what lies before it counts from its start.
        """
        ends = np.clip(places, 0, self.span.minutes)
        begins = np.clip(starts, 0, self.span.minutes)
        total = self.total[ends] - self.total[begins]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(total > 0, (self.bad[ends] - self.bad[begins]) / total, np.nan)

    def rolling_bad_share(self, minutes: int, places: Any) -> Floats:
        """This will return the share of bad counts in the window that ends at each place."""
        return self.bad_share(places, np.asarray(places) - minutes)

    def _place(self, moment: datetime) -> int:
        return min(max((moment - self.span.start) // MINUTE, 0), self.span.minutes)


def blended_shares(shares: Sequence[Floats], weights: Sequence[int], blend: Blend) -> Floats:
    """This will return the share of a whole from those of its parts, NaN without data in any.

    A part without data is left out; as `composite.blended`, for arrays of one shape.
    """
    if len(shares) == 1:
        return shares[0]
    stacked = np.stack(shares)
    known = ~np.isnan(stacked)
    filled = np.where(known, stacked, 0.0)
    if blend is Blend.WORST:
        return np.where(known.any(axis=0), filled.max(axis=0), np.nan)
    each = np.array(weights).reshape((-1,) + (1,) * (stacked.ndim - 1)) * known
    with np.errstate(invalid="ignore"):
        mean: Floats = (filled * each).sum(axis=0) / each.sum(axis=0)
    return mean


def _cumulative(own: Integers) -> Integers:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(own)])
