"""Incidents and changes reach the ledger by events alone, once, in whatever order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from catalog.errors import UnknownService
from events.contracts.incidents import (
    IncidentAcknowledged,
    IncidentEscalated,
    IncidentFact,
    IncidentOpened,
    IncidentResolved,
)
from events.selectors import recent_events
from events.services import announce, publish
from slo import services
from slo.errors import ChangeRefused
from slo.models import Occasion
from slo.services import Change
from tests.cast import Cast
from tests.conftest import NOON
from tests.factories.catalog import ServiceFactory

pytestmark = pytest.mark.django_db
Deliver = Callable[[datetime], int]


@pytest.fixture(autouse=True)
def shops() -> None:
    for slug in ("shop", "till"):
        ServiceFactory.create(slug=slug)


def facts(*named: str) -> dict[str, IncidentFact]:
    common: dict[str, Any] = {
        "incident": "1",
        "reference": "INC-7",
        "severity": "SEV1",
        "services": list(named) or ["shop"],
    }

    def when(minutes: int) -> str:
        return (NOON + timedelta(minutes=minutes)).isoformat()

    return {
        "opened": IncidentOpened(**common, at=when(0), title="Down", detected_by="slo"),
        "escalated": IncidentEscalated(**common, at=when(1), level=2, responders=[]),
        "acknowledged": IncidentAcknowledged(**common, at=when(3), acknowledged_by="alice"),
        "resolved": IncidentResolved(
            **common, at=when(9), resolved_by="alice", seconds_to_resolve=540.0
        ),
    }


def rows() -> list[tuple[Any, ...]]:
    found = Occasion.objects.order_by("service__slug").values_list(
        "kind", "reference", "title", "service__slug", "starts_at", "acknowledged_at", "ends_at"
    )
    return list(found)


def test_an_incident_is_written_down_for_each_service(
    at: datetime, deliver_events: Deliver
) -> None:
    for fact in facts("shop", "till", "unknown").values():
        announce(fact, at=at)

    deliver_events(at)

    assert rows() == [
        (
            "incident",
            "INC-7",
            "Down",
            slug,
            NOON,
            NOON + timedelta(minutes=3),
            NOON + timedelta(minutes=9),
        )
        for slug in ("shop", "till")
    ]


@pytest.mark.parametrize("order", list(permutations(["opened", "acknowledged", "resolved"])))
def test_order_and_repetition_make_no_difference(order: tuple[str, ...]) -> None:
    told = facts()
    for name in (*order, *order):
        services.note_incident(fact=told[name])

    [row] = rows()
    assert row[2] == "Down"
    assert row[4:] == (NOON, NOON + timedelta(minutes=3), NOON + timedelta(minutes=9))


def test_a_service_that_is_named_later_counts_from_the_opening() -> None:
    services.note_incident(fact=facts("shop")["opened"])
    services.note_incident(fact=facts("shop", "till")["acknowledged"])

    assert {(row[2], row[4]) for row in rows()} == {("Down", NOON)}


def test_a_change_is_kept_and_told(at: datetime, cast: Cast) -> None:
    change = Change(reference="v42", services=["shop", "till"], at=at)

    services.record_change(change=change, acting_user=cast.alice, at=at)
    services.record_change(change=change, acting_user=cast.alice, at=at)

    assert [(row[0], row[1], row[3]) for row in rows()] == [
        ("change", "v42", "shop"),
        ("change", "v42", "till"),
    ]
    [event] = recent_events()
    assert event.event_type == "slo.change.recorded"
    assert event.payload["services"] == ["shop", "till"]


def test_a_change_is_completed_by_its_end(at: datetime, cast: Cast) -> None:
    end = at + timedelta(minutes=5)
    for ends_at in (None, end):
        services.record_change(
            change=Change(reference="v42", services=["shop"], at=at, ends_at=ends_at),
            acting_user=cast.alice,
            at=at,
        )

    [row] = rows()
    assert row[-1] == end
    assert len(recent_events()) == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reference": " "}, "/reference"),
        ({"reference": "a b"}, "/reference"),
        ({"reference": "x" * 101}, "/reference"),
        ({"title": "x" * 301}, "/title"),
        ({"services": []}, "/services"),
        ({"at": NOON + timedelta(minutes=6)}, "/at"),
        ({"at": NOON - timedelta(days=91)}, "/at"),
        ({"ends_at": NOON}, "/ends_at"),
        ({"ends_at": NOON + timedelta(days=31)}, "/ends_at"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    at: datetime, cast: Cast, changed: dict[str, Any], field: str
) -> None:
    right = {"reference": "v42", "services": ["shop"], "at": at}

    with pytest.raises(ChangeRefused) as refused:
        services.record_change(change=Change(**{**right, **changed}), acting_user=cast.alice, at=at)

    assert [error.field for error in refused.value.fields] == [field]
    assert not Occasion.objects.exists()


def test_a_change_of_an_unknown_service_is_refused(at: datetime, cast: Cast) -> None:
    change = Change(reference="v42", services=["shop", "nobody"], at=at)

    with pytest.raises(UnknownService):
        services.record_change(change=change, acting_user=cast.alice, at=at)

    assert not Occasion.objects.exists()


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"services": ["shop", "nobody"], "reference": "r1", "title": "New"}, ("r1", "New")),
        ({"service": "shop"}, (None, "deploy.rollout.finished")),
        ({"services": ["shop"], "reference": 7, "title": None, "ends_at": "?"}, (None, None)),
    ],
)
def test_events_of_others_are_changes_where_they_name_services(
    at: datetime,
    deliver_events: Deliver,
    payload: dict[str, Any],
    expected: tuple[str | None, str | None],
) -> None:
    event = publish("deploy.rollout.finished", payload, at=at)

    deliver_events(at)

    [row] = rows()
    assert row[:2] == ("change", expected[0] or str(event.event_id))
    assert row[2] == (expected[1] or "deploy.rollout.finished")
    assert row[3:5] == ("shop", event.occurred_at)


@pytest.mark.parametrize(
    "payload", [{}, {"services": []}, {"services": {"shop": 1}}, {"service": 7}, {"service": "x"}]
)
def test_events_that_name_no_service_are_left_out_and_not_parked(
    at: datetime, deliver_events: Deliver, payload: dict[str, Any]
) -> None:
    publish("deploy.rollout.finished", payload, at=at)

    deliver_events(at)

    assert not Occasion.objects.exists()
    assert [event.event_type for event in recent_events()] == ["deploy.rollout.finished"]


def test_other_events_are_no_changes(at: datetime, deliver_events: Deliver) -> None:
    publish("shop.order.placed", {"services": ["shop"]}, at=at)

    deliver_events(at)

    assert not Occasion.objects.exists()
