"""The thread that owns the connection to RabbitMQ: nobody else may touch it."""

import random
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import pika
import structlog
from pika.adapters.select_connection import SelectConnection
from pika.channel import Channel

from events.providers.base import Message, Outcome, Receipt

log = structlog.get_logger(__name__)

# How many messages may be without their confirm.
WINDOW = 500
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 15.0
# Carries the number of a message to its return, which names nothing else.
_NUMBER = "portal-number"
_LATE = Receipt(Outcome.UNKNOWN, "RabbitMQ did not confirm before the deadline.")


@dataclass(frozen=True, slots=True)
class Topology:
    """What must exist before anything is sent: the exchange, and a queue for each lane."""

    exchange: str
    queues: Mapping[str, str]


@dataclass(slots=True)
class _Batch:
    messages: Sequence[Message]
    receipts: list[Receipt | None]
    left: int
    done: threading.Event = field(default_factory=threading.Event)
    # Nobody waits any more: sent now, it would come behind what its sender sends again.
    is_given_up: bool = False

    def settle(self, place: int, receipt: Receipt) -> None:
        if self.receipts[place] is None:
            self.receipts[place] = receipt
            self.left -= 1
            if not self.left:
                self.done.set()


class _Connection(SelectConnection):
    """Can write many messages at once: of each, pika would hand three frames to the kernel."""

    _gathered: list[bytes] | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        gathered: list[bytes] = []
        self._gathered = gathered
        try:
            yield
        finally:
            self._gathered = None
            if gathered:
                self._adapter_emit_data(b"".join(gathered))

    def _adapter_emit_data(self, data: bytes) -> None:
        if self._gathered is None:
            super()._adapter_emit_data(data)
        else:
            self._gathered.append(data)


class Sender(threading.Thread):
    """Publishes batches for any thread; reconnects for ever, with growing pauses."""

    def __init__(self, parameters: pika.ConnectionParameters, *, topology: Topology) -> None:
        super().__init__(name="rabbitmq", daemon=True)
        self._parameters = parameters
        self._topology = topology
        self._begun = threading.Lock()
        self._has_begun = False
        self._connecting = threading.Lock()
        self._why_ended = ""
        self._closing = threading.Event()
        self._inbox: deque[_Batch] = deque()
        self._waiting: deque[tuple[_Batch, int]] = deque()
        self._unconfirmed: dict[int, tuple[_Batch, int]] = {}
        self._returned: dict[int, str] = {}
        self._number = 0
        self._connection: _Connection | None = None
        self._channel: Channel | None = None
        self._failures = 0

    # Called from other threads -------------------------------------------------------------

    def send(self, messages: Sequence[Message], *, deadline_seconds: float) -> list[Receipt]:
        if not messages:
            return []
        self._begin()
        batch = _Batch(messages, [None] * len(messages), len(messages))
        self._inbox.append(batch)
        self._call(self._take_in)
        batch.is_given_up = not batch.done.wait(deadline_seconds)
        return [receipt or _LATE for receipt in list(batch.receipts)]

    def close(self) -> None:
        self._closing.set()
        if self._has_begun:
            self._call(self._close_connection)
            self.join(timeout=5)

    def _begin(self) -> None:
        with self._begun:
            if not self._has_begun:
                self._has_begun = True
                self.start()

    def _call(self, what: Any) -> None:
        """Between two connections nobody listens; the next one takes in what is there."""
        with self._connecting:
            if self._connection is not None:
                self._connection.ioloop.add_callback_threadsafe(what)

    # Called in this thread alone -----------------------------------------------------------

    def run(self) -> None:
        while not self._closing.is_set():
            connection = _Connection(
                self._parameters,
                on_open_callback=self._opened,
                on_open_error_callback=self._ended,
                on_close_callback=self._ended,
            )
            with self._connecting:
                self._connection = connection
            connection.ioloop.start()
            with self._connecting:
                self._connection = None
            connection.ioloop.close()
            self._give_up_unconfirmed()
            self._pause()

    def _pause(self) -> None:
        longest = min(FIRST_PAUSE_SECONDS * 2**self._failures, LONGEST_PAUSE_SECONDS)
        self._failures = min(self._failures + 1, 10)
        self._closing.wait(longest * random.uniform(0.5, 1.0))  # noqa: S311  (spreads reconnects)

    def _opened(self, connection: SelectConnection) -> None:
        connection.channel(on_open_callback=self._channel_opened)

    def _ended(self, connection: SelectConnection, error: Exception | str) -> None:
        self._why_ended = self._why_ended or str(error) or repr(error)
        if not self._closing.is_set():
            log.warning("rabbitmq_connection_ended", reason=self._why_ended)
        connection.ioloop.stop()

    def _channel_opened(self, channel: Channel) -> None:
        channel.add_on_close_callback(self._channel_closed)
        channel.add_on_return_callback(self._came_back)
        channel.exchange_declare(self._topology.exchange, exchange_type="topic", durable=True)
        for queue, pattern in self._topology.queues.items():
            channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
            channel.queue_bind(queue, self._topology.exchange, pattern)
        self._number = 0
        self._is_incomplete = False
        # Answered after all of the above: only then is there anywhere to send to.
        channel.confirm_delivery(self._confirmed, callback=lambda _ok: self._ready(channel))

    def _ready(self, channel: Channel) -> None:
        self._failures = 0
        self._channel = channel
        self._take_in()

    def _channel_closed(self, channel: Channel, error: Exception) -> None:
        """A refused declaration closes the channel alone; the connection goes with it."""
        self._channel = None
        if self._connection is not None and self._connection.is_open:
            self._why_ended = str(error)
            self._connection.close()

    def _close_connection(self) -> None:
        if self._connection is not None and self._connection.is_open:
            self._connection.close()

    def _take_in(self) -> None:
        while self._inbox:
            batch = self._inbox.popleft()
            self._waiting.extend((batch, place) for place in range(len(batch.messages)))
        self._publish()

    def _publish(self) -> None:
        channel, connection = self._channel, self._connection
        if connection is None or channel is None or not channel.is_open or self._is_incomplete:
            return
        with connection.together():
            while self._waiting and len(self._unconfirmed) < WINDOW:
                batch, place = self._waiting.popleft()
                if not batch.is_given_up:
                    self._send(channel, batch, place)

    def _send(self, channel: Channel, batch: _Batch, place: int) -> None:
        self._number += 1
        self._unconfirmed[self._number] = (batch, place)
        message = batch.messages[place]
        channel.basic_publish(
            self._topology.exchange,
            f"{message.lane.name.lower()}.{message.event_type}",
            message.body,
            _properties(message, self._number),
            mandatory=True,
        )

    def _came_back(self, _channel: Channel, method: Any, properties: Any, _body: bytes) -> None:
        self._returned[int(properties.headers[_NUMBER])] = (
            f"{method.reply_code} {method.reply_text}"
        )
        self._is_incomplete = True

    def _confirmed(self, frame: Any) -> None:
        """A return always comes before the confirm of its message."""
        method = frame.method
        accepted = isinstance(method, pika.spec.Basic.Ack)
        numbers = [method.delivery_tag]
        if method.multiple:
            numbers = list(takewhile(lambda n: n <= method.delivery_tag, self._unconfirmed))
        for number in numbers:
            batch, place = self._unconfirmed.pop(number)
            batch.settle(place, self._receipt(number, accepted=accepted))
        if self._is_incomplete and not self._unconfirmed:
            # Somebody deleted a queue: a new connection makes it again.
            self._close_connection()
        else:
            self._publish()

    def _receipt(self, number: int, *, accepted: bool) -> Receipt:
        if number in self._returned:
            return Receipt(Outcome.UNROUTABLE, self._returned.pop(number))
        if not accepted:
            return Receipt(Outcome.REFUSED, "RabbitMQ refused the message; its queue may be full.")
        return Receipt(Outcome.CONFIRMED)

    def _give_up_unconfirmed(self) -> None:
        """What was on its way may have arrived. What never left is told the same: soon."""
        self._channel = None
        self._returned.clear()
        lost = Receipt(Outcome.UNKNOWN, f"The connection to RabbitMQ broke: {self._why_ended}")
        self._why_ended = ""
        for batch, place in [*self._unconfirmed.values(), *self._waiting]:
            batch.settle(place, lost)
        self._unconfirmed.clear()
        self._waiting.clear()


def _properties(message: Message, number: int) -> pika.BasicProperties:
    headers: dict[str, Any] = {**message.headers, _NUMBER: number}
    return pika.BasicProperties(
        content_type=headers.pop("content-type", "application/json"),
        delivery_mode=2,
        message_id=message.headers.get("ce-id"),
        type=message.event_type,
        headers=headers,
    )
