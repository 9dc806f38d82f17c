"""How each broker is described to those who want to read from it, or send to it."""

from dataclasses import dataclass
from typing import Any

_SASL = {
    "PLAIN": "plain",
    "SCRAM-SHA-256": "scramSha256",
    "SCRAM-SHA-512": "scramSha512",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InMemory:
    """Nobody outside the portal's own process is reached."""

    protocol = "in-memory"
    header_prefix = "ce-"
    hosts = ("localhost",)

    def server(self) -> dict[str, Any]:
        return {
            "description": "Inside the portal's own process; nobody else can connect. Set "
            "MESSAGE_BROKER to reach others, or follow the log over HTTP."
        }

    def security_scheme(self) -> dict[str, Any] | None:
        return None

    def channel(self, _address: str) -> dict[str, Any]:
        return {}

    def sending(self) -> dict[str, Any]:
        return {}

    def receiving(self) -> dict[str, Any]:
        return {}

    def message(self, _event_type: str) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class RabbitMQ:
    """Host and port without what one signs in with."""

    host: str
    vhost: str
    exchange: str
    is_encrypted: bool

    header_prefix = "ce-"

    @property
    def protocol(self) -> str:
        return "amqps" if self.is_encrypted else "amqp"

    @property
    def hosts(self) -> tuple[str, ...]:
        return (self.host,)

    def server(self) -> dict[str, Any]:
        return {
            "protocolVersion": "0.9.1",
            "pathname": f"/{self.vhost.removeprefix('/')}",
            "description": f"Quorum queues, bound to the topic exchange {self.exchange} by "
            "<lane>.<type>. Bind a queue of your own to read some of the types.",
        }

    def security_scheme(self) -> dict[str, Any] | None:
        return {"type": "userPassword"}

    def channel(self, address: str) -> dict[str, Any]:
        queue = {
            "name": address,
            "durable": True,
            "exclusive": False,
            "autoDelete": False,
            "vhost": self.vhost,
        }
        return _amqp({"is": "queue", "queue": queue})

    def sending(self) -> dict[str, Any]:
        return _amqp({"deliveryMode": 2, "mandatory": True})

    def receiving(self) -> dict[str, Any]:
        return _amqp({"ack": True})

    def message(self, event_type: str) -> dict[str, Any]:
        return _amqp({"messageType": event_type})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kafka:
    hosts: tuple[str, ...]
    security_protocol: str
    sasl_mechanism: str

    header_prefix = "ce_"

    @property
    def protocol(self) -> str:
        return "kafka-secure" if self.security_protocol.endswith("SSL") else "kafka"

    def server(self) -> dict[str, Any]:
        return {"description": "A topic a lane. The key of a message chooses its partition."}

    def security_scheme(self) -> dict[str, Any] | None:
        has_account = self.security_protocol.startswith("SASL")
        return {"type": _SASL[self.sasl_mechanism]} if has_account else None

    def channel(self, address: str) -> dict[str, Any]:
        return _kafka({"topic": address})

    def sending(self) -> dict[str, Any]:
        return {}

    def receiving(self) -> dict[str, Any]:
        return {}

    def message(self, _event_type: str) -> dict[str, Any]:
        key = "The stream, whose events keep their order; the event's id when it has none."
        return _kafka({"key": {"type": "string", "description": key}})


BrokerDescription = InMemory | RabbitMQ | Kafka


def _amqp(binding: dict[str, Any]) -> dict[str, Any]:
    return {"amqp": binding | {"bindingVersion": "0.3.0"}}


def _kafka(binding: dict[str, Any]) -> dict[str, Any]:
    return {"kafka": binding | {"bindingVersion": "0.5.0"}}
