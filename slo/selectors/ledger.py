"""What a budget was spent on: incidents, changes, maintenance and what nobody knows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.conf import settings
from django.db.models import Q

from slo.models import Indicator, Objective, Occasion
from slo.rules.burn_rate import Counts, error_budget
from slo.rules.composite import Blend
from slo.rules.ledger import (
    UNATTRIBUTED,
    Cause,
    Claim,
    Entry,
    Key,
    Member,
    attributed,
    entries,
    is_taken_out,
)
from slo.rules.minute import MINUTE, minute_of, window_end
from slo.rules.time_slice import whole_slices
from slo.rules.window import Span
from slo.selectors.accounts import Account, accounts
from slo.selectors.windows import Readings

MAINTENANCE = Key(Cause.MAINTENANCE)
CAUSES = {
    Occasion.Kind.INCIDENT.value: Cause.INCIDENT,
    Occasion.Kind.CHANGE.value: Cause.CHANGE,
}


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One entry, with what it is called and when it began within the window."""

    entry: Entry
    title: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that an objective's window spent. Shares of lines sum to `consumed` exactly, their
    counts to `counts`, maintenance included; consumed is None without data."""

    objective: Objective
    span: Span
    lines: tuple[LedgerLine, ...]
    consumed: Fraction | None
    consumed_raw: Fraction | None

    @property
    def counts(self) -> Counts:
        return sum((line.entry.counts for line in self.lines), start=Counts())

    @property
    def counts_adjusted(self) -> Counts:
        kept = (line.entry.counts for line in self.lines if not is_taken_out(line.entry.key))
        return sum(kept, start=Counts())


def ledger(objective: Objective, *, at: datetime) -> Ledger:
    """This will split what the objective's window spent, by one query over the buckets.

    Each member of a composite is split by what happened to the composite's service and to its
    own.
    """
    span = objective.window.span(at)
    readings = Readings()
    account = accounts([objective], within=span, readings=readings)[0]
    account.ask(span)
    claims = _claims_by_series(account, span)
    pieces = {series: list(attributed(span, own)) for series, own in claims.items()}
    for series, own in pieces.items():
        for part, _key in own:
            readings.ask(series, part)
    readings.read()
    members = [
        Member(weight, _counts_by_key(series, pieces[series], readings))
        for series, weight in account.members
    ]
    found = entries(
        members,
        blend=Blend(objective.indicator.blend),
        budget=error_budget(objective.target),
    )
    known = {claim.key: claim for own in claims.values() for claim in own}
    began = _first_starts(pieces.values())
    return Ledger(
        objective=objective,
        span=span,
        lines=tuple(
            LedgerLine(
                entry,
                title=known[entry.key].title if entry.key in known else "",
                since=began.get(entry.key) if entry.key != UNATTRIBUTED else None,
            )
            for entry in found
        ),
        consumed=account.burn(span),
        consumed_raw=account.burn(span, is_raw=True),
    )


def occasion_span(occasion: Occasion, *, at: datetime) -> Span:
    """This will return the whole minutes that the occasion is held to have lasted.

    An incident lasts until it is resolved, or until now; a change for the time of
    attribution, or until its end where that is later.
    """
    start = minute_of(occasion.starts_at)
    if occasion.kind == Occasion.Kind.INCIDENT:
        end = occasion.ends_at or window_end(max(at, occasion.starts_at))
    else:
        lasting = timedelta(minutes=settings.SLO_CHANGE_ATTRIBUTION_MINUTES)
        end = max(occasion.starts_at + lasting, occasion.ends_at or occasion.starts_at)
    return Span(start, max(_rounded_up(end), start + MINUTE))


def _claims_by_series(account: Account, span: Span) -> dict[int, list[Claim]]:
    objective = account.objective
    own_service = objective.indicator.service_id
    services = _services_of_members(account)
    occasions = _occasions({own_service, *services.values()}, span)
    maintenance = [Claim(MAINTENANCE, "", part) for part in account.excluded]
    return {
        series: [
            *maintenance,
            *(
                _claim(objective, occasion, span)
                for occasion in occasions
                if occasion.service_id in {own_service, service}
            ),
        ]
        for series, service in services.items()
    }


def _services_of_members(account: Account) -> dict[int, int]:
    series = [series for series, _weight in account.members]
    if len(series) == 1:
        return {series[0]: account.objective.indicator.service_id}
    rows = Indicator.objects.filter(pk__in=series).values_list("pk", "service_id")
    return dict(rows)


def _occasions(services: Iterable[int], span: Span) -> list[Occasion]:
    """What may reach into the span; the rest of it is left out when pieces are cut."""
    lasting = timedelta(minutes=settings.SLO_CHANGE_ATTRIBUTION_MINUTES)
    reaches = (
        Q(ends_at__gt=span.start)
        | Q(kind=Occasion.Kind.INCIDENT, ends_at=None)
        | Q(kind=Occasion.Kind.CHANGE, starts_at__gt=span.start - lasting)
    )
    return list(Occasion.objects.filter(reaches, service__in=set(services), starts_at__lt=span.end))


def _claim(objective: Objective, occasion: Occasion, span: Span) -> Claim:
    lasted = occasion_span(occasion, at=span.end)
    if objective.slice_minutes:
        # Part of a slice has no counts of its own.
        lasted = whole_slices(lasted, length=objective.slice_minutes)
    key = Key(CAUSES[occasion.kind], occasion.reference)
    return Claim(key, occasion.title, lasted)


def _counts_by_key(
    series: int, pieces: Sequence[tuple[Span, Key]], readings: Readings
) -> dict[Key, Counts]:
    found: dict[Key, Counts] = {}
    for part, key in pieces:
        found[key] = found.get(key, Counts()) + readings.counts(series, part)
    return found


def _first_starts(pieces: Iterable[Sequence[tuple[Span, Key]]]) -> dict[Key, datetime]:
    began: dict[Key, datetime] = {}
    for own in pieces:
        for part, key in own:
            began[key] = min(began.get(key, part.start), part.start)
    return began


def _rounded_up(at: datetime) -> datetime:
    minute = minute_of(at)
    return minute if minute == at else minute + MINUTE
