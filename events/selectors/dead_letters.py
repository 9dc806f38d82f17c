"""What was given up, and what waits behind it."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from events.models import Delivery
from events.rules.dead_letters import Chosen
from events.rules.naming import falls_under


def dead_letters(chosen: Chosen) -> QuerySet[Delivery]:
    """This will return what is parked and meant by the choice, oldest first."""
    letters = Delivery.objects.parked().order_by("id")
    if chosen.subscriber:
        letters = letters.filter(subscriber=chosen.subscriber)
    if chosen.event_type:
        letters = letters.filter(event__event_type__in=_types(letters, chosen.event_type))
    if chosen.reason:
        letters = letters.filter(reason__icontains=chosen.reason)
    if chosen.since:
        letters = letters.filter(parked_at__gte=chosen.since)
    if chosen.until:
        letters = letters.filter(parked_at__lt=chosen.until)
    return letters


def _types(letters: QuerySet[Delivery], pattern: str) -> list[str]:
    """The types under the pattern, as subscriptions understand it."""
    found = letters.order_by().values_list("event__event_type", flat=True).distinct()
    return [event_type for event_type in found if falls_under(event_type, pattern)]


@dataclass(frozen=True, slots=True)
class Preview:
    """How many letters are meant, and how many deliveries would follow them."""

    letters: int
    behind: int


def preview(chosen: Chosen) -> Preview:
    letters = dead_letters(chosen)
    keys = letters.order_by().values("subscriber", "sequence_key").distinct().count()
    return Preview(letters.count(), of_keys(letters).count() - keys)


def of_keys(letters: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """This will return what is undelivered of the letters' keys, the letters among it."""
    same = letters.order_by().filter(
        subscriber=OuterRef("subscriber"), sequence_key=OuterRef("sequence_key")
    )
    return Delivery.objects.undelivered().filter(Exists(same))


def behind(subscriber: str, sequence_key: str) -> int:
    """This will count what waits behind the first of the key."""
    return max(Delivery.objects.of_key(subscriber, sequence_key).count() - 1, 0)


def subscribers_with_letters() -> list[str]:
    parked = Delivery.objects.parked()
    return sorted(parked.values_list("subscriber", flat=True).distinct())
