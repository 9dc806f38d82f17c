"""One writer at a time: the order of the keys is the order of the commits."""

from collections.abc import Sequence

from django.db import connection, transaction

from events.models import Event
from events.storage.base import Place, Sequenced
from events.storage.streams import moved, moved_by


def append(events: Sequence[Event], place: Place) -> None:
    with transaction.atomic():
        if place.stream:
            version = _move(len(events), place)
            for number, event in enumerate(reversed(events)):
                event.stream_version = version - number
        Event.objects.bulk_create(events)


def _move(count: int, place: Place) -> int:
    statement, values = moved_by(count, place)
    with connection.cursor() as cursor:
        row = cursor.execute(statement, values).fetchone()
    if row is None:
        raise moved(place)
    version: int = row[0]
    return version


def give_positions(rows: Sequence[Sequenced]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE events_event SET position = %s, authentication_tag = %s WHERE id = %s",
            [(row.position, row.authentication_tag, row.pk) for row in rows],
        )
