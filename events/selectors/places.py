"""Where the events of a stream lie, so that no partition is looked at without need.

On PostgreSQL, planning a query over every partition of a month takes longer than all the rest of
reading a stream. The versions of a stream have no gaps, so a guess can be checked: when
versions are missing where they were looked for, they are looked for everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from django.conf import settings
from django.db.models import QuerySet

from events.models import Event, Stream, StreamSnapshot

_COLUMNS = ("id", "stream_version", "position", "retention_class", "recorded_at")
_NEVER = datetime.max.replace(tzinfo=UTC)
# Clocks of several writers differ by less; one that differs by more costs a second look.
_CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Place:
    """One event of a stream, without what it says."""

    row: int
    version: int
    position: int | None
    retention_class: str
    recorded_at: datetime

    @property
    def kept_until(self) -> datetime:
        days = settings.EVENT_RETENTION_CLASSES.get(self.retention_class)
        return _NEVER if days is None else self.recorded_at + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Span:
    """Classes and times between which some events lie."""

    classes: frozenset[str]
    earliest_at: datetime
    latest_at: datetime

    @classmethod
    def of(cls, places: Iterable[Place]) -> Self:
        known = list(places)
        times = [place.recorded_at for place in known]
        return cls(frozenset(p.retention_class for p in known), min(times), max(times))

    def within(self, events: QuerySet[Event]) -> QuerySet[Event]:
        return events.filter(
            retention_class__in=self.classes,
            recorded_at__gte=self.earliest_at,
            recorded_at__lte=self.latest_at,
        )


def events_of_stream(stream: str) -> QuerySet[Event]:
    """This will return the ordered events of the stream, without telemetry of its name."""
    return Event.objects.filter(stream=stream, stream_version__isnull=False)


def newest_snapshot(stream: str, *, stamp: str) -> StreamSnapshot | None:
    """This will return the last snapshot of the code, None when an event in it was dropped.

    Those before it were made of fewer events, so they are as good as it.
    """
    of_the_code = StreamSnapshot.objects.filter(stream=stream, stamp=stamp)
    newest = of_the_code.order_by("-version").first()
    if newest is None:
        return None
    still_there = Event.objects.filter(
        pk=newest.goes_first_row,
        retention_class=newest.retention_class,
        recorded_at=newest.recorded_at,
    ).exists()
    return newest if still_there else None


def places_after(newest: StreamSnapshot | None, stream: Stream) -> list[Place]:
    """This will return where every event lies that came after the snapshot, in their order."""
    first = newest.version if newest else 0
    if first >= stream.version:
        return []
    events = events_of_stream(stream.name)
    if newest is None:
        nearby = events.filter(recorded_at__gte=stream.created_at - _CLOCKS_DIFFER)
    else:
        events = events.filter(pk__gt=newest.event_row)
        nearby = events.filter(
            recorded_at__gte=newest.latest_at - _CLOCKS_DIFFER,
            retention_class__in=newest.classes,
        )
    found = _places(nearby, upto=stream.version)
    return found if len(found) == stream.version - first else _places(events, upto=stream.version)


def _places(events: QuerySet[Event], *, upto: int) -> list[Place]:
    rows = events.filter(stream_version__lte=upto).order_by("pk").values_list(*_COLUMNS)
    return [Place(*row) for row in rows]
