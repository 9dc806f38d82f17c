"""Positions as runs: so many in a row, so many left out, and so on. Kept for ever, so small."""

import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter


class Runs:
    """Ascending positions; `[first, last]` of each run of neighbours."""

    def __init__(self) -> None:
        self.spans: list[list[int]] = []

    @classmethod
    def of(cls, positions: Iterable[int]) -> "Runs":
        runs = cls()
        for position in positions:
            runs.add(position)
        return runs

    @classmethod
    def joined(cls, several: Iterable["Runs"]) -> "Runs":
        """This will return what any of them holds."""
        runs = cls()
        for first, last in sorted(span for one in several for span in one):
            runs.join(first, last)
        return runs

    def add(self, position: int) -> None:
        """Raises ValueError for a position that is not behind the last one."""
        if self.spans and position <= self.spans[-1][1]:
            raise ValueError(f"{position} does not come after {self.spans[-1][1]}.")
        if self.spans and position == self.spans[-1][1] + 1:
            self.spans[-1][1] = position
        else:
            self.spans.append([position, position])

    def join(self, first: int, last: int) -> None:
        """This will add a run that begins no earlier than the last one does."""
        if self.spans and first <= self.spans[-1][1] + 1:
            self.spans[-1][1] = max(self.spans[-1][1], last)
        else:
            self.spans.append([first, last])

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return ((first, last) for first, last in self.spans)

    def holds(self, position: int) -> bool:
        return self.covers(position, position)

    def covers(self, first: int, last: int) -> bool:
        """This will tell whether no position from the first to the last is left out."""
        place = bisect_right(self.spans, first, key=itemgetter(0))
        return place > 0 and last <= self.spans[place - 1][1]

    def packed(self) -> bytes:
        """This will write the distances between the ends as variable-length numbers."""
        written = bytearray()
        behind = 0
        for first, last in self.spans:
            _write(written, first - behind)
            _write(written, last - first)
            behind = last
        return zlib.compress(bytes(written), 9)

    @classmethod
    def unpacked(cls, packed: bytes) -> "Runs":
        runs = cls()
        numbers = _read(zlib.decompress(packed))
        behind = 0
        for gap in numbers:
            first = behind + gap
            behind = first + next(numbers)
            runs.spans.append([first, behind])
        return runs


def _write(written: bytearray, number: int) -> None:
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)


def _read(written: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in written:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0
