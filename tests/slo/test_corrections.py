"""Corrections take time out of budgets at once, of the past too, and give it back."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from catalog.errors import UnknownService
from events.selectors import recent_events
from slo import selectors, services
from slo.errors import (
    CorrectionAlreadyWithdrawn,
    CorrectionRefused,
    UnknownCorrection,
    UnknownObjective,
)
from slo.models import Correction, Objective
from slo.services import TimeTakenOut
from tests.cast import Cast
from tests.conftest import NOON
from tests.factories.slo import CorrectionFactory, ObjectiveFactory
from tests.slo.traffic import serve


def wanted(objective: Objective, /, **changed: Any) -> TimeTakenOut:
    right = {
        "objective": objective.slug,
        "reason": "Maintenance",
        "starts_at": NOON - timedelta(hours=2),
        "duration_minutes": 60,
    }
    return TimeTakenOut(**{**right, **changed})


def remaining(objective: Objective, at: datetime) -> float | None:
    return selectors.objective_status(objective.slug, at=at).remaining


@pytest.mark.django_db
def test_a_budget_reads_differently_at_once_and_as_before_when_withdrawn(
    at: datetime, cast: Cast
) -> None:
    objective = ObjectiveFactory.create(target=Decimal(90))
    serve(objective.indicator, at=at, good=10, bad=10, minutes_ago=90)
    serve(objective.indicator, at=at, good=20, bad=0, minutes_ago=10)
    before = remaining(objective, at)

    entered = services.enter_correction(wanted=wanted(objective), acting_user=cast.alice, at=at)

    status = selectors.objective_status(objective.slug, at=at)
    assert (status.remaining, status.remaining_raw) == (1.0, before)
    services.withdraw_correction(correction_id=entered.pk, acting_user=cast.bob, at=at)
    assert remaining(objective, at) == before
    told = recent_events()
    assert [event.event_type for event in told] == [
        "slo.correction.withdrawn",
        "slo.correction.entered",
    ]
    assert [event.payload["by"] for event in told] == ["bob", "alice"]
    assert told[1].payload["objective"] == objective.slug
    assert told[1].payload["reason"] == "Maintenance"


@pytest.mark.django_db
def test_of_a_service_is_of_all_its_objectives(at: datetime, cast: Cast) -> None:
    objective = ObjectiveFactory.create()
    other = ObjectiveFactory.create()
    for one in (objective, other):
        serve(one.indicator, at=at, good=0, bad=1, minutes_ago=90)

    services.enter_correction(
        wanted=wanted(objective, objective="", service=objective.indicator.service.slug),
        acting_user=cast.alice,
        at=at,
    )

    assert remaining(objective, at) is None
    assert remaining(other, at) is not None


@pytest.mark.django_db
def test_can_be_withdrawn_once(at: datetime, cast: Cast) -> None:
    entered = services.enter_correction(
        wanted=wanted(ObjectiveFactory.create()), acting_user=cast.alice, at=at
    )
    services.withdraw_correction(correction_id=entered.pk, acting_user=cast.alice, at=at)

    with pytest.raises(CorrectionAlreadyWithdrawn):
        services.withdraw_correction(correction_id=entered.pk, acting_user=cast.alice, at=at)
    with pytest.raises(UnknownCorrection):
        services.withdraw_correction(correction_id=0, acting_user=cast.alice, at=at)
    assert len(recent_events()) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"recurrence": "EVERY DAY"}, "/recurrence"),
        ({"recurrence": "FREQ=MINUTELY"}, "/recurrence"),
        ({"recurrence": "FREQ=DAILY;UNTIL=20200101T000000Z"}, "/recurrence"),
        ({"recurrence": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "/recurrence"),
        ({"recurrence": "FREQ=HOURLY"}, "/recurrence"),
        ({"recurrence": "FREQ=WEEKLY", "duration_minutes": 10_081}, "/duration_minutes"),
        ({"recurrence": "X" * 301}, "/recurrence"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"objective": ""}, "/objective"),
        ({"service": "portal"}, "/objective"),
        ({"reason": "  "}, "/reason"),
        ({"reason": "x" * 301}, "/reason"),
        ({"duration_minutes": 0}, "/duration_minutes"),
        ({"duration_minutes": 129_601}, "/duration_minutes"),
        ({"starts_at": NOON + timedelta(days=367)}, "/starts_at"),
        ({"starts_at": NOON - timedelta(days=367)}, "/starts_at"),
    ],
)
def test_is_refused_where_it_makes_no_sense(
    at: datetime, cast: Cast, changed: dict[str, Any], field: str
) -> None:
    asked = wanted(ObjectiveFactory.create(), **changed)

    with pytest.raises(CorrectionRefused) as refused:
        services.enter_correction(wanted=asked, acting_user=cast.alice, at=at)

    assert [error.field for error in refused.value.fields] == [field]
    assert not Correction.objects.exists()
    assert not recent_events()


@pytest.mark.django_db
def test_is_refused_for_what_nobody_knows(at: datetime, cast: Cast) -> None:
    objective = ObjectiveFactory.create()
    for asked, refusal in (
        (wanted(objective, objective="nobody"), UnknownObjective),
        (wanted(objective, objective="", service="nobody"), UnknownService),
    ):
        with pytest.raises(refusal):
            services.enter_correction(wanted=asked, acting_user=cast.alice, at=at)


@pytest.mark.django_db
def test_shows_when_it_was_and_when_it_comes(at: datetime, cast: Cast) -> None:
    entered = services.enter_correction(
        wanted=wanted(
            ObjectiveFactory.create(),
            starts_at=at - timedelta(days=30),
            recurrence="FREQ=WEEKLY",
            time_zone="Europe/Berlin",
        ),
        acting_user=cast.alice,
        at=at,
    )

    found = selectors.correction_spans(entered, at=at)

    assert [span.start.day for span in found.past] == [31, 7, 14, 21, 28]
    # The clocks of Berlin go forward on 29 March: noon there is an hour earlier here.
    assert [span.start.hour for span in found.coming] == [12, 12, 12, 12, 11]


@pytest.mark.django_db
def test_time_that_two_corrections_take_out_is_taken_out_once(at: datetime) -> None:
    objective = ObjectiveFactory.create(target=Decimal(50))
    serve(objective.indicator, at=at, good=60, bad=40, minutes_ago=90)
    serve(objective.indicator, at=at, good=75, bad=25, minutes_ago=10)
    both = {"starts_at": at - timedelta(minutes=120), "duration_minutes": 60}
    CorrectionFactory.create(objective=objective, **both)
    CorrectionFactory.create(objective=None, service=objective.indicator.service, **both)
    CorrectionFactory.create(
        objective=objective, starts_at=at - timedelta(minutes=91), duration_minutes=5
    )

    assert remaining(objective, at) == 0.5
