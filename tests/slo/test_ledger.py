"""What a budget was spent on: entries over real buckets, summing to what was consumed."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from slo import selectors, services
from slo.models import Objective, Occasion
from slo.rules.composite import Blend
from slo.rules.ledger import Cause
from slo.rules.time_slice import Budgeting, Slices
from slo.selectors import Ledger
from tests.factories.slo import (
    CorrectionFactory,
    IndicatorFactory,
    ObjectiveFactory,
    OccasionFactory,
)
from tests.slo.traffic import serve

pytestmark = pytest.mark.django_db


def spent(ledger: Ledger) -> dict[tuple[str, str], int]:
    return {
        (line.entry.key.cause.value, line.entry.key.reference): line.entry.counts.bad
        for line in ledger.lines
    }


def add_up(ledger: Ledger) -> None:
    assert sum(line.entry.share for line in ledger.lines) == (ledger.consumed or 0)
    assert sum(line.entry.share_raw for line in ledger.lines) == (ledger.consumed_raw or 0)


def happen(objective: Objective, at: datetime, minutes_ago: int, **changed: object) -> Occasion:
    given = {
        "service": objective.indicator.service,
        "starts_at": at - timedelta(minutes=minutes_ago),
        **changed,
    }
    return OccasionFactory.create(**given)


@pytest.fixture
def objective(at: datetime) -> Objective:
    """One bad request in each of the last 200 minutes, of ten."""
    found: Objective = ObjectiveFactory.create(target=Decimal(90))
    for minutes_ago in range(200):
        serve(found.indicator, at=at, good=9, bad=1, minutes_ago=minutes_ago)
    return found


def test_splits_the_window_over_its_causes(objective: Objective, at: datetime) -> None:
    happen(
        objective,
        at,
        100,
        reference="INC-1",
        ends_at=at - timedelta(minutes=90),
    )
    happen(objective, at, 120, kind=Occasion.Kind.CHANGE, reference="v42")
    happen(objective, at, 19, reference="INC-2")
    CorrectionFactory.create(
        objective=objective, starts_at=at - timedelta(minutes=95), duration_minutes=10
    )

    ledger = selectors.ledger(objective, at=at)

    assert spent(ledger) == {
        ("maintenance", ""): 10,
        ("incident", "INC-1"): 5,
        ("incident", "INC-2"): 20,
        # From the change on for an hour: without the incident and the maintenance in it.
        ("change", "v42"): 45,
        ("unattributed", ""): 120,
    }
    assert ledger.consumed == Fraction(190, 1900) * 10
    assert ledger.consumed_raw == 1
    add_up(ledger)


def test_is_as_of_a_moment(objective: Objective, at: datetime) -> None:
    happen(objective, at, 50, reference="INC-1", ends_at=at)

    ledger = selectors.ledger(objective, at=at - timedelta(minutes=41))

    assert spent(ledger)["incident", "INC-1"] == 10
    add_up(ledger)


def test_knows_what_happened_to_the_service_alone(objective: Objective, at: datetime) -> None:
    OccasionFactory.create(starts_at=at - timedelta(hours=1))

    assert spent(selectors.ledger(objective, at=at)) == {("unattributed", ""): 200}


def test_without_data_nothing_is_consumed(at: datetime) -> None:
    ledger = selectors.ledger(ObjectiveFactory.create(), at=at)

    assert ledger.consumed is None
    assert [line.entry.key.cause for line in ledger.lines] == [Cause.UNATTRIBUTED]


def test_a_long_change_is_held_until_its_end(objective: Objective, at: datetime) -> None:
    happen(
        objective,
        at,
        150,
        kind=Occasion.Kind.CHANGE,
        reference="v1",
        ends_at=at - timedelta(minutes=50),
    )

    assert spent(selectors.ledger(objective, at=at))["change", "v1"] == 100


def test_time_slices_belong_to_what_touches_them(at: datetime) -> None:
    indicator = IndicatorFactory.create()
    for minutes_ago in range(1, 61):
        serve(indicator, at=at, good=0, bad=1, minutes_ago=minutes_ago)
    objective = services.create_objective(
        slug="sliced",
        name="sliced",
        indicator=indicator,
        target=Decimal(50),
        slices=Slices(Budgeting.TIMESLICES, 5, Decimal(50)),
    )
    happen(objective, at, 33, reference="INC-1", ends_at=at - timedelta(minutes=28))

    ledger = selectors.ledger(objective, at=at)

    assert spent(ledger) == {("incident", "INC-1"): 2, ("unattributed", ""): 10}
    add_up(ledger)


@pytest.mark.parametrize("blend", Blend)
def test_composites_are_split_by_members(at: datetime, blend: Blend) -> None:
    members = IndicatorFactory.create_batch(2)
    for minutes_ago in range(60):
        serve(members[0], at=at, good=9, bad=1, minutes_ago=minutes_ago)
        serve(members[1], at=at, good=1, bad=2, minutes_ago=minutes_ago)
    composite = services.create_composite(
        slug="journey",
        name="journey",
        service=IndicatorFactory.create().service,
        components=[(members[0], 3), (members[1], 1)],
        blend=blend,
    )
    objective = services.create_objective(
        slug="journey", name="journey", indicator=composite, target=Decimal(90)
    )
    OccasionFactory.create(
        service=members[1].service, reference="INC-1", starts_at=at - timedelta(minutes=29)
    )
    happen(objective, at, 9, kind=Occasion.Kind.CHANGE, reference="v1")

    ledger = selectors.ledger(objective, at=at)

    # The incident of one member is none of the other's.
    assert spent(ledger) == {
        ("incident", "INC-1"): 60,
        ("change", "v1"): 10,
        ("unattributed", ""): 110,
    }
    add_up(ledger)


def test_costs_the_same_queries_whatever_happened(objective: Objective, at: datetime) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            selectors.ledger(objective, at=at)
        return len(captured)

    happen(objective, at, 10)
    before = queries()
    for minutes_ago in range(20, 200, 5):
        happen(objective, at, minutes_ago, ends_at=at - timedelta(minutes=minutes_ago - 3))

    assert queries() == before
