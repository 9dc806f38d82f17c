"""Whether a change may go now: what the budgets of a service say, and what lifts it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from slo.rules.alert_level import PAGE_LEVELS, Level


class Risk(StrEnum):
    NORMAL = "normal"
    RISKY = "risky"


class Finding(StrEnum):
    """What may speak against a change."""

    BUDGET_SPENT = "budget_spent"
    BURNING = "burning"
    BELOW_RESERVE = "below_reserve"
    ALERTING_FROZEN = "alerting_frozen"
    NO_DATA = "no_data"
    NO_OBJECTIVE = "no_objective"
    DEPENDENCY = "dependency"


# These are said and refuse nothing: what is not known is no reason to stop everybody.
WARNINGS = frozenset(
    {Finding.ALERTING_FROZEN, Finding.NO_DATA, Finding.NO_OBJECTIVE, Finding.DEPENDENCY}
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one objective stands: `remaining` of its budget, None without data."""

    objective: str
    service: str
    remaining: float | None
    level: Level
    is_frozen: bool


@dataclass(frozen=True, slots=True)
class Reason:
    finding: Finding
    objective: str = ""
    service: str = ""

    @property
    def refuses(self) -> bool:
        return self.finding not in WARNINGS


@dataclass(frozen=True, slots=True)
class Verdict:
    """`relies_on_override` says that without it the change would have been refused.

    `is_frozen` is whether a budget is spent, whoever may pass all the same.
    """

    is_allowed: bool
    is_frozen: bool
    relies_on_override: bool
    reasons: tuple[Reason, ...]


def verdict(
    own: Sequence[Standing],
    needed: Iterable[Standing],
    *,
    risk: Risk,
    reserve: Fraction,
    has_override: bool,
) -> Verdict:
    """This will judge a change of the service whose objectives are `own`.

    A spent budget and a burn at a page level refuse every change; a risky one is also refused
    where less than the reserve is left. What the service depends on (`needed`) is told of,
    and refuses nothing: it is not what is changed. An override lifts every refusal.
    """
    reasons = [reason for one in own for reason in _reasons(one, risk=risk, reserve=reserve)]
    if not own:
        reasons.append(Reason(Finding.NO_OBJECTIVE))
    reasons += [
        Reason(Finding.DEPENDENCY, one.objective, one.service)
        for one in needed
        if is_spent(one.remaining) or one.level in PAGE_LEVELS
    ]
    is_refused = any(reason.refuses for reason in reasons)
    return Verdict(
        is_allowed=has_override or not is_refused,
        is_frozen=any(reason.finding is Finding.BUDGET_SPENT for reason in reasons),
        relies_on_override=has_override and is_refused,
        reasons=tuple(sorted(reasons, key=lambda reason: not reason.refuses)),
    )


def is_spent(remaining: float | None) -> bool:
    return remaining is not None and remaining <= 0


def _reasons(one: Standing, *, risk: Risk, reserve: Fraction) -> list[Reason]:
    found = []
    if one.remaining is None:
        found.append(Finding.NO_DATA)
    elif is_spent(one.remaining):
        found.append(Finding.BUDGET_SPENT)
    elif risk is Risk.RISKY and one.remaining < reserve:
        found.append(Finding.BELOW_RESERVE)
    if one.level in PAGE_LEVELS:
        found.append(Finding.BURNING)
    if one.is_frozen:
        found.append(Finding.ALERTING_FROZEN)
    return [Reason(finding, one.objective, one.service) for finding in found]
