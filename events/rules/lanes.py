"""Which of three lanes goes first, without the others starving."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from events.contracts.base import Priority

# Of any eight in a row, while all lanes have work: five high, two normal, one low.
TURNS = (
    Priority.HIGH,
    Priority.NORMAL,
    Priority.HIGH,
    Priority.HIGH,
    Priority.LOW,
    Priority.HIGH,
    Priority.NORMAL,
    Priority.HIGH,
)

Item = TypeVar("Item")


def in_turns(lanes: Mapping[Priority, Sequence[Item]]) -> list[Item]:
    """This will merge the lanes by turns, keeping the order within each.

    A lane without work passes its turn on at once, so nothing waits for an empty lane.
    """
    waiting = {lane: iter(items) for lane, items in lanes.items()}
    merged: list[Item] = []
    while waiting:
        for lane in TURNS:
            if lane not in waiting:
                continue
            try:
                merged.append(next(waiting[lane]))
            except StopIteration:
                del waiting[lane]
    return merged


def turns_of(lane: Priority) -> int:
    """This will return how many of a round's turns the lane has."""
    return TURNS.count(lane)
