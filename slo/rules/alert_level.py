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
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}


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


# Levels that wake somebody: they want proof that few requests cannot give.
PAGE_LEVELS = frozenset({Level.HIGH, Level.CRITICAL})

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one pair says now. One that is not significant holds its level and cannot raise it."""

    level: Level
    state: PairState
    is_significant: bool = True

    def holds(self, current: Level) -> bool:
        """This will tell whether the pair keeps or brings its objective at its level.

        Silence and too little data prove nothing: such a pair can neither raise its level
        nor let go of it, since silence is how a total outage often looks.
        """
        is_reached = self.level.rank <= current.rank
        match self.state:
            case PairState.FIRING:
                return is_reached or self.is_significant
            case PairState.UNKNOWN:
                return is_reached
        return False


def alert_level(verdicts: Iterable[Verdict], *, current: Level) -> Level:
    """This will return the highest level that a pair brings or holds."""
    held = [verdict.level for verdict in verdicts if verdict.holds(current)]
    return max(held, key=lambda level: level.rank, default=Level.NORMAL)
