"""What a stretch of time, such as an incident, cost the budgets of the services concerned."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median

from slo.errors import UnknownIncident
from slo.models import Objective, Occasion
from slo.rules.burn_rate import Counts, bad_share, error_budget
from slo.rules.composite import Blend
from slo.rules.ledger import UNATTRIBUTED, Cause, Key, Member, entries
from slo.rules.minute import MINUTE, minute_of, window_end
from slo.rules.window import Span
from slo.selectors.accounts import Account, accounts
from slo.selectors.indicators import all_objectives
from slo.selectors.ledger import occasion_span
from slo.selectors.windows import Readings

# What is usual is told from the same time of so many days before.
BASELINE_DAYS = 7
_INSIDE = Key(Cause.INCIDENT)


@dataclass(frozen=True, slots=True)
class Impact:
    """What the time cost one objective, corrections taken out.

    `expected_bad` is the median share of bad events at the same time of the days before,
    applied to the events of this time; None without any data then. `budget_share` is of the
    budget of the window that ends with the time, `burn_minutes` the total outage that would
    have cost as much. Budgets before and after also differ by what aged out meanwhile.
    """

    objective: Objective
    span: Span
    counts: Counts
    expected_bad: Fraction | None
    budget_share: Fraction | None
    remaining_before: Fraction | None
    remaining_after: Fraction | None

    @property
    def excess_bad(self) -> Fraction | None:
        return None if self.expected_bad is None else self.counts.bad - self.expected_bad

    @property
    def burn_minutes(self) -> Fraction | None:
        if self.budget_share is None:
            return None
        whole = error_budget(self.objective.target) * self.objective.window_minutes
        return self.budget_share * whole


@dataclass(frozen=True, slots=True)
class IncidentImpact:
    reference: str
    title: str
    starts_at: datetime
    acknowledged_at: datetime | None
    ends_at: datetime | None
    impacts: tuple[Impact, ...]


def incident_impact(reference: str, *, at: datetime) -> IncidentImpact:
    """This will return what the incident has cost so far; raises UnknownIncident."""
    occasions = list(
        Occasion.objects.filter(
            kind=Occasion.Kind.INCIDENT, reference=reference, starts_at__lte=at
        ).order_by("starts_at", "pk")
    )
    if not occasions:
        raise UnknownIncident(f"No incident {reference!r} has touched a service of the catalog.")
    spans = {one.service_id: _until(occasion_span(one, at=at), at) for one in occasions}
    concerned = all_objectives().filter(is_active=True, indicator__service__in=spans)
    first = occasions[0]
    ends = [one.ends_at for one in occasions if one.ends_at]
    return IncidentImpact(
        reference=reference,
        title=first.title,
        starts_at=first.starts_at,
        acknowledged_at=min(
            (one.acknowledged_at for one in occasions if one.acknowledged_at), default=None
        ),
        ends_at=max(ends) if len(ends) == len(occasions) else None,
        impacts=tuple(
            _impacts([(o, spans[o.indicator.service_id]) for o in concerned]),
        ),
    )


def impacts_of_time(
    service_slugs: Collection[str], *, starts_at: datetime, at: datetime
) -> list[Impact]:
    """This will return what the time cost the active objectives of these services."""
    span = Span(min(minute_of(starts_at), minute_of(at)), window_end(at))
    concerned = all_objectives().filter(is_active=True, indicator__service__slug__in=service_slugs)
    return _impacts([(objective, span) for objective in concerned])


def _until(span: Span, at: datetime) -> Span:
    return Span(span.start, max(min(span.end, window_end(at)), span.start + MINUTE))


def _impacts(concerned: Sequence[tuple[Objective, Span]]) -> list[Impact]:
    """One query over the buckets for all of them."""
    if not concerned:
        return []
    asked = [span for o, own in concerned for span in _spans_read(o, own)]
    within = Span(min(span.start for span in asked), max(span.end for span in asked))
    readings = Readings()
    found = accounts(
        [objective for objective, _span in concerned], within=within, readings=readings
    )
    for account, (objective, own) in zip(found, concerned, strict=True):
        for span in _spans_read(objective, own):
            account.ask(span)
    readings.read()
    return [_impact(account, own) for account, (_o, own) in zip(found, concerned, strict=True)]


def _spans_read(objective: Objective, span: Span) -> list[Span]:
    before, after = _windows(objective, span)
    return [before, after, span, *_days_before(span), span.common(after) or span]


def _windows(objective: Objective, span: Span) -> tuple[Span, Span]:
    return objective.window.span(span.start - MINUTE), objective.window.span(span.end - MINUTE)


def _days_before(span: Span) -> list[Span]:
    """The same time of earlier days; of what lasted for days, as many days earlier."""
    days = max(-(-span.minutes // 1440), 1)
    steps = [timedelta(days=days * number) for number in range(1, BASELINE_DAYS + 1)]
    return [Span(span.start - step, span.end - step) for step in steps]


def _impact(account: Account, span: Span) -> Impact:
    before, after = (account.burn(window) for window in _windows(account.objective, span))
    counts = account.counts(span)
    usual = [bad_share(account.counts(earlier)) for earlier in _days_before(span)]
    known = [share for share in usual if share is not None]
    return Impact(
        objective=account.objective,
        span=span,
        counts=counts,
        expected_bad=median(known) * counts.total if known else None,
        budget_share=_budget_share(account, span),
        remaining_before=None if before is None else 1 - before,
        remaining_after=None if after is None else 1 - after,
    )


def _budget_share(account: Account, span: Span) -> Fraction | None:
    objective = account.objective
    window = _windows(objective, span)[1]
    part = span.common(window) or span
    whole = account.counts_by_member(window)
    if not any(counts.total for _weight, counts in whole):
        return None
    members = [
        Member(weight, {_INSIDE: inside, UNATTRIBUTED: counts - inside})
        for (weight, counts), (_w, inside) in zip(
            whole, account.counts_by_member(part), strict=True
        )
    ]
    found = entries(
        members, blend=Blend(objective.indicator.blend), budget=error_budget(objective.target)
    )
    return next(entry.share for entry in found if entry.key == _INSIDE)
