"""The quick mover towards the broker. Beat starts the same verb every second."""

import threading

import structlog
from django.db import DatabaseError, connection

from events import services
from events.errors import LogHasGap
from portal.shared import clock

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_LOOKS = 0.5
# What is published one by one meanwhile travels together.
SECONDS_TO_GATHER = 0.03


class Relay(threading.Thread):
    """Runs until `stop()`; looks soon when rung, and twice a second without."""

    def __init__(self) -> None:
        super().__init__(name="relay", daemon=True)
        self.rung = threading.Event()
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()
        self.rung.set()
        self.join(timeout=30)

    def run(self) -> None:
        while not self._stopping.is_set():
            if self.rung.wait(SECONDS_BETWEEN_LOOKS):
                self._stopping.wait(SECONDS_TO_GATHER)
            self.rung.clear()
            try:
                while services.relay_events(at=clock.now()) and not self._stopping.is_set():
                    pass
            except DatabaseError as error:
                log.warning("relay_without_database", reason=str(error))
            except LogHasGap as error:
                log.error("relay_stopped", reason=str(error))  # noqa: TRY400  (the sentence says it)
            finally:
                connection.close()
