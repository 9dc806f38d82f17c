"""The days of the log on PostgreSQL: made ahead of time, dropped as a whole.

A class that is kept for ever has months instead: a partition a day would be thousands.
What no partition was made for falls into a default one and is moved when one is made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction

TABLE = "events_event"
DAYS_AHEAD = 7
# Making a partition locks its parent for a moment; writers must not queue up behind it.
LOCK_TIMEOUT = "2s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """`until` is the first day that is not in it."""

    retention_class: str
    begin: date
    until: date

    @property
    def name(self) -> str:
        whole_month = self.until - self.begin > timedelta(days=1)
        return f"{TABLE}_{self.retention_class}_{self.begin:{'%Y%m' if whole_month else '%Y%m%d'}}"


def wanted(classes: Mapping[str, int | None], *, at: datetime) -> Iterator[Partition]:
    """This will return the partitions that should exist for today and the days ahead."""
    today = at.astimezone(UTC).date()
    for retention_class, days in classes.items():
        seen = set()
        for ahead in range(-1, DAYS_AHEAD + 1):
            day = today + timedelta(days=ahead)
            partition = _containing(day, retention_class, kept_for_ever=days is None)
            if partition.begin not in seen:
                seen.add(partition.begin)
                yield partition


def _containing(day: date, retention_class: str, *, kept_for_ever: bool) -> Partition:
    if not kept_for_ever:
        return Partition(retention_class=retention_class, begin=day, until=day + timedelta(days=1))
    begin = day.replace(day=1)
    until = (begin + timedelta(days=32)).replace(day=1)
    return Partition(retention_class=retention_class, begin=begin, until=until)


def prepare(classes: Mapping[str, int | None], *, at: datetime) -> list[str]:
    """This will make the partitions that are wanted and missing, and return their names.

    Does nothing on SQLite, whose table is whole.
    """
    if connection.vendor != "postgresql":
        return []
    made = []
    existing = names()
    for retention_class in classes:
        if f"{TABLE}_{retention_class}" not in existing:
            _make_class(retention_class)
    for partition in wanted(classes, at=at):
        if partition.name not in existing:
            _make(partition)
            made.append(partition.name)
    return made


def names() -> set[str]:
    """This will return every table below the log's, at any depth."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relid::regclass::text FROM pg_partition_tree(%s)", [TABLE])
        return {name for (name,) in cursor.fetchall()}


def table_of(retention_class: str, day: date) -> str | None:
    """This will name the table that holds this day and no other, if there is one."""
    wanted = Partition(retention_class=retention_class, begin=day, until=day + timedelta(days=1))
    return wanted.name if wanted.name in names() else None


def tables_of(retention_class: str, day: date) -> list[str]:
    """This will name every table that rows of the day may be in."""
    candidates = [
        table_of(retention_class, day),
        f"{TABLE}_{retention_class}_default",
        f"{TABLE}_default",
    ]
    existing = names()
    return [name for name in candidates if name in existing]


def default_rows() -> int:
    """This will count events that no partition was made for; any is worth an alert."""
    if connection.vendor != "postgresql":
        return 0
    total = 0
    with connection.cursor() as cursor:
        for name in names():
            if name.endswith("_default"):
                cursor.execute(f"SELECT COUNT(*) FROM {name}")  # noqa: S608  (from the catalogue)
                total += cursor.fetchone()[0]
    return total


def _make_class(retention_class: str) -> None:
    table = f"{TABLE}_{retention_class}"
    _execute(
        f"CREATE TABLE {table} (LIKE {TABLE} INCLUDING DEFAULTS) PARTITION BY RANGE (recorded_at)",
        f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT WITH (fillfactor = 85)",
        *_moved(TABLE, table, f"retention_class = '{retention_class}'"),
        f"ALTER TABLE {TABLE} ATTACH PARTITION {table} FOR VALUES IN ('{retention_class}')",
    )


def _make(partition: Partition) -> None:
    parent = f"{TABLE}_{partition.retention_class}"
    begin, until = (
        datetime.combine(day, time(), tzinfo=UTC).isoformat()
        for day in (partition.begin, partition.until)
    )
    _execute(
        f"CREATE TABLE {partition.name} (LIKE {TABLE} INCLUDING DEFAULTS) WITH (fillfactor = 85)",
        *_moved(parent, partition.name, f"recorded_at >= '{begin}' AND recorded_at < '{until}'"),
        f"ALTER TABLE {parent} ATTACH PARTITION {partition.name} "
        f"FOR VALUES FROM ('{begin}') TO ('{until}')",
    )


def _moved(parent: str, table: str, condition: str) -> list[str]:
    """A default partition must give up what the new one is for before it can be attached."""
    return [
        f"LOCK TABLE {parent}_default IN ACCESS EXCLUSIVE MODE",
        f"WITH moved AS (DELETE FROM {parent}_default WHERE {condition} RETURNING *) "  # noqa: S608
        f"INSERT INTO {table} SELECT * FROM moved",
    ]


def _execute(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        for statement in statements:
            cursor.execute(statement)
