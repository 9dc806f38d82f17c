"""JSON Schema of the CloudEvents attributes: those the portal sends, those it takes."""

from collections.abc import Mapping
from typing import Any

from events.contracts.base import Priority
from events.rules.cloud_events import SEQUENCE_DIGITS
from events.rules.naming import LONGEST_TYPE

JSON = "application/json"

_TEXT = {"type": "string"}
_UUID = {"type": "string", "format": "uuid"}
_MOMENT = {"type": "string", "format": "date-time"}
_NUMBER = {"type": "string", "pattern": "^[1-9][0-9]*$"}
_LANE = {"type": "string", "enum": [lane.name.lower() for lane in Priority]}
_SPECVERSION = {"type": "string", "const": "1.0"}
_TYPE = {"type": "string", "maxLength": LONGEST_TYPE}
_TRACE = {"type": "string", "description": "W3C Trace Context."}

SENT: Mapping[str, dict[str, Any]] = {
    "specversion": _SPECVERSION,
    "id": _UUID,
    "source": _TEXT,
    "type": _TYPE,
    "time": _MOMENT | {"description": "When it occurred."},
    "partitionkey": _TEXT | {"description": "What keeps its order: the stream, or the id."},
    "sequence": {
        "type": "string",
        "pattern": f"^[0-9]{{{SEQUENCE_DIGITS}}}$",
        "description": "The position in the log, contiguous; compares as text.",
    },
    "schemaversion": _NUMBER,
    "priority": _LANE,
    "correlationid": _UUID | {"description": "Shared by all that follows from one first event."},
    "recordedtime": _MOMENT | {"description": "When it was written into the log."},
}
SENT_SOMETIMES: Mapping[str, dict[str, Any]] = {
    "subject": _TEXT | {"description": "The stream."},
    "streamversion": _NUMBER | {"description": "Counts from 1 within the stream."},
    "causationid": _UUID | {"description": "The event whose handling published this one."},
    "traceparent": _TRACE,
    "actor": _TEXT,
}
TAKEN: Mapping[str, dict[str, Any]] = {
    "specversion": _SPECVERSION,
    "id": {"type": "string", "minLength": 1, "maxLength": 200},
    "source": {"type": "string", "minLength": 1, "maxLength": 300},
    "type": _TYPE | {"description": "None that the portal declares."},
}
TAKEN_SOMETIMES: Mapping[str, dict[str, Any]] = {
    "subject": _TEXT | {"description": "Events of one source and subject keep their order."},
    "partitionkey": _TEXT | {"description": "Orders in place of the subject."},
    "time": _MOMENT,
    "schemaversion": _NUMBER,
    "priority": _LANE,
    "correlationid": _TEXT,
    "traceparent": _TRACE,
}


def sent_headers(prefix: str) -> dict[str, Any]:
    return _headers(prefix, SENT, SENT_SOMETIMES)


def taken_headers(prefix: str) -> dict[str, Any]:
    return _headers(prefix, TAKEN, TAKEN_SOMETIMES)


def taken_structured() -> dict[str, Any]:
    """This will describe a CloudEvent in structured form."""
    version = {"type": ["integer", "string"], "description": "From 1 to 32767."}
    return {
        "type": "object",
        "required": [*TAKEN, "data"],
        "properties": {
            **TAKEN,
            **TAKEN_SOMETIMES,
            "schemaversion": version,
            "data": {"type": "object"},
        },
    }


def _headers(
    prefix: str, always: Mapping[str, dict[str, Any]], sometimes: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [f"{prefix}{name}" for name in always],
        "properties": {
            "content-type": {"type": "string", "const": JSON},
            **{f"{prefix}{name}": schema for name, schema in {**always, **sometimes}.items()},
        },
    }
