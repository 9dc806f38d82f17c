"""An access log on disk: an open file that a rename does not take away."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from slo.rules.access_log import LONGEST_LINE_BYTES
from slo.rules.log_position import FileIdentity, Position, is_rotation_of

CHUNK_BYTES = 4 * 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines without their ends, and where the next chunk begins."""

    lines: tuple[bytes, ...]
    end: int


class LogFile:
    """One file, held open. Raises OSError as opening and reading a file do."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("rb")
        found = os.fstat(self._file.fileno())
        self.number = file_number(found)
        self.is_regular = stat.S_ISREG(found.st_mode)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    @property
    def size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    @property
    def written_at(self) -> int:
        return os.fstat(self._file.fileno()).st_mtime_ns

    @property
    def is_compressed(self) -> bool:
        return self._read_at(0, len(GZIP_MAGIC)) == GZIP_MAGIC

    def identity(self) -> FileIdentity:
        first_line = self._read_at(0, LONGEST_LINE_BYTES).partition(b"\n")[0]
        return FileIdentity(self.number, hashlib.sha256(first_line).hexdigest())

    def chunk(self, offset: int, *, is_finished: bool, limit: int = CHUNK_BYTES) -> Chunk:
        """This will return the whole lines from there on; a last one without end waits.

        It waits no longer when the file is finished, and a line that fills a chunk is
        given in pieces, so that reading always goes on.
        """
        found = self._read_at(offset, limit)
        end = found.rfind(b"\n") + 1
        if not end and found and (is_finished or len(found) == limit):
            end = len(found)
        lines = found[:end].split(b"\n")
        if lines[-1] == b"":
            lines.pop()
        return Chunk(lines=tuple(lines), end=offset + end)

    def _read_at(self, offset: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, offset)


def file_number(found: os.stat_result) -> str:
    return f"{found.st_dev}:{found.st_ino}"


def find_rotated(path: Path, position: Position) -> LogFile | None:
    """This will open the file beside the log that the position was taken in, if it is there."""
    for beside in sorted(path.parent.iterdir()):
        try:
            if file_number(beside.stat()) != position.identity.number:
                continue
            found = LogFile(beside)
        except OSError:
            # It was renamed or removed between the two looks.
            continue
        if found.identity() == position.identity and found.size >= position.offset:
            return found
        found.close()
    return None


def next_rotated(path: Path, finished: LogFile) -> Path | None:
    """This will name the old file of the log that was written next after the finished one.

    There is one when the log was renamed more than once while nobody read it.
    """
    later: list[tuple[int, Path]] = []
    for beside in path.parent.iterdir():
        if is_rotation_of(beside.name, path.name):
            try:
                found = beside.stat()
            except OSError:
                # It was renamed or removed between the two looks.
                continue
            if file_number(found) != finished.number and found.st_size:
                later.append((found.st_mtime_ns, beside))
    return min((entry for entry in later if entry[0] > finished.written_at), default=(0, None))[1]
