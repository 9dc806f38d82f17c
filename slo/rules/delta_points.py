"""Deltas: each point counts an interval of its own, and an interval counts once."""

from collections.abc import Iterable
from dataclasses import dataclass

from slo.rules.counter import Gain, Reason, Sample, is_stale, minute_of, trouble_with

# Intervals of a series that are remembered. What ends before the oldest of them is refused,
# for nobody could tell whether it was counted.
MOST_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class DeltaState:
    """The last intervals, as (start, end) in the order of their ends; no start is 0."""

    intervals: tuple[tuple[int, int], ...] = ()

    @property
    def at(self) -> int:
        return self.intervals[-1][1] if self.intervals else 0


def advance_deltas(
    state: DeltaState, samples: Iterable[Sample], *, now: int
) -> tuple[DeltaState, Gain]:
    """This will add each interval that was not added before.

    The state is the same object when there was none.
    """
    gain = Gain()
    for sample in sorted(samples, key=lambda sample: sample.at):
        interval = (sample.started or 0, sample.at)
        if is_stale(sample.value) or interval in state.intervals:
            continue
        if reason := trouble_with(sample, now=now) or _misplaced(interval, state):
            gain.refused.append((reason, sample))
        else:
            gain.add(minute_of(sample.at), int(sample.value), sample.shape)
            known = sorted({*state.intervals, interval}, key=lambda interval: interval[1])
            state = DeltaState(tuple(known[-MOST_REMEMBERED:]))
    return state, gain


def _misplaced(interval: tuple[int, int], state: DeltaState) -> Reason | None:
    start, end = interval
    known = state.intervals
    if len(known) == MOST_REMEMBERED and end <= known[0][1]:
        return Reason.NOT_IN_ORDER
    is_overlapping = start and any(start < e and end > s for s, e in known if s)
    return Reason.OVERLAPPING if is_overlapping else None
