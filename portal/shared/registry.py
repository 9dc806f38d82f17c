"""A table from a name to the thing that goes by it, filled at start and read afterwards."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from portal.shared.errors import NotFound

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """Refuses a second entry under one name; an unknown name lists the known ones."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._entries: dict[str, Entry] = {}

    def register(self, name: str, entry: Entry) -> Entry:
        """This will file the entry; raises ValueError when the name is taken."""
        if name in self._entries:
            raise ValueError(f"The {self.noun} {name!r} is registered twice.")
        self._entries[name] = entry
        return entry

    def get(self, name: str) -> Entry:
        """This will return the entry; raises NotFound naming the known ones."""
        try:
            return self._entries[name]
        except KeyError as error:
            known = ", ".join(sorted(self._entries)) or "none"
            raise NotFound(f"There is no {self.noun} {name!r}. Known: {known}.") from error

    def names(self) -> list[str]:
        return sorted(self._entries)

    def __iter__(self) -> Iterator[tuple[str, Entry]]:
        return iter(sorted(self._entries.items()))

    def __contains__(self, name: str) -> bool:
        return name in self._entries
