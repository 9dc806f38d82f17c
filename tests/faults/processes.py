"""A whole portal in real processes, to be killed: one tree on SQLite, or three on servers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
from psycopg import sql

from portal.demo.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
MANAGE = str(ROOT / "manage.py")
Found = TypeVar("Found")


def wait_for(what: str, look: Callable[[], Found | None], *, seconds: float = 60) -> Found:
    """This will look again and again until there is something, and fail after the limit."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if found := look():
            return found
        # A real process is waited for here, not a clock of ours.
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


def pause(seconds: float) -> None:
    """This will let real processes run for a while that a seed has chosen."""
    time.sleep(seconds)


def record(what: str, found: dict[str, Any]) -> None:
    """This will print what a run found, for those who run it with `-s`."""
    sys.stderr.write(f"\n{what}: {json.dumps(found, indent=2)}\n")


class PortalProcesses:
    """Starts the parts of a portal by name and kills them without a warning."""

    def __init__(self, parts: dict[str, Sequence[str]], *, port: int, environment: dict[str, str]):
        self.address = f"http://127.0.0.1:{port}"
        self._parts = parts
        self._environment = environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._log = Path(environment["PORTAL_STATE_DIR"]) / "processes.log"

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, MANAGE, *arguments],
            env=self._environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *names: str) -> None:
        for name in names or tuple(self._parts):
            with self._log.open("ab") as log:
                self._running[name] = subprocess.Popen(
                    self._parts[name],
                    env=self._environment,
                    cwd=ROOT,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )

    def kill(self, *names: str) -> None:
        """This will SIGKILL the parts and every process below them, all at once."""
        for name in names or tuple(self._running):
            part = self._running.pop(name)
            for pid in [part.pid, *descendants(part.pid)]:
                _signal(pid, signal.SIGKILL)
            part.wait()

    def kill_alone(self, name: str) -> None:
        """This will SIGKILL the part and leave what is below it to itself."""
        part = self._running.pop(name)
        _signal(part.pid, signal.SIGKILL)
        part.wait()

    def stop(self, *, tree_by: signal.Signals = signal.SIGINT) -> int:
        """This will ask the parts to end, a tree as Ctrl-C does, and return the worst exit code."""
        for name, part in self._running.items():
            part.send_signal(tree_by if name == "tree" else signal.SIGTERM)
        codes = [part.wait(timeout=40) for part in self._running.values()]
        self._running.clear()
        return max(codes, default=0)

    def pid_of(self, name: str) -> int:
        return self._running[name].pid

    def wait_until_it_answers(self) -> None:
        wait_for(f"{self.address}/readyz\n{self.log()[-4000:]}", self._answers)

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _answers(self) -> bool:
        try:
            answer = httpx.get(f"{self.address}/readyz", timeout=5, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200


def descendants(pid: int) -> list[int]:
    """This will return the children of a process and theirs, from /proc."""
    below = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[1]) == pid:
            child = int(stat.parent.name)
            below += [child, *descendants(child)]
    return below


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _environment(state: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "portal.settings.local",
        "PORTAL_STATE_DIR": str(state),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


@contextmanager
def embedded_portal(state: Path, **settings: str) -> Iterator[PortalProcesses]:
    """One supervised tree on SQLite, as `make run` starts it, with further settings."""
    port = free_port()
    command = [sys.executable, MANAGE, "run_portal", f"--port={port}", "--without-demo"]
    yield from _until_killed(
        PortalProcesses(
            {"tree": command},
            port=port,
            environment=_environment(state, PORTAL_PORT=str(port), **settings),
        )
    )


@contextmanager
def separate_portal(
    state: Path, *, database_url: str, broker_url: str, redis_url: str
) -> Iterator[PortalProcesses]:
    """Web, worker and Beat as three processes on PostgreSQL and a broker."""
    port = free_port()
    with _database_of_its_own(database_url) as own_url:
        celery = [sys.executable, "-m", "celery", "-A", "portal"]
        yield from _until_killed(
            PortalProcesses(
                {
                    "web": [
                        sys.executable,
                        "-m",
                        "uvicorn",
                        "portal.asgi:application",
                        f"--port={port}",
                    ],
                    "worker": [*celery, "worker", "--pool=threads", "--concurrency=4"],
                    "beat": [*celery, "beat", f"--pidfile={state / 'beat.pid'}"],
                },
                port=port,
                environment=_environment(
                    state,
                    PORTAL_PORT=str(port),
                    DATABASE_URL=own_url,
                    CELERY_BROKER_URL=broker_url,
                    REDIS_URL=redis_url,
                    CELERY_QUEUE=f"portal-faults-{port}",
                ),
            )
        )


def _until_killed(portal: PortalProcesses) -> Iterator[PortalProcesses]:
    try:
        yield portal
    finally:
        portal.kill()


@contextmanager
def _database_of_its_own(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    assert parts.hostname in {"127.0.0.1", "localhost"}, "only a local server is written to"
    name = f"portal_faults_{os.getpid()}_{free_port()}"
    maintenance: Any = psycopg.connect(
        urlunsplit(parts._replace(scheme="postgresql", path="/postgres")), autocommit=True
    )
    maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        maintenance.close()
