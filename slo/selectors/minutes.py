"""The minutes behind a budget: where its bad requests are."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import F

from slo.models import Bucket, Objective
from slo.rules.burn_rate import Counts, error_budget
from slo.rules.minute import MINUTE
from slo.rules.window import Span, parts_within
from slo.selectors.accounts import Account, accounts
from slo.selectors.windows import Readings


@dataclass(frozen=True, slots=True)
class MinuteShare:
    """One minute of one series. `budget_share` is what it took of the whole window's budget.

    `is_excluded` says that a correction takes the minute out; it takes nothing then.
    """

    minute: datetime
    indicator: str
    counts: Counts
    is_excluded: bool
    budget_share: float | None


def minutes_of(objective: Objective, span: Span, *, at: datetime, most: int) -> list[MinuteShare]:
    """This will return the minutes of the span that have counts, in their order."""
    return _minutes(objective, span, at=at, most=most, order=("minute", "indicator"))


def worst_minutes(
    objective: Objective, span: Span, *, at: datetime, most: int
) -> list[MinuteShare]:
    """This will return the minutes of the span with the most bad requests, the worst first."""
    found = _minutes(objective, span, at=at, most=most, order=("-bad", "-minute"))
    return [share for share in found if share.counts.bad]


def _minutes(
    objective: Objective, span: Span, *, at: datetime, most: int, order: tuple[str, ...]
) -> list[MinuteShare]:
    window = objective.window.span(at)
    within = Span(min(window.start, span.start), max(window.end, span.end))
    account = accounts([objective], within=within, readings=Readings())[0]
    account.ask(window)
    account.readings.read()
    budget = _budget(account, window)
    rows = (
        Bucket.objects.filter(
            indicator__in=[series for series, _weight in account.members],
            minute__gte=span.start,
            minute__lt=span.end,
        )
        .annotate(bad=F("total") - F("good"))
        .select_related("indicator")
        .order_by(*order)[:most]
    )
    return [_share(row, account, budget=budget) for row in rows]


def _budget(account: Account, window: Span) -> Fraction | None:
    """How many bad requests the whole window may have; a composite has no such number."""
    if len(account.members) != 1:
        return None
    return account.counts(window).total * error_budget(account.objective.target) or None


def _share(row: Bucket, account: Account, *, budget: Fraction | None) -> MinuteShare:
    is_excluded = bool(parts_within(Span(row.minute, row.minute + MINUTE), account.excluded))
    spent = None if budget is None else float(row.counts.bad / budget)
    return MinuteShare(
        minute=row.minute,
        indicator=row.indicator.name,
        counts=row.counts,
        is_excluded=is_excluded,
        budget_share=0.0 if is_excluded else spent,
    )
