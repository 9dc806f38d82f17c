"""Which plans must be drilled, for the home page."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from recovery import selectors
from recovery.models import Drill
from tests.factories.recovery import DrillFactory, PlanFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_names_a_plan_that_was_never_drilled(at: datetime) -> None:
    plan = PlanFactory.create(name="Database", created_at=at - 91 * DAY)
    PlanFactory.create(created_at=at - 89 * DAY)

    [row] = selectors.overdue_rows(at=at)

    assert row.text == "Database: no drill has ever passed."
    assert (row.since, row.pk) == (at - DAY, plan.pk)


def test_names_a_plan_whose_last_passed_drill_is_too_old(at: datetime) -> None:
    plan = PlanFactory.create(name="Database", created_at=at - 400 * DAY)
    DrillFactory.create(plan=plan, ended_at=at - 100 * DAY)
    DrillFactory.create(plan=plan, ended_at=at - 200 * DAY)

    [row] = selectors.overdue_rows(at=at)

    assert row.text == "Database: the last drill that passed was on 2025-11-22."
    assert row.since == at - 10 * DAY


def test_leaves_out_a_plan_that_passed_lately(at: datetime) -> None:
    plan = PlanFactory.create(created_at=at - 400 * DAY)
    DrillFactory.create(plan=plan, ended_at=at - 10 * DAY)

    assert selectors.overdue_rows(at=at) == []


@pytest.mark.parametrize("outcome", [Drill.Outcome.FAILED, Drill.Outcome.ABORTED])
def test_takes_no_comfort_in_a_drill_that_did_not_pass(outcome: str, at: datetime) -> None:
    plan = PlanFactory.create(created_at=at - 400 * DAY)
    DrillFactory.create(plan=plan, ended_at=at - DAY, outcome=outcome)

    assert [row.pk for row in selectors.overdue_rows(at=at)] == [plan.pk]


def test_puts_the_longest_overdue_first(at: datetime) -> None:
    late = PlanFactory.create(created_at=at - 100 * DAY)
    later = PlanFactory.create(created_at=at - 200 * DAY)

    assert [row.pk for row in selectors.overdue_rows(at=at)] == [later.pk, late.pk]


def test_asks_the_database_as_often_for_many_as_for_few(
    at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        DrillFactory.create(
            plan=PlanFactory.create(created_at=at - 400 * DAY), ended_at=at - 200 * DAY
        )

    with django_assert_num_queries(3):
        assert len(selectors.overdue_rows(at=at)) == 5
