"""What the two databases do differently: appending, giving positions, partitions, waking."""

from collections.abc import Sequence

from django.db import connection

from events.models import Event
from events.storage import postgresql, sqlite
from events.storage.base import Place as Place
from events.storage.base import Sequenced as Sequenced
from events.storage.waking import wake_readers as wake_readers


def append(events: Sequence[Event], payloads: Sequence[str], place: Place) -> None:
    """This will write the events all or none, and set their keys and stream versions.

    `payloads` are those of the events as JSON: they were written out when they were checked.
    Raises StreamMoved when the stream is not at the expected version.
    """
    if connection.vendor == "postgresql":
        postgresql.append(events, payloads, place)
    else:
        sqlite.append(events, place)


def has_unsequenced(*, above: int = 0) -> bool:
    """This will tell whether a committed event of a priority above that has no position yet."""
    if connection.vendor == "postgresql":
        return postgresql.has_unsequenced(above)
    return Event.objects.filter(position=None, priority__gt=above).exists()


def give_positions(rows: Sequence[Sequenced]) -> None:
    """This will write position and authentication tag of each row."""
    if connection.vendor == "postgresql":
        postgresql.give_positions(rows)
    else:
        sqlite.give_positions(rows)
