"""Three lanes, and how long the lowest may wait."""

from hypothesis import given
from hypothesis import strategies as st

from events.contracts.base import Priority
from events.rules.lanes import TURNS, in_turns

items = st.lists(st.integers(), max_size=40)


@given(items, items, items)
def test_keeps_the_order_of_each_lane_and_loses_nothing(
    high: list[int], normal: list[int], low: list[int]
) -> None:
    lanes = {Priority.HIGH: high, Priority.NORMAL: normal, Priority.LOW: low}

    merged = in_turns({lane: [(lane, item) for item in of] for lane, of in lanes.items()})

    for lane, of in lanes.items():
        assert [item for other, item in merged if other == lane] == of
    assert len(merged) == len(high) + len(normal) + len(low)


def test_gives_each_lane_its_turns_while_all_have_work() -> None:
    merged = in_turns({lane: [lane] * 100 for lane in Priority})

    for start in range(0, 80, len(TURNS)):
        round_ = merged[start : start + len(TURNS)]
        assert [round_.count(lane) for lane in Priority] == [1, 2, 5]


def test_passes_the_turn_of_an_empty_lane_on() -> None:
    assert in_turns({Priority.LOW: [1, 2, 3], Priority.HIGH: []}) == [1, 2, 3]
