"""Writers and movers in processes of their own, as a portal has them."""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from django.db import connection

from events.models import Event
from events.movers.pump import Pump

spawning = multiprocessing.get_context("spawn")


class Writers:
    """Processes that wait for work, so that no start of a process is measured."""

    def __init__(self, count: int, make: Any) -> None:
        """`make(number)` is called in each process and returns what does the work."""
        self._barrier = spawning.Barrier(count)
        self._pipes: list[Connection[Any, Any]] = []
        self._processes = []
        for number in range(count):
            here, there = spawning.Pipe()
            process = spawning.Process(
                target=_write, args=(make, number, there, self._barrier), daemon=True
            )
            process.start()
            self._pipes.append(here)
            self._processes.append(process)

    def run(self, *work: Any) -> float:
        """This will have all do the same work at once; returns seconds from first to last."""
        for pipe in self._pipes:
            pipe.send(work)
        spans: list[tuple[float, float]] = [pipe.recv() for pipe in self._pipes]
        return max(end for _begin, end in spans) - min(begin for begin, _end in spans)

    def stop(self) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(timeout=10)


def _write(make: Any, number: int, pipe: "Connection[Any, Any]", barrier: Any) -> None:
    do = make(number)
    while (work := pipe.recv()) is not None:
        barrier.wait()
        begin = time.monotonic()
        do(*work)
        pipe.send((begin, time.monotonic()))


@contextmanager
def pump_beside() -> Iterator[int]:
    """A process that orders and delivers what is committed; yields its process id."""
    asked_to_stop = spawning.Event()
    process = spawning.Process(target=_pump, args=(asked_to_stop,), daemon=True)
    process.start()
    try:
        assert process.pid is not None
        yield process.pid
    finally:
        asked_to_stop.set()
        process.join(timeout=15)


def _pump(asked_to_stop: threading.Event) -> None:
    pump = Pump()
    pump.start()
    asked_to_stop.wait()
    pump.stop()


def wait_until_all_has_a_position() -> float:
    """This will return how long it took, so that no arm is slowed by another's backlog."""
    begin = time.monotonic()
    while Event.objects.filter(position=None).exists():
        time.sleep(0.005)
    connection.close()
    return time.monotonic() - begin
