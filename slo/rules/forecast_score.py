"""How good forecasts were: coverage, Brier score and its skill, error, reliability."""

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A forecast whose outcome is known; `consumed` is what was consumed when it was made."""

    group: str
    consumed: float
    depletion_chance: float
    median: float
    low: float
    high: float
    was_depleted: bool
    consumed_then: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of forecasts with a chance in this range: what was said on average, what came."""

    least: float
    most: float
    count: int
    said: float
    came: float


@dataclass(frozen=True, slots=True)
class Score:
    """`with_budget` counts the forecasts that were made with budget left: the others say that
    what is gone is gone, and would flatter the Brier score. Skill is None where depletion
    always came, or never."""

    judged: int
    coverage: float
    mean_error: float
    with_budget: int
    brier: float | None
    base_rate: float | None
    skill: float | None
    bins: tuple[Reliability, ...]


def score(judged: Sequence[Judged]) -> Score | None:
    """This will score forecasts together; None without any.

    The climatology that skill is measured against knows the base rate of each group, in
    hindsight: 0 is as good as that, 1 is perfect.
    """
    if not judged:
        return None
    open_ones = [one for one in judged if one.consumed < 1]
    brier = _mean([(one.depletion_chance - one.was_depleted) ** 2 for one in open_ones])
    climatology = _climatology(open_ones)
    return Score(
        judged=len(judged),
        coverage=_sure_mean([float(j.low <= j.consumed_then <= j.high) for j in judged]),
        mean_error=_sure_mean([abs(one.median - one.consumed_then) for one in judged]),
        with_budget=len(open_ones),
        brier=brier,
        base_rate=_mean([float(one.was_depleted) for one in open_ones]),
        skill=1 - brier / climatology if brier is not None and climatology else None,
        bins=reliability(open_ones),
    )


def reliability(judged: Sequence[Judged]) -> tuple[Reliability, ...]:
    """This will compare what was said with what came, a fifth of the chances at a time."""
    found = []
    for number in range(BINS):
        inside = [one for one in judged if _bin(one.depletion_chance) == number]
        if inside:
            found.append(
                Reliability(
                    number / BINS,
                    (number + 1) / BINS,
                    len(inside),
                    _sure_mean([one.depletion_chance for one in inside]),
                    _sure_mean([float(one.was_depleted) for one in inside]),
                )
            )
    return tuple(found)


def _bin(chance: float) -> int:
    return min(int(chance * BINS), BINS - 1)


def _climatology(judged: Sequence[Judged]) -> float | None:
    """The Brier score of the base rates."""
    groups: dict[str, list[float]] = {}
    for one in judged:
        groups.setdefault(one.group, []).append(float(one.was_depleted))
    rates = {group: _sure_mean(outcomes) for group, outcomes in groups.items()}
    return _mean([(rates[one.group] - one.was_depleted) ** 2 for one in judged])


def _mean(values: Sequence[float]) -> float | None:
    return _sure_mean(values) if values else None


def _sure_mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
