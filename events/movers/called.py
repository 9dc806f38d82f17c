"""What movers that follow the pump have in common: work when called, and look by themselves."""

import threading

import structlog
from django.db import DatabaseError, connection

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_LOOKS = 0.5


class Called(threading.Thread):
    """Runs until `stop()`; looks when rung, and twice a second without."""

    # How long to wait once rung, for what comes one by one to be moved together.
    seconds_to_gather = 0.0

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.rung = threading.Event()
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()
        self.rung.set()
        self.join(timeout=30)

    def run(self) -> None:
        while not self._stopping.is_set():
            if self.rung.wait(SECONDS_BETWEEN_LOOKS) and self.seconds_to_gather:
                self._stopping.wait(self.seconds_to_gather)
            self.rung.clear()
            try:
                while self._work() and not self._stopping.is_set():
                    pass
            except DatabaseError as error:
                log.warning("mover_without_database", mover=self.name, reason=str(error))
            finally:
                connection.close()

    def _work(self) -> int:
        """Makes one service call, and returns how much there was to do."""
        raise NotImplementedError
