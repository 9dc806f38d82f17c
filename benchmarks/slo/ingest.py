"""Samples that a second of processor time takes in, beside a Prometheus that takes the same.

Each batch is one request with one sample of each series, fifteen seconds after the last, as a
Prometheus that scrapes sends it. The processor time is that of the process that answers, from
/proc: the portal's web process with its transaction in PostgreSQL (whose own time is told
beside), and Prometheus with its write-ahead log. Of the portal's series, one in a hundred is
counted, or every one.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from django.contrib.auth.models import User
from django.db import connection
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE as CUMULATIVE,
)

from benchmarks.rounds import interleaved, report
from catalog.models import Service
from portal.demo.ports import free_port
from portal.shared import clock
from portal.shared.services import issue_api_token
from slo import services
from slo.models import Bucket
from slo.rules.request_outcome import Kind
from tests.faults.processes import ROOT, wait_for
from tests.slo.prometheus import PROMETHEUS, prometheus
from tests.slo.wire import HEADERS, PROTOBUF, block, millis

SERIES = 2_000
# What Prometheus 2.42 sends at once.
FEW_SERIES = 500
COUNTED_IN_A_HUNDRED = 1
BATCHES = 20
ROUNDS = 5
STEP_MS = 15_000
TICKS = os.sysconf("SC_CLK_TCK")
Encode = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Receiver:
    write: str
    pid: int
    headers: dict[str, str]
    otlp: str = ""


class Sender:
    """Sends batches of one kind, each later than the last, and asks what they cost."""

    def __init__(
        self, *, url: str, pid: int, headers: dict[str, str], encode: Encode, series: int
    ) -> None:
        self._client = httpx.Client(timeout=60, trust_env=False, headers=headers)
        self._url, self._pid, self._encode, self._series = url, pid, encode, series
        self._step = 0
        self._begin = millis(clock.now()) - (ROUNDS + 2) * BATCHES * STEP_MS
        self.database_ticks = 0

    def samples_a_second(self) -> float:
        bodies = [self._next() for _batch in range(BATCHES)]
        before, database = cpu_ticks(self._pid), database_ticks()
        for body in bodies:
            answer = self._client.post(self._url, content=body)
            assert answer.is_success, answer.text
        spent = cpu_ticks(self._pid) - before
        self.database_ticks += database_ticks() - database
        return BATCHES * self._series / (spent / TICKS)

    def _next(self) -> bytes:
        self._step += 1
        return self._encode(self._begin + self._step * STEP_MS, self._step)


def cpu_ticks(pid: int) -> int:
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(after_name[11]) + int(after_name[12])


def database_ticks() -> int:
    """The backends of this database; those that ended are not seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        pids = [row[0] for row in cursor.fetchall()]
    return sum(cpu_ticks(pid) for pid in pids if Path(f"/proc/{pid}").exists())


def labels_of(metric: str, number: int) -> dict[str, str]:
    return {
        "__name__": metric,
        "job": "shop",
        "instance": f"10.0.{number % 50}.7:8080",
        "path": f"/orders/{number // 50}",
        "code": "200",
    }


def remote_write(metric: str, *, series: int, counted_in_a_hundred: int) -> Encode:
    names = [
        metric if number % 100 < counted_in_a_hundred else f"{metric}_of_others"
        for number in range(series)
    ]
    labels = [labels_of(name, number) for number, name in enumerate(names)]

    def encode(at: int, step: int) -> bytes:
        return block(*((named, [(at, 10.0 * step)]) for named in labels))

    return encode


def otlp(metric: str, *, series: int) -> Encode:
    def encode(at: int, step: int) -> bytes:
        request = ExportMetricsServiceRequest()
        scope = request.resource_metrics.add().scope_metrics.add()
        for name, first in ((metric, 0), (f"{metric}_of_others", 1)):
            told = scope.metrics.add(name=name).sum
            told.aggregation_temporality = CUMULATIVE
            told.is_monotonic = True
            for number in range(series):
                if (number % 100 < COUNTED_IN_A_HUNDRED) is (first == 0):
                    point = told.data_points.add(time_unix_nano=at * 10**6, as_int=10 * step)
                    for key, value in labels_of(name, number).items():
                        if key != "__name__":
                            point.attributes.add(key=key).value.string_value = value
        return request.SerializeToString()

    return encode


@contextmanager
def portal() -> Iterator[tuple[str, int]]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "portal.asgi:application", f"--port={port}"]
    serving = subprocess.Popen([*command, "--log-level=error"], cwd=ROOT, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for("the portal", lambda: answers(f"{address}/readyz"))
        yield address, serving.pid
    finally:
        serving.terminate()
        serving.wait(timeout=30)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def count(*metrics: str) -> str:
    """This will make an indicator of each metric, and a token to send with."""
    service = Service.objects.first()
    assert service
    for metric in metrics:
        indicator = services.create_indicator(
            slug=metric.replace("_", "-"), name=metric, service=service, kind=Kind.COUNTS
        )
        services.create_metric_source(indicator=indicator, total=metric, bad=f"{metric}_failed")
    User.objects.create_superuser("sender", "", "only-for-this-benchmark")
    return issue_api_token(username="sender", expires_in=None)


def senders(ours: Receiver, theirs: Receiver) -> dict[str, Sender]:
    def of_prometheus(receiver: Receiver, metric: str, *, series: int, counted: int) -> Sender:
        encode = remote_write(metric, series=series, counted_in_a_hundred=counted)
        return Sender(
            url=receiver.write,
            pid=receiver.pid,
            headers={**HEADERS, **receiver.headers},
            encode=encode,
            series=series,
        )

    of_otlp = Sender(
        url=ours.otlp,
        pid=ours.pid,
        headers={"Content-Type": PROTOBUF, **ours.headers},
        encode=otlp("otlp", series=SERIES),
        series=SERIES,
    )
    few, all_of_them = COUNTED_IN_A_HUNDRED, 100
    return {
        "remote_write, 1 % counted": of_prometheus(ours, "few", series=SERIES, counted=few),
        "remote_write, 1 % counted, 500 at once": of_prometheus(
            ours, "small", series=FEW_SERIES, counted=few
        ),
        "remote_write, all counted": of_prometheus(
            ours, "all_of_them", series=SERIES, counted=all_of_them
        ),
        "OTLP, 1 % counted": of_otlp,
        "Prometheus, remote_write": of_prometheus(theirs, "few", series=SERIES, counted=few),
        "Prometheus, remote_write, 500 at once": of_prometheus(
            theirs, "small", series=FEW_SERIES, counted=few
        ),
    }


def run() -> None:
    if PROMETHEUS is None:
        print("  Not measured: no prometheus in PATH, nor named in PROMETHEUS.")
        return
    token = count("few", "small", "all_of_them", "otlp")
    flag = "--web.enable-remote-write-receiver"
    with (
        tempfile.TemporaryDirectory() as folder,
        portal() as (address, pid),
        prometheus(Path(folder), "global: {}\n", flag) as (peer, peer_pid),
    ):
        wait_for("Prometheus", lambda: answers(f"{peer}/-/ready"))
        arms = senders(
            Receiver(
                f"{address}/api/slo/prometheus/write",
                pid,
                {"Authorization": f"Bearer {token}"},
                f"{address}/api/slo/otlp/v1/metrics",
            ),
            Receiver(f"{peer}/api/v1/write", peer_pid, {}),
        )
        measured = interleaved(
            {name: arm.samples_a_second for name, arm in arms.items()}, rounds=ROUNDS
        )
    expect_exact_counts()
    _tell(measured, arms)


def _tell(measured: dict[str, list[float]], arms: dict[str, Sender]) -> None:
    large, small = "Prometheus, remote_write", "Prometheus, remote_write, 500 at once"
    for peer in (large, small):
        for name in [n for n in arms if n not in {large, small}]:
            if ("500" in name) is ("500" in peer):
                report(
                    "samples a second of processor time",
                    {name: measured[name], peer: measured[peer]},
                    unit="samples/s",
                    targets={peer: 1.0},
                )
    for name, arm in arms.items():
        seconds = arm.database_ticks / TICKS / (ROUNDS + 1)
        print(f"    {name:<44} {seconds:.2f} s of PostgreSQL a round", flush=True)


def expect_exact_counts() -> None:
    """Whatever is fast must be right: each series gained ten a batch after its first."""
    gained = 10 * (BATCHES * (ROUNDS + 1) - 1)
    for slug, series in (("few", 20), ("small", 5), ("all-of-them", SERIES), ("otlp", 20)):
        found = Bucket.objects.filter(indicator__slug=slug).order_by("minute").last()
        assert found, slug
        assert found.cumulative_total == gained * series, (slug, found.cumulative_total)
