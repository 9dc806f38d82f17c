"""What stands in the log."""

from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.functions import Left

from events.contracts.recorded import RecordedEvent, upcast
from events.models import Delivery, Event, LogHead


def head_of_log() -> int:
    """This will return the last position given, 0 for a log without any."""
    return LogHead.objects.filter(pk=LogHead.ONLY).values_list("position", flat=True).first() or 0


def recent_events(*, limit: int = 50) -> QuerySet[Event]:
    return Event.objects.order_by("-id")[:limit]


def recorded_between(start: datetime, end: datetime, *, limit: int) -> QuerySet[Event]:
    """This will return what was recorded from `start` to before `end`, the newest first."""
    return Event.objects.filter(recorded_at__gte=start, recorded_at__lt=end).order_by("-id")[:limit]


def of_type(events: QuerySet[Event], pattern: str) -> QuerySet[Event]:
    """This will keep those of one type, or with a `*` at the end all that begin so."""
    if not pattern.endswith("*"):
        return events.filter(event_type=pattern)
    begins = pattern[:-1]
    if not begins:
        return events
    # The first finds them by index; SQLite's takes capitals for small letters, so the second.
    alike = events.filter(event_type__startswith=begins)
    return alike.alias(beginning=Left("event_type", len(begins))).filter(beginning=begins)


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
