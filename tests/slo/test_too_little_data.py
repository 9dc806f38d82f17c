"""Silence, gaps and few requests: what they hold, what they never do, and what is told."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from events.selectors import recent_events
from slo import selectors, services
from slo.models import Indicator, Objective
from slo.rules.alert_level import PairState
from slo.rules.burn_rate import Counts
from slo.rules.composite import Blend
from slo.rules.minute import MINUTE
from slo.rules.time_slice import Budgeting, Slices
from tests.factories.slo import BurnWindowFactory, IndicatorFactory, ObjectiveFactory
from tests.slo.traffic import serve

pytestmark = pytest.mark.django_db


def report(indicator: Indicator, *, at: datetime, minutes: range, bad: int) -> None:
    """Ten requests in each minute that lies so far back."""
    services.add_counts(
        counts={(indicator.pk, at - ago * MINUTE): Counts(10 - bad, 10) for ago in minutes}
    )


def told() -> list[str]:
    return [
        event.event_type
        for event in reversed(recent_events())
        if "consumed" not in event.event_type
    ]


def level_at(at: datetime) -> str:
    services.evaluate_objectives(at=at)
    return Objective.objects.get().level


@pytest.fixture
def reporting() -> Objective:
    """Its source reports every minute, whether there were requests or not."""
    return BurnWindowFactory.create(objective__indicator__report_minutes=1).objective


def test_a_gap_freezes_the_level_and_says_so_once(reporting: Objective, at: datetime) -> None:
    report(reporting.indicator, at=at, minutes=range(90), bad=5)
    assert level_at(at) == "critical"

    for minutes in (4, 5, 30, 300):
        assert level_at(at + minutes * MINUTE) == "critical"
    assert told() == ["slo.burn_rate.critical", "slo.alerting.frozen"]
    assert Objective.objects.get().frozen_since == at + 4 * MINUTE

    later = at + 400 * MINUTE
    report(reporting.indicator, at=later, minutes=range(90), bad=0)
    assert level_at(later) == "normal"
    assert told()[2:] == ["slo.burn_rate.normal", "slo.alerting.resumed"]
    assert Objective.objects.get().frozen_since is None


def test_a_burn_amid_gaps_raises_nothing(reporting: Objective, at: datetime) -> None:
    report(reporting.indicator, at=at, minutes=range(0, 200, 2), bad=10)

    assert level_at(at) == "normal"
    assert told() == ["slo.alerting.frozen"]
    status = selectors.objective_status(reporting.slug, at=at)
    assert status.is_frozen
    assert [pair.state for pair in status.pairs] == [PairState.UNKNOWN]
    assert status.coverage == pytest.approx(0.5, abs=0.02)


def test_minutes_without_requests_are_reports_too(reporting: Objective, at: datetime) -> None:
    services.add_counts(
        counts={(reporting.indicator_id, at - ago * MINUTE): Counts() for ago in range(60)}
    )
    services.add_counts(counts={(reporting.indicator_id, at): Counts(0, 10)})

    assert not selectors.objective_status(reporting.slug, at=at).is_frozen
    assert level_at(at) == "critical"


def test_few_requests_are_shown_as_suppressed_and_page_nobody(at: datetime) -> None:
    objective = BurnWindowFactory.create().objective
    serve(objective.indicator, at=at, good=9, bad=1)

    assert level_at(at) == "normal"
    (pair,) = selectors.objective_status(objective.slug, at=at).pairs
    assert (pair.state, pair.is_suppressed) == (PairState.FIRING, True)

    serve(objective.indicator, at=at, good=8, bad=2)
    assert level_at(at) == "critical"


def test_few_requests_are_enough_for_a_ticket(at: datetime) -> None:
    window = BurnWindowFactory.create(level="medium")
    serve(window.objective.indicator, at=at, good=9, bad=1)

    assert level_at(at) == "medium"


def test_the_faster_pair_inhibits_the_slower(at: datetime) -> None:
    objective = BurnWindowFactory.create().objective
    BurnWindowFactory.create(
        objective=objective,
        long_minutes=360,
        short_minutes=30,
        consumption=Decimal("0.05"),
        level="high",
    )
    serve(objective.indicator, at=at, good=80, bad=20)

    fast, slow = selectors.objective_status(objective.slug, at=at).pairs
    assert (fast.is_inhibited, slow.is_inhibited) == (False, True)

    later = at + 10 * MINUTE
    serve(objective.indicator, at=later, good=100, bad=0)
    fast, slow = selectors.objective_status(objective.slug, at=later).pairs
    assert (slow.state, slow.is_inhibited) == (PairState.FIRING, False)


def composite(blend: Blend) -> tuple[Objective, Indicator, Indicator]:
    one, other = IndicatorFactory.create_batch(2)
    journey = services.create_composite(
        slug="journey",
        name="Journey",
        service=one.service,
        components=[(one, 1), (other, 9)],
        blend=blend,
    )
    objective = BurnWindowFactory.create(objective__indicator=journey).objective
    return objective, one, other


@pytest.mark.parametrize("blend", list(Blend))
@pytest.mark.parametrize("minutes", [10, 200, 60 * 24 * 20])
def test_a_part_that_fell_silent_resolves_nothing(blend: Blend, minutes: int, at: datetime) -> None:
    _objective, one, other = composite(blend)
    serve(one, at=at, good=0, bad=100)
    serve(other, at=at, good=100, bad=0)
    assert level_at(at) == "critical"
    later = at + minutes * MINUTE
    serve(other, at=later, good=100, bad=0)

    assert level_at(later) == "critical"

    serve(one, at=later, good=100, bad=0)
    assert level_at(later) == "normal"


def test_a_part_that_fell_silent_raises_nothing(at: datetime) -> None:
    """Alone, the bad part would burn at a hundred; with the silent one, at ten."""
    _objective, one, other = composite(Blend.WEIGHTED_MEAN)
    serve(other, at=at, good=100, bad=0, minutes_ago=100)
    serve(one, at=at, good=90, bad=10)

    assert level_at(at) == "normal"

    serve(one, at=at, good=0, bad=100)
    assert level_at(at) == "critical"


def test_a_part_that_was_never_heard_is_left_out(at: datetime) -> None:
    _objective, one, _other = composite(Blend.WEIGHTED_MEAN)
    serve(one, at=at, good=90, bad=10)

    assert level_at(at) == "critical"


@pytest.mark.parametrize("minutes", range(0, 60, 7))
def test_a_window_shorter_than_a_slice_holds_the_one_under_way(at: datetime, minutes: int) -> None:
    indicator = IndicatorFactory.create()
    objective = services.create_objective(
        slug="hours",
        name="Hours",
        indicator=indicator,
        target=Decimal("99.9"),
        slices=Slices(Budgeting.TIMESLICES, 60, Decimal(95)),
    )
    serve(indicator, at=at, good=0, bad=100)

    status = selectors.objective_status(objective.slug, at=at + minutes * MINUTE)

    assert [pair.state for pair in status.pairs] == [PairState.FIRING] * 4


def test_a_correction_before_the_week_counts_in_a_longer_burn_window(at: datetime) -> None:
    """A calendar month that has just begun, and a burn window of twenty days."""
    objective = ObjectiveFactory.create(
        window_kind="calendar", calendar_unit="month", target=Decimal(90)
    )
    window = BurnWindowFactory.create(
        objective=objective, long_minutes=20 * 1440, consumption=Decimal("0.5"), level="low"
    )
    serve(objective.indicator, at=at, good=0, bad=10, minutes_ago=15 * 1440)
    serve(objective.indicator, at=at, good=10, bad=0)
    before = selectors.objective_status(objective.slug, at=at).pairs[0].long_burn
    window.objective.corrections.create(
        reason="Maintenance",
        starts_at=at - timedelta(days=15, hours=1),
        duration_minutes=120,
        entered_at=at,
    )

    found = selectors.objective_status(objective.slug, at=at).pairs[0].long_burn

    assert (before, found) == (5.0, 0.0)
