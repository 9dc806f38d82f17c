"""How each promise stands: budget, burn, level; all objectives in a fixed number of queries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from django.conf import settings
from django.db.models import Count

from slo.models import Objective
from slo.rules.alert_level import (
    PAGE_LEVELS,
    Level,
    PairState,
    Verdict,
    WindowPair,
    alert_level,
    pair_state,
)
from slo.rules.burn_rate import burn_factor, error_budget
from slo.rules.coverage import coverage
from slo.rules.minute import spelled
from slo.rules.request_outcome import Kind
from slo.rules.significance import exceeds_surely
from slo.rules.window import Span
from slo.selectors.accounts import Account, accounts, widest
from slo.selectors.indicators import all_objectives, get_objective
from slo.selectors.windows import Readings

# The burn rates that every status shows, in minutes.
SHOWN_WINDOWS = {"1h": 60, "6h": 360, "24h": 1440, "7d": 10080}
_SHOWN_LENGTHS = frozenset(SHOWN_WINDOWS.values())


@dataclass(frozen=True, slots=True)
class PairStatus:
    """One pair of windows now; a burn is None without data in its window.

    Frozen: too little was reported to tell. Suppressed: it burns, but so few requests prove
    nothing. Inhibited: it fires, and so does a faster pair, which is what people are told.
    """

    pair: WindowPair
    factor: float
    long_burn: float | None
    short_burn: float | None
    state: PairState
    coverage: float | None
    is_frozen: bool
    is_suppressed: bool
    is_inhibited: bool = False

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
    `remaining_raw` is what would remain without corrections.
    """

    pk: int
    slug: str
    name: str
    indicator_id: int
    service_slug: str
    service_name: str
    service_tier: int
    target: Decimal
    span: Span
    remaining: float | None
    remaining_raw: float | None
    level: Level
    level_changed_at: datetime | None
    burn_rates: dict[str, float | None]
    pairs: tuple[PairStatus, ...]
    consumed: Fraction | None
    coverage: float | None

    @property
    def status(self) -> Literal["healthy", "at_risk", "exhausted", "no_data"]:
        if self.remaining is None:
            return "no_data"
        if self.remaining <= 0:
            return "exhausted"
        return "healthy" if self.level is Level.NORMAL else "at_risk"

    @property
    def service_level(self) -> float | None:
        """The share of good requests over the window, None without data."""
        if self.consumed is None:
            return None
        return float(1 - self.consumed * error_budget(self.target))

    @property
    def is_corrected(self) -> bool:
        """Corrections take something out of the window."""
        return self.remaining != self.remaining_raw

    @property
    def is_frozen(self) -> bool:
        """Too little data holds the level of at least one pair."""
        return any(pair.is_frozen for pair in self.pairs)

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
    loaded = list(objectives)
    if not loaded:
        return []
    readings = Readings()
    lengths = {objective.pk: _lengths(objective) for objective in loaded}
    longest = max(max(own) for own in lengths.values())
    within = widest(loaded, at=at, minutes=longest)
    found = accounts(loaded, within=within, readings=readings)
    for account in found:
        account.ask(account.objective.window.span(at))
        for minutes in lengths[account.objective.pk]:
            account.ask(account.ending(within.end, minutes))
    readings.read()
    return [_status(account, end=within.end, at=at) for account in found]


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


def _lengths(objective: Objective) -> set[int]:
    own = set(_SHOWN_LENGTHS)
    if objective.indicator.kind == Kind.COMPOSITE:
        own.add(objective.window_minutes)
    for window in objective.burn_windows.all():
        own |= {window.long_minutes, window.short_minutes}
    return own


def _status(account: Account, *, end: datetime, at: datetime) -> ObjectiveStatus:
    objective = account.objective
    span = objective.window.span(at)
    burns = {n: account.burn(account.ending(end, n)) for n in _lengths(objective)}
    consumed = account.burn(span)
    raw = account.burn(span, is_raw=True) if account.excluded else consumed
    pairs = _inhibited(
        [_pair_status(w.pair, account, burns, end=end) for w in objective.burn_windows.all()]
    )
    service = objective.indicator.service
    return ObjectiveStatus(
        pk=objective.pk,
        slug=objective.slug,
        name=objective.name,
        indicator_id=objective.indicator_id,
        service_slug=service.slug,
        service_name=service.name,
        service_tier=service.tier,
        target=objective.target,
        span=span,
        remaining=None if consumed is None else float(1 - consumed),
        remaining_raw=None if raw is None else float(1 - raw),
        level=alert_level(map(_verdict, pairs), current=_level_at(objective, at)),
        level_changed_at=objective.level_changed_at,
        burn_rates={name: _number(burns[minutes]) for name, minutes in SHOWN_WINDOWS.items()},
        pairs=pairs,
        consumed=consumed,
        coverage=_number(_coverage(account, span)),
    )


def _pair_status(
    pair: WindowPair, account: Account, burns: dict[int, Fraction | None], *, end: datetime
) -> PairStatus:
    objective = account.objective
    factor = burn_factor(
        pair.consumption,
        window_minutes=objective.window_minutes,
        long_minutes=pair.long_minutes,
    )
    long, short = burns[pair.long_minutes], burns[pair.short_minutes]
    covered = _least_coverage(account, pair, end=end)
    is_frozen = covered is not None and covered < settings.SLO_COVERAGE_FLOOR
    state = (
        PairState.UNKNOWN
        if is_frozen
        else _state(account, pair, (long, short), factor=factor, end=end)
    )
    return PairStatus(
        pair=pair,
        factor=float(factor),
        long_burn=_number(long),
        short_burn=_number(short),
        state=state,
        coverage=_number(covered),
        is_frozen=is_frozen,
        is_suppressed=state is PairState.FIRING
        and not _is_proven(account, pair, factor=factor, end=end),
    )


def _state(
    account: Account,
    pair: WindowPair,
    burns: tuple[Fraction | None, Fraction | None],
    *,
    factor: Fraction,
    end: datetime,
) -> PairState:
    """A part of a composite that fell silent proves nothing: it may be good, or all bad."""
    if len(account.members) > 1:
        spans = [account.ending(end, n) for n in (pair.long_minutes, pair.short_minutes)]
        expected = account.heard(account.ending(end, account.objective.window_minutes))
        if any(expected - account.heard(span) for span in spans):
            least = min(account.least_burn(span, expected=expected) for span in spans)
            return PairState.FIRING if least > factor else PairState.UNKNOWN
    return pair_state(long_burn=burns[0], short_burn=burns[1], factor=factor)


def _is_proven(account: Account, pair: WindowPair, *, factor: Fraction, end: datetime) -> bool:
    """Time slices and composites are no sample of requests: there is nothing to test."""
    objective = account.objective
    if pair.level not in PAGE_LEVELS or objective.slice_minutes or len(account.members) != 1:
        return True
    counts = account.counts(account.ending(end, pair.long_minutes))
    return exceeds_surely(counts.bad, counts.total, share=factor * error_budget(objective.target))


def _least_coverage(account: Account, pair: WindowPair, *, end: datetime) -> Fraction | None:
    if account.objective.indicator.reporting is None:
        return None
    spans = (account.ending(end, pair.long_minutes), account.ending(end, pair.short_minutes))
    found = [_coverage(account, span) for span in spans]
    return min((share for share in found if share is not None), default=None)


def _coverage(account: Account, span: Span) -> Fraction | None:
    """Reported minutes of corrected time count too: it was measured, and is not held against."""
    objective = account.objective
    reporting = objective.indicator.reporting
    if reporting is None or objective.slice_minutes or len(account.members) != 1:
        return None
    return coverage(account.counts(span, is_raw=True).minutes, span, reporting)


def _inhibited(pairs: Sequence[PairStatus]) -> tuple[PairStatus, ...]:
    """Marks what fires while a pair of shorter windows fires at a higher level."""
    raised = [p for p in pairs if p.state is PairState.FIRING and not p.is_suppressed]
    return tuple(
        replace(pair, is_inhibited=True)
        if pair in raised and any(_is_faster(other.pair, pair.pair) for other in raised)
        else pair
        for pair in pairs
    )


def _is_faster(one: WindowPair, other: WindowPair) -> bool:
    return one.long_minutes < other.long_minutes and one.level.rank > other.level.rank


def _verdict(pair: PairStatus) -> Verdict:
    return Verdict(pair.pair.level, pair.state, is_significant=not pair.is_suppressed)


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
