"""What an error budget was spent on: every bad event in one entry, and shares that sum exactly.

Time is cut at every boundary, and each piece belongs to one cause: to maintenance before an
incident, to an incident before a change; among two of a kind to the one that started first,
then to the one whose reference sorts first. What nothing claims is unattributed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from heapq import heappop, heappush
from itertools import pairwise

from slo.rules.burn_rate import Counts
from slo.rules.composite import Blend
from slo.rules.window import Span


class Cause(StrEnum):
    MAINTENANCE = "maintenance"
    INCIDENT = "incident"
    CHANGE = "change"
    UNATTRIBUTED = "unattributed"

    @property
    def rank(self) -> int:
        return list(Cause).index(self)


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Which entry: the cause, and which one of its kind; blank where there is but one."""

    cause: Cause
    reference: str = ""


UNATTRIBUTED = Key(Cause.UNATTRIBUTED)


@dataclass(frozen=True, slots=True)
class Claim:
    """Time that a cause asks for; `span` may reach beyond what is looked at."""

    key: Key
    title: str
    span: Span

    @property
    def precedence(self) -> tuple[int, datetime, str]:
        return self.key.cause.rank, self.span.start, self.key.reference


def attributed(span: Span, claims: Iterable[Claim]) -> Iterator[tuple[Span, Key]]:
    """This will cut the span into pieces and yield each with its entry, in their order."""
    found = [(claim.span.common(span), claim) for claim in claims]
    waiting = sorted(
        ((part.start, part.end, claim) for part, claim in found if part is not None),
        key=lambda one: one[:2],
        reverse=True,
    )
    cuts = {span.start, span.end}
    cuts.update(moment for start, end, _claim in waiting for moment in (start, end))
    standing: list[tuple[tuple[int, datetime, str], datetime, Key]] = []
    for start, end in pairwise(sorted(cuts)):
        while waiting and waiting[-1][0] <= start:
            _start, over, claim = waiting.pop()
            heappush(standing, (claim.precedence, over, claim.key))
        # A claim that is over may stay behind others; only the first one matters.
        while standing and standing[0][1] <= start:
            heappop(standing)
        yield Span(start, end), standing[0][2] if standing else UNATTRIBUTED


@dataclass(frozen=True, slots=True)
class Member:
    """One series of a budget: how much it weighs, and what was counted in each entry."""

    weight: int
    counts: Mapping[Key, Counts]

    def total(self, *, is_raw: bool) -> int:
        return self._whole(is_raw=is_raw).total

    def bad(self, *, is_raw: bool) -> int:
        return self._whole(is_raw=is_raw).bad

    def _whole(self, *, is_raw: bool) -> Counts:
        found = (own for key, own in self.counts.items() if is_raw or not is_taken_out(key))
        return sum(found, start=Counts())


@dataclass(frozen=True, slots=True)
class Entry:
    """`share` is what the entry took of the budget, `share_raw` what it would have taken
    without corrections. Both are zero where nothing was counted."""

    key: Key
    counts: Counts
    share: Fraction
    share_raw: Fraction


def is_taken_out(key: Key) -> bool:
    """This will tell whether the entry holds what corrections take out of the budget."""
    return key.cause is Cause.MAINTENANCE


def entries(members: Sequence[Member], *, blend: Blend, budget: Fraction) -> list[Entry]:
    """This will return the entries by cause, then by what they cost, the dearest first.

    Shares sum to the consumed share exactly. Of a weighted mean each member spends its part;
    of the worst, the member that is the worst spends all of it, and the others nothing.
    """
    factors = _prices(members, blend=blend, budget=budget, is_raw=False)
    raw_factors = _prices(members, blend=blend, budget=budget, is_raw=True)
    keys = {key for member in members for key in member.counts} | {UNATTRIBUTED}
    found = [
        Entry(
            key,
            sum((member.counts.get(key, Counts()) for member in members), start=Counts()),
            Fraction(0) if is_taken_out(key) else _share(members, key, factors),
            _share(members, key, raw_factors),
        )
        for key in keys
    ]
    return sorted(found, key=lambda e: (e.key.cause.rank, -e.share_raw, e.key.reference))


def _share(members: Sequence[Member], key: Key, factors: Sequence[Fraction]) -> Fraction:
    spent = (
        member.counts.get(key, Counts()).bad * factor
        for member, factor in zip(members, factors, strict=True)
    )
    return sum(spent, start=Fraction(0))


def _prices(
    members: Sequence[Member], *, blend: Blend, budget: Fraction, is_raw: bool
) -> list[Fraction]:
    """What one bad event of each member takes of the budget."""
    totals = [member.total(is_raw=is_raw) for member in members]
    if blend is Blend.WORST and len(members) > 1:
        shares = [
            Fraction(member.bad(is_raw=is_raw), total) if total else Fraction(-1)
            for member, total in zip(members, totals, strict=True)
        ]
        worst = shares.index(max(shares))
        weights = [int(place == worst) for place in range(len(members))]
    else:
        weights = [member.weight for member in members]
    whole = sum(weight for weight, total in zip(weights, totals, strict=True) if total)
    return [
        Fraction(weight, whole * total) / budget if whole and total else Fraction(0)
        for weight, total in zip(weights, totals, strict=True)
    ]
