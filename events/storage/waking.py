"""Telling those who wait for events that there are some, without slowing who writes them."""

import threading
import time

import structlog
from django.db import DatabaseError, connection, transaction

log = structlog.get_logger(__name__)

CHANNEL = "portal_events"
# A woken reader goes on looking for longer than this, so nothing written meanwhile waits.
SECONDS_BETWEEN_CALLS = 0.05


class _Bell:
    """Rung in this process at once, in others by NOTIFY, at most every 50 ms."""

    def __init__(self) -> None:
        self.rung = threading.Event()
        self._called = 0.0

    def ring(self) -> None:
        self.rung.set()
        now = time.monotonic()
        if connection.vendor != "postgresql" or now - self._called < SECONDS_BETWEEN_CALLS:
            return
        self._called = now
        try:
            # After the commit and alone: within it, NOTIFY holds a lock of the whole
            # cluster while the transaction is flushed.
            with connection.cursor() as cursor:
                cursor.execute(f"NOTIFY {CHANNEL}")
        except DatabaseError as error:
            log.warning("readers_not_woken", reason=str(error))


bell = _Bell()


def wake_readers() -> None:
    """This will ring once this transaction has committed. Unheard, the next sweep finds it."""
    transaction.on_commit(bell.ring)
