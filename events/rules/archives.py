"""Checking an archived day with nothing but its file and, if wanted, the key that sealed it."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from events.rules import integrity
from events.rules.runs import Runs
from events.rules.seals import Sealed, read_sealed

LONGEST_LINE = 4 * 1024 * 1024
IsSigned = Callable[[bytes, str, str], bool]


class Broken(Exception):
    """What does not hold, in one sentence."""


@dataclass(frozen=True, slots=True)
class Checked:
    seal: Sealed
    signature: str


def check(file: Path, *, is_signed: IsSigned, public_key: str = "") -> Checked:
    """This will check seal, signature, positions and every event. Raises Broken.

    `public_key` is the one that is trusted; without it the file only agrees with itself.
    """
    try:
        with gzip.open(file, "rb") as opened:
            lines = _lines(opened)
            first = next(lines, None)
            if first is None:
                raise Broken("The file is empty.")
            checked, runs = _header(first)
            _check_signature(checked, is_signed, public_key)
            _check_events(checked.seal, runs, lines)
            return checked
    except (OSError, EOFError, zlib.error) as error:
        raise Broken(f"The file cannot be read: {error}.") from error


def _lines(opened: Any) -> Iterator[bytes]:
    while line := opened.readline(LONGEST_LINE):
        yield line.rstrip(b"\n")


def _header(line: bytes) -> tuple[Checked, Runs]:
    document = _parsed(line, "The first line")
    if not isinstance(document, dict):
        raise Broken("The first line is not a seal.")
    runs = Runs()
    try:
        seal = read_sealed(document.get("seal"))
        for first, last in document["runs"]:
            runs.join(int(first), int(last))
        signature = str(document["signature"])
        bytes.fromhex(signature)
    except (ValueError, TypeError, KeyError) as error:
        raise Broken(f"The first line is not a seal: {error}") from error
    if hashlib.sha256(runs.packed()).hexdigest() != seal.positions:
        raise Broken("The positions are not those of the seal.")
    return Checked(seal, signature), runs


def _check_signature(checked: Checked, is_signed: IsSigned, public_key: str) -> None:
    if public_key and public_key != checked.seal.public_key:
        raise Broken(f"It was sealed with another key, {checked.seal.public_key}.")
    if not is_signed(checked.seal.written(), checked.signature, checked.seal.public_key):
        raise Broken("The signature is wrong: the seal is not what was signed.")


def _check_events(seal: Sealed, runs: Runs, lines: Iterator[bytes]) -> None:
    expected = (position for first, last in runs for position in range(first, last + 1))
    tree = integrity.MerkleTree()
    for line in lines:
        position = next(expected, None)
        if position is None:
            raise Broken(f"There are events behind position {seal.last_position}.")
        event = _parsed(line, f"The line of position {position}")
        if not isinstance(event, dict) or event.get("position") != position:
            raise Broken(f"Position {position} does not hold: another event stands there.")
        tree.add(integrity.leaf(line))
    missing = next(expected, None)
    if missing is not None:
        raise Broken(f"Position {missing} does not hold: it is missing.")
    if tree.count != seal.events or tree.root().hex() != seal.merkle_root:
        raise Broken(
            f"Position {seal.first_position} or one behind it does not hold: the events are not "
            "what was sealed."
        )


def _parsed(line: bytes, what: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Broken(f"{what} is not JSON.") from error
