"""The portal's events as an AsyncAPI 3 document, drawn from their contracts."""

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from events.contracts.base import Contract, Priority
from events.rules import cloud_events, event_headers
from events.rules.brokers import BrokerDescription

LARGEST_BATCH = 1_000
_FREE_FORM = "free_form"
_DESCRIPTION = """What happens in the portal, sent as CloudEvents 1.0 in binary form: the attributes
are headers, the payload is the body. Each stream stays in the lane of its first event, in its
order; an event may come again, and is known by its id.

Events that others publish travel in the same lanes, as the message `free_form`. Whoever cannot
reach the broker follows the log by `GET /api/events/log` (OpenAPI at `/api/schema`)."""

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """Which installation the document is of. `intake` are channels of others it reads."""

    version: str
    source: str
    address: str
    prefix: str
    intake: Sequence[str]
    broker: BrokerDescription


def document_of(contracts: Mapping[str, type[Contract]], portal: Portal) -> Document:
    """This will return the document; JSON and YAML can both carry it."""
    lanes = {lane.name.lower(): _lane_messages(contracts, lane) for lane in reversed(Priority)}
    channels = {
        **{lane: _lane_channel(lane, names, portal) for lane, names in lanes.items()},
        **{f"intake_{n}": _intake(name, portal) for n, name in enumerate(portal.intake, start=1)},
        "http": _http_channel(urlsplit(portal.address).path),
    }
    return {
        "asyncapi": "3.0.0",
        **({"id": portal.source} if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", portal.source) else {}),
        "info": {
            "title": "Operations portal: events",
            "version": portal.version,
            "description": _DESCRIPTION,
            "tags": [_ref("components/tags", app) for app in _apps(contracts)],
        },
        "defaultContentType": event_headers.JSON,
        "servers": _servers(portal),
        "channels": channels,
        "operations": {name: _operation(name, channels[name], portal) for name in channels},
        "components": _components(contracts, portal),
    }


def _ref(place: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/{place}/{name}"}


def _apps(contracts: Iterable[str]) -> list[str]:
    return sorted({event_type.partition(".")[0] for event_type in contracts})


# Servers ------------------------------------------------------------------------------------


def _servers(portal: Portal) -> Document:
    broker = portal.broker
    described = {"protocol": broker.protocol, **broker.server()}
    if broker.security_scheme():
        described["security"] = [_ref("components/securitySchemes", "broker")]
    address = urlsplit(portal.address)
    http = {
        "host": address.netloc.rpartition("@")[2],
        "protocol": address.scheme,
        "description": "CloudEvents over HTTP, one or a batch.",
        "security": [_ref("components/securitySchemes", "token")],
    }
    return {
        **{
            name: {"host": host, **described}
            for name, host in zip(_broker_servers(portal), broker.hosts, strict=True)
        },
        "http": http,
    }


def _broker_servers(portal: Portal) -> list[str]:
    return [f"broker_{number}" for number in range(1, len(portal.broker.hosts) + 1)]


# Channels -----------------------------------------------------------------------------------


def _lane_messages(contracts: Mapping[str, type[Contract]], lane: Priority) -> list[str]:
    return [*sorted(name for name, cls in contracts.items() if cls.lane == lane), _FREE_FORM]


def _channel(address: str, summary: str, messages: Iterable[str], servers: list[str]) -> Document:
    return {
        "address": address,
        "summary": summary,
        "servers": [_ref("servers", name) for name in servers],
        "messages": {name: _ref("components/messages", name) for name in messages},
    }


def _lane_channel(lane: str, messages: list[str], portal: Portal) -> Document:
    address = f"{portal.prefix}.{lane}"
    return _channel(
        address, f"Events of {lane} priority.", messages, _broker_servers(portal)
    ) | _bindings(portal.broker.channel(address))


def _intake(address: str, portal: Portal) -> Document:
    return _channel(
        address,
        "Events of others, taken into the log; what cannot be kept is parked with the reason.",
        ["foreign", "foreign_structured"],
        _broker_servers(portal),
    ) | _bindings(portal.broker.channel(address))


def _http_channel(path: str) -> Document:
    return _channel(
        f"{path.rstrip('/')}/api/events",
        "Events of others, taken into the log or refused with a problem document.",
        ["foreign_http", "foreign_structured", "foreign_batch"],
        ["http"],
    )


def _bindings(bindings: Document) -> Document:
    return {"bindings": bindings} if bindings else {}


# Operations ---------------------------------------------------------------------------------


def _operation(name: str, channel: Document, portal: Portal) -> Document:
    sends = _FREE_FORM in channel["messages"]
    if name == "http":
        bindings = {"http": {"method": "POST", "bindingVersion": "0.3.0"}}
    else:
        bindings = portal.broker.sending() if sends else portal.broker.receiving()
    return {
        "action": "send" if sends else "receive",
        "channel": _ref("channels", name),
        "summary": "The portal sends what happened." if sends else "The portal takes events in.",
        "messages": [_ref(f"channels/{name}/messages", message) for message in channel["messages"]],
    } | _bindings(bindings)


# Components ---------------------------------------------------------------------------------


def _components(contracts: Mapping[str, type[Contract]], portal: Portal) -> Document:
    payloads, schemas = msgspec.json.schema_components(
        contracts.values(), ref_template="#/components/schemas/{name}"
    )
    prefix = portal.broker.header_prefix
    security = portal.broker.security_scheme()
    return {
        "tags": {app: {"name": app} for app in _apps(contracts)},
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            **({"broker": security} if security else {}),
        },
        "correlationIds": {
            "correlation": {"location": f"$message.header#/{prefix}correlationid"},
        },
        "schemas": schemas
        | {
            "EventHeaders": event_headers.sent_headers(prefix),
            "ForeignHeaders": event_headers.taken_headers(prefix),
            "ForeignHttpHeaders": event_headers.taken_headers("ce-"),
            "ForeignEvent": event_headers.taken_structured(),
        },
        "messages": {
            **{
                name: _message(cls, payload, portal)
                for (name, cls), payload in zip(contracts.items(), payloads, strict=True)
            },
            **_messages_of_others(contracts, prefix),
        },
    }


def _message(cls: type[Contract], payload: Document, portal: Portal) -> Document:
    prefix = portal.broker.header_prefix
    told = {
        f"{prefix}type": {"const": cls.event_type},
        f"{prefix}schemaversion": {"const": str(cls.schema_version)},
    }
    return {
        "name": cls.event_type,
        "title": " ".join(re.findall(r"[A-Z][^A-Z]*", cls.__name__)).capitalize(),
        **_in_words(cls),
        "contentType": event_headers.JSON,
        "headers": _narrowed("EventHeaders", told),
        "payload": payload,
        "correlationId": _ref("components/correlationIds", "correlation"),
        "tags": [_ref("components/tags", cls.event_type.partition(".")[0])],
        "x-schema-version": cls.schema_version,
        "x-retention-class": cls.retention_class,
        "x-priority": cls.priority.name.lower(),
    } | _bindings(portal.broker.message(cls.event_type))


def _in_words(cls: type[Contract]) -> Document:
    """What the contract says of itself, or else the nearest that it is a case of."""
    for described in cls.__mro__[: cls.__mro__.index(Contract)]:
        text = inspect.cleandoc(described.__doc__ or "")
        # dataclass() writes the signature where nobody wrote anything.
        if text and not text.startswith(f"{described.__name__}("):
            first, _blank, rest = text.partition("\n\n")
            summary = {"summary": " ".join(first.split())}
            return summary | ({"description": rest} if rest else {})
    return {}


def _narrowed(headers: str, properties: Document) -> Document:
    return {
        "type": "object",
        "allOf": [_ref("components/schemas", headers), {"properties": properties}],
    }


def _messages_of_others(contracts: Iterable[str], prefix: str) -> Document:
    payload = {"type": "object", "description": "Up to 256 KiB of JSON."}
    others_type = {"not": {"enum": sorted(contracts)}}
    event = _ref("components/schemas", "ForeignEvent")
    return {
        _FREE_FORM: {
            "title": "Event of somebody else",
            "summary": "Published through the portal by those outside; its type is their own.",
            "contentType": event_headers.JSON,
            "headers": _narrowed("EventHeaders", {f"{prefix}type": others_type}),
            "payload": payload,
            "correlationId": _ref("components/correlationIds", "correlation"),
        },
        "foreign": {
            "title": "CloudEvent, binary",
            "contentType": event_headers.JSON,
            "headers": _narrowed("ForeignHeaders", {f"{prefix}type": others_type}),
            "payload": payload,
        },
        "foreign_http": {
            "title": "CloudEvent over HTTP, binary",
            "summary": "Header values are percent-encoded.",
            "contentType": event_headers.JSON,
            "headers": _narrowed("ForeignHttpHeaders", {"ce-type": others_type}),
            "payload": payload,
        },
        "foreign_structured": {
            "title": "CloudEvent, structured",
            "contentType": cloud_events.STRUCTURED,
            "payload": event,
        },
        "foreign_batch": {
            "title": "CloudEvents, a batch",
            "summary": "Stored as a whole or not at all.",
            "contentType": cloud_events.BATCH,
            "payload": {"type": "array", "items": event, "maxItems": LARGEST_BATCH},
        },
    }
