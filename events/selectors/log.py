"""What stands in the log."""

from dataclasses import replace

from django.db.models import QuerySet

from events.contracts.recorded import RecordedEvent, upcast
from events.models import Delivery, Event


def recent_events(*, limit: int = 50) -> QuerySet[Event]:
    return Event.objects.order_by("-id")[:limit]


def event_of(delivery: Delivery, *, as_written: bool = False) -> RecordedEvent:
    """This will return the event as its subscriber is given it.

    Unless it is wanted as it was written, it comes at the version that the code knows. Its
    day is said, so that one partition is looked at.
    """
    row = Event.objects.get(pk=delivery.event_id, recorded_at=delivery.recorded_at)
    event = row.recorded()
    if delivery.edited_payload is not None:
        event = replace(event, payload=delivery.edited_payload)
    return event if as_written else upcast(event)
