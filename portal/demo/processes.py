"""The processes of the demo: the shop, the follower of its log, and a portal if none runs."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from django.conf import settings

from portal.demo.stage import SERVICE
from portal.serving.supervisor import manage
from portal.shared.errors import Unavailable

SECONDS_TO_START = 60.0


@contextmanager
def running(command: Sequence[str], *, is_quiet: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """This will run the command for the length of the block, then ask it to end.

    A quiet one still says what went wrong.
    """
    started = subprocess.Popen(  # noqa: S603  (our own)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if is_quiet else None,
    )
    try:
        yield started
    finally:
        started.terminate()
        started.wait(timeout=40)


def shop(log: Path, *, port: int) -> list[str]:
    return [sys.executable, "-m", "portal.demo.shop", f"--port={port}", f"--log={log}"]


def follower(log: Path) -> list[str]:
    return manage("follow_access_log", str(log), f"--service={SERVICE}")


def portal() -> list[str]:
    return manage("run_portal")


def answers(address: str) -> bool:
    try:
        httpx.get(address, timeout=2.0, trust_env=False)
    except httpx.HTTPError:
        return False
    return True


def wait_until_it_answers(address: str) -> None:
    """This will return when anything is answered; raises Unavailable after a minute."""
    limit = time.monotonic() + SECONDS_TO_START
    while not answers(address):
        if time.monotonic() > limit:
            raise Unavailable(f"Nothing answers at {address} after {SECONDS_TO_START:.0f} s.")
        time.sleep(0.1)


def portal_answers() -> bool:
    return answers(f"{settings.PORTAL_URL}/healthz")
