"""The minutes of a series as arrays: one query, whatever the length."""

from collections.abc import Iterable, Sequence

import numpy as np
from django.db import connection

from slo.models import Bucket, Objective
from slo.rules.composite import Blend
from slo.rules.history import Floats, History, Integers
from slo.rules.minute import MINUTE
from slo.rules.window import CalendarWindow, Span
from slo.selectors.accounts import Account, accounts
from slo.selectors.windows import Readings, cumulative_counts

# Seconds since 1970 by the database, so that no moment becomes an object of Python.
EPOCH = {
    "postgresql": "EXTRACT(EPOCH FROM {column})::bigint",
    "sqlite": "CAST(strftime('%%s', {column}) AS INTEGER)",
}
_MINUTES = """
    SELECT {epoch}, cumulative_total - cumulative_good, cumulative_total FROM {table}
    WHERE indicator_id = %s AND minute >= %s AND minute < %s ORDER BY minute
"""


def series_history(series_id: int, span: Span) -> History:
    """This will return the counts of each minute of the span."""
    before = cumulative_counts([(series_id, span.start)])[series_id, span.start]
    rows = np.array(_rows(series_id, span), dtype=np.int64).reshape(-1, 3)
    start = int(span.start.timestamp())
    places = (rows[:, 0] - start) // 60 + 1
    return History(
        span,
        _filled(places, rows[:, 1] - before.bad, span.minutes),
        _filled(places, rows[:, 2] - before.total, span.minutes),
    )


def coarse_history(series_id: int, span: Span, *, grain: int) -> History:
    """This will return counts that are true at every so many minutes before the end alone.

    By one index seek each: many times cheaper than every minute.
    """
    backwards = np.arange(0, span.minutes + 1, grain, dtype=np.int64)
    places = (span.minutes - backwards)[::-1]
    boundaries = [(series_id, span.start + place * MINUTE) for place in places.tolist()]
    found = cumulative_counts(boundaries)
    counts = [found[boundary] for boundary in boundaries]
    first = counts[0]
    return History(
        span,
        _filled(places, np.array([c.bad - first.bad for c in counts]), span.minutes),
        _filled(places, np.array([c.total - first.total for c in counts]), span.minutes),
    )


def objective_histories(
    objective: Objective, span: Span, *, grain: int = 1
) -> tuple[Account, list[History]]:
    """This will return the account and the history of each of its members, as corrected."""
    account = accounts([objective], within=span, readings=Readings())[0]
    # What is taken out may begin and end at any minute.
    grain = 1 if account.excluded else grain
    histories = [
        (
            series_history(series, span)
            if grain == 1
            else coarse_history(series, span, grain=grain)
        ).without(account.excluded)
        for series, _weight in account.members
    ]
    return account, histories


def bad_shares(
    account: Account, histories: Sequence[History], places: Integers, starts: Integers
) -> Floats:
    """This will return the share of bad counts from each start to its place.

    Of a composite, that of its components as it blends them; NaN without data.
    """
    shares = [history.bad_share(places, starts) for history in histories]
    if not shares:
        return np.full(len(places), np.nan)
    if len(shares) == 1:
        return shares[0]
    stacked = np.vstack(shares)
    known = ~np.isnan(stacked)
    if account.objective.indicator.blend == Blend.WORST:
        return np.where(known.any(axis=0), np.max(np.where(known, stacked, -1), axis=0), np.nan)
    weights = np.array([[weight] for _series, weight in account.members]) * known
    with np.errstate(invalid="ignore"):
        mean: Floats = np.sum(np.where(known, stacked, 0) * weights, axis=0) / weights.sum(axis=0)
    return mean


def window_starts(objective: Objective, span: Span, places: Integers) -> Integers:
    """This will return the place where the objective's window begins, for each place."""
    window = objective.window
    if not isinstance(window, CalendarWindow):
        return places - window.nominal_minutes
    starts = []
    period = None
    for place in places.tolist():
        # The window that ends at a place is the one that its last minute lies in.
        minute = span.start + (place - 1) * MINUTE
        if period is None or not period.start <= minute < period.end:
            period = window.whole(minute)
        starts.append((period.start - span.start) // MINUTE)
    return np.array(starts, dtype=np.int64)


def _filled(places: Integers, cumulative: Integers, minutes: int) -> Integers:
    filled = np.zeros(minutes + 1, dtype=np.int64)
    filled[places] = cumulative
    # Cumulative counts never fall, so the highest so far is the latest so far.
    return np.maximum.accumulate(filled)


def _rows(series_id: int, span: Span) -> Iterable[Sequence[int]]:
    sql = _MINUTES.format(
        epoch=EPOCH[connection.vendor].format(column="minute"),
        table=connection.ops.quote_name(Bucket._meta.db_table),
    )
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(sql, [series_id, adapt(span.start), adapt(span.end)])
        return list(cursor.fetchall())
