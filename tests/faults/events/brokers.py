"""The brokers of the harness: what an actor must know of them, and how to take them away."""

import json
import uuid
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import cycle

import pika
from confluent_kafka import Producer
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import NackError

from events.contracts.base import Priority
from tests.events.brokers.conftest import remove_topology
from tests.events.brokers.mock_cluster import (
    NOT_ENOUGH_REPLICAS,
    REQUEST_TIMED_OUT,
    MockCluster,
)
from tests.events.brokers.proxy import Proxy
from tests.faults.events.servers import Node
from tests.faults.processes import wait_for

SUBJECTS = 10
# The second is for those to whom the order matters: a reader that comes before its dead
# predecessor was missed is given nothing until then.
IN_ORDER = {"x-queue-type": "quorum", "x-single-active-consumer": True}
# The portal's own, and the reader's.
GROUPS = ("portal", "faults-reader")


@dataclass
class Door:
    """A broker, behind a door that can be shut. `feed` sends it events of somebody else's."""

    name: str
    environment: dict[str, str]
    prefix: str
    feed: Callable[[range], None]
    shut: Callable[[], None]
    open: Callable[[], None]
    forgets_members: bool = False
    cleanup: ExitStack = field(default_factory=ExitStack)

    @property
    def lanes(self) -> list[str]:
        return [f"{self.prefix}.{lane.name.lower()}" for lane in Priority]

    @property
    def foreign(self) -> str:
        return f"{self.prefix}.foreign"


def new_prefix() -> str:
    return f"faults.{uuid.uuid4().hex[:12]}"


def shared_rabbitmq(parameters: pika.ConnectionParameters) -> Door:
    """The machine's server, which others use too: what leads there is cut, it stays."""
    proxy = Proxy(host=parameters.host, port=parameters.port)
    door = _rabbitmq(parameters, port=proxy.port, shut=proxy.shut, open_=proxy.open)
    door.cleanup.callback(proxy.close)
    return door


def own_rabbitmq(node: Node) -> Door:
    """A server of our own: it is killed, and started again."""
    return _rabbitmq(node.parameters, port=node.port, shut=node.kill, open_=node.start)


def _rabbitmq(
    parameters: pika.ConnectionParameters,
    *,
    port: int,
    shut: Callable[[], None],
    open_: Callable[[], None],
) -> Door:
    prefix = new_prefix()
    queue = f"{prefix}.foreign"

    def feed(numbers: range) -> None:
        connection = pika.BlockingConnection(parameters)
        channel = connection.channel()
        channel.queue_declare(queue, durable=True, arguments=IN_ORDER)
        channel.confirm_delivery()
        for number in numbers:
            headers = {f"ce-{name}": value for name, value in _attributes(number).items()}
            properties = pika.BasicProperties(
                content_type="application/json", delivery_mode=2, headers=headers
            )
            _publish(channel, queue, _body(number), properties)
        connection.close()

    def remove() -> None:
        connection = pika.BlockingConnection(parameters)
        connection.channel().queue_delete(queue)
        connection.close()
        remove_topology(parameters, prefix)

    door = Door(
        name="rabbitmq",
        environment={"MESSAGE_BROKER": "rabbitmq", "RABBITMQ_PORT": str(port)},
        prefix=prefix,
        feed=feed,
        shut=shut,
        open=open_,
    )
    door.cleanup.callback(remove)
    return door


def _publish(
    channel: BlockingChannel, queue: str, body: bytes, properties: pika.BasicProperties
) -> None:
    """A queue that has just come back refuses for a while."""

    def is_taken() -> bool:
        with suppress(NackError):
            channel.basic_publish("", queue, body, properties, mandatory=True)
            return True
        return False

    wait_for(f"{queue} to take a message", is_taken)


def librdkafka_mock(cluster: MockCluster) -> Door:
    """librdkafka's mock cluster: the protocol is real, but it is no Kafka."""
    prefix = new_prefix()
    for priority in Priority:
        cluster.create_topic(f"{prefix}.{priority.name.lower()}")
    cluster.create_topic(f"{prefix}.foreign")

    # The mock forgets a group that is about to form when its coordinator goes: that one stays.
    for group in GROUPS:
        cluster.set_coordinator(group, broker=cluster.brokers)
    turns = cycle(range(1, cluster.brokers))
    gone: list[int] = []

    def shut() -> None:
        gone.append(next(turns))
        cluster.set_down(gone[-1])
        cluster.fail_produce(NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT)

    def open_() -> None:
        while gone:
            cluster.set_up(gone.pop())

    def feed(numbers: range) -> None:
        producer = Producer({"bootstrap.servers": cluster.address, "enable.idempotence": True})
        for number in numbers:
            attributes = _attributes(number)
            producer.produce(
                f"{prefix}.foreign",
                key=attributes["subject"],
                value=_body(number),
                headers=[
                    ("content-type", "application/json"),
                    *((f"ce_{name}", value) for name, value in attributes.items()),
                ],
            )
        assert producer.flush(20) == 0

    return Door(
        name="librdkafka mock",
        environment={"MESSAGE_BROKER": "kafka", "KAFKA_BOOTSTRAP_SERVERS": cluster.address},
        prefix=prefix,
        feed=feed,
        shut=shut,
        open=open_,
        forgets_members=True,
    )


def _attributes(number: int) -> dict[str, str]:
    return {
        "specversion": "1.0",
        "id": str(number),
        "source": "/shop",
        "type": "shop.order.shipped",
        "subject": f"order-{number % SUBJECTS}",
    }


def _body(number: int) -> bytes:
    return json.dumps({"n": number}).encode()
