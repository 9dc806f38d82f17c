"""The quick mover of events: orders and delivers as soon as something is committed.

Beat starts the same verbs every second, so a portal without a pump is slow and loses
nothing. Any number of pumps may run; one orders, all deliver.
"""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from events import services, storage
from events.storage.waking import CHANNEL, bell
from portal.shared import clock

log = structlog.get_logger(__name__)

# Without a call: how long what another process wrote may wait, if its call was lost.
SECONDS_BETWEEN_LOOKS = 1.0
DELIVERIES_AT_ONCE = 500
# After work: how long to look at short intervals. Longer than writers keep quiet.
SECONDS_TO_LINGER = 0.1
LINGERING_INTERVAL_SECONDS = 0.005
# SQLite has no calls between processes; asking whether the file has changed costs nothing.
FILE_LOOK_SECONDS = 0.02


class Pump(threading.Thread):
    """Runs until `stop()`; a database that is away is asked again every second."""

    def __init__(self, *, name: str = "events", then: Callable[[], None] = lambda: None) -> None:
        """`then` is called after each look that somebody called for."""
        super().__init__(name=name, daemon=True)
        self._then = then
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()
        bell.rung.set()
        self.join(timeout=10)

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                for called in self._calls():
                    self._work(called=called)
            except (DatabaseError, psycopg.Error) as error:
                log.warning("pump_without_database", reason=str(error))
                self._stopping.wait(SECONDS_BETWEEN_LOOKS)
            finally:
                connection.close()

    def _work(self, *, called: bool) -> None:
        """Once called, works until nothing was found for a while: writers call but once."""
        last = time.monotonic()
        while not self._stopping.is_set():
            bell.rung.clear()
            found = services.deliver_due_events(at=clock.now(), limit=DELIVERIES_AT_ONCE)
            if called:
                self._then()
            if found:
                last, called = time.monotonic(), True
            if found >= DELIVERIES_AT_ONCE:
                continue
            if not called or not self._linger(until=last + SECONDS_TO_LINGER):
                break
        close_old_connections()

    def _linger(self, *, until: float) -> bool:
        """Returns whether there is something new; asks only that, which costs little."""
        while not self._stopping.is_set() and time.monotonic() < until:
            if bell.rung.wait(LINGERING_INTERVAL_SECONDS) or storage.has_unsequenced():
                return True
        return False

    def _calls(self) -> Iterator[bool]:
        """True at the start and when somebody called or wrote; False once a second without."""
        yield True
        if connection.vendor == "postgresql":
            yield from self._postgresql_calls()
        else:
            yield from self._file_changes()

    def _postgresql_calls(self) -> Iterator[bool]:
        # A connection of its own: listening occupies it, and a pool must not get it back.
        with psycopg.connect(**_address(), autocommit=True) as listening:
            listening.execute(f"LISTEN {CHANNEL}")
            # What was committed between the first look and LISTEN has called in vain.
            yield True
            while not self._stopping.is_set():
                calls = list(listening.notifies(timeout=SECONDS_BETWEEN_LOOKS, stop_after=1))
                yield bool(calls)

    def _file_changes(self) -> Iterator[bool]:
        seen, looked = self._file_version(), time.monotonic()
        while not self._stopping.is_set():
            rung = bell.rung.wait(FILE_LOOK_SECONDS)
            version, now = self._file_version(), time.monotonic()
            changed = rung or version != seen
            if changed or now - looked >= SECONDS_BETWEEN_LOOKS:
                yield changed
                seen, looked = self._file_version(), time.monotonic()

    def _file_version(self) -> int:
        with connection.cursor() as cursor:
            version: int = cursor.execute("PRAGMA data_version").fetchone()[0]
        return version


def _address() -> dict[str, Any]:
    database = settings.DATABASES["default"]
    parameters = connection.get_connection_params()
    return {
        key: parameters[key]
        for key in ("dbname", "host", "port", "user", "password", "sslmode", "service")
        if parameters.get(key)
    } | {"application_name": f"portal-events-{database['NAME']}"[:63]}
