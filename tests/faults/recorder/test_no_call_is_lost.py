"""SIGKILL while requests are recorded: every call that returned is in the buckets, once.

A call that was under way may be counted or not: at most one a thread and kill.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import pytest

from tests.faults.processes import (
    MANAGE,
    ROOT,
    _database_of_its_own,
    _environment,
    pause,
    record,
    wait_for,
)
from tests.faults.recorder.caller import THREADS

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

RANDOM_KILLS = 12
# Where a process dies, and after how many passes: all that stands between two stores on disk.
POINTS = [
    ("slo.providers.spool:Slot.add_cell", 40),
    ("slo.providers.spool:Slot.begin", 3),
    ("slo.services.recorder:take_in", 2),
    ("slo.services.spools:RecorderSpool.objects.update_or_create", 2),
    ("slo.providers.spool:Slot.clear", 2),
    ("slo.services.spools:Orphan.read", 0),
    ("slo.services.spools:Orphan.clear", 0),
    ("slo.services.spools:forget_spool", 0),
    ("slo.services.spools:Orphan.remove", 0),
]
ADOPTED = """
import json
from portal.shared import clock
from slo.models import Bucket, LatencyBucket, RecorderSpool
from slo.rules.exponential_histogram import Histogram
from slo.services import adopt_spools
adopt_spools(at=clock.now())
found = {}
for bucket in Bucket.objects.select_related("indicator"):
    good, total = found.get(bucket.indicator.slug, (0, 0))
    found[bucket.indicator.slug] = (good + bucket.good, total + bucket.total)
days = LatencyBucket.objects.filter(grain="day").order_by("start")
found["measured"] = Histogram.unpacked(days.last().cumulative).total
found["rows"] = RecorderSpool.objects.count()
print(json.dumps(found))
"""


class Caller:
    """Counts what a caller says of its calls, one process after another."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.returned: Counter[str] = Counter()
        self._log = log
        told, tell = os.pipe()
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.recorder.caller", str(tell)],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                pass_fds=[tell],
                start_new_session=True,
            )
        os.close(tell)
        self._told = os.fdopen(told)
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._listening.join()
        self._told.close()
        with self._process:
            """Closes its pipes."""

    def play(self, order: dict[str, Any], *, seconds: float | None) -> None:
        """This will have calls made until the process is killed, or comes to its point."""
        before = self.returned.total()
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        child = int(self._told.readline())
        if seconds is not None:
            wait_for(f"a call\n{self._log.read_text()}", lambda: self.returned.total() > before)
            pause(seconds)
            os.kill(child, signal.SIGKILL)
        assert self._told.readline() == "ended\n"

    def finish(self) -> Counter[str]:
        """This will return how many calls returned, when all that was said is heard."""
        assert self._process.stdin
        self._process.stdin.close()
        self._listening.join()
        return self.returned

    def _listen(self) -> None:
        assert self._process.stdout
        while said := os.read(self._process.stdout.fileno(), 65_536):
            self.returned.update(said.decode())


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A portal with its defaults, on a database of its own."""
    url = os.environ.get("DATABASE_URL", "")
    with ExitStack() as stack:
        own = {}
        if url.startswith("postgres"):
            own["DATABASE_URL"] = stack.enter_context(_database_of_its_own(url))
        environment = _environment(tmp_path, **own)
        manage(environment, "migrate", "--verbosity=0")
        manage(environment, "seed_defaults", "--verbosity=0")
        yield environment


def manage(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, MANAGE, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_returned_call_is_counted_once(
    environment: dict[str, str], tmp_path: Path, faults_seed: int
) -> None:
    chance = random.Random(faults_seed)
    deaths: list[tuple[str, int] | None] = [*POINTS, *[None] * RANDOM_KILLS]
    chance.shuffle(deaths)
    with Caller(environment, tmp_path / "caller.log") as caller:
        for number, death in enumerate(deaths):
            order: dict[str, Any] = {"seed": f"{faults_seed}-{number}"}
            if death:
                order |= {"dies": death[0], "passes": death[1]}
            caller.play(order, seconds=None if death else chance.uniform(0, 0.15))
        returned = caller.finish()

    found = json.loads(manage(environment, "shell", "-v0", "-c", ADOPTED))
    record("calls that returned", dict(returned))
    record("counted", found)
    good, total = found["portal-availability"]
    under_way = THREADS * len(deaths)
    assert returned["g"] <= good <= returned["g"] + under_way
    assert returned["b"] <= total - good <= returned["b"] + under_way
    # A call is counted in all of its indicators or in none.
    assert found["portal-error-rate"] == [good, total]
    assert found["portal-latency"][1] == good == found["measured"]
    assert found["rows"] == 0
    assert [p.name for p in (tmp_path / "slo-recorder").iterdir()] == ["lock"]
