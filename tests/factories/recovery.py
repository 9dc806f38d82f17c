from datetime import UTC, datetime, timedelta

from factory.declarations import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from recovery.models import Drill, Plan


class PlanFactory(DjangoModelFactory[Plan]):
    class Meta:
        model = Plan

    slug = Sequence(lambda n: f"plan-{n}")
    name = Sequence(lambda n: f"Plan {n}")
    strategy = Plan.Strategy.WARM_STANDBY
    rto_seconds = 1800
    rpo_seconds = 300
    created_at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class DrillFactory(DjangoModelFactory[Drill]):
    """Lasts an hour and passes; nothing was measured."""

    class Meta:
        model = Drill

    plan = SubFactory(PlanFactory)
    ended_at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    started_at = LazyAttribute(lambda drill: drill.ended_at - timedelta(hours=1))
    outcome = Drill.Outcome.PASSED
    recorded_at = SelfAttribute("ended_at")
