from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext

from portal.shared.errors import FieldError
from recovery.errors import UnknownPlan
from recovery.models import Drill, Plan
from recovery.rules.drill_due import is_overdue, next_drill_due


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """How far a plan is proven. `last_drill` is the latest, whatever its outcome."""

    plan: Plan
    last_drill: Drill | None
    last_passed_at: datetime | None
    drill_due_at: datetime
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """A plan that must be drilled; `since` is when the drill was due, `pk` the plan's."""

    text: str
    since: datetime
    pk: int


def all_plans() -> QuerySet[Plan]:
    return Plan.objects.select_related("owner").prefetch_related("services").order_by("name")


def get_plan(slug: str, *, field: str = "/plan") -> Plan:
    """This will return the plan; raises UnknownPlan naming the known ones."""
    plan = Plan.objects.filter(slug=slug).first()
    if plan is None:
        known = ", ".join(Plan.objects.order_by("slug").values_list("slug", flat=True)[:20])
        raise UnknownPlan(
            f"There is no recovery plan {slug!r}. Known: {known or 'none'}.",
            fields=[FieldError(field, "Unknown recovery plan.")],
        )
    return plan


def plan_standings(*, at: datetime) -> list[PlanStanding]:
    """This will return every plan with how far it is proven, in a fixed number of queries."""
    return _standings(all_plans(), at=at)


def plans_covering(service_slugs: Iterable[str], *, at: datetime) -> list[PlanStanding]:
    """This will return the plans that bring any of these services back."""
    covering = Plan.objects.filter(services__slug__in=list(service_slugs)).values("pk")
    return _standings(all_plans().filter(pk__in=covering), at=at)


def overdue_rows(*, at: datetime) -> list[OverdueRow]:
    """This will return the plans whose drill is overdue, the longest overdue first."""
    overdue = [standing for standing in plan_standings(at=at) if standing.is_overdue]
    return [
        OverdueRow(
            text=_overdue_sentence(standing),
            since=standing.drill_due_at,
            pk=standing.plan.pk,
        )
        for standing in sorted(overdue, key=lambda standing: standing.drill_due_at)
    ]


def with_drills(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """This will add `last_drill_id`, `last_outcome` and `last_passed_at` to each plan."""
    latest = Drill.objects.filter(plan=OuterRef("pk")).order_by("-started_at")
    return plans.annotate(
        last_drill_id=Subquery(latest.values("pk")[:1]),
        last_outcome=Subquery(latest.values("outcome")[:1]),
        last_passed_at=Max("drills__ended_at", filter=Q(drills__outcome=Drill.Outcome.PASSED)),
    )


def drill_due_at(plan: Any) -> datetime:
    """This will tell when a plan that came from `with_drills` must be drilled next."""
    return next_drill_due(
        created_at=plan.created_at,
        last_passed_at=plan.last_passed_at,
        every_days=plan.test_every_days,
    )


def _standings(plans: QuerySet[Plan], *, at: datetime) -> list[PlanStanding]:
    annotated: list[Any] = list(with_drills(plans))
    latest = [plan.last_drill_id for plan in annotated if plan.last_drill_id]
    drills = Drill.objects.select_related("plan").in_bulk(latest)
    return [_standing(plan, drills.get(plan.last_drill_id), at=at) for plan in annotated]


def _standing(plan: Any, last_drill: Drill | None, *, at: datetime) -> PlanStanding:
    due_at = drill_due_at(plan)
    return PlanStanding(
        plan=plan,
        last_drill=last_drill,
        last_passed_at=plan.last_passed_at,
        drill_due_at=due_at,
        is_overdue=is_overdue(due_at, at=at),
    )


def _overdue_sentence(standing: PlanStanding) -> str:
    if standing.last_passed_at is None:
        return gettext("%(plan)s: no drill has ever passed.") % {"plan": standing.plan}
    return gettext("%(plan)s: the last drill that passed was on %(day)s.") % {
        "plan": standing.plan,
        "day": date_format(standing.last_passed_at, "DATE_FORMAT"),
    }
