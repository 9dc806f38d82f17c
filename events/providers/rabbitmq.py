"""RabbitMQ over AMQP 0-9-1: a topic exchange, and a durable quorum queue for each lane."""

import contextlib
import ssl
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any

import pika
from django.conf import settings
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError

from events.contracts.base import Priority
from events.errors import BrokerUnavailable
from events.providers.base import Arrival, Message, Receipt
from events.providers.rabbitmq_sender import Sender, Topology

# A peer that vanished without a word is noticed after two of these.
HEARTBEAT_SECONDS = 30
# How long a broker short of memory or disk may hold us up before we say so.
BLOCKED_SECONDS = 20
CONNECT_SECONDS = 5
# How many messages a reader is given that it has not done yet.
PREFETCH = 200


def connection_parameters() -> pika.ConnectionParameters:
    tls = (
        pika.SSLOptions(ssl.create_default_context(), settings.RABBITMQ_HOST)
        if settings.RABBITMQ_TLS
        else None
    )
    return pika.ConnectionParameters(
        host=settings.RABBITMQ_HOST,
        port=settings.RABBITMQ_PORT,
        virtual_host=settings.RABBITMQ_VHOST,
        credentials=pika.PlainCredentials(settings.RABBITMQ_USER, settings.RABBITMQ_PASSWORD),
        heartbeat=HEARTBEAT_SECONDS,
        blocked_connection_timeout=BLOCKED_SECONDS,
        socket_timeout=CONNECT_SECONDS,
        stack_timeout=CONNECT_SECONDS * 2,
        client_properties={"connection_name": "portal events"},
        ssl_options=tls,
    )


def _topology() -> Topology:
    prefix = settings.EVENT_BROKER_PREFIX
    lanes = [lane.name.lower() for lane in Priority]
    return Topology(exchange=prefix, queues={f"{prefix}.{lane}": f"{lane}.#" for lane in lanes})


class RabbitMQ:
    def __init__(self) -> None:
        self._sender = Sender(connection_parameters(), topology=_topology())

    def send(self, messages: Sequence[Message], *, deadline_seconds: float) -> list[Receipt]:
        return self._sender.send(messages, deadline_seconds=deadline_seconds)

    def read(self, channels: Sequence[str], *, group: str) -> "RabbitMQIntake":
        """This will read queues; who reads the same queue is of the same group."""
        return RabbitMQIntake(channels)

    def close(self) -> None:
        self._sender.close()


class RabbitMQIntake:
    """Owned by the thread that polls it: heartbeats are answered while it does."""

    def __init__(self, queues: Sequence[str]) -> None:
        self._queues = list(queues)
        self._arrived: deque[Arrival] = deque()
        self._connection: pika.BlockingConnection | None = None
        self._channel: BlockingChannel | None = None

    def poll(self, *, timeout_seconds: float, most: int) -> list[Arrival]:
        try:
            connection = self._connected()
            if not self._arrived:
                connection.process_data_events(time_limit=timeout_seconds)
        except (AMQPError, OSError) as error:
            self._forget()
            raise BrokerUnavailable(
                f"RabbitMQ at {settings.RABBITMQ_HOST}:{settings.RABBITMQ_PORT} gave up "
                f"{', '.join(self._queues)}: {error or repr(error)}."
            ) from error
        return [self._arrived.popleft() for _ in range(min(most, len(self._arrived)))]

    def done(self, arrivals: Sequence[Arrival]) -> None:
        """On a connection that broke meanwhile they come again, and are known by their id."""
        try:
            for arrival in arrivals:
                channel, tag = arrival.token
                if channel is self._channel and self._channel is not None:
                    self._channel.basic_ack(tag)
        except (AMQPError, OSError):
            self._forget()

    def close(self) -> None:
        self._forget()

    def _connected(self) -> pika.BlockingConnection:
        if self._connection is None:
            self._connection = pika.BlockingConnection(connection_parameters())
            self._channel = self._connection.channel()
            self._channel.basic_qos(prefetch_count=PREFETCH)
            for queue in self._queues:
                self._channel.basic_consume(queue, partial(self._take, queue))
        return self._connection

    def _take(
        self, queue: str, channel: BlockingChannel, method: Any, properties: Any, body: bytes
    ) -> None:
        headers = {
            name: value.decode(errors="replace") if isinstance(value, bytes) else str(value)
            for name, value in (properties.headers or {}).items()
        }
        if properties.content_type:
            headers["content-type"] = properties.content_type
        self._arrived.append(
            Arrival(
                channel=queue,
                place=f"{queue} {method.routing_key}",
                headers=headers,
                body=body,
                token=(channel, method.delivery_tag),
            )
        )

    def _forget(self) -> None:
        """What was given out and not done goes back to its queue with the connection."""
        self._arrived.clear()
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None and connection.is_open:
            with contextlib.suppress(AMQPError, OSError):
                _close(connection)


def _close(connection: pika.BlockingConnection) -> None:
    """As pika's own `close()` ends. It begins by giving back one by one what it has not shown
    us yet, which the queue then brings before what we have had; so all of it comes in order.
    """
    connection._impl.close()  # noqa: SLF001  (no public way leaves the beginning out)
    connection._flush_output(connection._closed_result.is_ready)  # noqa: SLF001
