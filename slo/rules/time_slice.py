"""Budgets of time: a slice of minutes is good or bad as a whole, or counts by its ratio."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from slo.rules.burn_rate import Counts
from slo.rules.minute import MINUTE
from slo.rules.window import Span

# A slice divides a day, so that slices lie the same way every day.
SLICE_MINUTES = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)
# One slice of the ratio method, in parts. A mean of so many slices is exact to half a part.
PARTS_A_SLICE = 10**12
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Budgeting(StrEnum):
    """What an error budget is made of (the three methods of OpenSLO)."""

    OCCURRENCES = "occurrences"
    TIMESLICES = "timeslices"
    RATIO_TIMESLICES = "ratio_timeslices"


@dataclass(frozen=True, slots=True)
class Slices:
    """How an objective's budget is cut; ratios of slices have no target of their own."""

    budgeting: Budgeting
    minutes: int
    target: Decimal | None = None


def slice_start(minute: datetime, *, length: int) -> datetime:
    """This will return the start of the slice of `length` minutes that holds the minute."""
    return minute - ((minute - EPOCH) // MINUTE % length) * MINUTE


def slice_counts(counts: Counts, *, budgeting: Budgeting, slice_target: Decimal | None) -> Counts:
    """This will return what one slice counts for; a slice without requests counts nothing.

    By time slices it is one, good when the share of good requests reaches the target: with
    a target of 95 and requests that are good up to 300 ms, the 95th percentile of the slice
    is at most 300 ms. By ratio it is a trillion parts, as many good as its share.
    """
    if not counts.total:
        return Counts()
    share = Fraction(counts.good, counts.total)
    if budgeting is Budgeting.RATIO_TIMESLICES:
        return Counts(round(share * PARTS_A_SLICE), PARTS_A_SLICE)
    return Counts(int(share >= Fraction(slice_target or 0) / 100), 1)


def whole_slices(span: Span, *, length: int) -> Span:
    """This will widen the span to the slices that it touches."""
    start = slice_start(span.start, length=length)
    last = slice_start(span.end - MINUTE, length=length)
    return Span(start, last + timedelta(minutes=length))
