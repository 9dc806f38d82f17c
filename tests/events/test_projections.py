"""A projection follows the log, and is rebuilt beside itself while it goes on being read."""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from events import services
from events.contracts.recorded import RecordedEvent
from events.models import Projection, TrafficDay
from events.services import projecting, traffic
from portal.shared.registry import Registry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projecting, "BATCH", 3)


def register(monkeypatch: pytest.MonkeyPatch, **others: Any) -> None:
    monkeypatch.setattr(projecting, "_models", Registry("projection"))
    model: dict[str, Any] = {
        "version": 1,
        "patterns": ("*",),
        "apply": traffic.count,
        "forget": traffic.forget,
    }
    services.register_projection(services.ReadModel(name="traffic", **model | others))


def publish(kinds: Sequence[str], at: datetime) -> None:
    for kind in kinds:
        services.publish(f"orders.order.{kind}", {}, at=at)
    services.sequence_events(at=at)


def counts() -> list[tuple[Any, ...]]:
    live = Projection.objects.get(name="traffic").live_generation
    rows = TrafficDay.objects.filter(generation=live).order_by("event_type")
    return list(rows.values_list("event_type", "retention_class", "events", "last_position"))


@pytest.mark.parametrize("seed", range(3))
def test_is_the_same_rebuilt_as_grown(seed: int, at: datetime) -> None:
    dice = random.Random(seed)
    for _time in range(4):
        publish(dice.choices(["placed", "paid", "shipped"], k=dice.randint(1, 6)), at)
        services.project_events(at=at)
    grown = counts()

    call_command("rebuild_projection", "traffic")
    publish(["placed"], at)
    assert counts() == grown
    services.project_events(at=at)

    rebuilt, row = counts(), Projection.objects.get()
    assert sum(events for *_key, events, _last in rebuilt) == row.live_position
    assert (row.live_generation, row.building_generation, row.swapped_at) == (2, None, at)
    assert set(TrafficDay.objects.values_list("generation", flat=True)) == {2}


def test_goes_on_where_it_was_killed(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    publish(["placed"] * 8, at)
    services.project_events(at=at)
    grown = counts()
    services.rebuild_projection(name="traffic", acting_user="alice", at=at)
    applied: list[int] = []

    def dying(events: Sequence[RecordedEvent], generation: int) -> None:
        traffic.count(events, generation)
        applied.append(generation)
        if len(applied) == 2:
            raise KeyboardInterrupt

    register(monkeypatch, apply=dying)
    with pytest.raises(KeyboardInterrupt):
        services.project_events(at=at)

    row = Projection.objects.get()
    assert (row.live_generation, row.building_generation, row.building_position) == (1, 2, 3)
    assert counts() == grown
    services.project_events(at=at)
    assert counts() == grown
    assert Projection.objects.get().live_generation == 2


def test_is_rebuilt_when_its_code_has_a_new_version(
    monkeypatch: pytest.MonkeyPatch, at: datetime
) -> None:
    publish(["placed", "paid"], at)
    services.project_events(at=at)

    register(monkeypatch, version=2, patterns=("orders.order.paid",))
    services.project_events(at=at)

    assert [kind for kind, *_rest in counts()] == ["orders.order.paid"]
    assert Projection.objects.get().live_version == 2


def test_is_shown_and_rebuilt_over_http(
    at: datetime, alice_api: APIClient, charlie_api: APIClient
) -> None:
    publish(["placed"], at)
    services.project_events(at=at)
    address = "/api/events/projections"

    assert charlie_api.get(address).status_code == 403
    assert charlie_api.post(f"{address}/traffic/rebuild").status_code == 403
    assert alice_api.post(f"{address}/nothing/rebuild").status_code == 404
    assert alice_api.post(f"{address}/traffic/rebuild").json() == {"result": 2}
    (shown,) = alice_api.get(address).json()
    assert (shown["live_generation"], shown["building_generation"]) == (1, 2)
    assert shown["started_by"] == "alice"


def test_is_rebuilt_from_its_page(at: datetime, alice_browser: Client) -> None:
    services.project_events(at=at)
    page = reverse("admin:events_projection_rebuild", args=["traffic"])

    assert "traffic" in alice_browser.get(reverse("admin:events_projection_changelist")).text
    alice_browser.post(page)

    assert Projection.objects.get().started_by == "alice"
