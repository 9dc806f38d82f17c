"""The arms of the harness: a database and a broker each."""

import os
from collections.abc import Iterator

import pytest

from events.providers.rabbitmq import connection_parameters
from tests.events.brokers.conftest import rabbitmq_answers
from tests.events.brokers.mock_cluster import MockCluster, mock_cluster
from tests.faults.events.brokers import Door, librdkafka_mock, own_rabbitmq, shared_rabbitmq
from tests.faults.events.harness import Workload
from tests.faults.events.servers import (
    Cluster,
    own_cluster,
    own_node,
    postgresql_binaries,
    rabbitmq_binary,
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """The short run has a limit; the long one may take as long as its events need."""
    events: int = item.config.option.faults_events
    item.add_marker(pytest.mark.timeout(300 + events / 50))


@pytest.fixture(scope="session")
def kafka_cluster() -> Iterator[MockCluster]:
    with mock_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A cluster of the tests' own, when it is PostgreSQL that is being tested."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        pytest.skip("The database under test is SQLite.")
    binaries = postgresql_binaries()
    if binaries is None:
        pytest.skip("No initdb on this machine: a server of our own cannot be started.")
    with own_cluster(binaries) as cluster:
        yield cluster


@pytest.fixture
def rabbitmq(is_long: bool, request: pytest.FixtureRequest) -> Iterator[Door]:
    """In the long run a server that can be killed; else a door to the one there is."""
    binary = rabbitmq_binary()
    if is_long and binary:
        door = own_rabbitmq(request.getfixturevalue("rabbitmq_node"))
    elif rabbitmq_answers():
        door = shared_rabbitmq(connection_parameters())
    else:
        assert os.environ.get("CI") != "true", "RabbitMQ does not answer"
        pytest.skip("No RabbitMQ answers on this machine.")
    with door.cleanup:
        yield door


@pytest.fixture
def kafka(kafka_cluster: MockCluster) -> Door:
    return librdkafka_mock(kafka_cluster)


@pytest.fixture(scope="session")
def rabbitmq_node() -> Iterator[object]:
    binary = rabbitmq_binary()
    assert binary
    with own_node(binary) as node:
        yield node


@pytest.fixture(scope="session")
def is_long(request: pytest.FixtureRequest) -> bool:
    options = request.config.option
    return bool(options.faults_rounds > 1 or options.faults_events)


@pytest.fixture
def workload(request: pytest.FixtureRequest, is_long: bool) -> Workload:
    """Some seconds of it, or as much as --faults-events asks for."""
    events: int = request.config.option.faults_events
    if not is_long:
        return Workload()
    if not events:
        return Workload(at_random=20, calm=(0.05, 0.5))
    return Workload(
        least_events=events,
        most_undelivered=2_000,
        one_in=20,
        calm=(2, 6),
        sizes=(1, 1, 2, 5, 40, 100),
    )
