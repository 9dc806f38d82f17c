"""Counts of any window: the difference of two rows, whatever lies between them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from typing import Self

from django.db import connection

from slo.models import Bucket
from slo.rules.burn_rate import Counts
from slo.rules.window import Span

# An indicator and a moment: all that was counted for it before the moment.
Boundary = tuple[int, datetime]

# Three parameters each; SQLite takes 32 766 in one statement.
BOUNDARIES_A_STATEMENT = 10_000

_SEEK = """
    WITH wanted (ordinal, indicator_id, boundary) AS (VALUES {rows})
    SELECT wanted.ordinal, bucket.cumulative_good, bucket.cumulative_total,
        bucket.cumulative_minutes
    FROM wanted JOIN {table} bucket ON bucket.id = (
        SELECT earlier.id FROM {table} earlier
        WHERE earlier.indicator_id = wanted.indicator_id AND earlier.minute < wanted.boundary
        ORDER BY earlier.minute DESC LIMIT 1
    )
"""


def cumulative_counts(boundaries: Collection[Boundary]) -> dict[Boundary, Counts]:
    """This will return everything counted before each boundary, by one index seek each.

    Written in SQL because the ORM has no join with a list of values; one statement answers
    for all objectives at once, so the number of queries does not grow with theirs.
    """
    found = dict.fromkeys(boundaries, Counts())
    remaining = iter(found.copy())
    while batch := list(islice(remaining, BOUNDARIES_A_STATEMENT)):
        for ordinal, good, total, minutes in _seek(batch):
            found[batch[ordinal]] = Counts(good, total, minutes)
    return found


class Readings:
    """Counts of spans of series: first every span is asked for, then all are read at once."""

    def __init__(self) -> None:
        self._boundaries: set[Boundary] = set()
        self._before: dict[Boundary, Counts] = {}

    def ask(self, series_id: int, span: Span) -> None:
        self._boundaries.add((series_id, span.start))
        self._boundaries.add((series_id, span.end))

    def read(self) -> Self:
        self._before = cumulative_counts(self._boundaries)
        return self

    def counts(self, series_id: int, span: Span) -> Counts:
        """This will return what was counted in a span that was asked for."""
        return self._before[series_id, span.end] - self._before[series_id, span.start]


def _seek(batch: Sequence[Boundary]) -> list[tuple[int, int, int, int]]:
    adapt = connection.ops.adapt_datetimefield_value
    sql = _SEEK.format(
        rows=", ".join(["(%s, %s, %s)"] * len(batch)),
        table=connection.ops.quote_name(Bucket._meta.db_table),
    )
    # Objectives look at the same moments: each is spelled once.
    spelled = {boundary: adapt(boundary) for boundary in {moment for _series, moment in batch}}
    values: list[int | str | datetime | None] = []
    for ordinal, (indicator_id, boundary) in enumerate(batch):
        values += [ordinal, indicator_id, spelled[boundary]]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
