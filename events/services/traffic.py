"""How many events of each type a day brings."""

from collections.abc import Sequence
from datetime import date

from django.db.models import F

from events.contracts.recorded import RecordedEvent
from events.models import TrafficDay
from events.rules.seals import day_of

ROWS_AT_ONCE = 2_000


def count(events: Sequence[RecordedEvent], generation: int) -> None:
    """This will add the events to the counts of the generation."""
    found: dict[tuple[str, str, date], tuple[int, int]] = {}
    for event in events:
        key = (event.event_type, event.retention_class, day_of(event.recorded_at))
        found[key] = (found.get(key, (0, 0))[0] + 1, event.position or 0)
    for (event_type, retention_class, day), (number, last) in found.items():
        row, is_new = TrafficDay.objects.get_or_create(
            generation=generation,
            event_type=event_type,
            retention_class=retention_class,
            day=day,
            defaults={"events": number, "last_position": last},
        )
        if not is_new:
            TrafficDay.objects.filter(pk=row.pk).update(
                events=F("events") + number, last_position=last
            )


def forget(kept: Sequence[int]) -> int:
    """This will delete some rows of other generations and return how many."""
    old = TrafficDay.objects.exclude(generation__in=kept).order_by("pk")[:ROWS_AT_ONCE]
    return TrafficDay.objects.filter(pk__in=old.values("pk")).delete()[0]
