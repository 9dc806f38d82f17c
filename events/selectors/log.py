"""What stands in the log."""

from django.db.models import QuerySet

from events.contracts.recorded import RecordedEvent
from events.models import Delivery, Event


def recent_events(*, limit: int = 50) -> QuerySet[Event]:
    return Event.objects.order_by("-id")[:limit]


def event_of(delivery: Delivery) -> RecordedEvent:
    """This will return the event; its day is said, so that one partition is looked at."""
    return Event.objects.get(pk=delivery.event_id, recorded_at=delivery.recorded_at).recorded()
