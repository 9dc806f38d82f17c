"""Dropping a day of the log against deleting the same rows: 200,000 of 800,000.

Four days of one class hold 200,000 events each, in partitions as `events/storage/partitions.py`
makes them, with every index of the log. One arm drops the partition of a day. The other deletes
the rows of a day, which PostgreSQL finds in one partition too; their room is usable again only
after a VACUUM, so both are told: DELETE alone, and with it. Each turn writes its day anew,
untimed. Sealing a day before it goes is another matter and not part of this.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection

from benchmarks.rounds import Arm, interleaved, report
from events.storage import partitions
from events.storage.partitions import Partition
from portal.shared import clock

ROUNDS = 10
ROWS_A_DAY = 200_000
DAYS = 4
CLASS = "system"
DROPPED = "DROP TABLE of the partition"
DELETED = "DELETE of the same rows"
VACUUMED = "the same, and VACUUM"

_FILL = """
INSERT INTO events_event (event_id, position, stream, stream_version, event_type,
    schema_version, payload, priority, retention_class, correlation_id, actor, traceparent,
    occurred_at, recorded_at)
SELECT id, %s + n, 'orders.' || n %% 1000, n / 1000, 'orders.order.shipped', 1,
    '{"order": "o-1", "service": "checkout", "amount_cents": 1999, "parcels": 2}', 5, %s,
    id, '', '', moment, moment
FROM (
    SELECT gen_random_uuid() AS id, n, %s::timestamptz + n * interval '0.4 seconds' AS moment
    FROM generate_series(1, %s) AS n
) AS made"""


_DELETE = """
DELETE FROM events_event WHERE retention_class = %s AND recorded_at >= %s AND recorded_at < %s"""


def run() -> None:
    today = clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today + timedelta(days=number) for number in range(DAYS)]
    for day in days:
        _fill(day)
    vacuums: list[float] = []
    arms: dict[str, Arm] = {
        DROPPED: _turn(_drop, days[0]),
        DELETED: _turn(_delete, days[1], then=lambda: vacuums.append(_vacuum(days[1]))),
    }
    measured = interleaved(arms, rounds=ROUNDS)
    # The first turn, which warms up, is not measured.
    measured[VACUUMED] = [
        ROWS_A_DAY / (ROWS_A_DAY / rate + vacuum)
        for rate, vacuum in zip(measured[DELETED], vacuums[1:], strict=True)
    ]
    report(
        f"{ROWS_A_DAY:,} of {DAYS * ROWS_A_DAY:,} rows gone",
        measured,
        unit="rows/s",
        targets={DELETED: 20.0, VACUUMED: 20.0},
    )


def _turn(
    remove: Callable[[datetime], None], day: datetime, *, then: Callable[[], None] = lambda: None
) -> Arm:
    def turn() -> float:
        begin = time.monotonic()
        remove(day)
        seconds = time.monotonic() - begin
        then()
        partitions.prepare({CLASS: 14}, at=clock.now())
        _fill(day)
        return ROWS_A_DAY / seconds

    return turn


def _fill(day: datetime) -> None:
    _execute(_FILL, day.day * ROWS_A_DAY, CLASS, day, ROWS_A_DAY)


def _drop(day: datetime) -> None:
    _execute(f"DROP TABLE {_name(day)}")


def _delete(day: datetime) -> None:
    _execute(_DELETE, CLASS, day, day + timedelta(days=1))


def _vacuum(day: datetime) -> float:
    begin = time.monotonic()
    _execute(f"VACUUM {_name(day)}")
    return time.monotonic() - begin


def _name(day: datetime) -> str:
    until = day + timedelta(days=1)
    return Partition(retention_class=CLASS, begin=day.date(), until=until.date()).name


def _execute(statement: str, *values: int | str | datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
