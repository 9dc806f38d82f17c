"""A sweep is told the time once, and may take long."""

import time
from datetime import datetime, timedelta


class Stopwatch:
    """Carries the time on from the moment that was told."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._began)
