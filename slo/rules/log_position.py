"""Where reading of an access log goes on after a stop, a rotation or a truncation."""

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """A file by what a rename leaves alone: device and inode, and its first line.

    The first line tells a new file from an old one whose inode was given away again.
    """

    number: str
    first_line_hash: str


@dataclass(frozen=True, slots=True)
class Position:
    """How far a file was counted, in bytes from its start."""

    identity: FileIdentity
    offset: int


class Resumption(Enum):
    BEGIN = "begin"
    GO_ON = "go on"
    START_AGAIN = "start again"
    FINISH_ROTATED = "finish rotated"


def resumption(remembered: Position | None, found: FileIdentity, *, size: int) -> Resumption:
    """This will tell what to do with the file that has the log's name now."""
    if remembered is None:
        return Resumption.BEGIN
    if found.number != remembered.identity.number:
        return Resumption.FINISH_ROTATED
    is_same_start = found.first_line_hash == remembered.identity.first_line_hash
    if is_same_start and size >= remembered.offset:
        return Resumption.GO_ON
    return Resumption.START_AGAIN


def is_rotation_of(name: str, log: str) -> bool:
    """This will tell whether a file is called as logrotate calls old files of the log.

    `access.log.1`, `access.log-20260302` and `access-20260302.log` are of `access.log`;
    compressed files, copies and the logs of other sites are not.
    """
    path = PurePath(log)
    numbered = rf"{re.escape(log)}[.-]\d[\d-]*"
    dated = rf"{re.escape(path.stem)}-\d[\d-]*{re.escape(path.suffix)}"
    return re.fullmatch(f"{numbered}|{dated}", name, re.ASCII) is not None
