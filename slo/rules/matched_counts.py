"""Good and total come as two series, and a minute may know one before the other.

A bucket never holds more good requests than requests: what its total does not cover yet waits.
"""

from dataclasses import dataclass

from slo.rules.burn_rate import Counts


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of one minute. `is_reported`: the total was told, be it of no requests."""

    total: int = 0
    good: int = 0
    bad: int = 0
    is_reported: bool = False

    def __add__(self, other: "Arrived") -> "Arrived":
        return Arrived(
            self.total + other.total,
            self.good + other.good,
            self.bad + other.bad,
            self.is_reported or other.is_reported,
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    good: int = 0
    bad: int = 0

    @property
    def total(self) -> int:
        return self.good + self.bad


def matched(
    arrived: Arrived, *, held: Counts, waiting: Waiting, counts_bad: bool
) -> tuple[Counts | None, Waiting]:
    """This will return what the bucket gains, None for nothing, and what waits from now on.

    Where the bad requests are counted, requests are good until they are known to be bad.
    """
    if counts_bad:
        # What is not yet known to be bad: only that can still turn out to be.
        open_ = held.good + arrived.total
        bad = min(waiting.bad + arrived.bad, open_)
        gained = Counts(arrived.total - bad, arrived.total)
        left = Waiting(bad=waiting.bad + arrived.bad - bad, good=waiting.good)
    else:
        room = held.bad + arrived.total
        good = min(waiting.good + arrived.good, room)
        gained = Counts(good, arrived.total)
        left = Waiting(good=waiting.good + arrived.good - good, bad=waiting.bad)
    is_change = arrived.is_reported or gained.good or gained.total
    return (gained if is_change else None), left
