"""How the events of a stream are added up, and which code a state comes from."""

from collections.abc import Mapping
from typing import Any

import pytest

from events.contracts import upcasting
from events.contracts.recorded import RecordedEvent
from events.contracts.upcasting import Upcaster
from events.rules.folding import StreamFold, StreamState, default_fold, steps
from tests.conftest import NOON
from tests.factories.events import EventFactory


def event(version: int, event_type: str, **payload: Any) -> RecordedEvent:
    row = EventFactory.build(
        stream_version=version, position=version + 100, event_type=event_type, payload=payload
    )
    return row.recorded()


def latest(_value: Mapping[str, Any], event: RecordedEvent) -> Mapping[str, Any]:
    return event.payload


EVENTS = [
    event(1, "orders.order.placed", total=7, lines=[1]),
    event(2, "orders.order.shipped", carrier="ours"),
    event(3, "orders.order.shipped", carrier="theirs", lines=[]),
]


def test_keeps_the_last_value_of_each_field_and_counts_types() -> None:
    *_, last = steps(StreamState(stream="orders.1", first_version=1), EVENTS, default_fold)

    assert last.value == {
        "fields": {"total": 7, "lines": [], "carrier": "theirs"},
        "events": {"orders.order.placed": 1, "orders.order.shipped": 2},
        "last_event": "orders.order.shipped",
    }


def test_tells_where_each_state_stands() -> None:
    first, second, third = steps(
        StreamState(stream="orders.1", first_version=1), EVENTS, default_fold
    )

    assert first.value["fields"] == {"total": 7, "lines": [1]}
    assert (second.version, second.position, second.recorded_at) == (2, 102, NOON)
    assert third.is_complete


@pytest.mark.parametrize(
    ("first_version", "folded", "version", "is_complete"),
    [(1, 3, 3, True), (1, 2, 3, False), (2, 2, 3, False), (0, 0, 3, False), (1, 0, 0, True)],
)
def test_tells_whether_events_are_missing(
    first_version: int, folded: int, version: int, is_complete: bool
) -> None:
    state = StreamState(stream="s", first_version=first_version, folded=folded, version=version)

    assert state.is_complete is is_complete


def test_tells_the_code_that_made_a_state_from_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = StreamFold("orders.", latest).stamp
    monkeypatch.setattr(
        upcasting, "UPCASTERS", {"a.b.c": [Upcaster("a.b.c", 1, 2, lambda payload: payload)]}
    )
    others = {
        StreamFold("orders.", latest).stamp,
        StreamFold("orders.", latest, 2).stamp,
        StreamFold("orders.", default_fold).stamp,
    }

    assert len(others | {stamp}) == 4
    assert StreamFold("parcels.", latest, 2).stamp in others


def test_stamps_a_fold_that_has_no_source() -> None:
    scope: dict[str, Any] = {"__name__": "made"}
    exec("def fold(value, event): return value", scope)  # noqa: S102  (code without a file)

    assert len(StreamFold("", scope["fold"]).stamp) == 64
