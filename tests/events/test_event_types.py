"""Which types came and which are declared: the report over HTTP and in the shell."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from rest_framework.test import APIClient

from events import selectors
from events.contracts.base import CONTRACTS
from events.errors import TypesUndeclared
from events.selectors import types
from tests.factories.events import EventFactory

pytestmark = pytest.mark.django_db


def names(declared: bool | None) -> list[str]:
    return [seen.event_type for seen in selectors.event_types(declared=declared).types]


def test_tells_of_a_type_what_came(alice_api: APIClient, at: datetime) -> None:
    EventFactory.create(event_type="a.b.c", actor="shop", occurred_at=at)
    EventFactory.create(event_type="a.b.c", schema_version=3, occurred_at=at + timedelta(hours=1))
    EventFactory.create(event_type="a.b.c", actor="bob", occurred_at=at + timedelta(hours=2))
    EventFactory.create(event_type="a.b.d", schema_version=7)

    answer = alice_api.get("/api/events/types?declared=false")

    assert answer.json()["is_complete"] is True
    assert answer.json()["types"][0] == {
        "event_type": "a.b.c",
        "is_declared": False,
        "declared_version": None,
        "schema_versions": [1, 3],
        "count": 3,
        "is_count_exact": True,
        "first_seen": "2026-03-02T12:00:00Z",
        "last_seen": "2026-03-02T14:00:00Z",
        "last_actor": "bob",
    }
    assert [row["event_type"] for row in answer.json()["types"]] == ["a.b.c", "a.b.d"]


def test_tells_declared_types_from_others(alice_api: APIClient) -> None:
    for event_type in ("zoo.animal.fed", "slo.burn_rate.high", "Com.Example!", "a.b.c"):
        EventFactory.create_batch(2, event_type=event_type)

    assert sorted(names(False)) == ["Com.Example!", "a.b.c", "zoo.animal.fed"]
    assert names(True) == sorted(CONTRACTS)
    assert names(None) == sorted([*CONTRACTS, "Com.Example!", "a.b.c", "zoo.animal.fed"])


def test_tells_of_a_declared_type_that_never_came(alice_api: APIClient) -> None:
    EventFactory.create(event_type="slo.burn_rate.high", schema_version=2)
    rows = alice_api.get("/api/events/types?declared=true").json()["types"]
    by_name: dict[str, Any] = {row["event_type"]: row for row in rows}

    assert by_name["slo.burn_rate.low"] == {
        "event_type": "slo.burn_rate.low",
        "is_declared": True,
        "declared_version": 1,
        "schema_versions": [],
        "count": 0,
        "is_count_exact": True,
        "first_seen": None,
        "last_seen": None,
        "last_actor": "",
    }
    assert by_name["slo.burn_rate.high"]["schema_versions"] == [2]


def test_answers_an_empty_log() -> None:
    assert selectors.event_types(declared=False).types == []


def test_counts_up_to_a_bound_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types, "COUNTED_AT_MOST", 3)
    EventFactory.create_batch(3, event_type="a.b.c")
    EventFactory.create_batch(4, event_type="a.b.d")

    exact, more = selectors.event_types(declared=False).types

    assert (exact.count, exact.is_count_exact) == (3, True)
    assert (more.count, more.is_count_exact) == (3, False)


def test_looks_at_so_many_types_and_says_when_there_are_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(types, "TYPES_AT_MOST", 2)
    for event_type in ("a.b.c", "a.b.d"):
        EventFactory.create(event_type=event_type)
    assert selectors.event_types(declared=False).is_complete

    EventFactory.create(event_type="a.b.e")
    found = selectors.event_types(declared=False)

    assert [seen.event_type for seen in found.types] == ["a.b.c", "a.b.d"]
    assert not found.is_complete


@pytest.mark.parametrize("order", [("event_type", "id"), ("-event_type", "-id")])
def test_reads_a_type_by_its_index(order: tuple[str, ...]) -> None:
    EventFactory.create(event_type="a.b.c")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # A table of one row is read whole whatever indexes it has.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")

    plan = types._of_type("a.b.c", *order)[:1].explain()

    # PostgreSQL names the index of a partition after its columns.
    assert ("event_type_id_idx" if connection.vendor == "postgresql" else "by_type") in plan
    assert "B-TREE" not in plan


@pytest.mark.parametrize("query", ["declared=perhaps"])
def test_refuses_a_question_it_cannot_read(query: str, alice_api: APIClient) -> None:
    assert alice_api.get(f"/api/events/types?{query}").status_code == 400


def test_asks_for_the_right_to_see_events(charlie_api: APIClient) -> None:
    assert charlie_api.get("/api/events/types").status_code == 403


def test_is_listed_in_the_shell(capsys: pytest.CaptureFixture[str]) -> None:
    EventFactory.create(event_type="a.b.c", schema_version=2, actor="shop")

    call_command("event_types")
    told = capsys.readouterr().out

    assert "a.b.c  undeclared, version 2, 1 seen, last 2026-03-02 12:00:00 by shop\n" in told
    assert "slo.burn_rate.low  declared, never seen\n" in told


def test_fails_in_the_shell_when_asked_to(capsys: pytest.CaptureFixture[str]) -> None:
    EventFactory.create(event_type="slo.burn_rate.high")
    call_command("event_types", "--undeclared", "--fail")
    assert capsys.readouterr().out == ""

    EventFactory.create(event_type="a.b.c")
    call_command("event_types", "--undeclared")
    with pytest.raises(TypesUndeclared, match=r"Declared nowhere: a\.b\.c\.") as refused:
        call_command("event_types", "--fail")
    assert refused.value.exit_code == 1
