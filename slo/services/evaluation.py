"""Comparing every objective with its counts, and telling what changed, once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from events.contracts.slo import (
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


@dataclass(frozen=True, slots=True)
class BurnRate:
    """A rate is 1.0 at the sustainable pace and None without data in its window.

    `projected_depletion` is None: the portal does not forecast.
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
    status = selectors.objective_status(slo_id, at=at or clock.now())
    rates = status.burn_rates
    return BurnRate(
        slo_id=status.slug,
        level=status.level.value,
        burn_rate_1h=rates["1h"],
        burn_rate_6h=rates["6h"],
        burn_rate_24h=rates["24h"],
        burn_rate_7d=rates["7d"],
        error_budget_remaining=status.remaining,
    )


def evaluate_objectives(*, at: datetime, only: Iterable[str] | None = None) -> int:
    """This will announce each change of level and each further tenth of consumed budget.

    Safe to run late, twice or at once from two places: a change is claimed before it is
    told. An objective that was switched off returns to normal. `only` names slugs. Returns
    how many levels changed.
    """
    concerned = selectors.all_objectives().filter(
        Q(is_active=True) | ~Q(level=Objective.Level.NORMAL)
    )
    if only is not None:
        concerned = concerned.filter(slug__in=list(only))
    objectives = list(concerned)
    statuses = selectors.objective_statuses(objectives, at=at)
    unchanged: list[int] = []
    changed = 0
    for objective, status in zip(objectives, statuses, strict=True):
        level = status.level if objective.is_active else Level.NORMAL
        step = _next_step(objective, status)
        if (level.value, step) == (objective.level, objective.budget_step_announced):
            unchanged.append(objective.pk)
        else:
            changed += _changed_at_all(objective, status, level=level, step=step, at=at)
    _evaluated_no_later_than(at).filter(pk__in=unchanged).update(evaluated_at=at)
    return changed


def _next_step(objective: Objective, status: ObjectiveStatus) -> int:
    announced = objective.budget_step_announced
    if status.consumed is None or not objective.is_active:
        return announced
    return step_remembered(announced, step_reached(status.consumed))


def _changed_at_all(
    objective: Objective, status: ObjectiveStatus, *, level: Level, step: int, at: datetime
) -> bool:
    try:
        return _change(objective, status, level=level, step=step, at=at)
    except Exception:
        # One objective's trouble must not keep the burns of the others untold.
        log.exception("objective_not_evaluated", objective=objective.slug)
        return False


@transaction.atomic
def _change(
    objective: Objective, status: ObjectiveStatus, *, level: Level, step: int, at: datetime
) -> bool:
    """Returns whether the level changed; nothing is told when another beat was faster."""
    has_new_level = level.value != objective.level
    claimed = (
        _evaluated_no_later_than(at)
        .filter(
            pk=objective.pk,
            level=objective.level,
            budget_step_announced=objective.budget_step_announced,
        )
        .update(
            level=level.value,
            level_changed_at=at if has_new_level else objective.level_changed_at,
            budget_step_announced=step,
            evaluated_at=at,
        )
    )
    if not claimed:
        return False
    if has_new_level:
        announce(_level_fact(objective, status, level=level, at=at), at=at)
    for reached in steps_to_announce(objective.budget_step_announced, step):
        announce(_consumed_fact(status, percent=reached * PERCENT_A_STEP, at=at), at=at)
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
