"""How each promise stands: budget, burn, level; all objectives in a fixed number of queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from django.db.models import Count

from slo.models import Objective
from slo.rules.alert_level import Level, PairState, WindowPair, alert_level, pair_state
from slo.rules.burn_rate import Counts, budget_remaining, burn_factor, burn_rate
from slo.rules.minute import MINUTE, spelled, window_end
from slo.selectors.indicators import all_objectives, get_objective
from slo.selectors.windows import Boundary, cumulative_counts

# The burn rates that every status shows, in minutes.
SHOWN_WINDOWS = {"1h": 60, "6h": 360, "24h": 1440, "7d": 10080}
BURN_DOWN_SPAN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PairStatus:
    """One pair of windows now; a burn is None without data in its window."""

    pair: WindowPair
    factor: float
    long_burn: float | None
    short_burn: float | None
    state: PairState

    @property
    def level_text(self) -> str:
        return str(Objective.Level(self.pair.level.value).label)

    @property
    def long_text(self) -> str:
        return spelled(self.pair.long_minutes)

    @property
    def short_text(self) -> str:
        return spelled(self.pair.short_minutes)


@dataclass(frozen=True, slots=True)
class ObjectiveStatus:
    """An objective as it stands. `remaining` is a fraction of the budget, below zero when
    overspent, None without data; burn rates are 1.0 at the sustainable pace.

    `level` is what the counts say now; `level_changed_at` is when it was last announced.
    """

    pk: int
    slug: str
    name: str
    indicator_id: int
    service_slug: str
    service_name: str
    service_tier: int
    target: Decimal
    window_days: int
    remaining: float | None
    level: Level
    level_changed_at: datetime | None
    burn_rates: dict[str, float | None]
    pairs: tuple[PairStatus, ...]
    consumed: Fraction | None

    @property
    def status(self) -> Literal["healthy", "at_risk", "exhausted", "no_data"]:
        if self.remaining is None:
            return "no_data"
        if self.remaining <= 0:
            return "exhausted"
        return "healthy" if self.level is Level.NORMAL else "at_risk"

    @property
    def level_text(self) -> str:
        return str(Objective.Level(self.level.value).label)

    @property
    def remaining_percent(self) -> float | None:
        return None if self.remaining is None else self.remaining * 100

    @property
    def target_text(self) -> str:
        return f"{self.target.normalize():f}"


def objective_statuses(objectives: Iterable[Objective], *, at: datetime) -> list[ObjectiveStatus]:
    """This will return the status of each, in their order, by one query over the buckets."""
    end = window_end(at)
    loaded = list(objectives)
    before = cumulative_counts(
        {
            (objective.indicator_id, end - minutes * MINUTE)
            for objective in loaded
            for minutes in _lengths(objective)
        }
    )
    return [_status(objective, before, end=end, at=at) for objective in loaded]


def all_objective_statuses(*, at: datetime) -> list[ObjectiveStatus]:
    """This will return the status of every active objective, by slug."""
    return objective_statuses(all_objectives().filter(is_active=True), at=at)


def burning_objectives(*, at: datetime) -> list[ObjectiveStatus]:
    """This will return the objectives above normal, the worst first."""
    burning = [s for s in all_objective_statuses(at=at) if s.level is not Level.NORMAL]
    return sorted(burning, key=_worst_first)


def statuses_of_services(slugs: Collection[str], *, at: datetime) -> list[ObjectiveStatus]:
    """This will return the active objectives of these services, the worst first."""
    concerned = all_objectives().filter(is_active=True, indicator__service__slug__in=slugs)
    return sorted(objective_statuses(concerned, at=at), key=_worst_first)


def objective_status(slug: str, *, at: datetime) -> ObjectiveStatus:
    """This will return the status of one objective; raises UnknownObjective."""
    return objective_statuses([get_objective(slug)], at=at)[0]


def objective_counts_by_level() -> dict[Level, int]:
    """This will count the active objectives by the level that was last announced."""
    rows = Objective.objects.filter(is_active=True).values("level").annotate(count=Count("pk"))
    found = {row["level"]: row["count"] for row in rows}
    return {level: found.get(level.value, 0) for level in Level}


def burn_down(
    objective: Objective | ObjectiveStatus | str,
    *,
    at: datetime,
    points: int = 120,
    since: datetime | None = None,
) -> list[tuple[datetime, float]]:
    """This will return the budget remaining over the last 24 hours, or since that moment.

    Moments before the first request of the window are left out, so the list is empty
    without data.
    """
    found = get_objective(objective) if isinstance(objective, str) else objective
    moments = _moments(since or at - BURN_DOWN_SPAN, until=at, points=points)
    window = timedelta(days=found.window_days)
    place = found.indicator_id
    before = cumulative_counts(
        {(place, m) for m in moments} | {(place, m - window) for m in moments}
    )
    remaining = (
        (m, budget_remaining(before[place, m] - before[place, m - window], target=found.target))
        for m in moments
    )
    return [(min(m, at), float(left)) for m, left in remaining if left is not None]


def _moments(since: datetime, *, until: datetime, points: int) -> list[datetime]:
    """Whole minutes, evenly spaced as far as minutes allow; the last is the one under way."""
    end = window_end(until)
    minutes = max((end - window_end(since)) // MINUTE, 1)
    steps = max(min(points, minutes + 1) - 1, 1)
    return [end - (minutes * step // steps) * MINUTE for step in range(steps, -1, -1)]


def _lengths(objective: Objective) -> set[int]:
    own = {objective.window_days * 1440, 0, *SHOWN_WINDOWS.values()}
    for window in objective.burn_windows.all():
        own |= {window.long_minutes, window.short_minutes}
    return own


def _status(
    objective: Objective, before: dict[Boundary, Counts], *, end: datetime, at: datetime
) -> ObjectiveStatus:
    place = objective.indicator_id

    def counts(minutes: int) -> Counts:
        return before[place, end] - before[place, end - minutes * MINUTE]

    def burn(minutes: int) -> Fraction | None:
        return burn_rate(counts(minutes), target=objective.target)

    consumed = burn(objective.window_days * 1440)
    pairs = tuple(
        _pair_status(window.pair, objective, burn(window.long_minutes), burn(window.short_minutes))
        for window in objective.burn_windows.all()
    )
    service = objective.indicator.service
    return ObjectiveStatus(
        pk=objective.pk,
        slug=objective.slug,
        name=objective.name,
        indicator_id=place,
        service_slug=service.slug,
        service_name=service.name,
        service_tier=service.tier,
        target=objective.target,
        window_days=objective.window_days,
        remaining=None if consumed is None else float(1 - consumed),
        level=alert_level(
            [(pair.pair.level, pair.state) for pair in pairs], current=_level_at(objective, at)
        ),
        level_changed_at=objective.level_changed_at,
        burn_rates={name: _number(burn(minutes)) for name, minutes in SHOWN_WINDOWS.items()},
        pairs=pairs,
        consumed=consumed,
    )


def _pair_status(
    pair: WindowPair, objective: Objective, long: Fraction | None, short: Fraction | None
) -> PairStatus:
    factor = burn_factor(
        pair.consumption, window_days=objective.window_days, long_minutes=pair.long_minutes
    )
    return PairStatus(
        pair=pair,
        factor=float(factor),
        long_burn=_number(long),
        short_burn=_number(short),
        state=pair_state(long_burn=long, short_burn=short, factor=factor),
    )


def _level_at(objective: Objective, at: datetime) -> Level:
    """The level that silence holds; before it was announced, nothing was held."""
    changed_at = objective.level_changed_at
    is_known = changed_at is not None and changed_at <= at
    return Level(objective.level) if is_known else Level.NORMAL


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _worst_first(status: ObjectiveStatus) -> tuple[int, float, str]:
    remaining = float("inf") if status.remaining is None else status.remaining
    return -status.level.rank, remaining, status.slug
