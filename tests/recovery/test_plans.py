"""Which plans may be, which are shipped, and how their targets are said."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from portal.shared import seeds
from recovery import services
from recovery.models import Plan, duration_in_words
from tests.factories.recovery import DrillFactory, PlanFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("field", ["rto_seconds", "test_every_days"])
def test_refuses_zero(field: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanFactory.create(**{field: 0})


def test_cannot_be_deleted_once_it_was_drilled() -> None:
    plan = DrillFactory.create().plan

    with pytest.raises(ProtectedError):
        plan.delete()


def test_ships_three_plans_to_be_drilled_every_90_days(at: datetime) -> None:
    made = services.seed_default_plans(at, None)

    assert len(made) == 3
    assert set(
        Plan.objects.values_list(
            "name", "strategy", "rto_seconds", "rpo_seconds", "test_every_days", "created_at"
        )
    ) == {
        ("Database", "warm_standby", 1800, 300, 90, at),
        ("API service", "multi_site_active", 300, 0, 90, at),
        ("File storage", "backup_restore", 7200, 3600, 90, at),
    }


def test_leaves_a_plan_alone_that_somebody_edited(at: datetime) -> None:
    PlanFactory.create(slug="database", rto_seconds=60)

    services.seed_default_plans(at, None)

    assert services.seed_default_plans(at, None) == []
    assert Plan.objects.get(slug="database").rto_seconds == 60


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (45, "45 s"), (300, "5 min"), (7200, "2 h"), (5430, "1 h 30 min 30 s")],
)
def test_says_targets_the_way_people_do(seconds: int, words: str) -> None:
    assert duration_in_words(seconds) == words


def test_are_shipped_with_every_portal(at: datetime) -> None:
    seeds.sow_defaults(at=at, operator=None)

    assert Plan.objects.count() == 3
