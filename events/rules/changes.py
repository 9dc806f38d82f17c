"""What differs between two JSON values, by JSON pointer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.shared.errors import pointer_step


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is None for what was added, `after` for what was removed."""

    pointer: str
    kind: Kind
    before: Any = None
    after: Any = None


def changes(before: Any, after: Any, *, pointer: str = "") -> list[Change]:
    """This will return the changes in the order of their pointers; lists compare by place."""
    return sorted(_between(before, after, pointer), key=lambda change: change.pointer)


def _between(before: Any, after: Any, pointer: str) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _of_members(before, after, pointer)
    elif _is_list(before) and _is_list(after):
        yield from _of_members(dict(enumerate(before)), dict(enumerate(after)), pointer)
    elif _differ(before, after):
        yield Change(pointer, Kind.CHANGED, before, after)


def _of_members(
    before: Mapping[Any, Any], after: Mapping[Any, Any], pointer: str
) -> Iterator[Change]:
    for name in before.keys() | after.keys():
        there = f"{pointer}/{pointer_step(name)}"
        if name not in before:
            yield Change(there, Kind.ADDED, after=after[name])
        elif name not in after:
            yield Change(there, Kind.REMOVED, before=before[name])
        else:
            yield from _between(before[name], after[name], there)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _differ(before: Any, after: Any) -> bool:
    # To Python, true and 1 are the same; to JSON they are not.
    return isinstance(before, bool) is not isinstance(after, bool) or bool(before != after)
