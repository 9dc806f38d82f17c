"""Two portals on one state directory, and one that cannot keep its state."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.processes import MANAGE, ROOT, PortalProcesses, embedded_portal

pytestmark = [pytest.mark.faults, pytest.mark.timeout(200)]


@pytest.fixture
def two_portals(tmp_path: Path) -> Iterator[list[PortalProcesses]]:
    with ExitStack() as both:
        yield [both.enter_context(embedded_portal(tmp_path)) for _number in range(2)]


def test_two_that_start_at_once_prepare_it_once(
    two_portals: list[PortalProcesses], tmp_path: Path
) -> None:
    for portal in two_portals:
        portal.start()
    for portal in two_portals:
        portal.wait_until_it_answers()

    log = two_portals[0].log()
    assert log.count("  password  ") == 1
    assert "Traceback" not in log
    assert len((tmp_path / "secret_key").read_text()) >= 50


@pytest.mark.parametrize("taken", ["state", "state/portal.sqlite3", "state/static"])
def test_says_in_one_sentence_that_it_cannot_keep_its_state(taken: str, tmp_path: Path) -> None:
    state, obstacle = tmp_path / "state", tmp_path / taken
    if taken.endswith("sqlite3"):
        obstacle.mkdir(parents=True)
    else:
        obstacle.parent.mkdir(parents=True, exist_ok=True)
        obstacle.write_text("a file where a directory belongs")

    done = subprocess.run(
        [sys.executable, MANAGE, "run_portal", "--port=0"],
        env={"PATH": os.environ["PATH"], "PORTAL_STATE_DIR": str(state)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert str(state) in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
