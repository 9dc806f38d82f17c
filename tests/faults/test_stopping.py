"""What Ctrl-C and the death of parts do to the tree that `make run` starts."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import (
    PortalProcesses,
    descendants,
    embedded_portal,
    wait_for,
)

pytestmark = [pytest.mark.faults, pytest.mark.timeout(200)]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[PortalProcesses]:
    with embedded_portal(tmp_path) as portal:
        portal.start()
        portal.wait_until_it_answers()
        yield portal


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"


def test_stops_cleanly_and_keeps_its_rows(portal: PortalProcesses) -> None:
    below = descendants(portal.pid_of("tree"))

    assert portal.stop() == 0

    assert not any(is_alive(pid) for pid in below)
    portal.start()
    portal.wait_until_it_answers()
    log = portal.log()
    assert log.count("  password  ") == 1, "the first password is printed once"
    assert "Traceback" not in log


def test_starts_the_child_again_when_it_is_killed(portal: PortalProcesses) -> None:
    [child] = descendants(portal.pid_of("tree"))

    os.kill(child, signal.SIGKILL)

    wait_for(
        "another child",
        lambda: [pid for pid in descendants(portal.pid_of("tree")) if pid != child],
    )
    portal.wait_until_it_answers()


def test_leaves_no_child_behind_when_the_supervisor_is_killed(
    portal: PortalProcesses,
) -> None:
    [child] = descendants(portal.pid_of("tree"))

    portal.kill_alone("tree")

    wait_for("the child to end by itself", lambda: not is_alive(child), seconds=30)
