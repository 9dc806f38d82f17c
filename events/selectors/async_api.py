"""The contracts of this installation's events, in words that other people's tools read."""

from typing import Any

from django.conf import settings

from events.contracts.base import CONTRACTS
from events.rules import async_api
from events.rules.async_api import Portal
from events.rules.brokers import BrokerDescription, InMemory, Kafka, RabbitMQ
from events.selectors.types import event_types


def async_api_document(*, with_traffic: bool = False) -> dict[str, Any]:
    """This will return the AsyncAPI 3 document, drawn from the registry and the settings.

    With traffic it also names the types that came and are not declared.
    """
    document = async_api.document_of(
        CONTRACTS,
        Portal(
            version=settings.SPECTACULAR_SETTINGS["VERSION"],
            source=settings.EVENT_SOURCE,
            address=settings.PORTAL_URL,
            prefix=settings.EVENT_BROKER_PREFIX,
            intake=settings.EVENT_INTAKE_CHANNELS,
            broker=_broker(),
        ),
    )
    if with_traffic:
        document["x-undeclared-types"] = [
            {
                "type": seen.event_type,
                "schemaVersions": seen.schema_versions,
                "count": seen.count,
                "isCountExact": seen.is_count_exact,
                "firstSeen": seen.first_seen.isoformat() if seen.first_seen else None,
                "lastSeen": seen.last_seen.isoformat() if seen.last_seen else None,
            }
            for seen in event_types(declared=False).types
        ]
    return document


def _broker() -> BrokerDescription:
    if settings.MESSAGE_BROKER == "rabbitmq":
        return RabbitMQ(
            host=f"{settings.RABBITMQ_HOST}:{settings.RABBITMQ_PORT}",
            vhost=settings.RABBITMQ_VHOST,
            exchange=settings.EVENT_BROKER_PREFIX,
            is_encrypted=settings.RABBITMQ_TLS,
        )
    if settings.MESSAGE_BROKER == "kafka":
        return Kafka(
            hosts=tuple(host.strip() for host in settings.KAFKA_BOOTSTRAP_SERVERS.split(",")),
            security_protocol=settings.KAFKA_SECURITY_PROTOCOL,
            sasl_mechanism=settings.KAFKA_SASL_MECHANISM,
        )
    return InMemory()
