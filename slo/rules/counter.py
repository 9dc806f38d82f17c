"""What a counter that only rises says of each minute.

A sample adds what it gained since the one before, in the minute of its own time. When it is
lower, its process began anew, and all of it is gain. What is not newer than the last sample adds
nothing, so a batch may come twice, or in any pieces. The first sample of a series is where
counting begins, unless its sender says that it began a moment ago.
"""

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from slo.rules.exponential_points import Shape
from slo.rules.request_validation import CLOCK_SKEW, OLDEST

# Times are whole microseconds since 1970.
SECOND = 1_000_000
MINUTE = 60 * SECOND
SKEW = int(CLOCK_SKEW.total_seconds()) * SECOND
OLDEST_AGE = int(OLDEST.total_seconds()) * SECOND
# A counter that began so shortly before its first sample is counted from its beginning.
FRESH = 5 * MINUTE
# Above it, a float has no longer a place for every whole number.
HIGHEST = 2**53
# Prometheus writes this NaN where a series has ended.
_STALE = 0x7FF0000000000002


class Reason(StrEnum):
    """Why something was not counted, in the words that pages and metrics show."""

    UNKNOWN_SERIES = "unknown_series"
    TOO_MANY_SERIES = "too_many_series"
    NOT_STORABLE = "labels_not_storable"
    NOT_FINITE = "not_finite"
    NEGATIVE = "negative"
    NOT_WHOLE = "not_a_whole_number"
    TOO_LARGE = "too_large"
    FUTURE = "from_the_future"
    TOO_OLD = "too_old"
    NOT_IN_ORDER = "delta_too_late"
    OVERLAPPING = "delta_overlaps"
    NO_SUCH_BOUND = "no_such_bound"
    NATIVE_HISTOGRAM = "native_histogram"
    NOT_A_COUNTER = "not_a_counter"
    UNKNOWN_UNIT = "unknown_unit"
    GOOD_EXCEEDS_TOTAL = "good_exceeds_total"


@dataclass(frozen=True, slots=True)
class Sample:
    """`started` is since when the value is counted, where the sender tells it.

    `shape` is how the counted values lie, where the sender tells that.
    """

    at: int
    value: float
    started: int | None = None
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class CounterState:
    at: int
    value: int
    shape: Shape | None = None


@dataclass(slots=True)
class Gain:
    """What samples added, by minute; one in which nothing was added was still reported."""

    gained: dict[int, int] = field(default_factory=dict)
    refused: list[tuple[Reason, Sample]] = field(default_factory=list)
    shapes: list[tuple[int, Shape]] = field(default_factory=list)

    def add(self, minute: int, count: int, shape: Shape | None) -> None:
        self.gained[minute] = self.gained.get(minute, 0) + count
        if shape is not None:
            self.shapes.append((minute, shape))


def is_stale(value: float) -> bool:
    """This will tell whether the value marks the end of a series."""
    return value != value and struct.unpack("<Q", struct.pack("<d", value))[0] == _STALE


def trouble_with(sample: Sample, *, now: int) -> Reason | None:
    """This will tell why a sample cannot be counted, None when it can."""
    value = sample.value
    if not math.isfinite(value):
        return Reason.NOT_FINITE
    if value < 0:
        return Reason.NEGATIVE
    if value != int(value):
        return Reason.NOT_WHOLE
    if value > HIGHEST:
        return Reason.TOO_LARGE
    return trouble_with_time(sample.at, now=now)


def trouble_with_time(at: int, *, now: int) -> Reason | None:
    if at > now + SKEW:
        return Reason.FUTURE
    return Reason.TOO_OLD if at < now - OLDEST_AGE else None


def advance(
    state: CounterState | None, samples: Iterable[Sample], *, now: int
) -> tuple[CounterState | None, Gain]:
    """This will take the samples of one series in, in the order of their times.

    The state is the same object when no sample was newer.
    """
    gain = Gain()
    for sample in sorted(samples, key=lambda sample: sample.at):
        if is_stale(sample.value):
            continue
        if reason := trouble_with(sample, now=now):
            gain.refused.append((reason, sample))
        elif state is None or sample.at > state.at:
            _add(gain, state, sample)
            state = CounterState(sample.at, int(sample.value), sample.shape)
    return state, gain


def _add(gain: Gain, before: CounterState | None, sample: Sample) -> None:
    base = _base(before, sample)
    if base is None:
        return
    count = int(sample.value) - base.value
    gain.add(minute_of(sample.at), count, _shape_since(base, sample.shape, count))


def minute_of(at: int) -> int:
    return at - at % MINUTE


def _base(before: CounterState | None, sample: Sample) -> CounterState | None:
    """What the sample counts on from: the last one, or nothing where its process began anew."""
    nothing = CounterState(sample.at, 0)
    if before is None:
        is_fresh = sample.started is not None and 0 < sample.at - sample.started <= FRESH
        return nothing if is_fresh else None
    began_anew = sample.started is not None and sample.started > before.at
    return nothing if began_anew or sample.value < before.value else before


def _shape_since(base: CounterState, shape: Shape | None, count: int) -> Shape | None:
    """None where the shapes do not tell of so many: there is a gap between them."""
    if shape is None:
        return None
    gained = shape if base.value == 0 else shape.since(base.shape) if base.shape else None
    return gained if gained is not None and gained.total == count else None
