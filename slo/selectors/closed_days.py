"""Minutes of days that are over, remembered by this process while nothing is added to them."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

import numpy as np
from django.db import connection

from slo.models import Bucket, Indicator
from slo.rules.history import Integers
from slo.rules.minute import MINUTE, day_of
from slo.rules.window import MINUTES_A_DAY, Span

# A day of one series takes 23 kB: 45 MB in all, 30 objectives over 60 days.
DAYS_REMEMBERED = 2000
DAY = timedelta(days=1)
# Bad and total requests of each minute of a day: one column each.
Day = Integers

# Seconds since 1970 by the database, so that no moment becomes an object of Python.
_SQLITE = """
    SELECT CAST(strftime('%%s', minute) AS INTEGER), total - good, total FROM {table}
    WHERE indicator_id = %s AND minute >= %s AND minute < %s
"""
# One value of three big-endian integers a minute, and no object of Python for any of them.
_POSTGRESQL = """
    SELECT string_agg(
        int8send(date_part('epoch', minute)::bigint) || int8send(total - good) || int8send(total),
        ''::bytea
    )
    FROM {table} WHERE indicator_id = %s AND minute >= %s AND minute < %s
"""


class Days:
    """The days used last, by series, version of its history and start."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int, datetime], Day] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[int, int, datetime]) -> Day | None:
        with self._lock:
            day = self._kept.get(key)
            if day is not None:
                self._kept.move_to_end(key)
            return day

    def keep(self, key: tuple[int, int, datetime], day: Day) -> None:
        with self._lock:
            self._kept[key] = day
            while len(self._kept) > DAYS_REMEMBERED:
                self._kept.popitem(last=False)


_days = Days()


def minutes_of_series(series_id: int, span: Span) -> Day:
    """This will return the bad and the total requests of each minute of the span."""
    # The version comes first: what is written meanwhile is then read again under the next.
    version = Indicator.objects.values_list("history_version", flat=True).get(pk=series_id)
    starts = _starts(span)
    remembered = ((start, _days.get((series_id, version, start))) for start in starts)
    days = {start: day for start, day in remembered if day is not None}
    if missing := [start for start in starts if start not in days]:
        read, over = _read(series_id, Span(missing[0], missing[-1] + DAY))
        for start in list(read)[:over]:
            _days.keep((series_id, version, start), read[start])
        days.update(read)
    joined: Integers = np.concatenate([days[start] for start in starts], axis=1)
    place = (span.start - starts[0]) // MINUTE
    return joined[:, place : place + span.minutes]


def _starts(span: Span) -> list[datetime]:
    first = day_of(span.start)
    return [first + number * DAY for number in range(-((first - span.end) // DAY))]


def _read(series_id: int, days: Span) -> tuple[dict[datetime, Day], int]:
    """Each day, and how many of them are over: a later one has begun."""
    rows = _rows(series_id, days)
    minutes = np.zeros((2, days.minutes), dtype=np.int64)
    places = (rows[:, 0] - int(days.start.timestamp())) // 60
    minutes[:, places] = rows[:, 1:].T
    cut = np.split(minutes, days.minutes // MINUTES_A_DAY, axis=1)
    # Of an array that is cut, each part would hold on to the whole.
    read = {start: day.copy() for start, day in zip(_starts(days), cut, strict=True)}
    return read, int(places.max(initial=0)) // MINUTES_A_DAY


def _rows(series_id: int, span: Span) -> Integers:
    is_postgresql = connection.vendor == "postgresql"
    sql = (_POSTGRESQL if is_postgresql else _SQLITE).format(
        table=connection.ops.quote_name(Bucket._meta.db_table)
    )
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(sql, [series_id, adapt(span.start), adapt(span.end)])
        if is_postgresql:
            return np.frombuffer(cursor.fetchone()[0] or b"", dtype=">i8").reshape(-1, 3)
        return np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 3)
