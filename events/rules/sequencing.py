"""In which order committed events get their positions, and which must wait for the next batch."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsequenced:
    """A committed event without a position, and what handing it on needs to know of it.

    `transaction` is who wrote it: its number, and when it began.
    """

    pk: int
    transaction: tuple[int, datetime | None] | None
    event_id: uuid.UUID
    event_type: str
    stream: str
    stream_version: int | None
    priority: int
    retention_class: str
    recorded_at: datetime

    @property
    def sequence_key(self) -> str:
        """This will name what must stay in order: the stream, or nothing but the event."""
        return str(self.event_id) if self.stream_version is None else self.stream


def in_commit_order(
    seen: Iterable[Unsequenced],
    *,
    unfinished: Collection[tuple[int, datetime | None]] = (),
) -> list[int]:
    """This will return the primary keys in the order of their positions.

    Whole transactions, ordered by the last row each wrote. A later writer of a stream
    waits for the stream's row until the earlier one is committed, so all its keys on that
    stream are greater: this order keeps every stream, though transactions that wrote
    elsewhere at the same time may change places.

    `unfinished` are transactions that have rows beyond what was seen: they wait.
    """
    groups: dict[object, list[int]] = {}
    for row in seen:
        if row.transaction is None:
            groups.setdefault(row.pk, []).append(row.pk)
        elif row.transaction not in unfinished:
            groups.setdefault(row.transaction, []).append(row.pk)
    ordered = sorted(groups.values(), key=max)
    return [pk for group in ordered for pk in sorted(group)]
