"""Counting from access logs: the counts of a chunk and how far it reached are one commit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import structlog
from django.db import transaction

from catalog.models import Service
from catalog.selectors import get_service
from slo import selectors
from slo.errors import LogCursorMoved, LogFileRefused, ServiceHasNoIndicator
from slo.models import LogCursor
from slo.providers.log_file import Chunk, LogFile, file_number, find_rotated, next_rotated
from slo.rules.access_log import Malformed, RequestTimeUnit, read_line
from slo.rules.log_position import FileIdentity, Position, Resumption, resumption
from slo.rules.request_outcome import ServedRequest, tally
from slo.services.buckets import add_counts

log = structlog.get_logger(__name__)

# A server may write to a renamed file for a moment after the new one is there.
QUIET_LOOKS_BEFORE_LEAVING = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """What a follower has counted since it began."""

    lines: int = 0
    counted: int = 0
    malformed: int = 0
    last_malformed_reason: str = ""


class AccessLogFollower:
    """Reads one access log for one service and goes on where the last reader stopped.

    Raises LogFileRefused, UnknownService and ServiceHasNoIndicator before anything is read.
    """

    def __init__(self, *, path: Path, service_slug: str, unit: RequestTimeUnit) -> None:
        self.path = path.resolve()
        self.unit = unit
        self.progress = Progress()
        self._service = _service_that_counts(service_slug)
        self._quiet_looks = 0
        self._cursor, _made = LogCursor.objects.get_or_create(
            service=self._service, path=_storable(self.path)
        )
        opened = self._open(self.path)
        if opened is None:
            raise LogFileRefused(f"There is no file {self.path}.")
        self._file: LogFile = opened
        self._offset = self._find_place()

    def close(self) -> None:
        self._file.close()

    def advance(self, *, at: datetime, is_one_pass: bool = False) -> bool:
        """This will count the next chunk, and return False when there is none now.

        A file that was renamed is read to its end before the new one is opened; one that
        was truncated is read again from its start. Raises LogCursorMoved when another
        process reads the same log.
        """
        self._start_again_if_truncated()
        if self._count_chunk(at=at, is_finished=False):
            return True
        if not self._is_renamed():
            self._quiet_looks = 0
            return False
        self._quiet_looks += 1
        if not is_one_pass and self._quiet_looks <= QUIET_LOOKS_BEFORE_LEAVING:
            return False
        self._count_chunk(at=at, is_finished=True)
        return self._change_over()

    def _count_chunk(self, *, at: datetime, is_finished: bool) -> bool:
        chunk = self._file.chunk(self._offset, is_finished=is_finished)
        if not chunk.lines:
            return False
        self._quiet_looks = 0
        reached = Position(self._file.identity(), chunk.end)
        served = list(self._read(chunk, at=at))
        requests = [request for request in served if isinstance(request, ServedRequest)]
        malformed = [line for line in served if isinstance(line, Malformed)]
        self._cursor = _count(self._cursor, reached, requests, malformed, at=at)
        self._offset = chunk.end
        self.progress = _progressed(self.progress, requests, malformed)
        return True

    def _read(self, chunk: Chunk, *, at: datetime) -> Iterable[ServedRequest | Malformed]:
        for line in chunk.lines:
            yield read_line(line, service=self._service.slug, unit=self.unit, at=at)

    def _open(self, path: Path) -> LogFile | None:
        try:
            opened = LogFile(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise LogFileRefused(f"{path} cannot be read: {reason}.") from error
        if not opened.is_regular or opened.is_compressed:
            opened.close()
            raise LogFileRefused(f"{path} is not a plain file of lines; uncompress it first.")
        return opened

    def _find_place(self) -> int:
        remembered = _position(self._cursor)
        match resumption(remembered, self._file.identity(), size=self._file.size):
            case Resumption.GO_ON:
                return self._cursor.offset
            case Resumption.FINISH_ROTATED if remembered is not None:
                return self._offset_in_rotated(remembered)
        return 0

    def _offset_in_rotated(self, remembered: Position) -> int:
        rotated = find_rotated(self.path, remembered)
        if rotated is None:
            log.warning(
                "rotated_access_log_not_found", path=str(self.path), offset=remembered.offset
            )
            return 0
        self._file.close()
        self._file = rotated
        return remembered.offset

    def _start_again_if_truncated(self) -> None:
        remembered = _position(self._cursor)
        if remembered is None or not self._offset:
            return
        found = self._file.identity()
        if resumption(remembered, found, size=self._file.size) is Resumption.START_AGAIN:
            log.warning("access_log_truncated", path=str(self.path), offset=self._offset)
            self._offset = 0

    def _is_renamed(self) -> bool:
        try:
            found = self.path.stat()
        except OSError:
            # Between a rename and the first line of the new file there is none.
            return False
        return file_number(found) != self._file.number and found.st_size > 0

    def _change_over(self) -> bool:
        opened = self._open(next_rotated(self.path, self._file) or self.path)
        if opened is None:
            return False
        self._file.close()
        self._file = opened
        self._offset = 0
        self._quiet_looks = 0
        return True


def _service_that_counts(slug: str) -> Service:
    service = get_service(slug, field="--service")
    if slug not in selectors.watches_by_service():
        raise ServiceHasNoIndicator(
            f"Nothing would be counted: {slug} has no indicator. Add one in the admin first."
        )
    return service


def _storable(path: Path) -> str:
    text = str(path)
    longest = LogCursor._meta.get_field("path").max_length or 0
    if len(text) > longest or not text.isprintable():
        raise LogFileRefused("The path is too long or has characters that cannot be stored.")
    return text


def _position(cursor: LogCursor) -> Position | None:
    if not cursor.file_number:
        return None
    return Position(FileIdentity(cursor.file_number, cursor.first_line_hash), cursor.offset)


@transaction.atomic
def _count(
    cursor: LogCursor,
    reached: Position,
    requests: list[ServedRequest],
    malformed: list[Malformed],
    *,
    at: datetime,
) -> LogCursor:
    """The cursor moves only from where this reader saw it, so no chunk counts twice."""
    moved = {
        "file_number": reached.identity.number,
        "first_line_hash": reached.identity.first_line_hash,
        "offset": reached.offset,
        "line_count": cursor.line_count + len(requests) + len(malformed),
        "malformed_count": cursor.malformed_count + len(malformed),
        "last_malformed_reason": (
            malformed[-1].reason if malformed else cursor.last_malformed_reason
        ),
        "advanced_at": at,
    }
    claimed = LogCursor.objects.filter(
        pk=cursor.pk,
        file_number=cursor.file_number,
        first_line_hash=cursor.first_line_hash,
        offset=cursor.offset,
        line_count=cursor.line_count,
    ).update(**moved)
    if not claimed:
        raise LogCursorMoved(
            f"Another process reads {cursor.path} for the same service; stop one of them."
        )
    found = tally(requests, selectors.watches_by_service())
    add_counts(counts=found.counts, latencies=found.latencies)
    return LogCursor(pk=cursor.pk, service_id=cursor.service_id, path=cursor.path, **moved)


def _progressed(
    progress: Progress, requests: list[ServedRequest], malformed: list[Malformed]
) -> Progress:
    return replace(
        progress,
        lines=progress.lines + len(requests) + len(malformed),
        counted=progress.counted + len(requests),
        malformed=progress.malformed + len(malformed),
        last_malformed_reason=(
            malformed[-1].reason if malformed else progress.last_malformed_reason
        ),
    )
