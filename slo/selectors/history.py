"""The minutes of a series as arrays: one query, whatever the length."""

from collections.abc import Sequence

import numpy as np

from slo.models import Objective
from slo.rules.composite import Blend
from slo.rules.history import Floats, History, Integers
from slo.rules.minute import MINUTE
from slo.rules.window import CalendarWindow, Span
from slo.selectors.accounts import Account, accounts
from slo.selectors.closed_days import minutes_of_series
from slo.selectors.windows import Readings, cumulative_counts

# Seconds since 1970 by the database, so that no moment becomes an object of Python.
EPOCH = {
    "postgresql": "EXTRACT(EPOCH FROM {column})::bigint",
    "sqlite": "CAST(strftime('%%s', {column}) AS INTEGER)",
}


def series_history(series_id: int, span: Span) -> History:
    """This will return the counts of each minute of the span."""
    bad, total = minutes_of_series(series_id, span)
    return History(span, _cumulative(bad), _cumulative(total))


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
    if not places.size:
        return places
    # The window that ends at a place is the one that its last minute lies in.
    periods = [window.whole(span.start + (int(places.min()) - 1) * MINUTE)]
    last = span.start + (int(places.max()) - 1) * MINUTE
    while periods[-1].end <= last:
        periods.append(window.whole(periods[-1].end))
    starts = np.array([(p.start - span.start) // MINUTE for p in periods], dtype=np.int64)
    return starts[np.searchsorted(starts, places - 1, side="right") - 1]


def _filled(places: Integers, cumulative: Integers, minutes: int) -> Integers:
    filled = np.zeros(minutes + 1, dtype=np.int64)
    filled[places] = cumulative
    # Cumulative counts never fall, so the highest so far is the latest so far.
    return np.maximum.accumulate(filled)


def _cumulative(own: Integers) -> Integers:
    summed = np.zeros(own.size + 1, dtype=np.int64)
    np.cumsum(own, out=summed[1:])
    return summed
