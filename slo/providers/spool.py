"""Counts of one process in a file that is mapped into its memory, and outlives a SIGKILL.

What a process has stored in a shared mapping is the kernel's; only a loss of power, or of the
machine, takes it. The owner holds the file's flock; a file that can be locked has no owner.
"""

import fcntl
import mmap
import os
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from slo.rules.outcome import words_of

# A multiple of the page size of every machine there is.
SLOT_BYTES = 7 * 65_536
CELLS = 4096
# The calls a dead database may keep waiting: by minute and outcome, not by call.
MOST_SLOTS = 32
FEWEST_SLOTS = 2
_MAGIC = 0x534C4F53504F4F31
_SEQUENCE, _CELLS_USED, _WORDS_USED, _MARK = range(4)
_COUNTS = 8
_WORDS = _COUNTS + CELLS
_END = SLOT_BYTES // 8
SUFFIX = ".spool"

Kept = list[tuple[Sequence[int], int]]


class SpoolDamaged(Exception):
    """The file is not one that a recorder writes."""


class Slot:
    """Cells, each a number and the words that say what it is the number of.

    A sequence of zero says that nothing is in it. Words are written before the cell that
    needs them is announced, so a kill between any two stores leaves whole cells.
    """

    def __init__(self, mapping: mmap.mmap) -> None:
        self._mapping = mapping
        self._words: memoryview[int] = memoryview(mapping).cast("q")
        self.counts: memoryview[int] = self._words[_COUNTS:_WORDS]

    @property
    def sequence(self) -> int:
        return self._words[_SEQUENCE]

    @property
    def is_empty(self) -> bool:
        return self._words[_CELLS_USED] == 0

    def begin(self, sequence: int) -> None:
        """This will empty the slot and give it the sequence."""
        words = self._words
        words[_SEQUENCE] = 0
        used = words[_CELLS_USED]
        words[_CELLS_USED] = words[_WORDS_USED] = 0
        for cell in range(used):
            words[_COUNTS + cell] = 0
        words[_MARK] = _MAGIC
        words[_SEQUENCE] = sequence

    def add_cell(self, spelled: Sequence[int]) -> int | None:
        """This will return the number of a new cell; None when the slot is full."""
        words = self._words
        cell, start = words[_CELLS_USED], _WORDS + words[_WORDS_USED]
        if cell == CELLS or start + len(spelled) > _END:
            return None
        for place, word in enumerate(spelled, start=start):
            words[place] = word
        words[_WORDS_USED] += len(spelled)
        words[_CELLS_USED] = cell + 1
        return cell

    def read(self) -> Kept:
        return kept_in(self._words.tolist() if self.sequence else [])

    def calls(self) -> int:
        return sum(self.counts[: self._words[_CELLS_USED]]) if self.sequence else 0

    def clear(self) -> None:
        """This will say that what was in the slot is in the database."""
        self._words[_SEQUENCE] = 0

    def close(self) -> None:
        self.counts.release()
        self._words.release()
        self._mapping.close()


class Spool:
    """The slots of one process; in memory alone when there is no directory."""

    def __init__(self, directory: Path | None) -> None:
        self.name = uuid.uuid4().hex
        self.slots: list[Slot] = []
        self._path = directory / f"{self.name}{SUFFIX}" if directory else None
        self._file = -1
        if self._path:
            self._file = _created(self._path)
        try:
            for _number in range(FEWEST_SLOTS):
                self._add_slot()
        except OSError:
            self.remove()
            raise

    @property
    def is_durable(self) -> bool:
        return self._path is not None

    def free_slot(self) -> Slot | None:
        """This will return a slot with nothing in it; None when there is no room for one."""
        free = next((slot for slot in self.slots if not slot.sequence), None)
        if free or len(self.slots) == MOST_SLOTS:
            return free
        try:
            return self._add_slot()
        except OSError:
            return None

    def close(self) -> None:
        """This will let the file go, for another process to take in."""
        for slot in self.slots:
            slot.close()
        self.slots = []
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def remove(self) -> None:
        if self._path:
            self._path.unlink(missing_ok=True)
        self.close()

    def _add_slot(self) -> Slot:
        start = len(self.slots) * SLOT_BYTES
        if self._file < 0:
            mapping = mmap.mmap(-1, SLOT_BYTES)
        else:
            # Room is taken now: a store into a hole of a full disk would end the process.
            os.posix_fallocate(self._file, start, SLOT_BYTES)
            mapping = mmap.mmap(self._file, SLOT_BYTES, offset=start)
        self.slots.append(Slot(mapping))
        return self.slots[-1]


class Orphan:
    """A spool whose owner is gone, held by its lock."""

    def __init__(self, path: Path, file: int) -> None:
        self.name = path.stem
        self._path = path
        self._file = file

    def read(self) -> list[tuple[int, Kept]]:
        """This will return (sequence, what is kept) in their order. Raises SpoolDamaged."""
        found = os.pread(self._file, os.fstat(self._file).st_size, 0)
        slots = [
            memoryview(found[start : start + SLOT_BYTES]).cast("q").tolist()
            for start in range(0, len(found) - SLOT_BYTES + 1, SLOT_BYTES)
        ]
        return sorted((slot[_SEQUENCE], kept_in(slot)) for slot in slots if slot[_SEQUENCE])

    def clear(self, sequence: int) -> None:
        """This will say in the file that the slot with that sequence is in the database."""
        for start in range(0, os.fstat(self._file).st_size, SLOT_BYTES):
            if os.pread(self._file, 8, start) == sequence.to_bytes(8, sys.byteorder):
                os.pwrite(self._file, bytes(8), start)

    def set_aside(self) -> Path:
        """This will keep a damaged file under a name that nobody adopts."""
        aside = self._path.with_suffix(".damaged")
        self._path.rename(aside)
        return aside

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        os.close(self._file)


@contextmanager
def orphans(directory: Path) -> Iterator[list[Orphan]]:
    """This will hold every spool in the directory that has no owner."""
    held: list[Orphan] = []
    if directory.is_dir():
        with _alone(directory):
            held = [orphan for path in directory.glob(f"*{SUFFIX}") if (orphan := _held(path))]
    try:
        yield held
    finally:
        for orphan in held:
            orphan.close()


def kept_in(slot: Sequence[int]) -> Kept:
    """This will read the words of a slot. Raises SpoolDamaged."""
    if not slot:
        return []
    cells, used = slot[_CELLS_USED], slot[_WORDS_USED]
    if slot[_MARK] != _MAGIC or not 0 <= cells <= CELLS or not 0 <= used <= _END - _WORDS:
        raise SpoolDamaged("Its slots do not begin as a recorder begins them.")
    kept: Kept = []
    spelled, start = slot[_WORDS : _WORDS + used], 0
    for cell in range(cells):
        try:
            words = words_of(spelled, start)
        except ValueError as error:
            raise SpoolDamaged(str(error)) from error
        start += len(words)
        if slot[_COUNTS + cell]:
            kept.append((words, slot[_COUNTS + cell]))
    return kept


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """A file is made and locked in one step, as seen by those who look for orphans."""
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _created(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(path.parent):
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def _held(path: Path) -> Orphan | None:
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return Orphan(path, file)
