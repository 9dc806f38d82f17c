"""Which days are over, and what still needs them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Max, Min, Sum

from events import registry
from events.models import Consumer, Delivery, Event, RelayCheckpoint, Seal
from events.rules.runs import Runs
from events.rules.seals import bounds, expires_at


def expired_days(*, at: datetime) -> Iterator[tuple[str, date]]:
    """This will return class and day of what is sealed, kept, and past its time."""
    kept = Seal.objects.filter(dropped_at=None).order_by("day")
    for retention_class, days in settings.EVENT_RETENTION_CLASSES.items():
        of_class = kept.filter(retention_class=retention_class)
        for day in of_class.values_list("day", flat=True).distinct():
            end = expires_at(day, days=days)
            if end is None or end > at:
                break
            yield retention_class, day


def held_back(retention_class: str, day: date) -> list[str]:
    """This will say what still needs the day; nothing is said when it may go."""
    begin, until = bounds(day)
    waiting = Delivery.objects.undelivered().filter(
        recorded_at__gte=begin, recorded_at__lt=until, event__retention_class=retention_class
    )
    last = Seal.objects.filter(retention_class=retention_class, day=day, dropped_at=None).aggregate(
        last=Max("last_position")
    )["last"]
    reasons = [f"{count} undelivered deliveries"] if (count := waiting.count()) else []
    behind = Consumer.objects.filter(name__in=registry.fed(), position__lt=last or 0)
    reasons += [f"the consumer {consumer.name}" for consumer in behind]
    relays = RelayCheckpoint.objects.filter(broker=settings.MESSAGE_BROKER, position__lt=last or 0)
    return reasons + [f"the relay to {relay.broker}" for relay in relays]


def dropped_runs(first: int, last: int) -> Runs:
    """This will return which positions were dropped under a seal that touches the stretch."""
    gone = Seal.objects.exclude(dropped_at=None).filter(
        last_position__gte=first, first_position__lte=last
    )
    return Runs.joined(seal.runs() for seal in gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptClass:
    """One retention class as it stands. `days` is None for one that is kept for ever."""

    name: str
    days: int | None
    kept_days: int
    kept_events: int
    oldest: date | None
    dropped_events: int
    held_back: dict[date, list[str]]


def kept_classes(*, at: datetime) -> list[KeptClass]:
    """This will describe every retention class by its seals."""
    late: dict[str, dict[date, list[str]]] = {}
    for retention_class, day in expired_days(at=at):
        reasons = held_back(retention_class, day)
        if reasons:
            late.setdefault(retention_class, {})[day] = reasons
    return [
        _kept_class(name, days, late.get(name, {}))
        for name, days in settings.EVENT_RETENTION_CLASSES.items()
    ]


def _kept_class(name: str, days: int | None, late: dict[date, list[str]]) -> KeptClass:
    seals = Seal.objects.filter(retention_class=name)
    kept = seals.filter(dropped_at=None).aggregate(events=Sum("events"), oldest=Min("day"))
    dropped = seals.exclude(dropped_at=None).aggregate(events=Sum("events"))
    return KeptClass(
        name=name,
        days=days,
        kept_days=seals.filter(dropped_at=None).values("day").distinct().count(),
        kept_events=kept["events"] or 0,
        oldest=kept["oldest"],
        dropped_events=dropped["events"] or 0,
        held_back=late,
    )


def unsealed_events(retention_class: str, day: date) -> int:
    """This will count events of the day that no kept seal accounts for."""
    sealed = Seal.objects.filter(retention_class=retention_class, day=day, dropped_at=None)
    total = sealed.aggregate(events=Sum("events"))["events"] or 0
    return Event.objects.of_day(retention_class, day).count() - total
