"""Appending on PostgreSQL, raced against `eventsourcing` and against locks.

Ours is `events.services.append`, as a service calls it: payloads checked and written as JSON,
retention class, ids, correlation, one Event object an event, the stream moved by compare-and-set
from the version that is expected, readers woken by NOTIFY. The peer is `insert_events` of the
recorder that `eventsourcing` uses by default on PostgreSQL (LOCK TABLE, then INSERT), handed the
same payload as JSON bytes; its application and mapper are left out, which favours the peer.

While several write, a pump runs beside in a process of its own, as in production: it gives
positions meanwhile. No arm begins before the positions of the last one are given. Nobody
subscribes and nothing is relayed, as with the peer.

With work in the transaction: eight writers, each with a stream of its own, append one event in a
transaction that then takes 20 ms. One arm locks the table before, as stores do that order by
insertion. One arm only inserts into a table with a serial key, which orders nothing.
"""

import functools
import statistics
import time
from typing import Any

from benchmarks.events import append_arms
from benchmarks.events.processes import Writers, pump_beside, wait_until_all_has_a_position
from benchmarks.rounds import interleaved, report
from events import services
from portal.shared import clock

ROUNDS = 12
PEER = "eventsourcing, default recorder"
OURS = "events.services.append"
WORK_MILLISECONDS = 20


def run() -> None:
    _one_writer()
    with pump_beside():
        _four_writers()
        _eight_with_work()


def _one_writer() -> None:
    makers = {OURS: append_arms.ours, PEER: append_arms.eventsourcing}
    made = {name: make() for name, make in makers.items()}
    for title, times, size, target in (
        ("one writer, 1 event an append", 300, 1, 1.4),
        ("one writer, 1,000 events an append", 5, 1000, 3.0),
    ):
        arms = {
            name: functools.partial(_timed, append, times, size) for name, append in made.items()
        }
        measured = interleaved(arms, rounds=ROUNDS)
        report(title, measured, unit="events/s", targets={PEER: target})
    services.sequence_events(at=clock.now())


def _timed(append: append_arms.Append, times: int, size: int) -> float:
    begin = time.monotonic()
    append(times, size)
    return times * size / (time.monotonic() - begin)


def _four_writers() -> None:
    writers = Writers(4, _make_racers)
    drains: list[float] = []
    for title, times, size in (
        ("four writers, 1 event an append", 200, 1),
        ("four writers, 20 events an append", 50, 20),
    ):
        drains.clear()
        arms = {
            name: functools.partial(_together, writers, name, times, size, drains)
            for name in (OURS, PEER)
        }
        measured = interleaved(arms, rounds=ROUNDS)
        report(title, measured, unit="events/s", targets={PEER: 1.6})
        print(f"    the last position is given {statistics.median(drains) * 1000:.0f} ms later")
    writers.stop()


def _make_racers(_number: int) -> Any:
    return _by_name({OURS: append_arms.ours(), PEER: append_arms.eventsourcing()})


def _by_name(made: dict[str, append_arms.Append]) -> Any:
    return lambda name, times, size: made[name](times, size)


def _together(writers: Writers, name: str, times: int, size: int, drains: list[float]) -> float:
    seconds = writers.run(name, times, size)
    drain = wait_until_all_has_a_position()
    if name == OURS:
        drains.append(drain)
    return 4 * times * size / seconds


def _eight_with_work() -> None:
    locked, plain = "the same behind LOCK TABLE", "plain INSERT, no order"
    writers = Writers(8, _make_workers)
    arms = {
        name: functools.partial(_working, writers, name, times)
        for name, times in ((OURS, 20), (locked, 4), (plain, 20))
    }
    measured = interleaved(arms, rounds=ROUNDS)
    report(
        f"eight writers, {WORK_MILLISECONDS} ms of work in the transaction",
        measured,
        unit="events/s",
        targets={locked: 6.0, plain: 0.95},
    )
    writers.stop()


def _make_workers(_number: int) -> Any:
    return _by_name(
        {
            OURS: append_arms.ours_with_work(),
            "the same behind LOCK TABLE": append_arms.ours_with_work(lock=True),
            "plain INSERT, no order": append_arms.plain_with_work(),
        }
    )


def _working(writers: Writers, name: str, times: int) -> float:
    seconds = writers.run(name, times, WORK_MILLISECONDS)
    wait_until_all_has_a_position()
    return 8 * times / seconds
