"""Events as signed HTTP requests: a structured CloudEvent under Standard Webhooks headers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from standardwebhooks import Webhook as Signer

from events.contracts.recorded import RecordedEvent
from events.rules import cloud_events
from events.rules.webhooks import DEADLINE_SECONDS
from portal.shared import http
from portal.shared.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is None when none came; `reason` holds nothing of the URL but its host."""

    status: int | None
    reason: str = ""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == HTTPStatus.GONE


def send(
    event: RecordedEvent, *, url: str, secrets: Sequence[str], source: str, at: datetime
) -> Answer:
    """This will make one request; each secret adds a signature, so that any of them verifies."""
    headers, body = cloud_events.to_structured(event, source=source)
    try:
        answer = http.call(
            "POST",
            url,
            deadline_seconds=DEADLINE_SECONDS,
            headers=headers | _signed(event, body, secrets=secrets, at=at),
            content=body,
        )
    except (http.AddressRefused, http.CallFailed, InvalidInput) as error:
        return Answer(None, str(error))
    if answer.is_success:
        return Answer(answer.status)
    return Answer(answer.status, _reason_of(answer.status))


def _signed(
    event: RecordedEvent, body: bytes, *, secrets: Sequence[str], at: datetime
) -> dict[str, str]:
    """The event's id is the message's: a receiver that keeps it can tell a repeat."""
    text, message_id = body.decode(), str(event.event_id)
    return {
        "User-Agent": "operations-portal",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Signer(one).sign(message_id, at, text) for one in secrets),
    }


def _reason_of(status: int) -> str:
    if 300 <= status < 400:
        return f"The receiver answered {status}; redirects are not followed."
    return f"The receiver answered {status}."
