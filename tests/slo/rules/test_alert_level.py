"""The truth table of window pairs, and that silence never resolves."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.alert_level import Level, PairState, Verdict, alert_level, pair_state

FACTOR = Fraction(10)
ABOVE, AT, BELOW = Fraction(1001, 100), FACTOR, Fraction(1)
levels = st.sampled_from(list(Level))
raised = st.sampled_from([level for level in Level if level is not Level.NORMAL])


@pytest.mark.parametrize(
    ("long_burn", "short_burn", "expected"),
    [
        (ABOVE, ABOVE, PairState.FIRING),
        (ABOVE, BELOW, PairState.RECOVERING),
        (ABOVE, AT, PairState.RECOVERING),
        (BELOW, ABOVE, PairState.RISING),
        (AT, ABOVE, PairState.RISING),
        (BELOW, BELOW, PairState.OK),
        (AT, AT, PairState.OK),
        (ABOVE, None, PairState.UNKNOWN),
        (None, None, PairState.UNKNOWN),
    ],
)
def test_state_of_a_pair(
    long_burn: Fraction | None, short_burn: Fraction | None, expected: PairState
) -> None:
    assert pair_state(long_burn=long_burn, short_burn=short_burn, factor=FACTOR) is expected


def test_levels_are_ranked() -> None:
    assert [level.rank for level in Level] == [0, 1, 2, 3, 4]


def test_the_highest_firing_level_wins() -> None:
    pairs = [Verdict(Level.LOW, PairState.FIRING), Verdict(Level.HIGH, PairState.FIRING)]

    assert alert_level(pairs, current=Level.NORMAL) is Level.HIGH


@pytest.mark.parametrize("state", [PairState.OK, PairState.RISING, PairState.RECOVERING])
def test_a_pair_that_does_not_fire_lets_go(state: PairState) -> None:
    assert alert_level([Verdict(Level.CRITICAL, state)], current=Level.CRITICAL) is Level.NORMAL


@given(
    current=levels, others=st.lists(st.builds(Verdict, raised, st.sampled_from(list(PairState))))
)
def test_silence_holds_the_current_level(current: Level, others: list[Verdict]) -> None:
    silent = [Verdict(level, PairState.UNKNOWN) for level in Level if level is not Level.NORMAL]

    assert alert_level([*silent, *others], current=current).rank >= current.rank


@given(pairs=st.lists(st.builds(Verdict, raised, st.just(PairState.UNKNOWN))), current=levels)
def test_silence_raises_nothing(pairs: list[Verdict], current: Level) -> None:
    assert alert_level(pairs, current=current).rank <= current.rank


def test_a_silent_pair_above_the_current_level_does_not_hold_it() -> None:
    pairs = [Verdict(Level.CRITICAL, PairState.UNKNOWN), Verdict(Level.HIGH, PairState.OK)]

    assert alert_level(pairs, current=Level.HIGH) is Level.NORMAL


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        (Level.NORMAL, Level.NORMAL),
        (Level.HIGH, Level.NORMAL),
        (Level.CRITICAL, Level.CRITICAL),
    ],
)
def test_few_requests_hold_a_level_and_raise_none(current: Level, expected: Level) -> None:
    unproven = Verdict(Level.CRITICAL, PairState.FIRING, is_significant=False)

    assert alert_level([unproven], current=current) is expected
