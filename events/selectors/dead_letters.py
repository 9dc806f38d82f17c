"""What was given up, and what waits behind it."""

import re
from dataclasses import dataclass

from django.db.models import QuerySet

from events.models import Delivery
from events.rules.dead_letters import Chosen


def dead_letters(chosen: Chosen) -> QuerySet[Delivery]:
    """This will return what is parked and meant by the choice, oldest first."""
    letters = Delivery.objects.parked().order_by("id")
    if chosen.subscriber:
        letters = letters.filter(subscriber=chosen.subscriber)
    if chosen.event_type:
        letters = letters.filter(event__event_type__regex=_regex(chosen.event_type))
    if chosen.reason:
        letters = letters.filter(reason__icontains=chosen.reason)
    if chosen.since:
        letters = letters.filter(parked_at__gte=chosen.since)
    if chosen.until:
        letters = letters.filter(parked_at__lt=chosen.until)
    return letters


def _regex(pattern: str) -> str:
    return "^" + ".*".join(re.escape(part) for part in pattern.split("*")) + "$"


@dataclass(frozen=True, slots=True)
class Preview:
    """How many letters are meant, and how many deliveries would follow them."""

    letters: int
    behind: int


def preview(chosen: Chosen) -> Preview:
    letters = dead_letters(chosen)
    keys = list(letters.values_list("subscriber", "sequence_key").distinct())
    return Preview(letters.count(), sum(behind(*key) for key in keys))


def behind(subscriber: str, sequence_key: str) -> int:
    """This will count what waits behind the first of the key."""
    return max(Delivery.objects.of_key(subscriber, sequence_key).count() - 1, 0)


def subscribers_with_letters() -> list[str]:
    parked = Delivery.objects.parked()
    return sorted(parked.values_list("subscriber", flat=True).distinct())
