from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

import structlog
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from catalog import selectors as catalog
from events import services as events
from events.contracts.recovery import DrillRecorded
from portal.shared.errors import FieldError
from recovery import selectors
from recovery.errors import DrillAlreadyRecorded, DrillRefused, PlanHasNoExecutor
from recovery.models import Drill, Plan
from recovery.rules.drill_record import Measured, impossibilities

log = structlog.get_logger(__name__)


@transaction.atomic
def record_drill(
    *,
    plan_slug: str,
    started_at: datetime,
    ended_at: datetime,
    outcome: str,
    measured: Measured,
    note: str = "",
    acting_user: User,
    at: datetime,
) -> Drill:
    """This will keep a drill that people have done, and announce DrillRecorded.

    Raises UnknownPlan, DrillRefused for what cannot have been, and DrillAlreadyRecorded
    when the plan has a drill with this start.
    """
    plan = selectors.get_plan(plan_slug)
    _refuse_impossible(
        started_at=started_at, ended_at=ended_at, outcome=outcome, measured=measured, at=at
    )
    drill = _stored(
        Drill(
            plan=plan,
            started_at=started_at,
            ended_at=ended_at,
            outcome=outcome,
            measured_rto_seconds=measured.rto,
            measured_rpo_seconds=measured.rpo,
            note=note,
            recorded_by=acting_user,
            recorded_at=at,
        )
    )
    events.announce(_fact(drill), at=at, actor=acting_user.get_username())
    return drill


def _refuse_impossible(
    *,
    started_at: datetime,
    ended_at: datetime,
    outcome: str,
    measured: Measured,
    at: datetime,
) -> None:
    wrong = impossibilities(started_at=started_at, ended_at=ended_at, measured=measured, at=at)
    if outcome not in Drill.Outcome.values:
        wrong.append(("outcome", f"Say one of {', '.join(Drill.Outcome.values)}."))
    if wrong:
        raise DrillRefused(
            "Nothing was recorded. Correct what is named and record the drill again.",
            fields=[FieldError(f"/{field}", reason) for field, reason in wrong],
        )


def _stored(drill: Drill) -> Drill:
    try:
        with transaction.atomic():
            drill.save(force_insert=True)
    except IntegrityError as error:
        raise DrillAlreadyRecorded(
            f"The plan {drill.plan.slug} has a drill that started at "
            f"{drill.started_at.isoformat()}. Nothing was recorded again."
        ) from error
    return drill


def _fact(drill: Drill) -> DrillRecorded:
    return DrillRecorded(
        plan=drill.plan.slug,
        drill=drill.pk,
        outcome=drill.outcome,
        services=sorted(drill.plan.services.values_list("slug", flat=True)),
        measured_rto_seconds=drill.measured_rto_seconds,
        measured_rpo_seconds=drill.measured_rpo_seconds,
        started_at=drill.started_at.isoformat(),
        ended_at=drill.ended_at.isoformat(),
        at=drill.recorded_at.isoformat(),
    )


def start_failover(
    *, plan_slug: str, reason: str, mode: str, acting_user: User, at: datetime
) -> NoReturn:
    """This will refuse: no plan has an automated step that the portal could carry out.

    Raises UnknownPlan, or else PlanHasNoExecutor. Who asked and why is logged.
    """
    plan = selectors.get_plan(plan_slug)
    log.warning(
        "failover_refused",
        plan=plan.slug,
        mode=mode,
        reason=reason,
        actor=acting_user.get_username(),
        at=at.isoformat(),
    )
    raise PlanHasNoExecutor(
        f"The plan {plan.slug} has no automated step, so nothing was done. Carry it out by "
        'hand, then record it as a drill with "Record drill" on the plan\'s page.'
    )


@dataclass(frozen=True, slots=True)
class _Shipped:
    slug: str
    name: str
    strategy: Plan.Strategy
    rto_minutes: int
    rpo_minutes: int


_DEFAULTS = (
    _Shipped("database", "Database", Plan.Strategy.WARM_STANDBY, rto_minutes=30, rpo_minutes=5),
    _Shipped(
        "api-service", "API service", Plan.Strategy.MULTI_SITE_ACTIVE, rto_minutes=5, rpo_minutes=0
    ),
    _Shipped(
        "file-storage",
        "File storage",
        Plan.Strategy.BACKUP_RESTORE,
        rto_minutes=120,
        rpo_minutes=60,
    ),
)
DAYS_BETWEEN_DRILLS = 90


def seed_default_plans(at: datetime, _operator: User | None) -> list[str]:
    """This will make the shipped plans that are missing; the first drill is due in 90 days."""
    return [
        f"Recovery plan {shipped.slug}: RTO {shipped.rto_minutes} min, "
        f"RPO {shipped.rpo_minutes} min."
        for shipped in _DEFAULTS
        if _is_made(shipped, at=at)
    ]


def _is_made(shipped: _Shipped, *, at: datetime) -> bool:
    _plan, is_new = Plan.objects.get_or_create(
        slug=shipped.slug,
        defaults={
            "name": shipped.name,
            "strategy": shipped.strategy,
            "rto_seconds": shipped.rto_minutes * 60,
            "rpo_seconds": shipped.rpo_minutes * 60,
            "test_every_days": DAYS_BETWEEN_DRILLS,
            "created_at": at,
        },
    )
    return is_new


@dataclass(frozen=True, slots=True)
class _Demonstrated:
    """A drill that never was, to show what one looks like."""

    plan: str
    services: tuple[str, ...]
    days_ago: int
    lasted_minutes: int
    outcome: Drill.Outcome
    measured: Measured


_DEMO = (
    _Demonstrated(
        plan="database",
        services=("checkout", "payments"),
        days_ago=21,
        lasted_minutes=55,
        outcome=Drill.Outcome.PASSED,
        measured=Measured(rto=21 * 60, rpo=40),
    ),
    _Demonstrated(
        plan="api-service",
        services=("storefront", "search"),
        days_ago=104,
        lasted_minutes=20,
        outcome=Drill.Outcome.PASSED,
        measured=Measured(rto=190, rpo=0),
    ),
    _Demonstrated(
        plan="file-storage",
        services=("catalog-api",),
        days_ago=9,
        lasted_minutes=180,
        outcome=Drill.Outcome.FAILED,
        measured=Measured(rto=160 * 60, rpo=None),
    ),
)


def seed_demo_drills(at: datetime, operator: User | None) -> list[str]:
    """This will show the shipped plans at work: what they cover, and one drill of each.

    A plan that has a drill is in real use and is left alone.
    """
    made = []
    for demo in _DEMO:
        plan = Plan.objects.filter(slug=demo.plan, drills=None).first()
        if plan is None:
            continue
        plan.services.add(*catalog.all_services().filter(slug__in=demo.services))
        ended_at = at - timedelta(days=demo.days_ago)
        Drill.objects.create(
            plan=plan,
            started_at=ended_at - timedelta(minutes=demo.lasted_minutes),
            ended_at=ended_at,
            outcome=demo.outcome,
            measured_rto_seconds=demo.measured.rto,
            measured_rpo_seconds=demo.measured.rpo,
            note="Demonstration: this drill was never done.",
            recorded_by=operator,
            recorded_at=ended_at,
        )
        made.append(f"Recovery plan {demo.plan}: a drill that {demo.outcome}.")
    return made
