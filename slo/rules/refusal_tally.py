"""What was refused of one batch, by reason and by what it was about."""

from dataclasses import dataclass, field

from slo.rules.counter import Reason

LONGEST_SUBJECT = 200
LONGEST_EXAMPLE = 500


@dataclass(slots=True)
class Refused:
    count: int = 0
    example: str = ""


@dataclass(slots=True)
class RefusalTally:
    """`wrong` counts the samples that were refused of series that somebody counts."""

    refused: dict[tuple[str, str], Refused] = field(default_factory=dict)
    wrong: int = 0

    def add(self, reason: Reason | str, subject: str, *, count: int = 1, example: str = "") -> None:
        place = (str(reason), _storable(subject)[:LONGEST_SUBJECT])
        found = self.refused.setdefault(place, Refused())
        found.count += count
        found.example = _storable(example)[:LONGEST_EXAMPLE] or found.example
        if reason not in {Reason.UNKNOWN_SERIES, Reason.UNKNOWN_UNIT}:
            self.wrong += count


def is_storable(text: str) -> bool:
    """PostgreSQL stores neither NUL nor half a surrogate pair."""
    return "\x00" not in text and (
        text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)
    )


def _storable(text: str) -> str:
    return text if is_storable(text) else text.encode("unicode_escape").decode()
