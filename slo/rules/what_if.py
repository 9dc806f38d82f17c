"""What a budget and its alerts would have been, minute by minute, under given settings.

The levels follow from `alert_level`, as in the evaluation. Comparisons that floats cannot be
trusted with are done in fractions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from slo.rules.alert_level import (
    PAGE_LEVELS,
    Level,
    PairState,
    Verdict,
    WindowPair,
    alert_level,
)
from slo.rules.burn_rate import burn_factor
from slo.rules.composite import Blend
from slo.rules.history import Floats, History, Integers, blended_shares
from slo.rules.minute import MINUTE
from slo.rules.significance import exceeds_surely

Flags = npt.NDArray[np.bool_]
# Floats closer than this to a threshold are compared again, exactly.
_UNSURE = 1e-9
# What decides a level: a pair fires, or knows nothing, or is anything else.
_FIRING, _UNKNOWN = 1, 2
_STATES = {0: PairState.OK, _FIRING: PairState.FIRING, _UNKNOWN: PairState.UNKNOWN}


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The histories that a budget is read from: one, or those of a composite's components."""

    histories: Sequence[History]
    weights: Sequence[int] = (1,)
    blend: Blend = Blend.WEIGHTED_MEAN

    def shares(self, places: Integers, starts: Integers) -> Floats:
        found = [history.bad_share(places, starts) for history in self.histories]
        return blended_shares(found, self.weights, self.blend)

    def exceed(
        self, places: Integers, starts: Integers, threshold: Fraction, *, or_equal: bool = False
    ) -> Flags:
        """This will tell where the share of bad requests is above the threshold.

        Of a composite, in floats alone.
        """
        shares = self.shares(places, starts)
        above = np.nan_to_num(shares, nan=-1.0) > float(threshold)
        if len(self.histories) == 1:
            unsure = np.abs(shares - float(threshold)) <= _UNSURE * float(threshold)
            for place in np.flatnonzero(unsure).tolist():
                share = Fraction(*self.counts(int(places[place]), int(starts[place])))
                above[place] = share > threshold or (or_equal and share == threshold)
        return above

    def counts(self, place: int, start: int) -> tuple[int, int]:
        only = self.histories[0]
        start = max(start, 0)
        # What lies before the history counts from its start, as in the shares.
        return int(only.bad[place] - only.bad[start]), int(only.total[place] - only.total[start])


@dataclass(frozen=True, slots=True)
class Settings:
    """What a replay runs by. `has_gate`: pages need proof, as for counts of requests."""

    error_budget: Fraction
    window_minutes: int
    pairs: tuple[WindowPair, ...]
    has_gate: bool = True


@dataclass(frozen=True, slots=True)
class Alert:
    """A time at one level; `ended_at` is None while it lasts. The peak is the highest burn
    in the long window of the pairs that raise the level, None without data in them."""

    level: Level
    started_at: datetime
    ended_at: datetime | None
    peak_burn: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """`remaining` is the budget at each minute from `first` on, NaN without data; `levels`
    are ranks. The worst is the lowest that the budget ever was."""

    first: datetime
    remaining: Floats
    levels: Integers
    alerts: tuple[Alert, ...]
    worst: float | None
    worst_at: datetime | None
    times_exhausted: int
    minutes_exhausted: int

    @property
    def alerts_by_level(self) -> dict[str, int]:
        levels = [alert.level for alert in self.alerts]
        return {level.value: levels.count(level) for level in Level if level.rank}

    def curve(self, points: int) -> list[tuple[datetime, float]]:
        """This will return the budget remaining at so many moments, the last one included.

        Each is the lowest since the moment before it: a curve must not step over the worst.
        """
        edges = np.linspace(0, len(self.remaining), min(points, len(self.remaining)) + 1)
        found = []
        for begin, end in pairwise(edges.astype(int).tolist()):
            part = self.remaining[begin:end]
            known = part[~np.isnan(part)]
            lowest = float(known.min()) if known.size else math.nan
            found.append((self.first + (end - 1) * MINUTE, lowest))
        return found


@dataclass(slots=True)
class _Proof:
    """Whether a pair's counts prove a burn; asked only where a level depends on it."""

    measured: Measured
    pair: WindowPair
    threshold: Fraction
    known: dict[tuple[int, int], bool] = field(default_factory=dict)

    def holds(self, place: int) -> bool:
        counts = self.measured.counts(place, place - self.pair.long_minutes)
        if counts not in self.known:
            self.known[counts] = exceeds_surely(*counts, share=self.threshold)
        return self.known[counts]


def replay(measured: Measured, settings: Settings, *, places: Integers, starts: Integers) -> Replay:
    """This will go through the places, minute by minute, from the level normal on.

    `starts` is where the objective's window begins, for each place.
    """
    span = measured.histories[0].span
    first = span.start + (int(places[0]) - 1) * MINUTE
    remaining = 1 - measured.shares(places, starts) / float(settings.error_budget)
    gone = measured.exceed(places, starts, settings.error_budget, or_equal=True)
    levels = _levels(measured, settings, places)
    known = np.flatnonzero(~np.isnan(remaining))
    worst = int(known[np.argmin(remaining[known])]) if known.size else None
    return Replay(
        first=first,
        remaining=remaining,
        levels=levels,
        alerts=tuple(_alerts(measured, settings, levels, places, first=first)),
        worst=None if worst is None else float(remaining[worst]),
        worst_at=None if worst is None else first + worst * MINUTE,
        times_exhausted=int((gone[1:] & ~gone[:-1]).sum()) + int(gone[0]),
        minutes_exhausted=int(gone.sum()),
    )


def _levels(measured: Measured, settings: Settings, places: Integers) -> Integers:
    """A level changes only where the state of a pair does, or where a burn is proven."""
    pairs = settings.pairs
    levels = np.zeros(len(places), dtype=np.int64)
    if not pairs:
        return levels
    states = np.stack([_states(measured, settings, pair, places) for pair in pairs])
    proofs = [_proof(measured, settings, pair) for pair in pairs]
    changes = np.flatnonzero((states[:, 1:] != states[:, :-1]).any(axis=0)) + 1
    current = Level.NORMAL
    for begin, end in pairwise([0, *changes.tolist(), len(places)]):
        own = states[:, begin].tolist()
        for place in range(begin, end):
            proven = [
                proof is None or state != _FIRING or proof.holds(int(places[place]))
                for state, proof in zip(own, proofs, strict=True)
            ]
            current = _level(pairs, own, proven, current)
            levels[place] = current.rank
            if _is_settled(pairs, own, proven, current):
                levels[place:end] = current.rank
                break
    return levels


def _level(
    pairs: Sequence[WindowPair], states: Sequence[int], proven: Sequence[bool], current: Level
) -> Level:
    verdicts = (
        Verdict(pair.level, _STATES[state], is_significant=is_proven)
        for pair, state, is_proven in zip(pairs, states, proven, strict=True)
    )
    return alert_level(verdicts, current=current)


def _is_settled(
    pairs: Sequence[WindowPair], states: Sequence[int], proven: Sequence[bool], current: Level
) -> bool:
    """Whether no further proof could change the level while the states stay."""
    return all(
        state != _FIRING or pair.level.rank <= current.rank
        for pair, state, _proven in zip(pairs, states, proven, strict=True)
    )


def _states(measured: Measured, settings: Settings, pair: WindowPair, places: Integers) -> Integers:
    threshold = _threshold(settings, pair)
    above, known = [], []
    for minutes in (pair.long_minutes, pair.short_minutes):
        starts = places - minutes
        above.append(measured.exceed(places, starts, threshold))
        known.append(~np.isnan(measured.shares(places, starts)))
    states = np.where(above[0] & above[1], _FIRING, 0)
    return np.where(known[0] & known[1], states, _UNKNOWN)


def _proof(measured: Measured, settings: Settings, pair: WindowPair) -> _Proof | None:
    if not settings.has_gate or pair.level not in PAGE_LEVELS:
        return None
    return _Proof(measured, pair, _threshold(settings, pair))


def _threshold(settings: Settings, pair: WindowPair) -> Fraction:
    """The share of bad requests above which the pair burns too fast."""
    factor = burn_factor(
        pair.consumption,
        window_minutes=settings.window_minutes,
        long_minutes=pair.long_minutes,
    )
    return factor * settings.error_budget


def _alerts(
    measured: Measured,
    settings: Settings,
    levels: Integers,
    places: Integers,
    *,
    first: datetime,
) -> list[Alert]:
    changes = (np.flatnonzero(np.diff(levels)) + 1).tolist()
    found = []
    for begin, end in pairwise([0, *changes, len(levels)]):
        if not levels[begin]:
            continue
        level = list(Level)[int(levels[begin])]
        found.append(
            Alert(
                level,
                started_at=first + begin * MINUTE,
                ended_at=first + end * MINUTE if end < len(levels) else None,
                peak_burn=_peak(measured, settings, level, places[begin:end]),
            )
        )
    return found


def _peak(measured: Measured, settings: Settings, level: Level, places: Integers) -> float | None:
    peaks = [
        measured.shares(places, places - pair.long_minutes)
        for pair in settings.pairs
        if pair.level is level
    ]
    known = [float(np.nanmax(shares)) for shares in peaks if not np.isnan(shares).all()]
    return max(known) / float(settings.error_budget) if known else None
