"""The examples of the documents: every block of code, and what it is."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.architecture.source import ROOT

# A block that begins like this can be run; any other must be listed with its reason.
BEGINNINGS = {
    "curl": re.compile(r"curl "),
    "command": re.compile(r"python manage\.py "),
    "python": re.compile(r"(from|import) "),
    "json": re.compile(r"\{"),
    "log": re.compile(r"\d+\.\d+\.\d+\.\d+ "),
}
FENCES = {"yaml": "yaml", "json": "json", "python": "python"}


@dataclass(frozen=True)
class Example:
    """`document` is relative to the root; `kind` is blank when nobody knows how to run it."""

    document: str
    text: str
    fence: str = ""

    @property
    def first_line(self) -> str:
        return self.text.partition("\n")[0]

    @property
    def kind(self) -> str:
        if self.fence:
            return FENCES.get(self.fence, "")
        found = (kind for kind, start in BEGINNINGS.items() if start.match(self.text))
        return next(found, "")


@dataclass
class Call:
    """One curl command, and the answer that is written below it."""

    method: str
    address: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    answer: Any = None


def documents() -> list[Path]:
    """This will return every document of the project that people read."""
    skipped = {".venv", ".venv-bench", "var", "node_modules"}
    found = (path for path in ROOT.rglob("*.md") if not skipped & set(path.parts))
    return sorted(path for path in found if not any(p.startswith(".") for p in path.parts[-2:-1]))


def examples() -> list[Example]:
    return [
        example
        for path in documents()
        for example in examples_in(
            path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
        )
    ]


def examples_in(text: str, document: str) -> Iterator[Example]:
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        if lines[at].startswith("```"):
            end = lines.index("```", at + 1)
            yield Example(document, "\n".join(lines[at + 1 : end]), fence=lines[at][3:] or "none")
        elif lines[at].startswith("    ") and not (at and lines[at - 1].strip()):
            end = _end_of_block(lines, at)
            block = "\n".join(line[4:] for line in lines[at:end])
            yield Example(document, block.strip("\n"))
        else:
            end = at
        at = end + 1


def _end_of_block(lines: list[str], start: int) -> int:
    """Blank lines belong to a block when it goes on after them."""
    end = start
    for number, line in enumerate(lines[start:], start=start):
        if line.startswith("    "):
            end = number + 1
        elif line.strip():
            break
    return end


def commands_of(text: str) -> list[list[str]]:
    """This will return the arguments of each `python manage.py` line."""
    found = [shlex.split(line, comments=True) for line in text.splitlines()]
    assert all(words[:2] == ["python", "manage.py"] for words in found if words), text
    return [words[2:] for words in found if words]


def calls_of(text: str) -> Iterator[Call]:
    """This will read curl commands as a shell does, each with the JSON that follows it."""
    for part in re.split(r"^(?=curl )", text, flags=re.MULTILINE):
        command, answer = _command_and_answer(part)
        if command:
            yield _call(shlex.split(command), json.loads(answer) if answer else None)


def _command_and_answer(part: str) -> tuple[str, str]:
    lines = part.rstrip().splitlines()
    starts = (number for number, line in enumerate(lines) if line.startswith(("{", "[")))
    cut = next(starts, len(lines))
    return "\n".join(lines[:cut]).replace("\\\n", " "), "\n".join(lines[cut:])


def _call(words: list[str], answer: Any) -> Call:
    call = Call(method="", address="", answer=answer)
    rest = iter(words[1:])
    for word in rest:
        match word:
            case "-s":
                continue
            case "-X":
                call.method = next(rest)
            case "-H":
                name, _colon, value = next(rest).partition(": ")
                call.headers[name] = value
            case "-d" | "--data-binary":
                call.body = next(rest)
            case _:
                assert word.startswith("http"), f"The runner does not know curl's {word}."
                call.address = word
    call.method = call.method or ("GET" if call.body is None else "POST")
    return call


def differences(written: Any, answered: Any, at: str = "") -> list[str]:
    """This will name where the shape that is written is not the shape that was answered."""
    match written, answered:
        case dict(), dict():
            if written.keys() != answered.keys():
                return [f"{at}: {sorted(written.keys() ^ answered.keys())}"]
            found = (differences(written[key], answered[key], f"{at}/{key}") for key in written)
            return [difference for part in found for difference in part]
        case [first, *_], [found, *_]:
            return differences(first, found, f"{at}/0")
        case ([], list()) | (list(), []) | (None, _) | (_, None):
            return []
        case bool(), bool():
            return []
        case int() | float(), int() | float() if not isinstance(written, bool):
            return []
        case str(), str():
            return []
    return [f"{at}: {written!r} is written, {answered!r} answered"]
