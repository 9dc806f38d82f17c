"""Forecasts of one objective: from its counts, kept each hour, judged when due."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from slo import selectors, services
from slo.errors import UnknownObjective
from slo.models import Forecast, Objective
from tests.factories.slo import ForecastFactory, ObjectiveFactory
from tests.slo.traffic import serve, serve_days

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def objective() -> Objective:
    return ObjectiveFactory.create(slug="shop", target=Decimal(99), window_days=7)


def test_a_steady_budget_stays_as_it_is(objective: Objective, at: datetime) -> None:
    serve_days(objective.indicator, at=at, days=20, good=1990, bad=10)

    found = selectors.forecast_of("shop", at=at)

    assert [h.hours for h in found.horizons] == [24, 72]
    for horizon in found.horizons:
        assert horizon.low <= 0.5 <= horizon.high
        assert horizon.median == pytest.approx(0.5, abs=0.08)
        assert horizon.depletion_chance == 0
    assert found.depletion.depletes_at is None
    assert found.depletion.chances == ((24, 0.0), (72, 0.0))
    assert not found.is_burning


def test_what_ages_out_of_the_window_is_known(objective: Objective, at: datetime) -> None:
    serve_days(objective.indicator, at=at, days=20, good=1000, bad=0)
    serve(objective.indicator, at=at, good=0, bad=5000, minutes_ago=6 * 1440 + 12 * 60)

    found = selectors.forecast_of("shop", at=at)

    in_a_day = found.horizons[0]
    assert found.consumed is not None
    assert found.consumed > 0.7
    assert in_a_day.low == 0


def test_a_burn_under_way_is_continued(objective: Objective, at: datetime) -> None:
    serve_days(objective.indicator, at=at, days=20, good=1000, bad=0)
    for ago in range(0, 45, 15):
        serve(objective.indicator, at=at, good=0, bad=800, minutes_ago=ago)
    calm = selectors.forecast_of("shop", at=at - HOUR)

    found = selectors.forecast_of("shop", at=at)

    assert found.is_burning
    assert not calm.is_burning
    assert found.horizons[0].depletion_chance > 0.15
    assert calm.horizons[0].depletion_chance == 0


def test_what_is_gone_is_gone_now(objective: Objective, at: datetime) -> None:
    serve_days(objective.indicator, at=at, days=3, good=90, bad=10)

    found = selectors.forecast_of("shop", at=at).depletion

    assert (found.depletes_at, found.depletes_early, found.depletes_late) == (at, at, at)
    assert found.chances == ((24, 1.0), (72, 1.0))


def test_less_than_a_day_of_data_is_no_forecast(objective: Objective, at: datetime) -> None:
    serve(objective.indicator, at=at, good=1000, bad=1)

    found = selectors.forecast_of("shop", at=at)

    assert (found.horizons, found.depletion.chances, found.fan) == ((), (), None)
    assert found.consumed == pytest.approx(1 / 1001 * 100)


def test_without_data_nothing_is_known(objective: Objective, at: datetime) -> None:
    found = selectors.forecast_of("shop", at=at)

    assert (found.consumed, found.horizons) == (None, ())
    with pytest.raises(UnknownObjective):
        selectors.forecast_of("nothing", at=at)


def test_the_same_counts_give_the_same_forecast(objective: Objective, at: datetime) -> None:
    serve_days(objective.indicator, at=at, days=5, good=990, bad=4)
    for ago in range(0, 7000, 700):
        serve(objective.indicator, at=at, good=0, bad=300, minutes_ago=ago)

    first, again = (selectors.forecast_of("shop", at=at) for _time in range(2))

    assert first.horizons == again.horizons
    assert first.depletion == again.depletion


def test_a_calendar_period_shows_both_budgets(at: datetime) -> None:
    objective = ObjectiveFactory.create(
        target=Decimal(99), window_kind="calendar", calendar_unit="week"
    )
    serve_days(objective.indicator, at=at, days=40, good=999, bad=1)

    found = selectors.forecast_of(objective.slug, at=at)

    period = found.period
    assert period is not None
    assert found.period_end is not None
    assert found.period_ends_at
    weeks_requests = 7 * 96 * 1000
    assert period.requests_so_far + period.requests_expected == pytest.approx(
        weeks_requests, rel=0.01
    )
    assert float(period.spent_so_far or 0) == pytest.approx(0.1)
    share = period.requests_so_far / weeks_requests
    assert float(period.spent_of_whole or 0) == pytest.approx(0.1 * share, rel=0.02)
    assert found.period_end.median == pytest.approx(0.1, abs=0.03)


def test_an_hour_is_forecast_once(objective: Objective, at: datetime) -> None:
    serve_days(objective.indicator, at=at, days=3, good=999, bad=1)

    made = [services.make_forecasts(at=at + timedelta(minutes=m)) for m in (0, 10, 50)]

    assert made == [2, 0, 0]
    assert list(
        Forecast.objects.values_list("horizon_hours", "made_at").order_by("horizon_hours")
    ) == [(24, at), (72, at)]


def test_objectives_without_data_or_switched_off_are_left_out(at: datetime) -> None:
    ObjectiveFactory.create()
    sleeping = ObjectiveFactory.create(is_active=False)
    serve_days(sleeping.indicator, at=at, days=2)

    assert services.make_forecasts(at=at) == 0


def test_outcomes_are_filled_in_when_they_are_due(objective: Objective, at: datetime) -> None:
    serve_days(objective.indicator, at=at + timedelta(days=2), days=12, good=999, bad=1)
    serve(objective.indicator, at=at, good=0, bad=9000, minutes_ago=-600)
    soon = ForecastFactory.create(objective=objective, made_at=at)
    later = ForecastFactory.create(objective=objective, made_at=at, horizon_hours=72)

    assert services.judge_forecasts(at=at + 25 * HOUR) == 1
    assert services.judge_forecasts(at=at + 25 * HOUR) == 0

    soon.refresh_from_db()
    later.refresh_from_db()
    then = selectors.objective_status("shop", at=at + 24 * HOUR)
    assert soon.consumed_then == pytest.approx(float(then.consumed or 0))
    assert soon.was_depleted is True
    assert (later.was_depleted, later.consumed_then) == (None, None)


def test_old_forecasts_are_forgotten(objective: Objective, at: datetime) -> None:
    ForecastFactory.create(objective=objective, made_at=at - timedelta(days=182))
    kept = ForecastFactory.create(objective=objective, made_at=at - timedelta(days=180))

    services.make_forecasts(at=at)

    assert list(Forecast.objects.values_list("pk", flat=True)) == [kept.pk]


def test_what_was_missed_widens_what_is_told(objective: Objective, at: datetime) -> None:
    serve_days(objective.indicator, at=at, days=12, good=999, bad=1)
    before = selectors.forecast_of("shop", at=at).horizons[0]
    for hours in range(25, 325):
        ForecastFactory.create(
            objective=objective,
            made_at=at - hours * HOUR,
            consumed_then=1.4,
            was_depleted=True,
        )

    after = selectors.forecast_of("shop", at=at).horizons[0]

    assert (before.widening, after.median) == (0, before.median)
    assert after.widening > 0.2
    assert after.high > before.high


def test_trouble_with_one_objective_keeps_no_other_from_being_forecast(
    objective: Objective, at: datetime
) -> None:
    broken = ObjectiveFactory.create(
        window_kind="calendar", calendar_unit="day", time_zone="Mars/Olympus"
    )
    for one in (objective, broken):
        serve_days(one.indicator, at=at, days=3)
        ForecastFactory.create(objective=one, made_at=at - 25 * HOUR)

    assert services.make_forecasts(at=at) == 2

    judged = Forecast.objects.exclude(consumed_then=None)
    assert set(judged.values_list("objective__slug", flat=True)) == {"shop"}
