"""The state of a stream of 1,000 events as of a random moment, by `events.services.state`.

The stream is written over the fourteen days that its class is kept, beside a hundred others, so
that on PostgreSQL it lies in as many partitions as in a portal that has run for a month. The
first reading folds everything and leaves snapshots; the random ones begin at the nearest.
"""

import random
import statistics
import time
from datetime import datetime, timedelta

from django.db import connection

from events import services
from events.contracts.draft import Draft
from events.models import Event
from events.storage import partitions
from portal.shared import clock

STREAM = "orders.benchmark"
EVENTS = 1_000
OTHERS = 100
READINGS = 1_000
TARGET_P99_MS = 5.0
RETENTION = {"api": 7, "security": 30, "system": 14, "audit": None}


def run() -> None:
    end = clock.now()
    begin = end - timedelta(days=14)
    for days in range(0, 32, 3):
        partitions.prepare(RETENTION, at=end - timedelta(days=days))
    _write(begin, end)
    first = _read(end)
    moments = [begin + (end - begin) * random.random() for _ in range(READINGS)]  # noqa: S311  (samples)
    readings = sorted(_read(moment) for moment in moments)
    p50, p99 = statistics.median(readings), readings[len(readings) * 99 // 100]
    where = f"{connection.vendor}, {_partitions()} partitions"
    print(f"  {where}: first reading {first:.1f} ms; as of a random moment, {READINGS} times:")
    print(f"    p50 {p50:.2f} ms, p99 {p99:.2f} ms (target p99 {TARGET_P99_MS:g} ms)", flush=True)


def _write(begin: datetime, end: datetime) -> None:
    """Spread over the days by hand: nobody writes into the past."""
    for number in range(OTHERS):
        _append(f"orders.other.{number}", 50)
    events = _append(STREAM, EVENTS)
    for number, event in enumerate(events, start=1):
        moved = begin + (end - begin) * number / len(events)
        Event.objects.filter(pk=event.pk).update(recorded_at=moved)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _append(stream: str, count: int) -> list[Event]:
    return services.append(
        [
            Draft(
                event_type="orders.order.changed",
                payload={"order": stream, "number": number, f"field_{number % 20}": "x" * 40},
                stream=stream,
                occurred_at=clock.now(),
            )
            for number in range(count)
        ]
    )


def _read(moment: datetime) -> float:
    began = time.perf_counter()
    services.state(STREAM, at=moment)
    return (time.perf_counter() - began) * 1000


def _partitions() -> int:
    return len(partitions.names()) if connection.vendor == "postgresql" else 0
