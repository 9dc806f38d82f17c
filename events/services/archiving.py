"""Keeping dropped days as files: a seal, then one line an event. Readable without the portal."""

import gzip
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from events.models import Event, Seal
from events.rules import integrity

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Archived:
    """`digest` is the SHA-256 of the file in hexadecimal; both are blank without a file."""

    name: str = ""
    digest: str = ""


def archive(seal: Seal) -> Archived:
    """This will write the events of a seal into EVENT_ARCHIVE_DIR, when there is one.

    The file is whole or not there, and on disk when this returns. Raises OSError.
    """
    if not settings.EVENT_ARCHIVE_DIR:
        return Archived()
    folder = Path(settings.EVENT_ARCHIVE_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{seal.retention_class}-{seal.day:%Y-%m-%d}-{seal.part}.jsonl.gz"
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        # No time and no name within: the same events make the same file.
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
            for line in _lines(seal):
                packed.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(folder / name)
    _settle(folder)
    return Archived(name, _digest(folder / name))


def _lines(seal: Seal) -> Iterator[bytes]:
    yield integrity.canonical(
        {"seal": asdict(seal.sealed()), "signature": seal.signature, "runs": seal.runs().spans}
    )
    rows = Event.objects.of_day(seal.retention_class, seal.day).filter(
        position__gte=seal.first_position, position__lte=seal.last_position
    )
    runs = seal.runs()
    for row in rows.order_by("position").iterator(ROWS_AT_ONCE):
        if row.position is not None and runs.holds(row.position):
            yield integrity.content(row.recorded(), position=row.position)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _settle(folder: Path) -> None:
    """A name is on disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
