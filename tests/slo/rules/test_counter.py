"""Counters against an oracle that sees every sample at once."""

import itertools
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.counter import (
    MINUTE,
    SECOND,
    CounterState,
    Gain,
    Reason,
    Sample,
    advance,
    is_stale,
)
from slo.rules.delta_points import MOST_REMEMBERED, DeltaState, advance_deltas
from slo.rules.exponential_points import Shape

NOW = 1_772_452_800 * SECOND
STALE = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]
HISTORIES = st.lists(
    st.tuples(st.integers(1, 200), st.integers(0, 50) | st.just(STALE)), min_size=1, max_size=30
)


def series(history: list[tuple[int, float]]) -> list[Sample]:
    at, samples = NOW - 3600 * SECOND, []
    for gap, value in history:
        at += gap * SECOND // 2
        samples.append(Sample(at, float(value)))
    return samples


def oracle(samples: list[Sample]) -> dict[int, int]:
    """What each minute gained, from all samples in order."""
    counted = [s for s in samples if not math.isnan(s.value)]
    gained: dict[int, int] = {}
    for before, sample in itertools.pairwise(counted):
        gain = sample.value - before.value if sample.value >= before.value else sample.value
        minute = sample.at // MINUTE * MINUTE
        gained[minute] = gained.get(minute, 0) + int(gain)
    return gained


@given(HISTORIES, st.data())
def test_any_batches_and_any_repeats_count_the_same(
    history: list[tuple[int, float]], data: st.DataObject
) -> None:
    samples = series(history)
    state: CounterState | None = None
    gained: dict[int, int] = {}
    reached = 0
    while reached < len(samples):
        # A batch begins at, or somewhere before, what has not come yet, and may be shuffled.
        begin = data.draw(st.integers(0, reached))
        reached = data.draw(st.integers(reached + 1, len(samples)))
        batch = data.draw(st.permutations(samples[begin:reached]))
        state, gain = advance(state, batch, now=NOW)
        assert not gain.refused
        for minute, count in gain.gained.items():
            gained[minute] = gained.get(minute, 0) + count

    assert gained == oracle(samples)


@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(0, 9)), min_size=1, max_size=40), st.data()
)
def test_deltas_count_once_in_any_order(
    history: list[tuple[int, int]], data: st.DataObject
) -> None:
    start, samples = NOW - 3600 * SECOND, []
    for seconds, value in history:
        end = start + seconds * SECOND
        samples.append(Sample(end, value, started=start))
        start = end
    sent = data.draw(st.permutations(samples + data.draw(st.lists(st.sampled_from(samples)))))
    cut = data.draw(st.integers(0, len(sent)))

    state, first = advance_deltas(DeltaState(), sent[:cut], now=NOW)
    state, second = advance_deltas(state, sent[cut:], now=NOW)

    assert not first.refused + second.refused
    found = sum([*first.gained.values(), *second.gained.values()])
    assert found == sum(int(sample.value) for sample in samples)


def test_deltas_that_cannot_be_told_from_repeats_are_refused() -> None:
    ends = range(NOW - 200 * SECOND, NOW, SECOND)
    state, _gain = advance_deltas(
        DeltaState(), [Sample(end, 1, started=end - SECOND) for end in ends], now=NOW
    )

    _state, gain = advance_deltas(
        state,
        [
            Sample(NOW - 190 * SECOND, 1, started=NOW - 191 * SECOND),
            Sample(NOW - 5 * SECOND, 1, started=NOW - 9 * SECOND),
        ],
        now=NOW,
    )

    assert len(state.intervals) == MOST_REMEMBERED
    assert [reason for reason, _sample in gain.refused] == [
        Reason.NOT_IN_ORDER,
        Reason.OVERLAPPING,
    ]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.nan, Reason.NOT_FINITE),
        (math.inf, Reason.NOT_FINITE),
        (-1.0, Reason.NEGATIVE),
        (0.5, Reason.NOT_WHOLE),
        (2.0**54, Reason.TOO_LARGE),
        (2.0**53, None),
        (0.0, None),
        (STALE, None),
    ],
)
def test_refuses_what_is_no_count(value: float, reason: Reason | None) -> None:
    _state, gain = advance(None, [Sample(NOW, value)], now=NOW)

    assert [found for found, _sample in gain.refused] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (NOW + 300 * SECOND, None),
        (NOW + 300 * SECOND + 1, Reason.FUTURE),
        (NOW - 90 * 86400 * SECOND, None),
        (NOW - 90 * 86400 * SECOND - 1, Reason.TOO_OLD),
        (-(2**62), Reason.TOO_OLD),
    ],
)
def test_refuses_times_that_cannot_be(at: int, reason: Reason | None) -> None:
    state, gain = advance(None, [Sample(at, 1.0)], now=NOW)

    assert [found for found, _sample in gain.refused] == ([reason] if reason else [])
    assert (state is None) is (reason is not None)


def gain_of(state: CounterState | None, *samples: Sample) -> Gain:
    return advance(state, samples, now=NOW)[1]


def test_counts_from_the_beginning_where_it_is_told_and_near() -> None:
    near = Sample(NOW, 7, started=NOW - 60 * SECOND)
    far = Sample(NOW, 7, started=NOW - 600 * SECOND)
    unknown = Sample(NOW, 7, started=NOW)

    assert gain_of(None, near).gained == {NOW: 7}
    assert gain_of(None, far).gained == gain_of(None, unknown).gained == {}


def test_a_later_start_is_a_new_beginning_even_of_a_higher_value() -> None:
    state = CounterState(NOW - 120 * SECOND, 5)

    assert gain_of(state, Sample(NOW, 9, started=NOW - 60 * SECOND)).gained == {NOW: 9}
    assert gain_of(state, Sample(NOW, 9, started=NOW - 600 * SECOND)).gained == {NOW: 4}


def test_shapes_gain_as_counts_do() -> None:
    first, second = Shape(3, 0, {1: 2}), Shape(3, 1, {1: 3, 5: 1})
    unlike = Shape(3, 1, {1: 3, 5: 9})
    samples = [
        Sample(NOW - 2 * SECOND, 2, shape=first),
        Sample(NOW - SECOND, 5, shape=second),
        Sample(NOW, 6, shape=unlike),
    ]

    gain = gain_of(None, *samples)

    assert gain.shapes == [(NOW - MINUTE, Shape(3, 1, {1: 1, 5: 1}))]


def test_tells_the_mark_of_an_ended_series_from_other_nans() -> None:
    assert is_stale(STALE)
    assert not is_stale(math.nan)
    assert not is_stale(1.0)
