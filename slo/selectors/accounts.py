"""The account of each objective at a moment: what counts in a span, and what is taken out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import Q

from slo.models import Component, Correction, Objective
from slo.rules.burn_rate import Counts, bad_share, error_budget
from slo.rules.composite import Blend, blended
from slo.rules.correction import Recurrence, spans_within
from slo.rules.minute import MINUTE, window_end
from slo.rules.request_outcome import Kind
from slo.rules.time_slice import SLICE_MINUTES, whole_slices
from slo.rules.window import Span, merged, parts_within
from slo.selectors.windows import Readings

LONGEST_SLICE = max(SLICE_MINUTES) * MINUTE


@dataclass(frozen=True, slots=True)
class Account:
    """What the budget of one objective is read from.

    `members` are series and their weights: one, or those of a composite. Excluded spans are
    apart from each other, and in their order.
    """

    objective: Objective
    members: tuple[tuple[int, int], ...]
    excluded: tuple[Span, ...]
    readings: Readings

    def ask(self, span: Span) -> None:
        """This will have the span read; call it before the readings are."""
        for series_id, _weight in self.members:
            self.readings.ask(series_id, span)
            for part in parts_within(span, self.excluded) if self.excluded else ():
                self.readings.ask(series_id, part)

    def ending(self, end: datetime, minutes: int) -> Span:
        """This will return the last so many minutes, in whole slices: less would hold none."""
        slice_minutes = self.objective.slice_minutes or 1
        return Span.ending(end, -(-minutes // slice_minutes) * slice_minutes)

    def counts(self, span: Span, *, is_raw: bool = False) -> Counts:
        """This will return the counts of all members together, without what is excluded."""
        found = (self._counts(series, span, is_raw=is_raw) for series, _weight in self.members)
        return sum(found, start=Counts())

    def counts_by_member(self, span: Span) -> list[tuple[int, Counts]]:
        """This will return the weight and the corrected counts of each member."""
        return [
            (weight, self._counts(series, span, is_raw=False)) for series, weight in self.members
        ]

    def bad_share(self, span: Span, *, is_raw: bool = False) -> Fraction | None:
        """This will return the share of bad requests; of a composite, the blended one."""
        if len(self.members) == 1:
            return bad_share(self._counts(self.members[0][0], span, is_raw=is_raw))
        parts = [
            (bad_share(self._counts(series, span, is_raw=is_raw)), weight)
            for series, weight in self.members
        ]
        return blended(parts, blend=Blend(self.objective.indicator.blend))

    def burn(self, span: Span, *, is_raw: bool = False) -> Fraction | None:
        """This will return how many times faster than sustainable the budget is spent."""
        share = self.bad_share(span, is_raw=is_raw)
        return None if share is None else share / error_budget(self.objective.target)

    def heard(self, span: Span) -> frozenset[int]:
        """This will return the members that had requests in the span."""
        return frozenset(
            series
            for series, _weight in self.members
            if self._counts(series, span, is_raw=False).total
        )

    def least_burn(self, span: Span, *, expected: frozenset[int]) -> Fraction:
        """This will return the burn if the expected members that are silent were all good."""
        parts = [
            (bad_share(self._counts(series, span, is_raw=False)), series, weight)
            for series, weight in self.members
        ]
        least = blended(
            (
                (Fraction(0) if share is None and series in expected else share, weight)
                for share, series, weight in parts
            ),
            blend=Blend(self.objective.indicator.blend),
        )
        return (least or Fraction(0)) / error_budget(self.objective.target)

    def _counts(self, series_id: int, span: Span, *, is_raw: bool) -> Counts:
        found = self.readings.counts(series_id, span)
        if self.excluded and not is_raw:
            for part in parts_within(span, self.excluded):
                found -= self.readings.counts(series_id, part)
        return found


def accounts(objectives: Sequence[Objective], *, within: Span, readings: Readings) -> list[Account]:
    """This will return the account of each, in their order; `within` holds every span asked.

    By one query for corrections and, where there are composites, one for their components.
    """
    members = _members(objectives)
    excluded = _excluded(objectives, within=within)
    return [
        Account(objective, members[objective.pk], excluded.get(objective.pk, ()), readings)
        for objective in objectives
    ]


def excluded_spans(objective: Objective, *, within: Span) -> tuple[Span, ...]:
    """This will return the time that corrections take out of one objective's budget."""
    return _excluded([objective], within=within).get(objective.pk, ())


def _members(objectives: Sequence[Objective]) -> dict[int, tuple[tuple[int, int], ...]]:
    composites = {o.indicator_id for o in objectives if o.indicator.kind == Kind.COMPOSITE}
    components: dict[int, list[tuple[int, int]]] = defaultdict(list)
    if composites:
        rows = Component.objects.filter(composite__in=composites).order_by("pk")
        for composite, member, weight in rows.values_list("composite", "member", "weight"):
            components[composite].append((member, weight))
    return {
        objective.pk: (
            tuple(components[objective.indicator_id])
            if objective.indicator_id in composites
            else ((objective.series_id, 1),)
        )
        for objective in objectives
    }


def _excluded(objectives: Sequence[Objective], *, within: Span) -> dict[int, tuple[Span, ...]]:
    by_objective: dict[int, list[Span]] = defaultdict(list)
    by_service: dict[int, list[Span]] = defaultdict(list)
    # A slice counts at its start, and what takes part of it out takes out all of it.
    within = Span(within.start - LONGEST_SLICE, within.end + LONGEST_SLICE)
    standing = Correction.objects.filter(withdrawn_at=None, starts_at__lt=within.end)
    if len(objectives) == 1:
        own = objectives[0]
        standing = standing.filter(Q(service=own.indicator.service_id) | Q(objective=own.pk))
    for correction in standing:
        spans = list(spans_within(recurrence_of(correction), within))
        if correction.objective_id:
            by_objective[correction.objective_id] += spans
        elif correction.service_id:
            by_service[correction.service_id] += spans
    if not (by_objective or by_service):
        return {}
    return {
        objective.pk: _taken_out(
            objective,
            [*by_objective[objective.pk], *by_service[objective.indicator.service_id]],
        )
        for objective in objectives
    }


def _taken_out(objective: Objective, spans: Iterable[Span]) -> tuple[Span, ...]:
    length = objective.slice_minutes
    if length:
        # Part of a slice cannot be taken out of it.
        spans = [whole_slices(span, length=length) for span in spans]
    return tuple(merged(spans))


def recurrence_of(correction: Correction) -> Recurrence:
    return Recurrence(
        starts_at=correction.starts_at,
        minutes=correction.duration_minutes,
        rule=correction.recurrence,
        zone=ZoneInfo(correction.time_zone),
    )


def widest(objectives: Iterable[Objective], *, at: datetime, minutes: int) -> Span:
    """This will return a span that holds the window of each, and the last so many minutes."""
    end = window_end(at)
    starts = {objective.window.span(at).start for objective in objectives}
    return Span(min([*starts, Span.ending(end, minutes).start]), end)
