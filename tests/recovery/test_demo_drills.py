"""What `seed_demo` shows of recovery, and what it leaves alone."""

from datetime import datetime

import pytest

from recovery import selectors, services
from recovery.models import Drill, Plan
from tests.factories.catalog import ServiceFactory
from tests.factories.recovery import DrillFactory, PlanFactory

pytestmark = pytest.mark.django_db


def test_shows_a_proven_an_overdue_and_a_failed_plan(at: datetime) -> None:
    services.seed_default_plans(at, None)
    ServiceFactory.create(slug="checkout")

    services.seed_demo_drills(at, None)

    standings = {s.plan.slug: s for s in selectors.plan_standings(at=at)}
    assert {slug for slug, s in standings.items() if s.is_overdue} == {"api-service"}
    assert {s.last_drill.met_targets for s in standings.values() if s.last_drill} == {True, False}
    assert [s.slug for s in standings["database"].plan.services.all()] == ["checkout"]
    assert "never done" in Drill.objects.get(plan__slug="database").note


def test_shows_it_once(at: datetime) -> None:
    services.seed_default_plans(at, None)

    assert len(services.seed_demo_drills(at, None)) == 3
    assert services.seed_demo_drills(at, None) == []


def test_leaves_a_plan_alone_that_was_drilled(at: datetime) -> None:
    plan = DrillFactory.create(plan=PlanFactory.create(slug="database")).plan

    assert services.seed_demo_drills(at, None) == []
    assert Plan.objects.get() == plan
    assert Drill.objects.count() == 1
