"""The three brokers of the conformance suite, each behind a door that can be shut."""

import os
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pika
import pytest
from django.conf import LazySettings
from pika.exceptions import AMQPConnectionError

from events.contracts.base import Priority
from events.providers import kafka
from events.providers.base import Arrival, Broker, Intake, Message
from events.providers.in_memory import InMemory
from events.providers.kafka import Kafka
from events.providers.rabbitmq import RabbitMQ, connection_parameters
from tests.events.brokers.mock_cluster import MockCluster, mock_cluster
from tests.events.brokers.proxy import Proxy

# A rebalance, a new connection and a slow machine fit in here.
PATIENCE_SECONDS = 20


def nothing() -> None:
    pass


@dataclass
class Arm:
    """A broker of the suite. `shut` and `open` cut it off and bring it back."""

    name: str
    broker: Broker
    prefix: str
    shut: Callable[[], None] = nothing
    open: Callable[[], None] = nothing
    cluster: MockCluster | None = None

    def lane(self, priority: Priority) -> str:
        return f"{self.prefix}.{priority.name.lower()}"

    @contextmanager
    def reading(self, *lanes: Priority, group: str = "readers") -> Iterator[Intake]:
        intake = self.broker.read(
            [self.lane(lane) for lane in lanes], group=f"{self.prefix}.{group}"
        )
        try:
            yield intake
        finally:
            intake.close()

    def read(self, count: int, *lanes: Priority, group: str = "readers") -> list[Arrival]:
        """This will take and do that many messages."""
        with self.reading(*(lanes or tuple(Priority)), group=group) as intake:
            return take(intake, count, done=True)


def take(intake: Intake, count: int, *, done: bool = False) -> list[Arrival]:
    """This will take that many messages, and do each portion if asked to."""
    found: list[Arrival] = []
    last = time.monotonic()
    # A portion may be as small as one message: the patience is for waiting, not for portions.
    while time.monotonic() - last < PATIENCE_SECONDS:
        portion = intake.poll(timeout_seconds=0.5, most=count - len(found))
        if done:
            intake.done(portion)
        found += portion
        if len(found) >= count:
            return found
        if portion:
            last = time.monotonic()
    raise AssertionError(f"{len(found)} of {count} messages came")


def message(
    body: bytes = b"{}",
    *,
    key: str = "orders.1",
    lane: Priority = Priority.NORMAL,
    headers: dict[str, str] | None = None,
) -> Message:
    return Message(
        key=key,
        event_type="orders.order.shipped",
        lane=lane,
        headers={"ce-id": str(uuid.uuid4()), "content-type": "application/json"} | (headers or {}),
        body=body,
    )


def numbered(count: int, *, keys: Sequence[str] = ("orders.1",)) -> list[Message]:
    return [message(str(n).encode(), key=keys[n % len(keys)]) for n in range(count)]


@pytest.fixture(scope="session")
def cluster() -> Iterator[MockCluster]:
    with mock_cluster() as cluster:
        yield cluster


@pytest.fixture(params=["in_memory", "rabbitmq", "librdkafka mock"])
def arm(
    request: pytest.FixtureRequest, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Arm]:
    # After a member left, the mock cluster waits so long, less a second, for it to return.
    monkeypatch.setattr(kafka, "SESSION_SECONDS", 1.2)
    settings.EVENT_BROKER_PREFIX = f"test.{uuid.uuid4().hex[:12]}"
    arms = {"in_memory": in_memory, "rabbitmq": rabbitmq, "librdkafka mock": librdkafka_mock}
    with ExitStack() as stack:
        yield stack.enter_context(arms[request.param](settings, request))


@contextmanager
def in_memory(settings: LazySettings, _request: pytest.FixtureRequest) -> Iterator[Arm]:
    yield Arm("in_memory", InMemory(), settings.EVENT_BROKER_PREFIX)


@contextmanager
def rabbitmq(settings: LazySettings, _request: pytest.FixtureRequest) -> Iterator[Arm]:
    if not rabbitmq_answers() and os.environ.get("CI") != "true":
        pytest.skip("No RabbitMQ answers on this machine.")
    proxy = Proxy(host=settings.RABBITMQ_HOST, port=settings.RABBITMQ_PORT)
    direct = connection_parameters()
    settings.RABBITMQ_PORT = proxy.port
    broker = RabbitMQ()
    try:
        # The topology is made by the first connection; readers need it.
        broker.send([], deadline_seconds=1)
        yield Arm(
            "rabbitmq", broker, settings.EVENT_BROKER_PREFIX, shut=proxy.shut, open=proxy.open
        )
    finally:
        broker.close()
        proxy.close()
        remove_topology(direct, settings.EVENT_BROKER_PREFIX)


@contextmanager
def librdkafka_mock(settings: LazySettings, request: pytest.FixtureRequest) -> Iterator[Arm]:
    cluster: MockCluster = request.getfixturevalue("cluster")
    settings.KAFKA_BOOTSTRAP_SERVERS = cluster.address
    for priority in Priority:
        cluster.create_topic(f"{settings.EVENT_BROKER_PREFIX}.{priority.name.lower()}")

    def all_brokers(act: Callable[[int], None]) -> None:
        for number in range(1, cluster.brokers + 1):
            act(number)

    broker = Kafka()
    yield Arm(
        "librdkafka mock",
        broker,
        settings.EVENT_BROKER_PREFIX,
        shut=lambda: all_brokers(cluster.set_down),
        open=lambda: all_brokers(cluster.set_up),
        cluster=cluster,
    )
    all_brokers(cluster.set_up)
    broker.close()


def rabbitmq_answers() -> bool:
    try:
        pika.BlockingConnection(connection_parameters()).close()
    except (AMQPConnectionError, OSError):
        return False
    return True


def remove_topology(parameters: pika.ConnectionParameters, prefix: str) -> None:
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    for priority in Priority:
        channel.queue_delete(f"{prefix}.{priority.name.lower()}")
    channel.exchange_delete(prefix)
    connection.close()
