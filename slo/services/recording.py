"""The recorder of this process: begun at the first call, flushed by a thread, never inherited."""

import atexit
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection

from portal.shared import clock
from slo.providers.spool import Spool
from slo.rules.telling import is_worth_telling
from slo.services.recorder import Recorder
from slo.services.spools import adopt_spools, spool_directory

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_LESSONS = 5.0
SECONDS_TO_END = 20.0


class Flusher(threading.Thread):
    """Learns what is watched, takes in what the dead left, and writes at each interval."""

    def __init__(self, recorder: Recorder, *, seconds: float, now: Callable[[], datetime]) -> None:
        super().__init__(name="slo-recorder", daemon=True)
        self.recorder = recorder
        self._seconds = seconds
        self._now = now
        self._stopping = threading.Event()
        self._failures: Counter[str] = Counter()
        self._learnt_at = -SECONDS_BETWEEN_LESSONS

    def run(self) -> None:
        self._attempt(self._learn_if_due)
        self._attempt(self._adopt)
        while not self._stopping.wait(self._seconds):
            self._attempt(self._learn_if_due)
            self._attempt(self._flush)

    def stop(self) -> None:
        """This will write what is left, as far as the database takes it."""
        self._stopping.set()
        self.join(timeout=SECONDS_TO_END)
        self._attempt(self._finish)

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            self._failures[work.__name__] += 1
            failures = self._failures[work.__name__]
            if is_worth_telling(failures):
                log.exception(
                    "recorder_not_flushed",
                    unflushed=self.recorder.unflushed(),
                    failures=failures,
                    reason=str(error),
                )
        else:
            self._failures[work.__name__] = 0
        finally:
            connection.close()

    def _learn_if_due(self) -> None:
        if time.monotonic() - self._learnt_at >= SECONDS_BETWEEN_LESSONS:
            self.recorder.learn()
            self._learnt_at = time.monotonic()

    def _adopt(self) -> None:
        adopt_spools(at=self._now())

    def _flush(self) -> None:
        self.recorder.flush(at=self._now())

    def _finish(self) -> None:
        self.recorder.finish(at=self._now())


class _Process:
    """What this process has; a fork leaves it to the parent."""

    def __init__(self) -> None:
        self.beginning = threading.Lock()
        self.flusher: Flusher | None = None
        self.recorder: Recorder | None = None


_process = _Process()


def recorder() -> Recorder:
    """This will return the recorder of this process, and begin it at the first call."""
    return _process.recorder or _begun()


def stop_recorder() -> None:
    """This will write what this process has recorded; a call after it begins anew."""
    with _process.beginning:
        flusher, _process.flusher, _process.recorder = _process.flusher, None, None
    if flusher:
        flusher.stop()


def unflushed_requests() -> int:
    """This will return how many requests this process has not written yet."""
    return _process.recorder.unflushed() if _process.recorder else 0


def _begun() -> Recorder:
    with _process.beginning:
        if _process.recorder is None:
            begun = Recorder(_spool(), clock=time.time)
            _process.flusher = Flusher(
                begun, seconds=float(settings.SLO_RECORDER_FLUSH_SECONDS), now=clock.now
            )
            _process.flusher.start()
            _process.recorder = begun
        return _process.recorder


def _spool() -> Spool:
    try:
        return Spool(spool_directory())
    except OSError as error:
        # The portal's work is not to measure itself: it goes on, and says what it lacks.
        log.warning("recorder_in_memory_alone", directory=str(spool_directory()), reason=str(error))
        return Spool(None)


def _hold() -> None:
    _process.beginning.acquire()
    if _process.recorder:
        _process.recorder.lock.acquire()


def _release() -> None:
    if _process.recorder:
        _process.recorder.lock.release()
    _process.beginning.release()


def _leave_to_parent() -> None:
    global _process
    if _process.recorder:
        _process.recorder.abandon()
    _process = _Process()


os.register_at_fork(before=_hold, after_in_parent=_release, after_in_child=_leave_to_parent)
atexit.register(stop_recorder)
