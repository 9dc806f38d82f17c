"""How a budget may go on: a distribution of what will be consumed, from the objective's past.

Days of the past, each part of a day kept at its time of day, are drawn at random and laid
after the present many times over. What ages out of the window is known, and is taken off
exactly. A burn that is under way goes on for as long as such burns have lasted.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from slo.rules.composite import Blend
from slo.rules.history import Floats, Integers, blended_shares
from slo.rules.incident_run import BIN_MINUTES, LATEST_BINS, Ongoing, ongoing
from slo.rules.window import MINUTES_A_DAY

# Forecast for each objective, in hours; the longest is how far depletion is looked for.
HORIZONS = (24, 72)
LONGEST_HORIZON = max(HORIZONS)

PATHS = 400
# Parts of a day that are drawn apart: longer than most incidents, and many of them.
BLOCK_MINUTES = 720
# A day this old counts half as much as yesterday.
HALF_LIFE_DAYS = 60.0
# How far what was drawn may be off, as the standard deviation of its logarithm: the worst
# that is still to come was not seen yet.
JITTER = 0.3
_MOST_STEPS = 288
_STEPS = (60, 120, 180, 240, 360, 480, 720, 1440)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Cumulative counts of one series, minute by minute up to now, as in a History."""

    bad: Integers
    total: Integers
    weight: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """All that a forecast is made from.

    `since` is the place of the first minute with data; `error_budget` is the share of
    requests that may be bad.
    """

    series: Sequence[Series]
    since: int
    error_budget: float
    blend: Blend = Blend.WEIGHTED_MEAN

    @property
    def now(self) -> int:
        return len(self.series[0].bad) - 1

    @property
    def days(self) -> int:
        return (self.now - self.since) // MINUTES_A_DAY

    def blended(self, shares: Sequence[Floats]) -> Floats:
        return blended_shares(shares, [series.weight for series in self.series], self.blend)


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What may become of a budget: a row for each path, a column for each step from now."""

    step_minutes: int
    consumed: Floats
    ongoing: Ongoing | None

    def at(self, hours: float) -> Floats:
        """This will return the consumption at that horizon, of all paths in order."""
        return np.sort(self.consumed[:, self._step(hours)])

    def depletion_chance(self, hours: float) -> float:
        """This will return the chance that nothing is left at a moment up to the horizon."""
        reached = (self.consumed[:, : self._step(hours) + 1] >= 1).any(axis=1)
        return float(reached.mean())

    def depletion_minutes(self) -> Floats:
        """This will return when each path runs out, in minutes from now; infinite if not."""
        reached = self.consumed >= 1
        first = reached.argmax(axis=1) * float(self.step_minutes)
        return np.where(reached.any(axis=1), first, np.inf)

    def _step(self, hours: float) -> int:
        step = math.ceil(hours * 60 / self.step_minutes)
        return min(step, int(self.consumed.shape[1]) - 1)


def step_minutes(hours: float) -> int:
    """This will return how fine a forecast of so many hours is."""
    for step in _STEPS:
        if hours * 60 <= _MOST_STEPS * step:
            return step
    return _STEPS[-1]


def outlook(past: Past, starts: Integers, *, step: int, seed: int) -> Outlook | None:
    """This will return what may become of the budget; None with less than a day of data.

    Element i of `starts` is where the window begins that ends i steps from now, in minutes
    from now. Chance comes from the seed alone: the same input gives the same answer.
    """
    if past.days < 1:
        return None
    rng = np.random.default_rng(seed)
    ends = _drawn(past, len(starts) - 1, step=step, rng=rng)
    factor = _jitter(ends.shape, step=step, rng=rng)
    burning = ongoing(_recent_shares(past), error_budget=past.error_budget)
    part = _burning_part(burning, ends.shape[1], step=step, rng=rng)
    shares = []
    for series in past.series:
        total = _own(series.total, ends, step)
        bad = np.minimum(_own(series.bad, ends, step) * factor, total)
        if burning is not None:
            bad = np.maximum(bad, total * part * _latest_share(series, burning))
        shares.append(_window_shares(series, bad, total, starts, step))
    return Outlook(step, past.blended(shares) / past.error_budget, burning)


def _drawn(past: Past, steps: int, *, step: int, rng: np.random.Generator) -> Integers:
    """The place in the past where each step of each path ends.

    Every path weighs the days of the past anew (a Bayesian bootstrap): how often incidents
    come is known only as well as there were days.
    """
    ahead = np.arange(steps, dtype=np.int64) * step
    block = ahead // max(BLOCK_MINUTES, step)
    weights = rng.exponential(size=(PATHS, past.days))
    weights *= 0.5 ** (np.arange(past.days) / HALF_LIFE_DAYS)
    reached = np.cumsum(weights, axis=1)
    wanted = rng.random((PATHS, int(block[-1]) + 1)) * reached[:, -1:]
    days = (wanted[:, :, None] > reached[:, None, :]).sum(axis=2)
    begin: Integers = past.now - (days[:, block] + 1) * MINUTES_A_DAY + ahead % MINUTES_A_DAY
    return begin + step


def _jitter(shape: tuple[int, ...], *, step: int, rng: np.random.Generator) -> Floats:
    each = max(BLOCK_MINUTES // step, 1)
    drawn = rng.normal(-(JITTER**2) / 2, JITTER, (shape[0], -(-shape[1] // each)))
    return np.repeat(np.exp(drawn), each, axis=1)[:, : shape[1]]


def _burning_part(
    burning: Ongoing | None, steps: int, *, step: int, rng: np.random.Generator
) -> Floats:
    """The part of each step in which the burn that is under way goes on."""
    if burning is None:
        return np.zeros((PATHS, steps))
    lasting = burning.remaining_minutes(PATHS, rng)[:, None]
    return np.clip((lasting - np.arange(steps) * step) / step, 0.0, 1.0)


def _own(cumulative: Integers, ends: Integers, step: int) -> Integers:
    return cumulative[ends] - cumulative[ends - step]


def _recent_shares(past: Past) -> Floats:
    bins = (past.now - past.since) // BIN_MINUTES
    places = past.now - np.arange(bins, -1, -1) * BIN_MINUTES
    shares = []
    for series in past.series:
        bad, total = np.diff(series.bad[places]), np.diff(series.total[places])
        with np.errstate(divide="ignore", invalid="ignore"):
            shares.append(np.where(total > 0, bad / total, np.nan))
    return past.blended(shares)


def _latest_share(series: Series, burning: Ongoing) -> float:
    minutes = min(burning.elapsed_minutes, LATEST_BINS * BIN_MINUTES)
    total = int(series.total[-1] - series.total[-1 - minutes])
    return int(series.bad[-1] - series.bad[-1 - minutes]) / total if total else 0.0


def _window_shares(
    series: Series, bad: Floats, total: Integers, starts: Integers, step: int
) -> Floats:
    """The share of bad requests in the window that ends at each step of each path."""
    counted = []
    for cumulative, own in ((series.bad, bad), (series.total, total)):
        ahead = np.concatenate([np.zeros((len(own), 1)), np.cumsum(own, axis=1)], axis=1)
        before = cumulative[np.clip(len(cumulative) - 1 + starts, 0, len(cumulative) - 1)]
        # A window that begins after now holds nothing of the past.
        column = np.clip(-(-starts // step), 0, ahead.shape[1] - 1)
        counted.append(cumulative[-1] - before + ahead - ahead[:, column])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(counted[1] > 0, counted[0] / counted[1], np.nan)
