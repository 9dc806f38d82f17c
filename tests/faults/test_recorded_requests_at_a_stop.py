"""A portal that is asked to end writes the requests that it has counted in memory first."""

import signal
from pathlib import Path

import httpx
import pytest

from tests.faults.processes import PortalProcesses, embedded_portal

pytestmark = [pytest.mark.faults, pytest.mark.timeout(200)]

REQUESTS = 7
COUNTED = """
from slo.models import Bucket
found = Bucket.objects.filter(indicator__slug="portal-availability")
print("COUNTED", sum(bucket.total for bucket in found))
"""


def counted(portal: PortalProcesses) -> int:
    return int(portal.manage("shell", "-v0", "-c", COUNTED).partition("COUNTED")[2])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_was_recorded_is_written(tmp_path: Path, number: signal.Signals) -> None:
    # Written once a minute: nothing but the end can do it in time.
    with embedded_portal(tmp_path, SLO_RECORDER_FLUSH_SECONDS="60") as portal:
        portal.start()
        portal.wait_until_it_answers()
        for _request in range(REQUESTS):
            httpx.get(f"{portal.address}/admin/login/", timeout=20, trust_env=False)
        before = counted(portal)

        assert portal.stop(tree_by=number) == 0

        assert (before, counted(portal)) == (0, REQUESTS)
        assert "Traceback" not in portal.log()
