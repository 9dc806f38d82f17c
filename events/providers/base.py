"""What the portal asks of a message broker, whichever it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from events.contracts.base import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One event in the form it travels in. Messages of one `key` keep their order.

    `headers` are those of CloudEvents in binary form over HTTP (`ce-id`); a broker that
    spells them otherwise translates them.
    """

    key: str
    event_type: str
    lane: Priority
    headers: Mapping[str, str]
    body: bytes


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    # Nobody would have received it: a queue or topic is missing.
    UNROUTABLE = "unroutable"
    # The broker said no: too large, or no room.
    REFUSED = "refused"
    # No word before the deadline, or the connection broke: it may have arrived.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Receipt:
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message from outside. `place` tells people where it was found."""

    channel: str
    place: str
    headers: Mapping[str, str]
    body: bytes
    token: Any = field(repr=False, compare=False)


class Intake(Protocol):
    """Reading some channels as a member of a group. Belongs to one thread."""

    def poll(self, *, timeout_seconds: float, most: int) -> list[Arrival]:
        """This will return what has arrived, waiting for the first at most that long.

        Raises BrokerUnavailable when the broker does not answer; the next call tries anew.
        """
        ...

    def done(self, arrivals: Sequence[Arrival]) -> None:
        """This will tell the broker that the arrivals, in order, need not come again.

        Called after what they meant was committed. What was never done comes again.
        """
        ...

    def close(self) -> None: ...


class Broker(Protocol):
    """Safe to use from several threads. Connects when first asked, and after a fork anew."""

    def send(self, messages: Sequence[Message], *, deadline_seconds: float) -> list[Receipt]:
        """This will send the messages in order and return one receipt each.

        Sent without waiting for each other: when one is not confirmed, later ones of its
        key may have been. Who keeps the order sends again from that one on. A fault of the
        broker is a receipt and never raised.
        """
        ...

    def read(self, channels: Sequence[str], *, group: str) -> Intake: ...

    def close(self) -> None: ...
