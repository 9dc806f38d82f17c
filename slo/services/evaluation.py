"""Comparing every objective with its counts, and telling what changed, once."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet

from events.contracts.slo import (
    AlertingFrozen,
    AlertingResumed,
    BurnRateCritical,
    BurnRateHigh,
    BurnRateLevelChanged,
    BurnRateLow,
    BurnRateMedium,
    BurnRateNormal,
    ErrorBudgetConsumed,
)
from events.services import announce
from portal.shared import clock
from slo import selectors
from slo.models import Objective
from slo.rules.alert_level import Level
from slo.rules.budget_step import (
    PERCENT_A_STEP,
    step_reached,
    step_remembered,
    steps_to_announce,
)
from slo.selectors import ObjectiveStatus

log = structlog.get_logger(__name__)

FACTS: dict[Level, type[BurnRateLevelChanged]] = {
    Level.NORMAL: BurnRateNormal,
    Level.LOW: BurnRateLow,
    Level.MEDIUM: BurnRateMedium,
    Level.HIGH: BurnRateHigh,
    Level.CRITICAL: BurnRateCritical,
}


# So many are loaded, compared and written together.
OBJECTIVES_AT_ONCE = 1000
# Beat asks every ten seconds. All of so many are evaluated each time; of more, a share that
# brings each its turn within a minute.
FEWEST_A_BEAT = 2000
BEATS_A_MINUTE = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an evaluation may change of an objective."""

    level: str
    step: int
    frozen_since: datetime | None

    @classmethod
    def of(cls, objective: Objective) -> "Outcome":
        return cls(objective.level, objective.budget_step_announced, objective.frozen_since)


@dataclass(frozen=True, slots=True)
class BurnRate:
    """A rate is 1.0 at the sustainable pace and None without data in its window.

    `projected_depletion` is None where the budget will rather last than not.
    """

    slo_id: str
    level: str
    burn_rate_1h: float | None
    burn_rate_6h: float | None
    burn_rate_24h: float | None
    burn_rate_7d: float | None
    error_budget_remaining: float | None
    projected_depletion: datetime | None = None


def calculate_burn_rate(slo_id: str, *, at: datetime | None = None) -> BurnRate:
    """This will return how fast the objective burns now, or at that moment.

    Raises UnknownObjective.
    """
    moment = at or clock.now()
    objective = selectors.get_objective(slo_id)
    status = selectors.objective_statuses([objective], at=moment)[0]
    forecast = selectors.forecast_of(objective, at=moment)
    rates = status.burn_rates
    return BurnRate(
        slo_id=status.slug,
        level=status.level.value,
        burn_rate_1h=rates["1h"],
        burn_rate_6h=rates["6h"],
        burn_rate_24h=rates["24h"],
        burn_rate_7d=rates["7d"],
        error_budget_remaining=status.remaining,
        projected_depletion=forecast.depletion.depletes_at,
    )


def evaluate_objectives(*, at: datetime, only: Iterable[str] | None = None) -> int:
    """This will announce each change of level and each further tenth of consumed budget.

    Safe to run late, twice or at once from two places: a change is claimed before it is
    told. An objective that was switched off returns to normal. `only` names slugs. Returns
    how many levels changed.
    """
    concerned = _concerned()
    if only is not None:
        concerned = concerned.filter(slug__in=list(only))
    return sum(_evaluate(batch, at=at) for batch in _batches(concerned))


def evaluate_due_objectives(*, at: datetime) -> int:
    """This will evaluate every objective, or of very many those that have waited longest.

    Each is evaluated once a minute at least, and a beat that was missed is made up for by
    the next ones. Returns how many levels changed.
    """
    count = _concerned().count()
    if count <= FEWEST_A_BEAT:
        return evaluate_objectives(at=at)
    share = max(FEWEST_A_BEAT, math.ceil(count / BEATS_A_MINUTE))
    longest = _concerned().order_by(F("evaluated_at").asc(nulls_first=True), "slug")
    return evaluate_objectives(at=at, only=longest.values_list("slug", flat=True)[:share])


def _concerned() -> QuerySet[Objective]:
    return selectors.all_objectives().filter(
        Q(is_active=True) | ~Q(level=Objective.Level.NORMAL) | Q(frozen_since__isnull=False)
    )


def _batches(objectives: QuerySet[Objective]) -> Iterator[list[Objective]]:
    """Memory stays as it is, however many objectives there are.

    Each batch is a query of its own: none is open while its objectives are written.
    """
    last = ""
    while batch := list(objectives.filter(slug__gt=last).order_by("slug")[:OBJECTIVES_AT_ONCE]):
        yield batch
        if len(batch) < OBJECTIVES_AT_ONCE:
            return
        last = batch[-1].slug


def _evaluate(objectives: list[Objective], *, at: datetime) -> int:
    unchanged: list[int] = []
    changed = 0
    statuses = selectors.objective_statuses(objectives, at=at)
    for objective, status in zip(objectives, statuses, strict=True):
        outcome = _outcome(objective, status, at=at)
        if outcome == Outcome.of(objective):
            unchanged.append(objective.pk)
        else:
            changed += _changed_at_all(objective, status, outcome, at=at)
    _evaluated_no_later_than(at).filter(pk__in=unchanged).update(evaluated_at=at)
    return changed


def _outcome(objective: Objective, status: ObjectiveStatus, *, at: datetime) -> Outcome:
    if not objective.is_active:
        return Outcome(Level.NORMAL.value, objective.budget_step_announced, None)
    return Outcome(
        level=status.level.value,
        step=_next_step(objective, status),
        frozen_since=(objective.frozen_since or at) if status.is_frozen else None,
    )


def _next_step(objective: Objective, status: ObjectiveStatus) -> int:
    announced = objective.budget_step_announced
    if status.consumed is None:
        return announced
    return step_remembered(announced, step_reached(status.consumed))


def _changed_at_all(
    objective: Objective, status: ObjectiveStatus, outcome: Outcome, *, at: datetime
) -> bool:
    try:
        return _change(objective, status, outcome, at=at)
    except Exception:
        # One objective's trouble must not keep the burns of the others untold.
        log.exception("objective_not_evaluated", objective=objective.slug)
        return False


@transaction.atomic
def _change(
    objective: Objective, status: ObjectiveStatus, outcome: Outcome, *, at: datetime
) -> bool:
    """Returns whether the level changed; nothing is told when another beat was faster."""
    has_new_level = outcome.level != objective.level
    claimed = (
        _evaluated_no_later_than(at)
        .filter(
            pk=objective.pk,
            level=objective.level,
            budget_step_announced=objective.budget_step_announced,
            frozen_since=objective.frozen_since,
        )
        .update(
            level=outcome.level,
            level_changed_at=at if has_new_level else objective.level_changed_at,
            budget_step_announced=outcome.step,
            frozen_since=outcome.frozen_since,
            evaluated_at=at,
        )
    )
    if not claimed:
        return False
    if has_new_level:
        announce(_level_fact(objective, status, level=Level(outcome.level), at=at), at=at)
    for reached in steps_to_announce(objective.budget_step_announced, outcome.step):
        announce(_consumed_fact(status, percent=reached * PERCENT_A_STEP, at=at), at=at)
    if (outcome.frozen_since is None) != (objective.frozen_since is None):
        announce(_frozen_fact(status, is_frozen=outcome.frozen_since is not None, at=at), at=at)
    return has_new_level


def _evaluated_no_later_than(at: datetime) -> QuerySet[Objective]:
    """A beat that was slow must not undo what a later one found."""
    return Objective.objects.filter(Q(evaluated_at=None) | Q(evaluated_at__lte=at))


def _level_fact(
    objective: Objective, status: ObjectiveStatus, *, level: Level, at: datetime
) -> BurnRateLevelChanged:
    return FACTS[level](
        objective=status.slug,
        objective_name=status.name,
        service=status.service_slug,
        service_tier=status.service_tier,
        previous_level=objective.level,
        level=level.value,
        burn_rates={name: rate for name, rate in status.burn_rates.items() if rate is not None},
        error_budget_remaining=status.remaining,
        at=at.isoformat(),
    )


def _consumed_fact(status: ObjectiveStatus, *, percent: int, at: datetime) -> ErrorBudgetConsumed:
    return ErrorBudgetConsumed(
        objective=status.slug,
        service=status.service_slug,
        consumed_percent=percent,
        at=at.isoformat(),
    )


def _frozen_fact(
    status: ObjectiveStatus, *, is_frozen: bool, at: datetime
) -> AlertingFrozen | AlertingResumed:
    fact = AlertingFrozen if is_frozen else AlertingResumed
    return fact(
        objective=status.slug,
        service=status.service_slug,
        windows=[pair.long_text for pair in status.pairs if pair.is_frozen],
        at=at.isoformat(),
    )
