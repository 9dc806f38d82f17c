"""SIGKILL anywhere between an append and its last effect: nothing is lost, doubled or reordered."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.events.brokers import Door
from tests.faults.events.harness import Harness, Workload
from tests.faults.events.points import POINTS
from tests.faults.events.servers import Cluster
from tests.faults.processes import record

pytestmark = pytest.mark.faults

AT_THE_BROKER = tuple(name for name, point in POINTS.items() if point.role in {"relay", "intake"})


def assert_nothing_goes_wrong(harness: Harness) -> None:
    found = harness.run()
    record("events", found)
    assert {what: count for what, count in found["wrong"].items() if count} == {}
    assert found["unexpected"] == []
    assert found["missing"] == 0
    assert min(found["size"].values()) > 0


def test_with_rabbitmq(
    tmp_path: Path, postgresql: Cluster, rabbitmq: Door, workload: Workload, faults_seed: int
) -> None:
    harness = Harness(
        tmp_path,
        postgresql.create(f"rabbitmq_{faults_seed}"),
        rabbitmq,
        seed=faults_seed,
        workload=workload,
        cluster=postgresql,
    )

    assert_nothing_goes_wrong(harness)


def test_with_the_librdkafka_mock(
    tmp_path: Path,
    postgresql: Cluster,
    kafka: Door,
    workload: Workload,
    faults_seed: int,
    is_long: bool,
) -> None:
    harness = Harness(
        tmp_path,
        postgresql.create(f"kafka_{faults_seed}"),
        kafka,
        seed=faults_seed,
        # The rest was played before RabbitMQ.
        workload=workload if is_long else replace(workload, points=AT_THE_BROKER, at_random=3),
        cluster=postgresql,
    )

    assert_nothing_goes_wrong(harness)


def test_on_sqlite(
    tmp_path: Path, kafka: Door, workload: Workload, faults_seed: int, is_long: bool
) -> None:
    harness = Harness(
        tmp_path,
        f"sqlite:///{tmp_path / 'portal.sqlite3'}",
        kafka,
        seed=faults_seed,
        workload=workload if is_long else replace(workload, at_random=3),
    )

    assert_nothing_goes_wrong(harness)
