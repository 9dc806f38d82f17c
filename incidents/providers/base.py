"""What every channel of pages is: something that takes a message and gives a receipt."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from portal.shared.registry import Registry


@dataclass(frozen=True, slots=True)
class PageMessage:
    """One page, complete: a channel needs nothing else and asks nobody.

    `idempotency_key` is the same at every attempt. `kind` is `page.sent`, or `page.test` for
    one without an incident.
    """

    kind: str
    page_id: str
    idempotency_key: str
    address: str
    reference: str
    title: str
    severity: str
    services: tuple[str, ...]
    url: str
    acknowledge_url: str
    level: int
    responder: str
    opened_at: datetime
    sent_at: datetime
    signing_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receiver took the page. `status_code` is None where the channel has none."""

    status_code: int | None = None
    detail: str = ""


class Undeliverable(Exception):
    """The receiver did not take the page. `permanent`: it will say the same next time."""

    def __init__(self, reason: str, *, permanent: bool, status_code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.status_code = status_code


class Channel(Protocol):
    """Sends within its deadline, touches no database, and may run in any thread."""

    def send(self, message: PageMessage) -> Receipt:
        """This will return once the receiver has taken the page; raises Undeliverable."""
        ...

    def refuse_address(self, address: str) -> None:
        """This will raise a DomainError for an address that can never work."""
        ...


channels: Registry[Channel] = Registry("channel")
