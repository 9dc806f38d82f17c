"""What is told of an outlook: chances, intervals, and when the budget will be gone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from slo.rules.forecast import Outlook
from slo.rules.history import Floats

# Four outcomes of five lie between these shares of the paths. A moment of depletion is told
# when half of them run out, and the ends of its interval when a tenth and nine tenths do.
LOW, MEDIAN, HIGH = 0.1, 0.5, 0.9
COVERAGE = HIGH - LOW
# How far judged forecasts may widen or narrow the interval on each side, in its own widths.
NARROWEST, WIDEST = -0.3, 1.0
# So many judged forecasts count as much as the assumption that nothing has to be widened.
ASSUMED_JUDGED = 200
# An interval without width is one of so many shares of the budget.
_LEAST_WIDTH = 0.001


@dataclass(frozen=True, slots=True)
class Horizon:
    """What is foretold of one horizon; consumption is a share of the budget."""

    hours: float
    depletion_chance: float
    median: float
    low: float
    high: float
    widening: float = 0.0


@dataclass(frozen=True, slots=True)
class Depletion:
    """When nothing is left, in minutes from now; None where that is beyond the horizon."""

    median: float | None
    early: float | None
    late: float | None


def horizon(outlook: Outlook, *, hours: float, widening: float = 0.0) -> Horizon:
    """This will sum up the paths at one horizon. `widening` is what `widening_of` learned."""
    low, median, high = np.quantile(outlook.at(hours), [LOW, MEDIAN, HIGH])
    more = widening * (high - low)
    return Horizon(
        hours=hours,
        depletion_chance=outlook.depletion_chance(hours),
        median=float(median),
        low=float(min(max(low - more, 0.0), median)),
        high=float(max(high + more, median)),
        widening=widening,
    )


def depletion(outlook: Outlook) -> Depletion:
    """This will return the median moment of depletion, and between which it lies mostly."""
    minutes = np.sort(outlook.depletion_minutes())
    early, median, late = (_finite(minutes, share) for share in (LOW, MEDIAN, HIGH))
    return Depletion(median, early, late)


def bands(outlook: Outlook, shares: Sequence[float]) -> Floats:
    """This will return the course of each share of the paths, for drawing: a row each."""
    return np.quantile(outlook.consumed, shares, axis=0)


def widening_of(judged: Iterable[tuple[Horizon, float]]) -> float:
    """This will return how much wider intervals have to be, from what came of earlier ones.

    Conformal: had every interval been extended by this share of its width on each side, four
    outcomes of five would have been inside. Few outcomes change little.
    """
    misses = [_miss(told, came) for told, came in judged]
    if not misses:
        return 0.0
    found = float(np.clip(np.quantile(misses, COVERAGE), NARROWEST, WIDEST))
    return found * len(misses) / (len(misses) + ASSUMED_JUDGED)


def _miss(told: Horizon, came: float) -> float:
    """How far outside the interval, as it was before it was widened, in its widths."""
    stretch = 1 + 2 * told.widening
    width = max((told.high - told.low) / stretch, _LEAST_WIDTH)
    low, high = told.low + told.widening * width, told.high - told.widening * width
    return max(low - came, came - high) / width


def _finite(minutes: Floats, share: float) -> float | None:
    found = float(minutes[int(np.ceil(share * len(minutes))) - 1])
    return found if np.isfinite(found) else None
