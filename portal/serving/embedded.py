"""Web server, Celery worker and Beat in one process, for a machine with nothing else."""

import os
import signal
import threading
import warnings
from collections.abc import Callable
from typing import Any

import structlog
import uvicorn
from celery.beat import EmbeddedService
from celery.exceptions import SecurityWarning
from django.db import DatabaseError, connection

from events.movers.crew import Crew
from portal.celery import app
from slo.services import stop_recorder

log = structlog.get_logger(__name__)

WORKER_THREADS = 4
SECONDS_BETWEEN_LOOKS = 1.0
# A database that fails this often in a row fails for this process alone: once, every new
# SQLite connection of a process said "disk I/O error" until it was started again.
DATABASE_FAILURES_BEFORE_LEAVING = 5


class WebServer(threading.Thread):
    def __init__(self, *, host: str, port: int) -> None:
        super().__init__(name="web", daemon=True)
        self._server = uvicorn.Server(
            uvicorn.Config(
                "portal.asgi:application",
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )

    def run(self) -> None:
        self._server.run()

    def stop(self) -> None:
        self._server.should_exit = True
        self.join(timeout=10)


class Watchdog(threading.Thread):
    """Ends the process when a part of it died, so that the supervisor starts a whole one.

    Ends it too when the supervisor itself is gone: nobody would start it again, and a
    second `make run` must find the port free.
    """

    def __init__(self, *, parts: list[threading.Thread], supervisor: int) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._parts = parts
        self._supervisor = supervisor
        self._stopping = threading.Event()
        self._database_failures = 0

    def run(self) -> None:
        while not self._stopping.wait(SECONDS_BETWEEN_LOOKS):
            self._look()

    def stop(self) -> None:
        self._stopping.set()

    def _look(self) -> None:
        if os.getppid() != self._supervisor:
            log.warning("supervisor_gone")
            self._stopping.set()
            os.kill(os.getpid(), signal.SIGTERM)
            return
        dead = [part.name for part in self._parts if not part.is_alive()]
        if dead:
            log.error("part_died", parts=dead)
            os._exit(1)
        self._count_database_failures()
        if self._database_failures >= DATABASE_FAILURES_BEFORE_LEAVING:
            log.error("database_fails", times=self._database_failures)
            os._exit(1)

    def _count_database_failures(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError as error:
            self._database_failures += 1
            log.warning("database_does_not_answer", reason=str(error))
        else:
            self._database_failures = 0
        finally:
            connection.close()


def serve(*, host: str, port: int, supervisor: int) -> None:
    """This will serve until SIGTERM, then finish the tasks in hand and return.

    `supervisor` is the process without which it ends too.

    The worker runs in the main thread: it is the one that takes the signal.
    """
    # Held open on purpose: with no connection left, SQLite folds the log into the file at
    # every close, and the next writer pays for it.
    connection.ensure_connection()
    # Celery warns root of pickled messages; ours are JSON, and never leave the process.
    warnings.simplefilter("ignore", SecurityWarning)
    web = WebServer(host=host, port=port)
    web.start()
    beat: Any = EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)
    beat.start()
    crew = Crew()
    crew.start()
    watchdog = Watchdog(parts=[web, beat, *crew.threads], supervisor=supervisor)
    watchdog.start()
    try:
        _worker().start()
    finally:
        watchdog.stop()
        for stop in _stops(beat, crew, web):
            stop()


def _worker() -> Any:
    return app.Worker(
        pool="threads",
        concurrency=WORKER_THREADS,
        loglevel="WARNING",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )


def _stops(beat: Any, crew: Crew, web: WebServer) -> list[Callable[[], None]]:
    return [beat.stop, crew.stop, web.stop, stop_recorder, connection.close]
