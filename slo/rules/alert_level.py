"""Which level an objective is at, from its pairs of windows."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Level(StrEnum):
    NORMAL = "normal"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


class PairState(StrEnum):
    """Where a pair of windows is between two alarms."""

    OK = "ok"
    RISING = "rising"
    FIRING = "firing"
    RECOVERING = "recovering"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class WindowPair:
    """A long window, and a short one that ends the alarm soon after the burn ends."""

    long_minutes: int
    short_minutes: int
    consumption: Decimal
    level: Level


# A page spends 2 % in an hour or 5 % in six; a ticket 10 % in a day or 25 % in a week.
DEFAULT_PAIRS = (
    WindowPair(60, 5, Decimal("0.02"), Level.CRITICAL),
    WindowPair(360, 30, Decimal("0.05"), Level.HIGH),
    WindowPair(1440, 120, Decimal("0.10"), Level.MEDIUM),
    WindowPair(10080, 840, Decimal("0.25"), Level.LOW),
)


def pair_state(
    *, long_burn: Fraction | None, short_burn: Fraction | None, factor: Fraction
) -> PairState:
    """This will tell the state of one pair; burns equal to the factor do not fire."""
    if short_burn is None or long_burn is None:
        return PairState.UNKNOWN
    match long_burn > factor, short_burn > factor:
        case True, True:
            return PairState.FIRING
        case True, False:
            return PairState.RECOVERING
        case False, True:
            return PairState.RISING
    return PairState.OK


def alert_level(pairs: Iterable[tuple[Level, PairState]], *, current: Level) -> Level:
    """This will return the highest level that is firing.

    A pair without data in its short window can neither raise its level nor let go of it:
    silence is how a total outage often looks.
    """
    held = [
        level
        for level, state in pairs
        if state is PairState.FIRING or (state is PairState.UNKNOWN and level.rank <= current.rank)
    ]
    # A silent pair above the current level proves nothing; one at or below it holds.
    return max(held, key=lambda level: level.rank, default=Level.NORMAL)
