"""How an escalation climbs while nobody acknowledges."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from events.models import Event
from incidents import services
from incidents.errors import IncidentAlreadyResolved, NobodyToPage, NothingToEscalate
from incidents.models import ContactMethod, EscalationStep, Incident, Page
from incidents.services import escalations
from tests.cast import Cast
from tests.factories.incidents import ContactMethodFactory, EscalationTargetFactory
from tests.incidents.ladder import Ladder, silence

pytestmark = pytest.mark.django_db

Opened = Callable[..., Incident]
State = EscalationStep.State


def paged(incident: Incident) -> list[str]:
    return [page.responder.username for page in incident.pages.order_by("id")]


def states(incident: Incident) -> list[str]:
    return [step.state for step in incident.steps.order_by("ordinal")]


def test_pages_the_second_level_when_the_first_window_has_passed(
    ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()

    services.start_due_steps(at=at + timedelta(minutes=5) - timedelta(seconds=1))
    assert paged(incident) == [ladder.first.username]

    services.start_due_steps(at=at + timedelta(minutes=5))
    assert paged(incident) == [ladder.first.username, ladder.second.username]


def test_pages_each_step_once_however_often_the_sweep_runs(
    ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()

    for _sweep in range(3):
        services.start_due_steps(at=at + timedelta(minutes=5))

    assert paged(incident) == [ladder.first.username, ladder.second.username]


def test_goes_through_the_levels_again_and_then_stops(
    ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()

    for minutes in range(0, 120, 5):
        services.start_due_steps(at=at + timedelta(minutes=minutes))

    both = [ladder.first.username, ladder.second.username]
    assert paged(incident) == both + both
    assert states(incident) == [State.STARTED] * 4


def test_stops_when_somebody_acknowledges(
    cast: Cast, ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()
    services.acknowledge_incident(incident_id=incident.pk, acting_user=cast.alice, at=at, via="API")

    services.start_due_steps(at=at + timedelta(hours=1))

    assert paged(incident) == [ladder.first.username]
    assert states(incident) == [State.STARTED, *[State.CANCELLED] * 3]


def test_skips_a_level_that_cannot_be_reached_at_once(
    ladder: Ladder, open_incident: Opened
) -> None:
    silence(ladder.first)

    incident = open_incident()

    assert paged(incident) == [ladder.second.username]
    assert states(incident)[:2] == [State.SKIPPED, State.STARTED]
    told = incident.timeline.get(kind="skipped").text
    assert told == f"Level 1 skipped: {ladder.first} cannot be reached: no active contact method."


def test_keeps_the_next_round_when_a_whole_round_is_empty(
    ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    silence(ladder.first)
    silence(ladder.second)
    incident = open_incident()
    assert states(incident) == [State.SKIPPED, State.SKIPPED, State.PENDING, State.PENDING]

    ContactMethod.objects.filter(user=ladder.first).update(is_active=True)
    services.start_due_steps(at=at + timedelta(minutes=15))

    assert paged(incident) == [ladder.first.username]


def test_does_not_page_somebody_deactivated(ladder: Ladder, open_incident: Opened) -> None:
    ladder.first.is_active = False
    ladder.first.save()

    assert paged(open_incident()) == [ladder.second.username]


def test_pages_every_active_contact_method_of_a_person_named_twice_once(
    ladder: Ladder, open_incident: Opened
) -> None:
    level = ladder.policy.levels.get(position=1)
    EscalationTargetFactory.create(level=level, user=ladder.first)
    ContactMethodFactory.create(user=ladder.first, channel="email", address="a@example.com")

    incident = open_incident()

    keys = {page.idempotency_key for page in incident.pages.all()}
    assert paged(incident) == [ladder.first.username] * 2
    assert len(keys) == 2


def test_announces_each_level(ladder: Ladder, open_incident: Opened, at: datetime) -> None:
    open_incident()

    services.start_due_steps(at=at + timedelta(minutes=5))

    last = Event.objects.filter(event_type="incidents.incident.escalated").latest("id")
    assert last.payload["level"] == 2
    assert last.payload["responders"] == [ladder.second.username]


def test_goes_on_with_the_others_when_one_incident_fails(
    ladder: Ladder, open_incident: Opened, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = open_incident(), open_incident()
    start = escalations._start_due

    def start_or_fail(incident: Incident, *, at: datetime) -> None:
        if incident == broken:
            raise ValueError("broken")
        start(incident, at=at)

    monkeypatch.setattr(escalations, "_start_due", start_or_fail)
    services.start_due_steps(at=at + timedelta(minutes=5))

    assert len(paged(sound)) == 2


def test_escalates_now_on_request(
    cast: Cast, ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()

    services.escalate_now(incident_id=incident.pk, acting_user=cast.alice, at=at, via="admin")
    services.start_due_steps(at=at + timedelta(minutes=5))

    assert paged(incident) == [ladder.first.username, ladder.second.username]
    entry = incident.timeline.filter(kind="escalated").latest("id")
    assert (entry.actor, entry.via) == ("alice", "admin")


def test_escalates_now_for_whoever_acknowledged(
    cast: Cast, ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()
    services.acknowledge_incident(incident_id=incident.pk, acting_user=cast.alice, at=at, via="API")

    services.escalate_now(incident_id=incident.pk, acting_user=cast.alice, at=at)

    assert incident.pages.get(responder=ladder.second).state == Page.State.PENDING


def test_refuses_to_escalate_past_the_last_level(
    cast: Cast, ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()
    services.start_due_steps(at=at + timedelta(hours=1))

    with pytest.raises(NothingToEscalate):
        services.escalate_now(incident_id=incident.pk, acting_user=cast.alice, at=at)


def test_refuses_to_page_for_a_resolved_incident(
    cast: Cast, ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()
    services.resolve_incident(incident_id=incident.pk, acting_user=cast.alice, at=at)

    for verb in (services.escalate_now, services.page_again):
        with pytest.raises(IncidentAlreadyResolved):
            verb(incident_id=incident.pk, acting_user=cast.alice, at=at)


def test_pages_the_last_level_again_under_other_keys(
    cast: Cast, ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()

    for _again in range(2):
        services.page_again(incident_id=incident.pk, acting_user=cast.alice, at=at)

    assert paged(incident) == [ladder.first.username] * 3


def test_refuses_to_page_again_what_was_never_paged(
    cast: Cast, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()

    with pytest.raises(NobodyToPage):
        services.page_again(incident_id=incident.pk, acting_user=cast.alice, at=at)


def test_refuses_to_page_again_who_cannot_be_reached(
    cast: Cast, ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()
    silence(ladder.first)

    with pytest.raises(NobodyToPage):
        services.page_again(incident_id=incident.pk, acting_user=cast.alice, at=at)
