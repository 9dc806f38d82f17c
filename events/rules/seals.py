"""What a seal says, and what is signed of it. The field names are those of archives too."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from events.rules.integrity import canonical

# What the first seal names as its previous one.
BEGINNING = "0" * 64
# A day is left alone so long after its end: what is under way may still belong to it.
SETTLING = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The signed part of a seal; hashes and keys are in hexadecimal, times ISO in UTC.

    `positions` is the SHA-256 of the packed runs of positions.
    """

    number: int
    retention_class: str
    day: str
    part: int
    events: int
    first_position: int
    last_position: int
    positions: str
    merkle_root: str
    previous: str
    public_key: str
    sealed_at: str

    def written(self) -> bytes:
        """This will return the bytes that are signed."""
        return canonical(asdict(self))

    def digest(self, signature: str) -> str:
        """This will return what the next seal names as its previous one."""
        return hashlib.sha256(self.written() + bytes.fromhex(signature)).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What is signed when the events of a seal are dropped."""

    seal: int
    merkle_root: str
    dropped_at: str
    archive: str
    archive_digest: str

    def written(self) -> bytes:
        return canonical({"dropped": asdict(self)})


def read_sealed(document: Any) -> Sealed:
    """This will read the signed part from an archive. Raises ValueError."""
    kinds = Sealed.__annotations__
    if not isinstance(document, dict) or set(document) != set(kinds):
        raise ValueError("The seal does not have the fields of a seal.")
    for name, kind in kinds.items():
        if type(document[name]) is not kind:
            raise ValueError(f"The seal's {name} is not of its kind.")
    return Sealed(**document)


def day_of(at: datetime) -> date:
    return at.astimezone(UTC).date()


def bounds(day: date) -> tuple[datetime, datetime]:
    """This will return the first moment of the day and of the next, in UTC."""
    begin = datetime.combine(day, time(), tzinfo=UTC)
    return begin, begin + timedelta(days=1)


def is_settled(day: date, *, at: datetime) -> bool:
    """This will tell whether the day has been over for long enough to be sealed."""
    return bounds(day)[1] + SETTLING <= at


def expires_at(day: date, *, days: int | None) -> datetime | None:
    """This will return when events of the day may be dropped; None is never."""
    return None if days is None else bounds(day)[1] + timedelta(days=days)
