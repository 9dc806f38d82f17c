"""How coarse the counts of a time are kept: cumulative rows stay exact at the ends of a tier.

Deleting all but the last row of an interval changes no window that begins and ends between
intervals. The counts of the interval then stand at that row's minute, so an end in its midst
is, in effect, rounded down to its start.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slo.rules.burn_rate import Counts
from slo.rules.time_slice import slice_start
from slo.rules.window import MINUTES_A_DAY


@dataclass(frozen=True, slots=True)
class OldTier:
    """Rows before `until` are kept one for so many minutes."""

    minutes: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Row:
    pk: int
    minute: datetime
    counts: Counts


def old_tiers(tiers: Sequence[tuple[int, int | None]], *, at: datetime) -> list[OldTier]:
    """This will return what is due, the coarsest first.

    `tiers` are (minutes of an interval, days that it is kept), from fine to coarse; the last
    is kept for ever. Each tier begins where the one before it ends, at a midnight of UTC.
    """
    found = []
    for (_minutes, days), (minutes, _days) in itertools.pairwise(tiers):
        if days is not None:
            until = slice_start(at - timedelta(days=days), length=MINUTES_A_DAY)
            found.append(OldTier(minutes, until))
    return found[::-1]


def thinned(rows: Iterable[Row], *, minutes: int) -> Iterator[tuple[Row, list[int]]]:
    """This will yield the row that stays of each interval, and the keys of those that go.

    `rows` are in the order of their minutes; an interval with one row is left out.
    """
    start: datetime | None = None
    interval: list[Row] = []
    for row in rows:
        its_start = slice_start(row.minute, length=minutes)
        if its_start != start and len(interval) > 1:
            yield _joined(interval)
        if its_start != start:
            start, interval = its_start, []
        interval.append(row)
    if len(interval) > 1:
        yield _joined(interval)


def _joined(interval: Sequence[Row]) -> tuple[Row, list[int]]:
    *gone, last = interval
    own = sum((row.counts for row in interval), start=Counts())
    return Row(last.pk, last.minute, own), [row.pk for row in gone]
