"""What AsyncAPI 3.0 asks of the parts that our document has, written down a second time."""

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]

# Of each object: what it must have, and what else it may have.
OBJECTS: dict[str, tuple[set[str], set[str]]] = {
    "": (
        {"asyncapi", "info", "servers", "channels", "operations", "components"},
        {"id", "defaultContentType"},
    ),
    "info": ({"title", "version"}, {"description", "tags"}),
    "servers/*": (
        {"host", "protocol"},
        {"pathname", "protocolVersion", "description", "security"},
    ),
    "channels/*": ({"address", "messages", "servers"}, {"summary", "bindings"}),
    "operations/*": ({"action", "channel", "messages"}, {"summary", "bindings"}),
    "components": (
        {"messages", "schemas"},
        {"tags", "securitySchemes", "correlationIds"},
    ),
    "components/tags/*": ({"name"}, set()),
    "components/securitySchemes/*": ({"type"}, {"scheme"}),
    "components/correlationIds/*": ({"location"}, set()),
    "components/messages/*": (
        {"title", "contentType", "payload"},
        {"name", "summary", "description", "headers", "correlationId", "tags", "bindings"},
    ),
}
BINDINGS: dict[str, dict[str, set[str]]] = {
    "channels/*": {"amqp": {"is", "queue"}, "kafka": {"topic"}},
    "operations/*": {"amqp": {"deliveryMode", "mandatory", "ack"}, "http": {"method"}},
    "components/messages/*": {"amqp": {"messageType"}, "kafka": {"key"}},
}
VERSIONS = {"amqp": "0.3.0", "kafka": "0.5.0", "http": "0.3.0"}


def faults_of(document: Document) -> list[str]:
    """This will say, one sentence each, what is not as AsyncAPI 3.0 has it."""
    return [
        *_misshapen(document),
        *_dangling(document),
        *_foreign_messages(document),
    ]


def resolved(document: Document, reference: str) -> Any:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def _misshapen(document: Document) -> Iterator[str]:
    for place, (required, optional) in OBJECTS.items():
        for found in _at(document, place):
            names = {name for name in found if not name.startswith("x-")}
            yield from (f"{place} lacks {name}" for name in required - names)
            yield from (f"{place} has {name}" for name in names - required - optional)
    for place, allowed in BINDINGS.items():
        for found in _at(document, place):
            for protocol, binding in found.get("bindings", {}).items():
                if not binding.keys() - {"bindingVersion"} <= allowed[protocol]:
                    yield f"{place} binds {protocol} by {sorted(binding)}"
                if binding["bindingVersion"] != VERSIONS[protocol]:
                    yield f"{place} binds another version of {protocol}"


def _at(document: Document, place: str) -> list[Document]:
    found = [document]
    for step in place.split("/") if place else []:
        found = [inner for one in found for inner in (one.values() if step == "*" else [one[step]])]
    return found


def _dangling(document: Document) -> Iterator[str]:
    for reference in _references(document):
        try:
            resolved(document, reference)
        except KeyError:
            yield f"{reference} leads nowhere"


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def _foreign_messages(document: Document) -> Iterator[str]:
    """An operation names messages of its own channel, and each server by its place."""
    for name, operation in document["operations"].items():
        if operation["action"] not in {"send", "receive"}:
            yield f"{name} does {operation['action']}"
        own = f"{operation['channel']['$ref']}/messages/"
        for message in operation["messages"]:
            if not message["$ref"].startswith(own):
                yield f"{name} names {message['$ref']}"
    for channel in document["channels"].values():
        for server in channel["servers"]:
            if not server["$ref"].startswith("#/servers/"):
                yield f"{server['$ref']} is no server"
