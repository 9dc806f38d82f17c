"""The document that tells others which events there are, and in which form they travel."""

import copy
import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # carries no types

from events.contracts.base import CONTRACTS, Contract, Priority
from events.contracts.recorded import RecordedEvent
from events.providers import kafka, rabbitmq
from events.providers.base import Message
from events.rules import cloud_events
from events.rules.async_api import Portal, document_of
from events.rules.brokers import BrokerDescription, InMemory, Kafka, RabbitMQ
from tests.conftest import NOON
from tests.events.rules.async_api_shape import faults_of, resolved
from tests.events.test_contracts import every_contract, example_of

RABBITMQ = RabbitMQ(
    host="mq.example:5671", vhost="ops", exchange="portal.events", is_encrypted=True
)
KAFKA = Kafka(
    hosts=("a.example:9092", "b.example:9092"),
    security_protocol="SASL_SSL",
    sasl_mechanism="SCRAM-SHA-512",
)
BROKERS: dict[str, BrokerDescription] = {
    "in_memory": InMemory(),
    "rabbitmq": RABBITMQ,
    "kafka": KAFKA,
}
each_broker = pytest.mark.parametrize("broker", BROKERS.values(), ids=BROKERS)
AN_EVENT = RecordedEvent(
    event_id=uuid.UUID(int=7),
    position=7,
    stream="orders.7",
    stream_version=3,
    event_type="orders.order.shipped",
    schema_version=1,
    payload={},
    priority=Priority.NORMAL,
    retention_class="system",
    correlation_id=uuid.UUID(int=7),
    causation_id=uuid.UUID(int=6),
    actor="alice",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    occurred_at=NOON,
    recorded_at=NOON,
)


def described(broker: BrokerDescription, **others: Any) -> dict[str, Any]:
    portal: dict[str, Any] = {
        "version": "0.1.0",
        "source": "urn:portal",
        "address": "https://portal.example/ops",
        "prefix": "portal.events",
        "intake": ["shop", "b/c"],
    }
    document = document_of(CONTRACTS, Portal(broker=broker, **portal | others))
    written: dict[str, Any] = json.loads(json.dumps(document))
    return written


def is_valid(document: dict[str, Any], schema: dict[str, Any], value: Any) -> bool:
    whole = schema | {"components": document["components"]}
    Draft7Validator.check_schema(whole)
    return bool(Draft7Validator(whole).is_valid(value))


def headers_sent(event: RecordedEvent, broker: BrokerDescription) -> dict[str, str]:
    headers, body = cloud_events.to_binary(event, source="urn:portal")
    if broker is not KAFKA:
        return headers
    message = Message(key="", event_type="", lane=Priority.NORMAL, headers=headers, body=body)
    return {name: bytes(value or b"").decode() for name, value in kafka._to_headers(message)}  # type: ignore[arg-type]  # bytes, as we make them


@each_broker
def test_is_an_async_api_document(broker: BrokerDescription) -> None:
    document = described(broker)

    assert document["asyncapi"] == "3.0.0"
    assert faults_of(document) == []


def breaks(**places: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        for place, value in places.items():
            *path, last = place.split("__")
            found = document
            for step in path:
                found = found[step]
            found[last] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        breaks(channels__high__servers=[{"$ref": "#/servers/other"}]),
        breaks(channels__high__servers=[{"$ref": "#/info"}]),
        breaks(channels__high__colour="red"),
        breaks(operations__high__action="publish"),
        breaks(operations__high__messages=[{"$ref": "#/channels/low/messages/free_form"}]),
        breaks(channels__high__bindings={"amqp": {"bindingVersion": "0.1.0"}}),
        breaks(channels__high__bindings={"amqp": {"topic": 1, "bindingVersion": "0.3.0"}}),
        lambda document: document["servers"]["http"].pop("host"),
    ],
)
def test_would_be_told_when_it_is_none(change: Callable[[dict[str, Any]], None]) -> None:
    document = copy.deepcopy(described(RABBITMQ))
    change(document)

    assert len(faults_of(document)) == 1


@every_contract
def test_has_each_contract_once_in_its_lane(cls: type[Contract]) -> None:
    document = described(RABBITMQ)
    message = document["components"]["messages"][cls.event_type]

    carrying = [name for name, c in document["channels"].items() if cls.event_type in c["messages"]]
    assert carrying == [cls.lane.name.lower()]
    assert message["x-schema-version"] == cls.schema_version
    assert message["x-retention-class"] == cls.retention_class
    assert message["tags"] == [{"$ref": f"#/components/tags/{cls.event_type.partition('.')[0]}"}]


@every_contract
def test_has_a_payload_schema_that_takes_real_facts_alone(cls: type[Contract]) -> None:
    document = described(RABBITMQ)
    schema = document["components"]["messages"][cls.event_type]["payload"]
    payload = json.loads(json.dumps(example_of(cls).payload()))

    assert is_valid(document, schema, payload)
    assert is_valid(document, schema, payload | {"added_later": 1})
    for name in payload:
        assert not is_valid(document, schema, payload | {name: object})
        assert not is_valid(document, schema, {n: payload[n] for n in payload if n != name})


@each_broker
@every_contract
def test_describes_the_headers_that_are_sent(
    cls: type[Contract], broker: BrokerDescription
) -> None:
    document = described(broker)
    event = replace(AN_EVENT, event_type=cls.event_type, schema_version=cls.schema_version)
    sent = headers_sent(event, broker)
    schema = document["components"]["messages"][cls.event_type]["headers"]
    other = document["components"]["messages"]["free_form"]["headers"]
    known = resolved(document, "#/components/schemas/EventHeaders")["properties"]

    assert is_valid(document, schema, sent)
    assert not is_valid(document, other, sent)
    assert sent.keys() == known.keys()
    assert document["components"]["correlationIds"]["correlation"]["location"] == (
        f"$message.header#/{broker.header_prefix}correlationid"
    )


@each_broker
def test_asks_for_no_header_that_is_left_out_at_times(broker: BrokerDescription) -> None:
    document = described(broker)
    plain = replace(AN_EVENT, stream_version=None, causation_id=None, actor="", traceparent="")
    sent = headers_sent(plain, broker)
    schema = document["components"]["messages"]["free_form"]["headers"]

    assert is_valid(document, schema, sent)
    required = resolved(document, "#/components/schemas/EventHeaders")["required"]
    assert {*required, "content-type"} == sent.keys()
    for name in required:
        assert not is_valid(document, schema, {n: sent[n] for n in sent if n != name})


def test_describes_what_is_taken_in() -> None:
    document = described(RABBITMQ)
    messages = document["components"]["messages"]
    headers, body = cloud_events.to_structured(AN_EVENT, source="https://shop.example")
    event = json.loads(body)

    assert messages["foreign_structured"]["contentType"] in headers["content-type"]
    assert is_valid(document, messages["foreign_structured"]["payload"], event)
    assert is_valid(document, messages["foreign_batch"]["payload"], [event, event])
    assert not is_valid(document, messages["foreign_batch"]["payload"], [event] * 1001)
    assert not is_valid(document, messages["foreign_structured"]["payload"], event | {"data": 7})
    for name in ("foreign", "foreign_http"):
        sent, _body = cloud_events.to_binary(AN_EVENT, source="https://shop.example")
        own = sent | {"ce-type": "slo.burn_rate.critical"}
        assert is_valid(document, messages[name]["headers"], sent)
        assert not is_valid(document, messages[name]["headers"], own)


def test_names_servers_without_what_one_signs_in_with() -> None:
    mq = described(RABBITMQ, address="https://bob:word@portal.example/ops")["servers"]
    brokers = described(KAFKA)["servers"]

    assert (mq["broker_1"]["host"], mq["broker_1"]["protocol"]) == ("mq.example:5671", "amqps")
    assert mq["broker_1"]["pathname"] == "/ops"
    assert (mq["http"]["host"], mq["http"]["protocol"]) == ("portal.example", "https")
    assert [brokers[f"broker_{n}"]["host"] for n in (1, 2)] == ["a.example:9092", "b.example:9092"]
    assert brokers["broker_1"]["protocol"] == "kafka-secure"


@pytest.mark.parametrize(
    ("broker", "scheme"),
    [
        (InMemory(), None),
        (RABBITMQ, {"type": "userPassword"}),
        (KAFKA, {"type": "scramSha512"}),
        (replace(KAFKA, sasl_mechanism="PLAIN"), {"type": "plain"}),
        (replace(KAFKA, security_protocol="SSL"), None),
        (replace(KAFKA, security_protocol="PLAINTEXT"), None),
    ],
)
def test_says_how_one_signs_in(broker: BrokerDescription, scheme: dict[str, str] | None) -> None:
    document = described(broker)

    assert document["components"]["securitySchemes"].get("broker") == scheme
    assert ("security" in document["servers"]["broker_1"]) is (scheme is not None)


def test_has_the_lanes_where_the_brokers_have_them() -> None:
    topology = rabbitmq._topology()
    lanes = [described(RABBITMQ)["channels"][lane] for lane in ("low", "normal", "high")]

    assert [lane["address"] for lane in lanes] == list(topology.queues)
    assert [lane["bindings"]["amqp"]["queue"]["name"] for lane in lanes] == list(topology.queues)
    assert RABBITMQ.exchange == topology.exchange


def test_has_a_channel_for_each_intake_and_http() -> None:
    channels = described(KAFKA)["channels"]

    assert [channels[f"intake_{n}"]["address"] for n in (1, 2)] == ["shop", "b/c"]
    assert channels["http"]["address"] == "/ops/api/events"
    assert "intake_1" not in described(KAFKA, intake=[])["channels"]


@pytest.mark.parametrize(("source", "is_shown"), [("urn:portal", True), ("/portal", False)])
def test_is_identified_by_a_source_that_is_a_uri(source: str, is_shown: bool) -> None:
    assert ("id" in described(KAFKA, source=source)) is is_shown


def test_speaks_in_the_words_of_the_contracts() -> None:
    messages = described(RABBITMQ)["components"]["messages"]

    assert messages["slo.burn_rate.critical"]["title"] == "Burn rate critical"
    assert messages["slo.burn_rate.critical"]["summary"].startswith("The alert level of an")
    assert "`burn_rates` is keyed by window" in messages["slo.burn_rate.critical"]["description"]
    assert messages["incidents.page.failed"]["summary"].startswith("Every attempt failed")
    assert all(message.get("summary") for name, message in messages.items() if name in CONTRACTS)
