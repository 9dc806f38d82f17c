from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, QuerySet

from events.contracts.recorded import RecordedEvent
from events.models import Delivery, Event


def recent_events(*, limit: int = 50) -> QuerySet[Event]:
    return Event.objects.order_by("-id")[:limit]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not delivered. `oldest_wait` is None when nothing waits."""

    pending: int
    parked: int
    oldest_wait: timedelta | None


def backlog(*, at: datetime) -> Backlog:
    counts = {
        row["state"]: row["count"]
        for row in Delivery.objects.undelivered().values("state").annotate(count=Count("id"))
    }
    oldest = Delivery.objects.filter(state=Delivery.State.PENDING).aggregate(
        oldest=Min("recorded_at")
    )["oldest"]
    return Backlog(
        pending=counts.get(Delivery.State.PENDING, 0),
        parked=counts.get(Delivery.State.PARKED, 0),
        oldest_wait=at - oldest if oldest else None,
    )


def event_of(delivery: Delivery) -> RecordedEvent:
    """This will return the event; its day is said, so that one partition is looked at."""
    return Event.objects.get(pk=delivery.event_id, recorded_at=delivery.recorded_at).recorded()
