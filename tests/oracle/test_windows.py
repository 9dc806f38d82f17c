"""What the selectors read of a random history is what the definitions say, window by window.

`make oracle` asks a million times. With time slices by ratio a slice is a trillion parts, so
their mean may be half a part off; everything else is equal, or wrong.
"""

import hashlib
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest
from django.db import transaction

from slo import selectors
from slo.rules.time_slice import PARTS_A_SLICE, Budgeting
from slo.rules.window import Span
from tests.oracle import definition
from tests.oracle.definition import MINUTE
from tests.oracle.sums import Sums
from tests.oracle.world import Promise, World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(0)]

WINDOWS_A_WORLD = 2000
# A history takes as long to write as thousands of its windows to compare: a long run asks more.
WINDOWS_OF_A_LATER_WORLD = 5000
WORLDS_BETWEEN_REPORTS = 10
HALF_A_PART = Fraction(1, 2 * PARTS_A_SLICE)
# Of every answer about the first worlds, whatever the database.
WORLDS_OF_DIGEST = 2
DIGEST = "845af0bff24c0492909ca354f91da195a4ff0f9cfbfdc6b433ea5ca59347155c"


class Oracle:
    """What one promise is, minute by minute, as the definitions have it."""

    def __init__(self, world: World, promise: Promise) -> None:
        self.promise = promise
        slice_minutes = promise.slices.minutes if promise.slices else 0
        self.raw, self.corrected = [], []
        for indicator, weight in promise.members:
            units = world.units(promise, indicator)
            without = definition.excluded_minutes(
                units,
                promise.exclusions,
                slice_minutes=slice_minutes,
                before=world.end + timedelta(days=1),
            )
            self.raw.append((Sums(units, without=set()), weight))
            self.corrected.append((Sums(units, without=without), weight))

    def window(self, at: datetime) -> tuple[datetime, datetime]:
        minute = at.replace(second=0, microsecond=0)
        length = self.promise.length
        if isinstance(length, int):
            return minute + MINUTE - timedelta(days=length), minute + MINUTE
        return definition.period_begins(length, minute), minute + MINUTE

    def bad_share(
        self, span: tuple[datetime, datetime], *, is_raw: bool = False
    ) -> Fraction | None:
        members = self.raw if is_raw else self.corrected
        shares = [(sums.bad_share(*span), weight) for sums, weight in members]
        if len(shares) == 1:
            return shares[0][0]
        return definition.blend(shares, worst=self.promise.is_worst)

    def agrees(self, found: Fraction | None, expected: Fraction | None) -> bool:
        if self.promise.budgeting is Budgeting.RATIO_TIMESLICES and None not in (found, expected):
            return abs(Fraction(found or 0) - Fraction(expected or 0)) <= HALF_A_PART
        return found == expected

    def is_number(self, found: float | None, expected: float | None) -> bool:
        if self.promise.budgeting is Budgeting.RATIO_TIMESLICES and None not in (found, expected):
            return found == pytest.approx(expected, abs=float(HALF_A_PART / self.promise.budget))
        return found == expected

    def remaining(self, at: datetime) -> float | None:
        share = self.bad_share(self.window(at))
        return None if share is None else float(1 - share / self.promise.budget)


def moments(world: World, number: int) -> list[datetime]:
    """Anywhere in the history and a little around it, to the second."""
    seconds = int((world.end - world.start).total_seconds())
    return [
        world.start + timedelta(seconds=world.random.randrange(-90_000, seconds + 90_000))
        for _each in range(number)
    ]


def compare_windows(
    world: World, oracles: list[Oracle], note: Callable[[object], None], *, windows: int
) -> int:
    """The own window of each promise at random moments, and windows of any length."""
    pick = world.random
    asked = []
    for oracle in oracles:
        window = oracle.promise.objective.window
        for at in moments(world, windows // len(oracles) // 2):
            span = window.span(at)
            assert (span.start, span.end) == oracle.window(at), (oracle.promise.length, at)
            asked.append((oracle, span))
            asked.append(
                (oracle, Span.ending(span.end, pick.choice((1, 5, 60, 840, 10_080, 40_000))))
            )
    within = Span(min(span.start for _o, span in asked), max(span.end for _o, span in asked))
    readings = selectors.Readings()
    accounts = selectors.accounts(
        [oracle.promise.objective for oracle in oracles], within=within, readings=readings
    )
    found = dict(zip(map(id, oracles), accounts, strict=True))
    for oracle, span in asked:
        found[id(oracle)].ask(span)
    readings.read()
    for oracle, span in asked:
        for is_raw in (False, True):
            share = found[id(oracle)].bad_share(span, is_raw=is_raw)
            expected = oracle.bad_share((span.start, span.end), is_raw=is_raw)
            assert oracle.agrees(share, expected), (oracle.promise, span, share, expected)
            note(share)
    return len(asked)


def compare_statuses(world: World, oracles: list[Oracle], note: Callable[[object], None]) -> int:
    objectives = [selectors.get_objective(o.promise.objective.slug) for o in oracles]
    for at in moments(world, 3):
        for oracle, status in zip(
            oracles, selectors.objective_statuses(objectives, at=at), strict=True
        ):
            assert oracle.is_number(status.remaining, oracle.remaining(at))
            end = oracle.window(at)[1]
            for name, minutes in selectors.SHOWN_WINDOWS.items():
                share = oracle.bad_share((end - minutes * MINUTE, end))
                burn = None if share is None else float(share / oracle.promise.budget)
                assert oracle.is_number(status.burn_rates[name], burn)
            note((status.remaining, status.remaining_raw, status.level.value, status.burn_rates))
    return 3 * len(oracles) * (1 + len(selectors.SHOWN_WINDOWS))


def compare_burn_downs(world: World, oracles: list[Oracle], note: Callable[[object], None]) -> int:
    """Both burn-downs and the definitions, at the same moments."""
    oracle = world.random.choice(oracles)
    slug = oracle.promise.objective.slug
    at = moments(world, 1)[0]
    step = timedelta(minutes=world.random.choice((1, 7, 45)))
    found = selectors.burn_down_by_minutes(slug, at=at, span=60 * step, step=step)
    expected = [oracle.remaining(found.first + n * step - MINUTE) for n in range(61)]
    known = np.array([np.nan if value is None else value for value in expected])
    np.testing.assert_allclose(found.remaining, known, rtol=1e-9, atol=1e-6)
    for moment, remaining in selectors.burn_down(slug, at=at, points=30):
        minute = at if moment == at else moment - MINUTE
        assert oracle.is_number(remaining, oracle.remaining(minute))
    note(np.round(found.remaining, 9).tolist())
    return 91


def compare_world(seed: int, digest: "hashlib._Hash") -> int:
    is_later = seed > WORLDS_OF_DIGEST
    windows = WINDOWS_OF_A_LATER_WORLD if is_later else WINDOWS_A_WORLD

    def note(answer: object) -> None:
        digest.update(repr(answer).encode())

    with transaction.atomic():
        world = World(seed)
        oracles = [Oracle(world, promise) for promise in world.promises]
        compared = compare_windows(world, oracles, note, windows=windows)
        compared += compare_statuses(world, oracles, note)
        compared += compare_burn_downs(world, oracles, note)
        transaction.set_rollback(True)
    return compared


def test_agrees_with_the_definitions(
    oracle_windows: int, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = hashlib.sha256()
    compared = seed = 0
    while compared < oracle_windows or seed < WORLDS_OF_DIGEST:
        seed += 1
        compared += compare_world(seed, digest)
        if seed == WORLDS_OF_DIGEST:
            assert digest.hexdigest() == DIGEST
        if seed % WORLDS_BETWEEN_REPORTS == 0 or compared >= oracle_windows:
            with capsys.disabled():
                sys.stderr.write(
                    f"\n{compared} windows of {seed} histories, 0 mismatches, "
                    f"digest {digest.hexdigest()[:16]}\n"
                )
                sys.stderr.flush()
