"""What an incident cost, against what is usual at that time; and how fast it was answered."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from catalog.errors import UnknownService
from slo import selectors
from slo.errors import UnknownIncident
from slo.models import Objective, Occasion
from slo.rules.response_time import Spread
from tests.factories.slo import (
    BurnWindowFactory,
    CorrectionFactory,
    ObjectiveFactory,
    OccasionFactory,
)
from tests.slo.traffic import serve

pytestmark = pytest.mark.django_db
DAY = 1440


@pytest.fixture
def objective() -> Objective:
    found: Objective = ObjectiveFactory.create(target=Decimal(90))
    return found


def incident(objective: Objective, at: datetime, *, since: int, until: int | None) -> Occasion:
    found: Occasion = OccasionFactory.create(
        reference="INC-1",
        service=objective.indicator.service,
        starts_at=at - timedelta(minutes=since),
        ends_at=None if until is None else at - timedelta(minutes=until),
    )
    return found


def test_counts_what_it_cost_over_what_is_usual(objective: Objective, at: datetime) -> None:
    incident(objective, at, since=30, until=10)
    serve(objective.indicator, at=at, good=60, bad=40, minutes_ago=20)
    serve(objective.indicator, at=at, good=200, bad=0, minutes_ago=50)
    for day, bad in enumerate([0, 10, 90], start=1):
        serve(objective.indicator, at=at, good=100 - bad, bad=bad, minutes_ago=20 + day * DAY)
    total, budget = 600, Fraction(1, 10)

    found = selectors.incident_impact("INC-1", at=at)

    [impact] = found.impacts
    assert (impact.counts.bad, impact.counts.total) == (40, 100)
    # The median of nothing, a tenth and nine tenths.
    assert (impact.expected_bad, impact.excess_bad) == (Fraction(10), Fraction(30))
    assert impact.budget_share == Fraction(40, total) / budget
    assert impact.burn_minutes == Fraction(40, total) * 30 * DAY
    before = 1 - Fraction(100, 500) / budget
    assert (impact.remaining_before, impact.remaining_after) == (
        before,
        1 - Fraction(140, 600) / budget,
    )


def test_corrected_time_costs_nothing(objective: Objective, at: datetime) -> None:
    incident(objective, at, since=30, until=10)
    serve(objective.indicator, at=at, good=0, bad=40, minutes_ago=20)
    serve(objective.indicator, at=at, good=0, bad=2, minutes_ago=15)
    serve(objective.indicator, at=at, good=8, bad=0, minutes_ago=50)
    CorrectionFactory.create(
        objective=objective, starts_at=at - timedelta(minutes=21), duration_minutes=3
    )

    [impact] = selectors.incident_impact("INC-1", at=at).impacts

    assert impact.counts.bad == 2
    assert impact.budget_share == Fraction(2, 10) * 10
    assert impact.expected_bad is None


def test_an_open_incident_costs_until_now(objective: Objective, at: datetime) -> None:
    incident(objective, at, since=5, until=None)
    serve(objective.indicator, at=at, good=0, bad=1)

    found = selectors.incident_impact("INC-1", at=at)

    assert found.ends_at is None
    assert found.impacts[0].counts.bad == 1


def test_of_a_long_incident_whole_days_before_are_usual(objective: Objective, at: datetime) -> None:
    incident(objective, at, since=DAY + 60, until=0)
    serve(objective.indicator, at=at, good=0, bad=1, minutes_ago=DAY + 30)
    serve(objective.indicator, at=at, good=1, bad=0, minutes_ago=10)
    serve(objective.indicator, at=at, good=1, bad=1, minutes_ago=2 * DAY + 10)

    [impact] = selectors.incident_impact("INC-1", at=at).impacts

    assert impact.expected_bad == 1


def test_without_data_nothing_is_known(objective: Objective, at: datetime) -> None:
    incident(objective, at, since=5, until=None)

    [impact] = selectors.incident_impact("INC-1", at=at).impacts

    assert (impact.budget_share, impact.burn_minutes, impact.excess_bad) == (None, None, None)


def test_an_unknown_incident_is_refused(at: datetime) -> None:
    with pytest.raises(UnknownIncident):
        selectors.incident_impact("INC-404", at=at)


def minutes(length: int) -> timedelta:
    return timedelta(minutes=length)


def answered(
    objective: Objective, at: datetime, since: int, ack: int | None, end: int | None
) -> Occasion:
    start = at - minutes(since)
    given: dict[str, Any] = {
        "service": objective.indicator.service,
        "starts_at": start,
        "acknowledged_at": None if ack is None else start + minutes(ack),
        "ends_at": None if end is None else start + minutes(end),
    }
    found: Occasion = OccasionFactory.create(**given)
    return found


def test_times_are_told_with_their_sample(at: datetime) -> None:
    objective = BurnWindowFactory.create(objective__target=Decimal(99)).objective
    answered(objective, at, 500, 2, 20)
    answered(objective, at, 300, 4, None)
    answered(objective, at, 100, None, 200)
    # Burned above 14.4 twelve minutes before the first was opened, and once long before that.
    for minutes_ago, bad in ((512, 20), (510, 90), (700, 100), (305, 10)):
        serve(objective.indicator, at=at, good=100 - bad, bad=bad, minutes_ago=minutes_ago)

    found = selectors.response_times(objective.indicator.service.slug, days=30, at=at)

    assert found.incidents == 3
    assert found.to_detect == Spread(1, minutes(12), minutes(12))
    assert found.to_acknowledge == Spread(2, minutes(2), minutes(4))
    # The third will be over only later.
    assert found.to_resolve == Spread(1, minutes(20), minutes(20))


def test_what_was_corrected_is_no_onset(at: datetime) -> None:
    objective = BurnWindowFactory.create(objective__target=Decimal(99)).objective
    answered(objective, at, 100, None, None)
    serve(objective.indicator, at=at, good=0, bad=9, minutes_ago=110)
    CorrectionFactory.create(objective=objective, starts_at=at - minutes(115), duration_minutes=10)

    found = selectors.response_times(objective.indicator.service.slug, days=1, at=at)

    assert found.to_detect == Spread(0, None, None)


def test_times_of_an_unknown_service_are_refused(at: datetime) -> None:
    with pytest.raises(UnknownService):
        selectors.response_times("nobody", days=30, at=at)
