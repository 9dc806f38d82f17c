"""Every minute belongs to one entry, and shares sum to what was consumed."""

from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.burn_rate import Counts
from slo.rules.composite import Blend, blended
from slo.rules.ledger import (
    UNATTRIBUTED,
    Cause,
    Claim,
    Key,
    Member,
    attributed,
    entries,
    is_taken_out,
)
from slo.rules.minute import MINUTE
from slo.rules.window import Span
from tests.conftest import NOON

LENGTH = 40
WHOLE = Span(NOON, NOON + LENGTH * MINUTE)
INC = Key(Cause.INCIDENT, "INC-1")
CHANGE = Key(Cause.CHANGE, "v2")
MAINTENANCE = Key(Cause.MAINTENANCE)


def span(start: int, end: int) -> Span:
    return Span(NOON + start * MINUTE, NOON + end * MINUTE)


def pieces(*claims: Claim) -> list[tuple[int, int, Key]]:
    return [
        ((part.start - NOON) // MINUTE, (part.end - NOON) // MINUTE, key)
        for part, key in attributed(span(0, 10), claims)
    ]


def test_leaves_what_nothing_claims_unattributed() -> None:
    assert pieces() == [(0, 10, UNATTRIBUTED)]
    assert pieces(Claim(INC, "", span(2, 4))) == [
        (0, 2, UNATTRIBUTED),
        (2, 4, INC),
        (4, 10, UNATTRIBUTED),
    ]


def test_puts_maintenance_before_incidents_before_changes() -> None:
    found = pieces(
        Claim(CHANGE, "", span(-5, 8)),
        Claim(INC, "", span(3, 12)),
        Claim(MAINTENANCE, "", span(5, 6)),
    )

    assert found == [(0, 3, CHANGE), (3, 5, INC), (5, 6, MAINTENANCE), (6, 8, INC), (8, 10, INC)]


def test_gives_an_overlap_to_what_started_first_even_before_the_window() -> None:
    other = Key(Cause.INCIDENT, "INC-0")
    found = pieces(Claim(INC, "", span(-9, 4)), Claim(other, "", span(-2, 6)))

    assert found == [(0, 4, INC), (4, 6, other), (6, 10, UNATTRIBUTED)]


keys = st.sampled_from(
    [MAINTENANCE, *(Key(c, r) for c in (Cause.INCIDENT, Cause.CHANGE) for r in "abc")]
)
lengths = st.integers(1, 30)
claims_of_one = st.lists(
    st.builds(
        lambda key, start, length: Claim(key, "", span(start, start + length)),
        keys,
        st.integers(-20, LENGTH + 5),
        lengths,
    ),
    max_size=8,
)
minutes = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=LENGTH, max_size=LENGTH
)


def owner(minute: datetime, claims: list[Claim]) -> Key:
    """Brute force: among those that hold the minute, the first by precedence."""
    holding = [claim for claim in claims if claim.span.start <= minute < claim.span.end]
    return min(holding, key=lambda claim: claim.precedence).key if holding else UNATTRIBUTED


def member_of(claims: list[Claim], own: list[tuple[int, int]], weight: int) -> Member:
    counts: dict[Key, Counts] = defaultdict(Counts)
    for part, key in attributed(WHOLE, claims):
        first = (part.start - NOON) // MINUTE
        for good, bad in own[first : first + part.minutes]:
            counts[key] += Counts(good, good + bad)
    return Member(weight, counts)


@given(claims_of_one, minutes)
def test_attributes_every_minute_as_brute_force_does(
    claims: list[Claim], own: list[tuple[int, int]]
) -> None:
    expected: dict[Key, Counts] = defaultdict(Counts)
    for place, (good, bad) in enumerate(own):
        expected[owner(NOON + place * MINUTE, claims)] += Counts(good, good + bad)

    found = member_of(claims, own, 1).counts

    assert {k: c for k, c in found.items() if c.total} == {
        k: c for k, c in expected.items() if c.total
    }
    parts = [part for part, _key in attributed(WHOLE, claims)]
    assert sum((part.end - part.start for part in parts), start=timedelta(0)) == LENGTH * MINUTE


@given(
    st.lists(st.tuples(claims_of_one, minutes, st.integers(1, 9)), min_size=1, max_size=3),
    st.sampled_from(Blend),
    st.sampled_from([Fraction(1, 1000), Fraction(1, 7), Fraction(1, 2)]),
)
def test_shares_sum_exactly_to_what_was_consumed(
    parts: list[tuple[list[Claim], list[tuple[int, int]], int]], blend: Blend, budget: Fraction
) -> None:
    members = [member_of(*part) for part in parts]

    found = entries(members, blend=blend, budget=budget)

    for is_raw, share in ((True, "share_raw"), (False, "share")):
        expected = _consumed(members, blend, is_raw=is_raw)
        assert sum(getattr(entry, share) for entry in found) == expected / budget
    assert sum(entry.counts.bad for entry in found) == sum(
        bad for _claims, own, _weight in parts for _good, bad in own
    )
    assert len({entry.key for entry in found}) == len(found)


def _consumed(members: list[Member], blend: Blend, *, is_raw: bool) -> Fraction:
    shares = []
    for member in members:
        kept = [c for key, c in member.counts.items() if is_raw or not is_taken_out(key)]
        total, bad = sum(c.total for c in kept), sum(c.bad for c in kept)
        shares.append((Fraction(bad, total) if total else None, member.weight))
    return blended(shares, blend=blend) or Fraction(0)


@pytest.mark.parametrize(("is_raw", "share"), [(True, Fraction(3, 20)), (False, Fraction(1, 10))])
def test_what_maintenance_takes_out_costs_nothing(is_raw: bool, share: Fraction) -> None:
    member = Member(1, {MAINTENANCE: Counts(8, 10), INC: Counts(9, 10)})

    found = {e.key: e for e in entries([member], blend=Blend.WEIGHTED_MEAN, budget=Fraction(1))}

    spent = [entry.share_raw if is_raw else entry.share for entry in found.values()]
    assert sum(spent) == share
    assert found[MAINTENANCE].share == 0
