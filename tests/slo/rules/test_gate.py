"""What refuses a change, what only warns, and what an override lifts."""

from fractions import Fraction

import pytest

from slo.rules.alert_level import PAGE_LEVELS, Level
from slo.rules.gate import Finding, Risk, Standing, Verdict, verdict

RESERVE = Fraction(1, 5)


def standing(
    remaining: float | None = 0.9, level: Level = Level.NORMAL, *, is_frozen: bool = False
) -> Standing:
    return Standing("api", "checkout", remaining, level, is_frozen)


def judged(
    *own: Standing,
    needed: tuple[Standing, ...] = (),
    risk: Risk = Risk.NORMAL,
    has_override: bool = False,
) -> Verdict:
    return verdict(own, needed, risk=risk, reserve=RESERVE, has_override=has_override)


def findings(found: Verdict) -> list[Finding]:
    return [reason.finding for reason in found.reasons]


@pytest.mark.parametrize(
    ("own", "risk", "expected", "is_allowed"),
    [
        (standing(), Risk.NORMAL, [], True),
        (standing(0.0), Risk.NORMAL, [Finding.BUDGET_SPENT], False),
        (standing(-3.5), Risk.RISKY, [Finding.BUDGET_SPENT], False),
        (standing(0.1), Risk.NORMAL, [], True),
        (standing(0.1), Risk.RISKY, [Finding.BELOW_RESERVE], False),
        (standing(0.2), Risk.RISKY, [], True),
        (standing(None), Risk.RISKY, [Finding.NO_DATA], True),
        (standing(is_frozen=True), Risk.RISKY, [Finding.ALERTING_FROZEN], True),
        (
            standing(-1, Level.CRITICAL, is_frozen=True),
            Risk.NORMAL,
            [Finding.BUDGET_SPENT, Finding.BURNING, Finding.ALERTING_FROZEN],
            False,
        ),
    ],
)
def test_judges_one_objective(
    own: Standing, risk: Risk, expected: list[Finding], is_allowed: bool
) -> None:
    found = judged(own, risk=risk)

    assert findings(found) == expected
    assert found.is_allowed is is_allowed
    assert found.is_frozen is (Finding.BUDGET_SPENT in expected)


@pytest.mark.parametrize("level", Level)
def test_refuses_while_a_page_is_out(level: Level) -> None:
    assert judged(standing(0.9, level)).is_allowed is (level not in PAGE_LEVELS)


def test_one_bad_objective_among_good_ones_refuses_and_is_told_first() -> None:
    found = judged(standing(None), standing(), standing(-1))

    assert not found.is_allowed
    assert findings(found) == [Finding.BUDGET_SPENT, Finding.NO_DATA]


def test_only_warns_of_what_the_service_depends_on() -> None:
    found = judged(standing(), needed=(standing(-1), standing(0.5, Level.HIGH), standing()))

    assert found.is_allowed
    assert not found.is_frozen
    assert findings(found) == [Finding.DEPENDENCY, Finding.DEPENDENCY]


def test_says_of_a_service_without_objectives_that_nothing_is_known() -> None:
    found = judged()

    assert found.is_allowed
    assert findings(found) == [Finding.NO_OBJECTIVE]


def test_an_override_lifts_every_refusal_and_says_that_it_was_needed() -> None:
    found = judged(standing(-1, Level.CRITICAL), risk=Risk.RISKY, has_override=True)

    assert found.is_allowed
    assert found.is_frozen
    assert found.relies_on_override
    assert findings(found) == [Finding.BUDGET_SPENT, Finding.BURNING]


def test_an_override_that_was_not_needed_is_not_relied_on() -> None:
    assert not judged(standing(), has_override=True).relies_on_override
