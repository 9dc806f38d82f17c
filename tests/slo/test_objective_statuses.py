"""How promises stand: budgets, burns, levels, and their course over time."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from slo import selectors, services
from slo.errors import UnknownObjective
from slo.models import Objective
from slo.rules.alert_level import Level, PairState
from slo.rules.minute import MINUTE
from tests.factories.slo import BurnWindowFactory, ObjectiveFactory
from tests.slo.traffic import serve

pytestmark = pytest.mark.django_db


@pytest.fixture
def objective() -> Objective:
    return ObjectiveFactory.create(slug="shop", target=Decimal(99))


def test_burn_is_that_of_each_window(objective: Objective, at: datetime) -> None:
    serve(objective.indicator, at=at, good=100, bad=0)
    serve(objective.indicator, at=at, good=98, bad=2, minutes_ago=300)
    serve(objective.indicator, at=at, good=99, bad=1, minutes_ago=1439)
    serve(objective.indicator, at=at, good=0, bad=100, minutes_ago=1440)
    serve(objective.indicator, at=at, good=0, bad=900, minutes_ago=30 * 1440)

    found = services.calculate_burn_rate("shop", at=at)

    assert found.burn_rate_1h == 0
    assert found.burn_rate_6h == 1
    assert found.burn_rate_24h == 1
    assert found.burn_rate_7d == pytest.approx(103 / 400 * 100)
    assert found.error_budget_remaining == pytest.approx(1 - 103 / 400 * 100)
    # The budget is gone: that is now.
    assert (found.slo_id, found.level, found.projected_depletion) == ("shop", "normal", at)


def test_nothing_is_known_without_data(objective: Objective, at: datetime) -> None:
    found = services.calculate_burn_rate("shop", at=at)

    assert found.burn_rate_1h is None
    assert found.error_budget_remaining is None
    assert selectors.objective_status("shop", at=at).status == "no_data"


def test_a_request_is_seen_in_the_minute_in_which_it_happens(at: datetime) -> None:
    objective = BurnWindowFactory.create().objective
    moment = at + timedelta(seconds=30)
    serve(objective.indicator, at=moment, good=0, bad=10)

    found = services.calculate_burn_rate(objective.slug, at=moment)

    assert found.level == "critical"


def test_a_past_moment_is_seen_as_it_was(objective: Objective, at: datetime) -> None:
    serve(objective.indicator, at=at, good=0, bad=10)
    serve(objective.indicator, at=at, good=10, bad=0, minutes_ago=60)

    found = services.calculate_burn_rate("shop", at=at - 30 * MINUTE)

    assert (found.burn_rate_1h, found.error_budget_remaining) == (0, 1)


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [(100, 0, "healthy"), (995, 5, "healthy"), (99, 1, "exhausted"), (0, 1, "exhausted")],
)
def test_status_follows_the_budget(
    objective: Objective, at: datetime, good: int, bad: int, expected: str
) -> None:
    serve(objective.indicator, at=at, good=good, bad=bad)

    assert selectors.objective_status("shop", at=at).status == expected


def test_status_is_at_risk_while_an_alert_fires(at: datetime) -> None:
    objective = BurnWindowFactory.create().objective
    serve(objective.indicator, at=at, good=100_000, bad=0, minutes_ago=5000)
    serve(objective.indicator, at=at, good=95, bad=5)

    status = selectors.objective_status(objective.slug, at=at)

    assert (status.status, status.level) == ("at_risk", Level.CRITICAL)
    assert [(pair.state, pair.factor) for pair in status.pairs] == [(PairState.FIRING, 14.4)]


def test_burning_objectives_come_worst_first(at: datetime) -> None:
    lesser = BurnWindowFactory.create(level="high").objective
    worse = BurnWindowFactory.create().objective
    worst = BurnWindowFactory.create().objective
    off = BurnWindowFactory.create(objective__is_active=False).objective
    fine = BurnWindowFactory.create().objective
    for objective, bad in ((lesser, 90), (worse, 30), (worst, 60), (off, 99), (fine, 0)):
        serve(objective.indicator, at=at, good=100 - bad, bad=bad)

    found = [status.slug for status in selectors.burning_objectives(at=at)]

    assert found == [worst.slug, worse.slug, lesser.slug]


def test_all_statuses_take_a_fixed_number_of_queries(
    at: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for window in BurnWindowFactory.create_batch(9):
        serve(window.objective.indicator, at=at, good=10, bad=0)

    with django_assert_num_queries(4):
        statuses = selectors.all_objective_statuses(at=at)

    assert [status.remaining for status in statuses] == [1.0] * 9


def test_burn_down_begins_with_the_data(objective: Objective, at: datetime) -> None:
    serve(objective.indicator, at=at, good=200, bad=0, minutes_ago=120)
    serve(objective.indicator, at=at, good=0, bad=1, minutes_ago=30)

    points = selectors.burn_down("shop", at=at)

    moments = [moment for moment, _left in points]
    assert at - timedelta(minutes=120) <= moments[0] <= at - timedelta(minutes=105)
    assert (moments[-1], moments) == (at, sorted(moments))
    assert points[0][1] == 1
    assert points[-1][1] == pytest.approx(1 - 100 / 201)


def test_burn_down_covers_a_day_in_few_queries(
    objective: Objective,
    at: datetime,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    serve(objective.indicator, at=at, good=200, bad=0, minutes_ago=2000)

    with django_assert_max_num_queries(4):
        points = selectors.burn_down("shop", at=at, points=100)

    assert len(points) == 100
    assert points[0][0] == at + MINUTE - timedelta(days=1)


def test_burn_down_is_empty_without_data(objective: Objective, at: datetime) -> None:
    assert selectors.burn_down(objective, at=at) == []


def test_an_unknown_objective_is_refused(at: datetime) -> None:
    with pytest.raises(UnknownObjective):
        services.calculate_burn_rate("nothing", at=at)
