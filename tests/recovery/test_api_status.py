"""GET /api/disaster-recovery/status"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.factories.catalog import ServiceFactory, TeamFactory
from tests.factories.recovery import DrillFactory, PlanFactory

pytestmark = pytest.mark.django_db

STATUS = "/api/disaster-recovery/status"


@pytest.fixture(autouse=True)
def clock_stands_at_noon(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def test_gives_a_plan_with_its_targets_and_no_drill(alice_api: APIClient) -> None:
    plan = PlanFactory.create(
        slug="database", name="Database", owner=TeamFactory.create(slug="platform")
    )
    plan.services.add(ServiceFactory.create(slug="orders"), ServiceFactory.create(slug="checkout"))

    answer = alice_api.get(STATUS)

    assert answer.status_code == 200
    assert answer.json() == {
        "plans": [
            {
                "slug": "database",
                "name": "Database",
                "strategy": "warm_standby",
                "owner": "platform",
                "services": ["checkout", "orders"],
                "targets": {"rto_seconds": 1800, "rpo_seconds": 300},
                "test_every_days": 90,
                "last_drill": None,
                "last_passed_at": None,
                "drill_due_at": "2026-05-31T12:00:00Z",
                "overdue": False,
            }
        ],
        "open_failovers": [],
    }


def test_gives_the_latest_drill_and_whether_it_met_the_targets(
    alice_api: APIClient, at: datetime
) -> None:
    plan = PlanFactory.create(created_at=at - timedelta(days=400))
    DrillFactory.create(plan=plan, ended_at=at - timedelta(days=100))
    DrillFactory.create(
        plan=plan,
        ended_at=at - timedelta(hours=1),
        outcome="failed",
        measured_rto_seconds=1801,
    )

    [standing] = alice_api.get(STATUS).json()["plans"]

    assert standing["last_drill"] == {
        "started_at": "2026-03-02T10:00:00Z",
        "ended_at": "2026-03-02T11:00:00Z",
        "outcome": "failed",
        "measured_rto_seconds": 1801,
        "measured_rpo_seconds": None,
        "met_targets": False,
    }
    assert standing["last_passed_at"] == "2025-11-22T12:00:00Z"
    assert standing["overdue"] is True


def test_asks_the_database_as_often_for_many_as_for_few(
    alice_api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        DrillFactory.create().plan.services.add(ServiceFactory.create())

    with django_assert_num_queries(3):
        assert len(alice_api.get(STATUS).json()["plans"]) == 5


def test_answers_nobody_without_the_right(charlie_api: APIClient) -> None:
    assert charlie_api.get(STATUS).status_code == 403
