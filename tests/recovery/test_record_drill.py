"""A drill done by hand is kept, announced, and never kept twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from events import registry
from events import services as events
from events.contracts.recorded import RecordedEvent
from events.contracts.recovery import DrillRecorded
from events.models import Event
from portal.shared.registry import Registry
from recovery import services
from recovery.errors import DrillAlreadyRecorded, DrillRefused, UnknownPlan
from recovery.models import Drill
from recovery.rules.drill_record import Measured
from tests.cast import Cast
from tests.factories.catalog import ServiceFactory
from tests.factories.recovery import PlanFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def drill(cast: Cast, at: datetime) -> dict[str, Any]:
    """A drill as an operator would tell of it: from two hours ago to one hour ago."""
    return {
        "plan_slug": PlanFactory.create(slug="database").slug,
        "started_at": at - timedelta(hours=2),
        "ended_at": at - timedelta(hours=1),
        "outcome": "passed",
        "measured": Measured(rto=1200, rpo=0),
        "acting_user": cast.alice,
        "at": at,
    }


def test_keeps_what_was_done_and_who_says_so(drill: dict[str, Any], at: datetime) -> None:
    services.record_drill(**drill, note="By hand.")

    kept = Drill.objects.get()
    assert kept.plan.slug == "database"
    assert (kept.started_at, kept.ended_at) == (drill["started_at"], drill["ended_at"])
    assert (kept.outcome, kept.note) == ("passed", "By hand.")
    assert (kept.measured_rto_seconds, kept.measured_rpo_seconds) == (1200, 0)
    assert (kept.recorded_by, kept.recorded_at) == (drill["acting_user"], at)


def test_keeps_a_measure_nobody_took_as_unknown(drill: dict[str, Any]) -> None:
    kept = services.record_drill(**drill | {"measured": Measured(rto=None, rpo=None)})

    assert (kept.measured_rto_seconds, kept.measured_rpo_seconds) == (None, None)
    assert kept.met_targets is None


def test_announces_the_drill(
    drill: dict[str, Any], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[RecordedEvent] = []
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    events.subscribe("recovery.drill.recorded", heard.append, name="test")
    kept = services.record_drill(**drill)

    events.deliver_due_events(at=Event.objects.get().recorded_at)

    fact = heard[0].fact()
    assert isinstance(fact, DrillRecorded)
    assert (fact.plan, fact.drill, fact.outcome) == ("database", kept.pk, "passed")
    assert (fact.measured_rto_seconds, fact.measured_rpo_seconds) == (1200, 0)
    assert (fact.at, heard[0].actor) == (at.isoformat(), "alice")
    assert heard[0].stream == "recovery.plan.database"


def test_announces_the_services_the_plan_covers(drill: dict[str, Any]) -> None:
    plan = PlanFactory.create(slug="files")
    plan.services.add(ServiceFactory.create(slug="uploads"), ServiceFactory.create(slug="archive"))

    services.record_drill(**drill | {"plan_slug": "files"})

    assert Event.objects.get().payload["services"] == ["archive", "uploads"]


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"started_at": timedelta(hours=1), "ended_at": timedelta(hours=2)}, "/started_at"),
        ({"ended_at": timedelta(seconds=1)}, "/ended_at"),
        ({"ended_at": timedelta(hours=-3)}, "/ended_at"),
        ({"outcome": "splendid"}, "/outcome"),
        ({"measured": Measured(rto=-1, rpo=None)}, "/measured_rto_seconds"),
    ],
)
def test_refuses_what_cannot_have_been(
    told: dict[str, Any], pointer: str, drill: dict[str, Any], at: datetime
) -> None:
    told = {key: at + v if isinstance(v, timedelta) else v for key, v in told.items()}

    with pytest.raises(DrillRefused) as refusal:
        services.record_drill(**drill | told)

    assert pointer in [field.field for field in refusal.value.fields]
    assert not Drill.objects.exists()
    assert not Event.objects.exists()


def test_refuses_an_unknown_plan_and_names_the_known(drill: dict[str, Any]) -> None:
    with pytest.raises(UnknownPlan, match="Known: database"):
        services.record_drill(**drill | {"plan_slug": "databse"})

    assert not Drill.objects.exists()


def test_refuses_to_keep_one_drill_twice(drill: dict[str, Any]) -> None:
    services.record_drill(**drill)

    with pytest.raises(DrillAlreadyRecorded, match="database"):
        services.record_drill(**drill)

    assert Drill.objects.count() == 1
    assert Event.objects.count() == 1
