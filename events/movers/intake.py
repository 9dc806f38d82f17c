"""Reading the channels of others, for as long as the process lives."""

import threading
from collections.abc import Sequence

import structlog
from django.db import DatabaseError, connection

from events import services
from events.errors import BrokerUnavailable
from events.providers.registry import broker
from portal.shared import clock

log = structlog.get_logger(__name__)

GROUP = "portal"
MESSAGES_AT_ONCE = 200
SECONDS_TO_WAIT = 1.0
SECONDS_AFTER_FAILURE = 5.0


class Intake(threading.Thread):
    """Tells the broker that a message is done only after what it meant was committed."""

    def __init__(self, channels: Sequence[str]) -> None:
        super().__init__(name="intake", daemon=True)
        self._channels = list(channels)
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=10)

    def run(self) -> None:
        while not self._stopping.is_set():
            # Anew after a failure: what was taken and not done comes again.
            reading = broker().read(self._channels, group=GROUP)
            try:
                while not self._stopping.is_set():
                    arrivals = reading.poll(timeout_seconds=SECONDS_TO_WAIT, most=MESSAGES_AT_ONCE)
                    if arrivals:
                        services.take_in_arrivals(arrivals, at=clock.now())
                        reading.done(arrivals)
            except (BrokerUnavailable, DatabaseError) as error:
                log.warning("intake_interrupted", reason=str(error))
                self._stopping.wait(SECONDS_AFTER_FAILURE)
            finally:
                reading.close()
                connection.close()
