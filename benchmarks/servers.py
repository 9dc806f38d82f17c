"""A portal on a PostgreSQL database of its own, which is dropped afterwards."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.faults.processes import MANAGE, ROOT

DEFAULT_SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
LOCAL = {"127.0.0.1", "localhost", "::1"}


class NoServer(Exception):
    """A server that a benchmark needs does not answer; the text says which."""


def on_postgresql(
    module: str, *, settings: str = "portal.settings.local", rabbitmq: bool = False
) -> Callable[[], None]:
    """This will return a run of the module's `run()`, in a process on a migrated database."""

    def run() -> None:
        try:
            if rabbitmq:
                _expect_rabbitmq()
            with _portal(settings) as environment:
                subprocess.run(
                    [sys.executable, "-m", "benchmarks.inside", module],
                    env=environment,
                    cwd=ROOT,
                    check=True,
                )
        except NoServer as missing:
            print(f"  Not measured: {missing}")

    return run


@contextmanager
def _portal(settings: str) -> Iterator[dict[str, str]]:
    with _database() as url, tempfile.TemporaryDirectory() as state:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DJANGO")},
            "DJANGO_SETTINGS_MODULE": settings,
            "BENCHMARK": str(os.getpid()),
            "DATABASE_URL": url,
            "PORTAL_STATE_DIR": state,
            "LOG_LEVEL": "ERROR",
            "PYTHONUNBUFFERED": "1",
        }
        for command in ("migrate", "seed_defaults"):
            subprocess.run(
                [sys.executable, MANAGE, command],
                env=environment,
                cwd=ROOT,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        yield environment


@contextmanager
def _database() -> Iterator[str]:
    parts = urlsplit(os.environ.get("BENCHMARK_DATABASE_URL", DEFAULT_SERVER))
    if parts.hostname not in LOCAL:
        raise NoServer(f"only a local PostgreSQL is written to, and {parts.hostname} is not.")
    name = f"portal_benchmark_{os.getpid()}"
    try:
        server = psycopg.connect(urlunsplit(parts._replace(scheme="postgresql")), autocommit=True)
    except psycopg.OperationalError as error:
        raise NoServer(
            f"no PostgreSQL answers at {parts.hostname}:{parts.port or 5432} ({error}). Start one, "
            "or name another in BENCHMARK_DATABASE_URL."
        ) from error
    with server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _expect_rabbitmq() -> None:
    host = os.environ.get("RABBITMQ_HOST", "127.0.0.1")
    port = int(os.environ.get("RABBITMQ_PORT", "5672"))
    if not answers(host, port):
        raise NoServer(
            f"no RabbitMQ answers at {host}:{port}. Start one, or name another in RABBITMQ_HOST."
        )


def answers(host: str, port: int) -> bool:
    """This will tell whether somebody listens there."""
    try:
        with socket.create_connection((host, port), timeout=2):
            return True
    except OSError:
        return False
