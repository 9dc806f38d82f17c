"""How the budget of one objective may go on, and how good such forecasts were."""

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from slo.models import Forecast, Objective
from slo.rules.burn_rate import error_budget
from slo.rules.composite import Blend
from slo.rules.forecast import (
    HORIZONS,
    LONGEST_HORIZON,
    Outlook,
    Past,
    Series,
    outlook,
    step_minutes,
)
from slo.rules.history import Floats, History, Integers
from slo.rules.incident_run import BIN_MINUTES
from slo.rules.minute import MINUTE, window_end
from slo.rules.period_outlook import PeriodOutlook, expected_requests, period_outlook
from slo.rules.projection import Horizon, bands, depletion, horizon, widening_of
from slo.rules.window import CalendarWindow, Span
from slo.selectors.accounts import Account
from slo.selectors.history import objective_histories
from slo.selectors.indicators import get_objective

# What forecasts are made from, at the most.
PAST = timedelta(days=60)
# Stored forecasts older than this are not shown as if they were of now.
STALE_AFTER = timedelta(hours=2)
# Outcomes of so many days tell how wide intervals have to be.
LEARNED_FROM = timedelta(days=60)
# The shares of the paths that a fan is drawn with.
FAN_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class DepletionForecast:
    """What every document tells; chances are keyed by horizon in hours, empty when unknown."""

    depletes_at: datetime | None = None
    depletes_early: datetime | None = None
    depletes_late: datetime | None = None
    chances: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """Courses of consumption from now on: a row for each of FAN_SHARES."""

    step: timedelta
    courses: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ObjectiveForecast:
    """`consumed` is a share of the budget, None without data. `period_end` is the forecast of
    the end of a calendar period. Without a day of data nothing is forecast."""

    slug: str
    name: str
    at: datetime
    consumed: float | None
    horizons: tuple[Horizon, ...]
    period_end: Horizon | None
    period: PeriodOutlook | None
    period_ends_at: datetime | None
    depletion: DepletionForecast
    fan: Fan | None
    is_burning: bool


def forecast_of(objective: Objective | str, *, at: datetime) -> ObjectiveForecast:
    """This will forecast the budget of one objective from what was counted up to a moment.

    The same moment and the same counts give the same forecast. Raises UnknownObjective.
    """
    found = get_objective(objective) if isinstance(objective, str) else objective
    past, account, histories = _past(found, at=at)
    account.readings.read()
    consumed = account.burn(found.window.span(at))
    is_calendar = isinstance(found.window, CalendarWindow)
    near = _outlook(found, past, hours=LONGEST_HORIZON, at=at)
    learned = _widenings(found, at=at)
    share = None if consumed is None else float(consumed)
    return ObjectiveForecast(
        slug=found.slug,
        name=found.name,
        at=at,
        consumed=share,
        horizons=tuple(
            horizon(near, hours=hours, widening=learned[hours]) for hours in HORIZONS if near
        ),
        period_end=_period_end(found, past, at=at) if is_calendar else None,
        period=_period(found, account, histories, past.since, at=at) if is_calendar else None,
        period_ends_at=found.window.whole(at).end if is_calendar else None,
        depletion=_depletion(near, consumed=share, at=at),
        fan=Fan(near.step_minutes * MINUTE, bands(near, FAN_SHARES)) if near else None,
        is_burning=near is not None and near.ongoing is not None,
    )


def latest_depletions(objectives: Collection[int], *, at: datetime) -> dict[int, DepletionForecast]:
    """This will return the latest stored forecast of each, by one query; stale ones are none."""
    rows = Forecast.objects.filter(
        objective__in=objectives,
        made_at__gt=at - STALE_AFTER,
        made_at__lte=at,
        horizon_hours__in=HORIZONS,
    )
    latest: dict[int, dict[int, Forecast]] = {}
    # Rows of a later run replace those of an earlier one.
    for row in rows.order_by("made_at"):
        latest.setdefault(row.objective_id, {})[row.horizon_hours] = row
    return {pk: _stored(by_horizon) for pk, by_horizon in latest.items()}


def _stored(by_horizon: dict[int, Forecast]) -> DepletionForecast:
    row = by_horizon[max(by_horizon)]
    return DepletionForecast(
        row.depletes_at,
        row.depletes_early,
        row.depletes_late,
        tuple((hours, by_horizon[hours].depletion_chance) for hours in sorted(by_horizon)),
    )


def _past(objective: Objective, *, at: datetime) -> tuple[Past, Account, list[History]]:
    end = window_end(at)
    window = objective.window.span(at)
    span = Span(min(end - PAST, window.start), end)
    is_exact = isinstance(objective.window, CalendarWindow)
    account, histories = objective_histories(objective, span, grain=1 if is_exact else BIN_MINUTES)
    account.ask(window)
    series = [
        Series(history.bad, history.total, weight)
        for history, (_series, weight) in zip(histories, account.members, strict=True)
    ]
    blend = Blend(objective.indicator.blend)
    budget = float(error_budget(objective.target))
    return Past(series, _since(histories, span), budget, blend), account, histories


def _since(histories: Iterable[History], span: Span) -> int:
    """The place before the first minute with requests; the end without any."""
    firsts = [int(np.argmax(h.total > 0)) for h in histories if h.total[-1]]
    return max(min(firsts) - 1, 0) if firsts else span.minutes


def _outlook(objective: Objective, past: Past, *, hours: float, at: datetime) -> Outlook | None:
    step = step_minutes(hours)
    steps = int(np.ceil(hours * 60 / step))
    starts = _starts(objective, steps, step=step, at=at)
    # Chance follows from what is forecast, and when.
    seed = zlib.crc32(f"{objective.slug} {window_end(at).isoformat()}".encode())
    return outlook(past, starts, step=step, seed=seed) if past.series else None


def _starts(objective: Objective, steps: int, *, step: int, at: datetime) -> Integers:
    """Where the window begins that ends so many steps from now, in minutes from now."""
    window, end = objective.window, window_end(at)
    if not isinstance(window, CalendarWindow):
        return np.arange(steps + 1, dtype=np.int64) * step - window.nominal_minutes
    ends = (end + number * step * MINUTE for number in range(steps + 1))
    starts = [(window.whole(moment - MINUTE).start - end) // MINUTE for moment in ends]
    return np.array(starts, dtype=np.int64)


def _depletion(near: Outlook | None, *, consumed: float | None, at: datetime) -> DepletionForecast:
    if consumed is not None and consumed >= 1:
        return DepletionForecast(at, at, at, tuple((hours, 1.0) for hours in HORIZONS))
    if near is None:
        return DepletionForecast()
    found = depletion(near)
    return DepletionForecast(
        _moment(found.median, at),
        _moment(found.early, at),
        _moment(found.late, at),
        tuple((hours, near.depletion_chance(hours)) for hours in HORIZONS),
    )


def _moment(minutes: float | None, at: datetime) -> datetime | None:
    return None if minutes is None else window_end(at) - MINUTE + timedelta(minutes=minutes)


def _period_end(objective: Objective, past: Past, *, at: datetime) -> Horizon | None:
    left = objective.window.whole(at).end - window_end(at)
    hours = left / timedelta(hours=1)
    if hours <= 0:
        return None
    step = step_minutes(hours)
    steps = int(np.ceil(hours * 60 / step))
    # The last step may reach into the next period, of which nothing counts here.
    starts = np.full(steps + 1, (objective.window.span(at).start - window_end(at)) // MINUTE)
    seed = zlib.crc32(f"{objective.slug} period {window_end(at).isoformat()}".encode())
    found = outlook(past, starts, step=step, seed=seed) if past.series else None
    return horizon(found, hours=hours) if found else None


def _period(
    objective: Objective,
    account: Account,
    histories: Iterable[History],
    since: int,
    *,
    at: datetime,
) -> PeriodOutlook:
    left = (objective.window.whole(at).end - window_end(at)) // MINUTE
    return period_outlook(
        account.counts(objective.window.span(at)),
        expected=sum(
            expected_requests(history.total, since=since, minutes=left) for history in histories
        ),
        error_budget=error_budget(objective.target),
    )


def _widenings(objective: Objective, *, at: datetime) -> dict[int, float]:
    """What the outcomes that were known by then say of each horizon."""
    known = Forecast.objects.filter(
        objective=objective, due_at__lte=at, made_at__gt=at - LEARNED_FROM
    ).exclude(consumed_then=None)
    judged: dict[int, list[tuple[Horizon, float]]] = {hours: [] for hours in HORIZONS}
    rows = known.values_list("horizon_hours", "median", "low", "high", "widening", "consumed_then")
    for hours, median, low, high, widening, came in rows:
        if hours in judged and came is not None:
            judged[hours].append((Horizon(hours, 0.0, median, low, high, widening), came))
    return {hours: widening_of(found) for hours, found in judged.items()}
