"""What ends an incident, and what is left of it to learn from."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from events.models import Event
from incidents import services
from incidents.errors import (
    IncidentAlreadyResolved,
    NoteRefused,
    ReviewAlreadyCompleted,
    ReviewHasNoSummary,
)
from incidents.models import EscalationStep, Incident, Page, Review
from tests.cast import Cast
from tests.incidents.ladder import Ladder

pytestmark = pytest.mark.django_db

Opened = Callable[..., Incident]


@pytest.fixture
def resolved(cast: Cast, ladder: Ladder, open_incident: Opened, at: datetime) -> Incident:
    incident = open_incident()
    services.acknowledge_incident(
        incident_id=incident.pk, acting_user=cast.bob, at=at + timedelta(seconds=90), via="API"
    )
    return services.resolve_incident(
        incident_id=incident.pk,
        acting_user=cast.alice,
        at=at + timedelta(minutes=30),
        note="Rolled back.",
        via="admin",
    )


def test_stops_the_paging(ladder: Ladder, open_incident: Opened, at: datetime) -> None:
    incident = open_incident()

    services.resolve_incident(incident_id=incident.pk, resolved_by="recovery", at=at)

    assert incident.pages.get().state == Page.State.CANCELLED
    assert not incident.steps.filter(state=EscalationStep.State.PENDING).exists()
    assert services.start_due_steps(at=at + timedelta(hours=2)) == 0


def test_records_who_and_what_ended_it(resolved: Incident) -> None:
    entry = resolved.timeline.latest("id")

    assert resolved.resolved_by == "alice"
    assert (entry.kind, entry.text) == ("resolved", "Resolved by alice.\nRolled back.")
    assert (entry.actor, entry.via) == ("alice", "admin")


def test_announces_the_end_and_the_review(resolved: Incident) -> None:
    event = Event.objects.get(event_type="incidents.incident.resolved")

    assert event.payload["seconds_to_resolve"] == 1800.0
    assert event.payload["resolved_by"] == "alice"
    assert Event.objects.filter(event_type="incidents.review.drafted").count() == 1


def test_drafts_the_review_with_the_whole_timeline(resolved: Incident) -> None:
    review = Review.objects.get()

    assert review.state == Review.State.DRAFT
    assert (review.seconds_to_acknowledge, review.seconds_to_resolve) == (90.0, 1800.0)
    assert [entry["kind"] for entry in review.timeline] == [
        "opened",
        "escalated",
        "acknowledged",
        "resolved",
    ]
    assert "bob acknowledged it after 1 min" in review.summary


def test_says_that_nobody_acknowledged(open_incident: Opened, at: datetime) -> None:
    services.resolve_incident(incident_id=open_incident().pk, resolved_by="recovery", at=at)

    review = Review.objects.get()
    assert review.seconds_to_acknowledge is None
    assert "Nobody acknowledged it; recovery resolved it" in review.summary


def test_refuses_what_is_over(cast: Cast, resolved: Incident, at: datetime) -> None:
    with pytest.raises(IncidentAlreadyResolved, match="alice"):
        services.resolve_incident(incident_id=resolved.pk, acting_user=cast.bob, at=at)

    assert Review.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n", "x" * 10_001])
def test_refuses_a_note_that_is_none(
    cast: Cast, open_incident: Opened, at: datetime, text: str
) -> None:
    incident = open_incident()

    with pytest.raises(NoteRefused):
        services.add_note(incident_id=incident.pk, text=text, acting_user=cast.alice, at=at)


def test_takes_notes_after_the_end(cast: Cast, resolved: Incident, at: datetime) -> None:
    services.add_note(incident_id=resolved.pk, text="Seen again.", acting_user=cast.bob, at=at)

    assert resolved.timeline.latest("id").text == "Seen again."


def test_completes_the_review(cast: Cast, resolved: Incident, at: datetime) -> None:
    review = services.complete_review(
        review_id=resolved.review.pk, acting_user=cast.bob, at=at, via="admin"
    )

    assert (review.state, review.completed_by) == (Review.State.COMPLETED, "bob")
    assert resolved.timeline.latest("id").kind == "reviewed"
    with pytest.raises(ReviewAlreadyCompleted, match="bob"):
        services.complete_review(review_id=review.pk, acting_user=cast.alice, at=at)


def test_refuses_to_complete_a_review_without_summary(
    cast: Cast, resolved: Incident, at: datetime
) -> None:
    Review.objects.update(summary=" ")

    with pytest.raises(ReviewHasNoSummary):
        services.complete_review(review_id=resolved.review.pk, acting_user=cast.bob, at=at)
