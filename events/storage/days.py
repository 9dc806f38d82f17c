"""A day of one class: a table of its own on PostgreSQL, rows among others on SQLite."""

from datetime import date

from django.db import connection

from events.models import Event
from events.storage import partitions


def lock(retention_class: str, day: date) -> None:
    """This will let nobody write to the day until the transaction ends; it waits two seconds.

    On SQLite the transaction itself does that.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{partitions.LOCK_TIMEOUT}'")
        for table in partitions.tables_of(retention_class, day):
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")


def drop(retention_class: str, day: date) -> None:
    """This will drop the day's table, if it has one."""
    if connection.vendor != "postgresql":
        return
    table = partitions.table_of(retention_class, day)
    if table is not None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {table}")


def delete_some(retention_class: str, day: date, *, upto: int, most: int) -> int:
    """This will delete rows of the day up to a position, and return how many there were."""
    rows = Event.objects.of_day(retention_class, day).filter(position__lte=upto)
    some = list(rows.order_by("position").values_list("position", flat=True)[:most])
    if some:
        rows.filter(position__lte=some[-1]).delete()
    return len(some)
