"""In which order committed events get their positions, and which must wait for the next batch."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from events.contracts.recorded import RecordedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsequenced:
    """A committed event without a position.

    `transaction` is who wrote it: its number, and when it began.
    """

    pk: int
    transaction: tuple[int, datetime | None] | None
    event: RecordedEvent


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
