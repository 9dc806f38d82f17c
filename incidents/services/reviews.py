"""What is learned from an incident: drafted with it, completed by a person."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from events import services as events
from events.contracts.incidents import ReviewDrafted
from incidents.errors import ReviewAlreadyCompleted, ReviewHasNoSummary
from incidents.models import Incident, Review, TimelineEntry
from incidents.rules.measures import Durations
from incidents.rules.spoken import spoken
from incidents.services.timeline import facts_of, record


def draft_review(incident: Incident, *, took: Durations, at: datetime, actor: str) -> Review:
    """This will write the review's draft in the transaction that resolves the incident."""
    review = Review.objects.create(
        incident=incident,
        summary=_drafted_summary(incident, took),
        timeline=[
            {
                "at": entry.at.isoformat(),
                "kind": entry.kind,
                "text": entry.text,
                "actor": entry.actor,
                "via": entry.via,
            }
            for entry in incident.timeline.all()
        ],
        seconds_to_acknowledge=took.to_acknowledge,
        seconds_to_resolve=took.to_resolve,
        drafted_at=at,
    )
    events.announce(ReviewDrafted(**facts_of(incident, at=at)), at=at, actor=actor)
    return review


def _drafted_summary(incident: Incident, took: Durations) -> str:
    names = ", ".join(incident.services.order_by("name").values_list("name", flat=True))
    answered = (
        f"{incident.acknowledged_by} acknowledged it after "
        f"{spoken(timedelta(seconds=took.to_acknowledge))}"
        if took.to_acknowledge is not None
        else "Nobody acknowledged it"
    )
    return (
        f"{incident.severity} on {names or 'no named service'}: {incident.title}. {answered}; "
        f"{incident.resolved_by} resolved it after {spoken(timedelta(seconds=took.to_resolve))}."
    )


@transaction.atomic
def complete_review(*, review_id: int, acting_user: User, at: datetime, via: str = "") -> Review:
    """This will close the review. Raises ReviewAlreadyCompleted and ReviewHasNoSummary."""
    review = (
        Review.objects.select_for_update(of=("self",)).select_related("incident").get(pk=review_id)
    )
    if review.state != Review.State.DRAFT:
        raise ReviewAlreadyCompleted(
            f"{review.completed_by} completed the review of {review.incident.reference} already."
        )
    if not review.summary.strip():
        raise ReviewHasNoSummary(
            "Write what happened and what is learned into the summary, save, and complete it then."
        )
    actor = acting_user.get_username()
    review.state = Review.State.COMPLETED
    review.completed_at = at
    review.completed_by = actor
    review.save(update_fields=["state", "completed_at", "completed_by"])
    record(
        review.incident,
        TimelineEntry.Kind.REVIEWED,
        f"Review completed by {actor}.",
        at=at,
        actor=actor,
        via=via,
    )
    return review
