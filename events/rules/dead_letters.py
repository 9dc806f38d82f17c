"""Which dead letters are meant, and when each goes out again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FASTEST = 1_000.0
SLOWEST = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A choice among the dead letters; what is blank does not narrow it.

    `event_type` may be a pattern, `reason` is a part of the reason.
    """

    subscriber: str = ""
    event_type: str = ""
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None


def due_at(number: int, *, at: datetime, rate_per_second: float | None) -> datetime:
    """This will tell when the letter goes out; numbers count from zero."""
    if rate_per_second is None:
        return at
    return at + timedelta(seconds=number / rate_per_second)
