"""How much of a budget was left over time, as fine as minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from slo.models import Objective
from slo.rules.burn_rate import error_budget
from slo.rules.history import Floats, Integers
from slo.rules.minute import MINUTE, window_end
from slo.rules.window import Span
from slo.selectors.accounts import accounts
from slo.selectors.history import bad_shares, objective_histories, window_starts
from slo.selectors.indicators import get_objective
from slo.selectors.windows import Readings

BURN_DOWN_SPAN = timedelta(hours=24)


@dataclass(frozen=True, slots=True, eq=False)
class BurnDown:
    """Budget remaining at moments that lie `step` apart; NaN where there was no data yet."""

    first: datetime
    step: timedelta
    remaining: Floats


def burn_down(
    objective: Objective | str,
    *,
    at: datetime,
    points: int = 120,
    since: datetime | None = None,
) -> list[tuple[datetime, float]]:
    """This will return the budget remaining over the last 24 hours, or since that moment.

    Moments before the first request of the window are left out, so the list is empty
    without data.
    """
    found = _found(objective)
    moments = _moments(since or at - BURN_DOWN_SPAN, until=at, points=points)
    readings = Readings()
    within = Span(min(found.window.span(m - MINUTE).start for m in moments), moments[-1])
    account = accounts([found], within=within, readings=readings)[0]
    spans = {moment: found.window.span(moment - MINUTE) for moment in moments}
    for span in spans.values():
        account.ask(span)
    readings.read()
    burns = ((moment, account.burn(span)) for moment, span in spans.items())
    return [(min(moment, at), float(1 - burn)) for moment, burn in burns if burn is not None]


def burn_down_by_minutes(
    objective: Objective | str, *, at: datetime, span: timedelta, step: timedelta = MINUTE
) -> BurnDown:
    """This will return the budget remaining at each step of the time before the moment."""
    end, each = window_end(at), step // MINUTE
    steps = span // step
    backwards = np.arange(steps * each, -1, -each, dtype=np.int64)
    return BurnDown(
        first=end - steps * step,
        step=step,
        remaining=_remaining(_found(objective), backwards, end=end),
    )


def _moments(since: datetime, *, until: datetime, points: int) -> list[datetime]:
    """Whole minutes, evenly spaced as far as minutes allow; the last is the one under way."""
    end = window_end(until)
    minutes = max((end - window_end(since)) // MINUTE, 1)
    steps = max(min(points, minutes + 1) - 1, 1)
    return [end - (minutes * step // steps) * MINUTE for step in range(steps, -1, -1)]


def _found(objective: Objective | str) -> Objective:
    return get_objective(objective) if isinstance(objective, str) else objective


def _remaining(objective: Objective, backwards: Integers, *, end: datetime) -> Floats:
    """The budget remaining so many minutes before the end, each."""
    first = end - int(backwards.max()) * MINUTE
    span = Span(min(objective.window.span(first - MINUTE).start, first), end)
    account, histories = objective_histories(objective, span)
    places = span.minutes - backwards
    starts = window_starts(objective, span, places)
    shares = bad_shares(account, histories, places, starts)
    return 1 - shares / float(error_budget(objective.target))
