"""What opening an incident does, at once and in one transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from events.models import Event
from incidents import services
from incidents.errors import IncidentRefused
from incidents.models import EscalationStep, Incident, Page, TimelineEntry
from tests.cast import Cast
from tests.factories.catalog import ServiceFactory, TeamFactory
from tests.factories.incidents import EscalationLevelFactory, EscalationPolicyFactory
from tests.incidents.ladder import Ladder, make_ladder

pytestmark = pytest.mark.django_db

Opened = Callable[..., Incident]


def kinds(incident: Incident) -> list[str]:
    return [entry.kind for entry in incident.timeline.all()]


def test_pages_the_first_level_at_once(ladder: Ladder, at: datetime) -> None:
    service = ServiceFactory.create(slug="checkout")

    incident = services.create_incident(
        "Checkout is down", "503", "SEV1", "probe", ["checkout"], at=at
    )

    page = incident.pages.get()
    assert incident.reference == f"INC-{incident.pk}"
    assert list(incident.services.all()) == [service]
    assert incident.escalation_policy == ladder.policy
    assert (page.responder, page.state, page.due_at) == (ladder.first, Page.State.PENDING, at)
    assert kinds(incident) == ["opened", "escalated"]


def test_plans_every_step_with_its_time(
    ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()

    steps = [(s.cycle, s.position, s.due_at - at) for s in incident.steps.all()]
    assert steps == [
        (1, 1, timedelta(0)),
        (1, 2, timedelta(minutes=5)),
        (2, 1, timedelta(minutes=15)),
        (2, 2, timedelta(minutes=20)),
    ]


def test_announces_the_opening_and_the_escalation(ladder: Ladder, open_incident: Opened) -> None:
    incident = open_incident()

    opened, escalated = Event.objects.order_by("id")
    assert opened.event_type == "incidents.incident.opened"
    assert opened.payload["reference"] == incident.reference
    assert opened.payload["detected_by"] == "tests"
    assert escalated.event_type == "incidents.incident.escalated"
    assert escalated.payload["level"] == 1
    assert escalated.payload["responders"] == [ladder.first.username]


def test_records_who_declared_it_and_through_which_door(cast: Cast, at: datetime) -> None:
    incident = services.create_incident(
        "Down", "", "SEV4", "a customer", [], acting_user=cast.alice, at=at, via="admin"
    )

    entry = incident.timeline.earliest("id")
    assert (entry.actor, entry.via) == ("alice", "admin")


def test_refuses_every_wrong_input_at_once(db: None, at: datetime) -> None:
    with pytest.raises(IncidentRefused) as refused:
        services.create_incident(" ", "", "SEV9", "x" * 151, ["nowhere"], at=at)

    fields = [error.field for error in refused.value.fields]
    assert fields == ["/severity", "/title", "/detected_by", "/affected_services/0"]
    assert not Incident.objects.exists()


def test_pages_nobody_for_sev4_and_says_so(open_incident: Opened) -> None:
    make_ladder(severity="")

    incident = open_incident(severity="SEV4")

    assert not incident.steps.exists()
    entry = incident.timeline.get(kind=TimelineEntry.Kind.NOT_PAGED)
    assert entry.text == "No escalation policy is set for SEV4: nobody is paged."


def test_says_that_a_policy_without_levels_pages_nobody(open_incident: Opened) -> None:
    EscalationPolicyFactory.create(severity="SEV1", name="Empty")

    incident = open_incident()

    assert "The policy Empty has no level" in incident.timeline.latest("id").text


def test_prefers_the_policy_of_the_first_services_team(ladder: Ladder, at: datetime) -> None:
    team = TeamFactory.create()
    own = EscalationPolicyFactory.create(severity="SEV1", team=team)
    EscalationLevelFactory.create(policy=own)
    ServiceFactory.create(slug="theirs", owner=team)
    ServiceFactory.create(slug="other")

    first = services.create_incident("A", "", "SEV1", "tests", ["theirs", "other"], at=at)
    second = services.create_incident("B", "", "SEV1", "tests", ["other", "theirs"], at=at)

    assert first.escalation_policy == own
    assert second.escalation_policy == ladder.policy


def test_joins_the_open_incident_of_the_same_cause(
    ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    first = open_incident(cause_key="slo:checkout")
    again = open_incident(cause_key="slo:checkout", when=at + timedelta(minutes=1))

    assert again == first
    assert kinds(first) == ["opened", "escalated", "seen_again"]
    assert first.pages.count() == 1


def test_opens_another_once_the_first_is_resolved(open_incident: Opened, at: datetime) -> None:
    first = open_incident(cause_key="slo:checkout")
    services.resolve_incident(incident_id=first.pk, resolved_by="tests", at=at)

    assert open_incident(cause_key="slo:checkout") != first


def test_raises_the_severity_and_starts_its_policy(
    ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident(severity="SEV4", cause_key="a")
    assert not incident.pages.exists()

    open_incident(severity="SEV1", cause_key="a", when=at + timedelta(minutes=3))

    incident.refresh_from_db()
    assert incident.severity == "SEV1"
    assert incident.pages.get().responder == ladder.first
    assert "severity_raised" in kinds(incident)


def test_keeps_the_escalation_that_is_running(open_incident: Opened, at: datetime) -> None:
    make_ladder(severity="SEV2")
    make_ladder(severity="SEV1")
    incident = open_incident(severity="SEV2", cause_key="a")

    open_incident(severity="SEV1", cause_key="a", when=at + timedelta(minutes=1))

    assert incident.pages.count() == 1
    assert incident.steps.filter(state=EscalationStep.State.PENDING).count() == 3


def test_pages_again_for_a_severity_that_nobody_accepted(
    cast: Cast, open_incident: Opened, at: datetime
) -> None:
    make_ladder(severity="SEV3")
    worse = make_ladder(severity="SEV1")
    incident = open_incident(severity="SEV3", cause_key="a")
    services.acknowledge_incident(incident_id=incident.pk, acting_user=cast.alice, at=at, via="API")

    later = at + timedelta(hours=2)
    open_incident(severity="SEV1", cause_key="a", when=later)
    services.start_due_steps(at=later + timedelta(minutes=5))

    incident.refresh_from_db()
    assert incident.status == Incident.Status.TRIGGERED
    assert (incident.acknowledged_at, incident.acknowledged_by) == (None, "")
    pages = incident.pages.filter(created_at__gte=later).order_by("id")
    assert [page.responder for page in pages] == [worse.first, worse.second]
    raised = incident.timeline.get(kind=TimelineEntry.Kind.SEVERITY_RAISED)
    assert "alice acknowledged SEV3; this one is paged anew." in raised.text


def test_stays_acknowledged_when_it_is_no_worse(
    cast: Cast, ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident(cause_key="a")
    services.acknowledge_incident(incident_id=incident.pk, acting_user=cast.alice, at=at, via="API")

    open_incident(cause_key="a", when=at + timedelta(hours=1))

    incident.refresh_from_db()
    assert incident.status == Incident.Status.ACKNOWLEDGED
    assert incident.pages.count() == 1


def test_never_lowers_the_severity(open_incident: Opened) -> None:
    incident = open_incident(severity="SEV2", cause_key="a")

    open_incident(severity="SEV4", cause_key="a")

    incident.refresh_from_db()
    assert incident.severity == "SEV2"
