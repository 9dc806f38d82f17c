"""Events in the form in which they travel outside: CloudEvents 1.0, binary and structured.

The attributes beyond the specification's own are its registered extensions where there is
one (`sequence`, `partitionkey`, `recordedtime`, `correlationid`, `causationid`,
`traceparent`); `streamversion`, `schemaversion`, `priority` and `actor` are the portal's.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings import http, rabbitmq
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from events.contracts.base import Priority
from events.contracts.recorded import RecordedEvent

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
# So many digits that positions compare as text in their order.
SEQUENCE_DIGITS = 20

_FORMAT = JSONFormat()
_LANES = {lane.value: lane.name.lower() for lane in Priority}


class Unreadable(ValueError):
    """What is wrong with a message, one sentence an attribute."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """An event of somebody else's. `source` and `id` together identify it."""

    source: str
    id: str
    event_type: str
    subject: str
    partition_key: str
    occurred_at: datetime | None
    payload: dict[str, Any]
    schema_version: int
    priority: Priority
    traceparent: str
    correlation_id: uuid.UUID | None


def written(event: RecordedEvent, *, source: str) -> CloudEvent:
    """This will return the event with its attributes; one without a position is refused."""
    if event.position is None:
        raise ValueError(f"Event {event.event_id} has no position yet.")
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event.event_id),
        "source": source,
        "type": event.event_type,
        "time": event.occurred_at.astimezone(UTC),
        "datacontenttype": "application/json",
        "partitionkey": event.sequence_key,
        "sequence": f"{event.position:0{SEQUENCE_DIGITS}}",
        "schemaversion": event.schema_version,
        "priority": _LANES[event.priority],
        "correlationid": str(event.correlation_id),
        "recordedtime": event.recorded_at.astimezone(UTC),
    }
    if event.stream_version is not None:
        attributes |= {"subject": event.stream, "streamversion": event.stream_version}
    optional = {
        "causationid": str(event.causation_id or ""),
        "traceparent": event.traceparent,
        "actor": event.actor,
    }
    attributes |= {name: value for name, value in optional.items() if value}
    return CloudEvent(attributes, event.payload)


def to_binary(event: RecordedEvent, *, source: str) -> tuple[dict[str, str], bytes]:
    """This will return headers (`ce-id`) and body; only HTTP wants the values encoded."""
    message = rabbitmq.to_binary(written(event, source=source), _FORMAT)
    return message.headers | {"content-type": message.content_type or ""}, message.body


def to_structured(event: RecordedEvent, *, source: str) -> tuple[dict[str, str], bytes]:
    message = http.to_structured(written(event, source=source), _FORMAT)
    return message.headers, message.body


def is_binary(headers: Mapping[str, str]) -> bool:
    return any(name.lower() == "ce-specversion" for name in headers)


def content_type_of(headers: Mapping[str, str]) -> str:
    """This will return the media type alone, in lower case."""
    for name, value in headers.items():
        if name.lower() == "content-type":
            return value.partition(";")[0].strip().lower()
    return ""


def read(headers: Mapping[str, str], body: bytes, *, is_http: bool = False) -> Foreign:
    """This will read one event in either form; over HTTP, header values are percent-encoded.

    Raises Unreadable.
    """
    structured = content_type_of(headers) == STRUCTURED
    if not structured and not is_binary(headers):
        raise Unreadable({"specversion": "The message is not a CloudEvent."})
    if structured and not isinstance(_parsed(body), dict):
        raise Unreadable({"": "A structured event is a JSON object."})
    try:
        event = _FORMAT.read(CloudEvent, body) if structured else _binary(headers, body, is_http)
    except CloudEventValidationError as error:
        raise Unreadable(_faults(error)) from error
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise Unreadable({"": f"The event cannot be read: {error}."}) from error
    return _foreign(event.get_attributes(), event.get_data())


def _binary(headers: Mapping[str, str], body: bytes, is_http: bool) -> BaseCloudEvent:
    lower = {name.lower(): value for name, value in headers.items()}
    if is_http:
        return http.from_binary(http.HTTPMessage(lower, body), _FORMAT, CloudEvent)
    message = rabbitmq.RabbitMQMessage(lower, lower.get("content-type"), body)
    return rabbitmq.from_binary(message, _FORMAT, CloudEvent)


def read_batch(body: bytes) -> list[Foreign | Unreadable]:
    """This will read a JSON array of structured events, each for itself. Raises Unreadable."""
    items = _parsed(body)
    if not isinstance(items, list):
        raise Unreadable({"": "A batch is a JSON array of events."})
    found: list[Foreign | Unreadable] = []
    for item in items:
        try:
            found.append(read({"content-type": STRUCTURED}, json.dumps(item).encode()))
        except Unreadable as error:
            found.append(error)
    return found


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable({"": f"The body is not JSON: {error}."}) from error


def _faults(error: CloudEventValidationError) -> dict[str, str]:
    return {
        name: " ".join(f"{fault}.".replace("..", ".") for fault in faults)
        for name, faults in error.errors.items()
    }


def _foreign(attributes: Mapping[str, Any], content: Any) -> Foreign:
    faults: dict[str, str] = {}
    if not isinstance(content, dict):
        faults["data"] = "The data is not a JSON object."
    schema_version = _whole_number(attributes.get("schemaversion", 1))
    if schema_version is None:
        faults["schemaversion"] = "The schema version is a number from 1 to 32767."
    priority = attributes.get("priority", "normal")
    if priority not in _LANES.values():
        faults["priority"] = f"The priority is one of {', '.join(_LANES.values())}."
    for name in ("traceparent", "partitionkey"):
        if not isinstance(attributes.get(name, ""), str):
            faults[name] = f"Attribute '{name}' is text."
    if faults:
        raise Unreadable(faults)
    return Foreign(
        source=attributes["source"],
        id=attributes["id"],
        event_type=attributes["type"],
        subject=attributes.get("subject", ""),
        partition_key=attributes.get("partitionkey", ""),
        occurred_at=attributes.get("time"),
        payload=content,
        schema_version=schema_version or 1,
        priority=Priority[priority.upper()],
        traceparent=attributes.get("traceparent", ""),
        correlation_id=_uuid(attributes.get("correlationid")),
    )


def _uuid(value: Any) -> uuid.UUID | None:
    """Others correlate by what they like; only a uuid can be the portal's own."""
    try:
        return uuid.UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None


def _whole_number(value: Any) -> int | None:
    """Binary form carries every extension as text."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 2**15 else None
