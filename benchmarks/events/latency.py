"""From the commit to the handler, with everything that moves events in a process of its own.

That process is what `manage.py run_events` runs: it waits for NOTIFY, looks once a second besides,
and relays to the broker in memory. 400 events are published, one every 15 to 35 ms; the handler
tells when it was called. The time runs from the return of `publish`, which has committed, to the
handler's first line, by the clock that both processes share.

Then events of high priority, in turns of 100: idle, and while 1,000 of low priority wait for the
same subscriber. Last, what the process costs while nobody publishes.
"""

import os
import random
import statistics
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.events.processes import spawning
from benchmarks.rounds import percentile
from events import services
from events.contracts.base import Priority
from events.contracts.draft import Draft
from events.contracts.recorded import RecordedEvent
from events.models import Delivery
from events.movers.crew import Crew
from tests.faults.processes import wait_for

EVENTS = 400
TURNS = 4
BACKLOG = 1_000
IDLE_SECONDS = 20
SECONDS_TO_WAIT = 60


@dataclass(frozen=True)
class _Movers:
    pid: int
    heard: Any


def run() -> None:
    with _movers_beside() as movers:
        _publish(movers, 50, Priority.NORMAL)
        print(f"  idle: {_idle_percent(movers.pid):.2f} % of a core (target below 1 %)", flush=True)
        times = _publish(movers, EVENTS, Priority.NORMAL)
        print(f"  commit to handler: {_told(times)} (target p99 within 25 ms)", flush=True)
        _priorities(movers)


def _priorities(movers: _Movers) -> None:
    idle: list[float] = []
    busy: list[float] = []
    for _turn in range(TURNS):
        idle += _publish(movers, EVENTS // TURNS, Priority.HIGH)
        _write_backlog()
        busy += _publish(movers, EVENTS // TURNS, Priority.HIGH)
        assert Delivery.objects.undelivered().exists(), "the backlog was over too soon"
        wait_for("the backlog", _is_delivered, seconds=300)
    print(f"  high priority, idle: {_told(idle)}")
    print(f"  high priority, {BACKLOG:,} low ones waiting: {_told(busy)}")
    print(f"    p99 {percentile(busy, 99) / percentile(idle, 99):.1f}x of idle (target 2x)")


def _publish(movers: _Movers, count: int, priority: Priority) -> list[float]:
    """Returns milliseconds from each commit to the handler."""
    chance = random.Random(1)  # noqa: S311  (spreads the events)
    committed = {}
    heard: dict[uuid.UUID, float] = {}
    for number in range(count):
        event = services.publish(
            "orders.order.shipped", {"number": number}, priority, stream=f"orders.{number}"
        )
        committed[event.event_id] = time.monotonic()
        time.sleep(chance.uniform(0.015, 0.035))
        # Read meanwhile: a full pipe would hold up the handler.
        while movers.heard.poll():
            heard.update([movers.heard.recv()])
    while len(heard) < count:
        assert movers.heard.poll(SECONDS_TO_WAIT), "an event did not arrive"
        heard.update([movers.heard.recv()])
    return [(heard[event_id] - moment) * 1000 for event_id, moment in committed.items()]


def _write_backlog() -> None:
    for stream in range(BACKLOG // 100):
        services.append(
            [
                Draft(
                    event_type="orders.order.viewed",
                    payload={"number": number},
                    priority=Priority.LOW,
                    stream=f"views.{stream}",
                    occurred_at=datetime.now(UTC),
                )
                for number in range(100)
            ]
        )


def _is_delivered() -> bool:
    return not Delivery.objects.undelivered().exists()


def _told(times: Sequence[float]) -> str:
    return (
        f"p50 {statistics.median(times):.1f} ms, p99 {percentile(times, 99):.1f} ms, "
        f"worst {max(times):.1f} ms of {len(times)} events"
    )


def _idle_percent(pid: int) -> float:
    before = _processor_seconds(pid)
    time.sleep(IDLE_SECONDS)
    return (_processor_seconds(pid) - before) / IDLE_SECONDS * 100


def _processor_seconds(pid: int) -> float:
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _movers_beside() -> Iterator[_Movers]:
    here, there = spawning.Pipe()
    asked_to_stop = spawning.Event()
    process = spawning.Process(target=_move, args=(there, asked_to_stop), daemon=True)
    process.start()
    try:
        here.recv()
        yield _Movers(pid=process.pid or 0, heard=here)
    finally:
        asked_to_stop.set()
        process.join(timeout=30)


def _move(pipe: Any, asked_to_stop: Any) -> None:
    def tell(event: RecordedEvent) -> None:
        moment = time.monotonic()
        if event.event_type == "orders.order.shipped":
            pipe.send((event.event_id, moment))

    services.subscribe("orders.*", tell, name="benchmark.tell")
    crew = Crew()
    crew.start()
    pipe.send("started")
    asked_to_stop.wait()
    crew.stop()
