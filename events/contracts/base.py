from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any, ClassVar, Self, TypeVar

import msgspec

from events.contracts.faults import faults_of
from events.errors import FactUnreadable
from portal.shared.errors import FieldError


class Priority(IntEnum):
    LOW = 1
    NORMAL = 5
    HIGH = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A fact with plain fields: ids, slugs, ISO times, numbers. Never a secret.

    A field that is added gets a default; a field that changes its meaning makes a new
    class with the next `schema_version`.
    """

    event_type: ClassVar[str]
    schema_version: ClassVar[int] = 1
    priority: ClassVar[Priority] = Priority.NORMAL
    # The broker lane of the whole stream; facts of one stream must agree on it.
    lane: ClassVar[Priority] = Priority.NORMAL
    retention_class: ClassVar[str] = "system"

    @property
    def stream(self) -> str:
        """This will name what the fact is about; facts of one stream keep their order."""
        raise NotImplementedError(f"{type(self).__name__} does not name its stream")

    def payload(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """This will build the fact, leaving out what a newer publisher has added.

        Raises FactUnreadable, which names every field that is missing or of another type.
        """
        try:
            return msgspec.convert(payload, cls)
        except msgspec.ValidationError as error:
            raise FactUnreadable(
                f"The payload is no {cls.event_type} of schema version {cls.schema_version}.",
                fields=faults_of(payload, cls),
            ) from error

    @classmethod
    def faults(cls, payload: Mapping[str, Any]) -> list[FieldError]:
        """This will name the fields that are not as the contract says."""
        try:
            msgspec.convert(payload, cls)
        except msgspec.ValidationError:
            return faults_of(payload, cls)
        return []


CONTRACTS: dict[str, type[Contract]] = {}

Declared = TypeVar("Declared", bound=type[Contract])


def contract(event_type: str) -> Callable[[Declared], Declared]:
    """This will enter the class in the catalogue; a type declared twice raises ValueError."""

    def declare(cls: Declared) -> Declared:
        if event_type in CONTRACTS:
            raise ValueError(f"The event type {event_type!r} is declared twice.")
        cls.event_type = event_type
        CONTRACTS[event_type] = cls
        return cls

    return declare
