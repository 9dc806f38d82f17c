"""The log from one position on, as its events."""

from collections.abc import Iterator, Sequence

from events.contracts.recorded import RecordedEvent
from events.models import Event
from events.rules.replays import Choice
from events.selectors.log import head_of_log
from events.storage.reading import read

BATCH = 2_000


def first_position() -> int:
    """This will return the first position that is kept, or the one that comes next."""
    kept = Event.objects.exclude(position=None).order_by("position")
    return kept.values_list("position", flat=True).first() or head_of_log() + 1


def batches(choice: Choice, *, size: int = BATCH) -> Iterator[Sequence[RecordedEvent]]:
    """This will read the chosen events in the order of their positions, as they were written."""
    behind = (choice.from_position or 1) - 1
    upto = head_of_log() if choice.to_position is None else choice.to_position
    rows = Event.objects.order_by("position").filter(position__lte=upto)
    rows = rows.filter(stream=choice.stream) if choice.stream else rows
    rows = rows.filter(recorded_at__gte=choice.since) if choice.since else rows
    rows = rows.filter(recorded_at__lt=choice.until) if choice.until else rows
    if choice.event_type and not set("*?[") & set(choice.event_type):
        rows = rows.filter(event_type=choice.event_type)
    taken: dict[str, bool] = {}
    while found := read(rows.filter(position__gt=behind)[:size]):
        behind = found[-1].position or behind
        for event in found:
            if event.event_type not in taken:
                taken[event.event_type] = choice.takes(event.event_type)
        yield [event for event in found if taken[event.event_type]]
