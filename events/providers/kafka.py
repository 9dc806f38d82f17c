"""Kafka through librdkafka: an idempotent producer, and offsets stored only when done."""

import contextlib
import logging
import threading
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import unquote

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka import Message as KafkaMessage
from django.conf import settings

from events.errors import BrokerUnavailable
from events.providers.base import Arrival, Message, Outcome, Receipt

# librdkafka tries again by itself until then; what it gave up by then is UNKNOWN.
DELIVERY_TIMEOUT_SECONDS = 20
# A reader that says nothing for so long has died, and its partitions go to the others.
SESSION_SECONDS = 30.0
# Refusals that no further attempt changes.
_REFUSED = {
    KafkaError.MSG_SIZE_TOO_LARGE,
    KafkaError.INVALID_MSG,
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.POLICY_VIOLATION,
}
_UNROUTABLE = {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC}  # noqa: SLF001  (librdkafka's own codes begin so)


def _connection() -> dict[str, Any]:
    options: dict[str, Any] = {
        "bootstrap.servers": settings.KAFKA_BOOTSTRAP_SERVERS,
        "security.protocol": settings.KAFKA_SECURITY_PROTOCOL,
        "client.id": "portal-events",
        # It would write to standard error by itself.
        "logger": logging.getLogger("librdkafka"),
    }
    if settings.KAFKA_SECURITY_PROTOCOL.startswith("SASL"):
        options |= {
            "sasl.mechanism": settings.KAFKA_SASL_MECHANISM,
            "sasl.username": settings.KAFKA_USERNAME,
            "sasl.password": settings.KAFKA_PASSWORD,
        }
    return options


class Kafka:
    """A topic a lane; the key chooses the partition, so a stream keeps its order."""

    def __init__(self) -> None:
        self._making = threading.Lock()
        self._producer: Producer | None = None

    def send(self, messages: Sequence[Message], *, deadline_seconds: float) -> list[Receipt]:
        producer = self._made()
        late = Receipt(Outcome.UNKNOWN, "Kafka did not confirm before the deadline.")
        receipts: list[Receipt] = [late] * len(messages)

        def settle(place: int, error: KafkaError | None, _message: object = None) -> None:
            receipts[place] = _receipt(error)

        for place, message in enumerate(messages):
            try:
                producer.produce(
                    f"{settings.EVENT_BROKER_PREFIX}.{message.lane.name.lower()}",
                    key=message.key.encode(),
                    value=message.body,
                    headers=_to_headers(message),
                    on_delivery=partial(settle, place),
                )
            except BufferError:
                # The rest is behind this one and would overtake it.
                break
            except KafkaException as error:
                settle(place, error.args[0])
                break
            producer.poll(0)
        producer.flush(deadline_seconds)
        if any(receipt is late for receipt in receipts):
            # What is still on its way must not come behind what its sender sends again.
            producer.purge()
            producer.poll(0)
        return list(receipts)

    def read(self, channels: Sequence[str], *, group: str) -> "KafkaIntake":
        return KafkaIntake(channels, group=group)

    def close(self) -> None:
        if self._producer is not None:
            self._producer.purge()
            self._producer.flush(1)

    def _made(self) -> Producer:
        with self._making:
            if self._producer is None:
                self._producer = Producer(
                    _connection()
                    | {
                        "enable.idempotence": True,
                        "acks": "all",
                        "delivery.timeout.ms": DELIVERY_TIMEOUT_SECONDS * 1000,
                        "linger.ms": 2,
                        "partitioner": "murmur2_random",
                    }
                )
            return self._producer


def _receipt(error: KafkaError | None) -> Receipt:
    if error is None:
        return Receipt(Outcome.CONFIRMED)
    if error.code() in _UNROUTABLE:
        return Receipt(Outcome.UNROUTABLE, error.str())
    if error.code() in _REFUSED:
        return Receipt(Outcome.REFUSED, error.str())
    return Receipt(Outcome.UNKNOWN, error.str())


def _to_headers(message: Message) -> list[tuple[str, str | bytes | None]]:
    return [(_kafka_name(name), value.encode()) for name, value in message.headers.items()]


def _kafka_name(name: str) -> str:
    return f"ce_{name[3:]}" if name.startswith("ce-") else name


def _read_header(name: str, value: str | bytes | None) -> tuple[str, str]:
    """The specification sends attributes as they are, its own SDKs percent-encode them."""
    text = _text(value)
    return (f"ce-{name[3:]}", unquote(text)) if name.startswith("ce_") else (name, text)


class KafkaIntake:
    """Offsets are stored by `done` and committed behind it; a rebalance commits them too."""

    def __init__(self, topics: Sequence[str], *, group: str) -> None:
        self._consumer = Consumer(
            _connection()
            | {
                "group.id": group,
                "auto.offset.reset": "earliest",
                # Stored at delivery, an offset would be committed for what is not done.
                "enable.auto.offset.store": False,
                "enable.auto.commit": True,
                "auto.commit.interval.ms": 1000,
                "partition.assignment.strategy": "cooperative-sticky",
                "session.timeout.ms": int(SESSION_SECONDS * 1000),
                "heartbeat.interval.ms": int(SESSION_SECONDS * 1000 / 10),
            }
        )
        self._consumer.subscribe(list(topics))
        self._topics = ", ".join(topics)

    def poll(self, *, timeout_seconds: float, most: int) -> list[Arrival]:
        try:
            found = self._consumer.consume(most, timeout_seconds)
        except KafkaException as error:
            raise BrokerUnavailable(f"Kafka gave up {self._topics}: {error}.") from error
        failed = [message.error() for message in found if message.error() is not None]
        if failed and len(failed) == len(found):
            raise BrokerUnavailable(f"Kafka does not give {self._topics}: {failed[0]}.")
        return [_arrival(message) for message in found if message.error() is None]

    def done(self, arrivals: Sequence[Arrival]) -> None:
        for arrival in arrivals:
            # Of a partition that another member has taken over meanwhile, it comes again.
            with contextlib.suppress(KafkaException):
                self._consumer.store_offsets(message=arrival.token)

    def close(self) -> None:
        """Commits what was stored."""
        self._consumer.close()


def _arrival(message: KafkaMessage) -> Arrival:
    headers = dict(_read_header(name, value) for name, value in _headers(message))
    return Arrival(
        channel=message.topic() or "",
        place=f"{message.topic()} [{message.partition()}] @{message.offset()}",
        headers=headers,
        body=message.value() or b"",
        token=message,
    )


def _headers(message: KafkaMessage) -> list[tuple[str, str | bytes | None]]:
    return list(message.headers() or [])  # type: ignore[arg-type]  # a dict only when producing


def _text(value: str | bytes | None) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value or ""
