"""Events are given to their handlers again, and nothing gets out that nobody allowed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from catalog.models import Team
from events import registry, services
from events.contracts.recorded import RecordedEvent
from events.errors import CountChanged
from events.models import Event
from events.providers.registry import broker
from events.rules.replays import changes_in
from portal.shared import effects, http, mail, tasks
from portal.shared.errors import DomainError, NotFound
from portal.shared.registry import Registry
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def found_team(event: RecordedEvent) -> None:
    Team.objects.create(name=f"Team {event.payload['n']}", slug=f"team-{event.payload['n']}")


@pytest.fixture
def subscribe(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    return services.subscribe


def publish(count: int, *, at: datetime, stream: str = "orders.1") -> None:
    for n in range(count):
        services.publish("orders.order.shipped", {"n": n}, stream=stream, at=at)
    services.sequence_events(at=at)


def test_tells_what_would_happen_and_leaves_nothing(
    subscribe: Callable[..., None],
    at: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def handle(event: RecordedEvent) -> None:
        found_team(event)
        services.publish("orders.order.seen", {}, at=at)

    subscribe("orders.order.shipped", handle, name="founder")
    publish(3, at=at)

    with django_capture_on_commit_callbacks() as rung:
        told = services.replay_events("orders.*", at=at)

    assert (told.events, told.deliveries, told.done, told.kept) == (3, 3, 3, False)
    assert told.writes["INSERT catalog_team"] == 3
    assert told.announced == {"orders.order.seen": 3}
    assert (Team.objects.count(), Event.objects.count(), rung) == (0, 3, [])
    effects.about_to("http", "nobody asks any more")


def test_keeps_what_handlers_write_and_records_who_did_it(
    subscribe: Callable[..., None], at: datetime
) -> None:
    subscribe("orders.*", found_team, name="founder")
    publish(2, at=at)

    told = services.replay_events("orders.*", keep=True, confirmed=2, acting_user="alice", at=at)

    assert (told.done, Team.objects.count()) == (2, 2)
    fact = Event.objects.get(event_type="events.replay.finished")
    assert (fact.actor, fact.retention_class, fact.payload["done"]) == ("alice", "audit", 2)


OUTLETS: dict[str, Callable[[], Any]] = {
    "http": lambda: http.call("POST", "https://shop.example/t0ken", deadline_seconds=1),
    "email": lambda: mail.send(EmailMessage(to=["bob@example.com"]), deadline_seconds=1),
    "broker": broker,
    "events": lambda: services.publish("orders.order.seen", {}),
}


@pytest.mark.parametrize("kind", OUTLETS)
def test_blocks_what_was_not_allowed_and_undoes_the_handler(
    kind: str, subscribe: Callable[..., None], at: datetime
) -> None:
    def handle(event: RecordedEvent) -> None:
        found_team(event)
        OUTLETS[kind]()

    subscribe("orders.*", handle, name="founder", effects=(kind,))
    publish(1, at=at)

    told = services.replay_events(keep=True, at=at)

    assert (told.blocked, Team.objects.count()) == (1, 0)
    assert told.troubles[0].error.startswith("EffectBlocked")
    assert "t0ken" not in str(told)


def test_blocks_what_the_subscription_does_not_declare(
    subscribe: Callable[..., None], at: datetime
) -> None:
    subscribe("orders.*", lambda _event: OUTLETS["http"](), name="caller")
    publish(1, at=at)

    assert services.replay_events(keep=True, effects=["http"], at=at).blocked == 1


def test_lets_out_what_both_name_under_the_event_as_its_cause(
    subscribe: Callable[..., None], at: datetime
) -> None:
    def handle(_event: RecordedEvent) -> None:
        effects.about_to("pigeon", "one")
        services.publish("orders.order.seen", {}, at=at)

    subscribe("orders.*", handle, name="fancier", effects=("pigeon",))
    publish(1, at=at)

    told = services.replay_events(keep=True, effects=["pigeon", "events"], at=at)

    assert (told.done, told.effects) == (1, {"pigeon": 1})
    seen = Event.objects.get(event_type="orders.order.seen")
    assert seen.causation_id == Event.objects.get(event_type="orders.order.shipped").event_id


def test_undoes_a_handler_that_swallows_the_block(
    subscribe: Callable[..., None], at: datetime
) -> None:
    def handle(event: RecordedEvent) -> None:
        try:
            OUTLETS["http"]()
        except DomainError:
            found_team(event)

    subscribe("orders.*", handle, name="swallower")
    publish(1, at=at)

    assert services.replay_events(keep=True, at=at).blocked == 1
    assert Team.objects.count() == 0


def test_drops_a_poke_of_a_dry_run_without_a_word(
    subscribe: Callable[..., None],
    at: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    subscribe("orders.*", lambda _event: tasks.poke("slo.evaluate_objectives"), name="poker")
    publish(1, at=at)

    with django_capture_on_commit_callbacks() as rung:
        assert services.replay_events(at=at).done == 1

    assert rung == []


def test_goes_on_after_a_handler_that_fails(subscribe: Callable[..., None], at: datetime) -> None:
    def handle(event: RecordedEvent) -> None:
        found_team(event)
        assert event.payload["n"] != 0, "The price is missing"

    subscribe("orders.*", handle, name="founder")
    publish(2, at=at)

    told = services.replay_events(keep=True, at=at)

    assert (told.done, told.failed, Team.objects.get().slug) == (1, 1, "team-1")
    assert told.troubles[0].error.startswith("AssertionError: The price is missing")


def test_stops_at_the_limit_and_says_where_to_go_on(
    subscribe: Callable[..., None], at: datetime
) -> None:
    subscribe("orders.*", found_team, name="founder")
    publish(5, at=at)

    first = services.replay_events(limit=3, at=at)
    rest = services.replay_events(from_position=first.next_position, at=at)

    assert (first.events, first.next_position) == (3, 4)
    assert (rest.events, rest.first_position, rest.next_position) == (2, 4, None)


@pytest.mark.parametrize(
    ("chosen", "events"),
    [
        ({"event_type": "orders.order.shipped"}, 4),
        ({"event_type": "billing.*"}, 0),
        ({"stream": "orders.2"}, 1),
        ({"from_position": 2, "to_position": 3}, 2),
        ({"start_time": datetime.fromisoformat("2000-01-01T00:00Z")}, 4),
        ({"end_time": datetime.fromisoformat("2000-01-01T00:00Z")}, 0),
        ({"subscriber": "founder"}, 4),
    ],
)
def test_takes_the_chosen(
    chosen: dict[str, Any], events: int, subscribe: Callable[..., None], at: datetime
) -> None:
    subscribe("orders.*", found_team, name="founder")
    publish(3, at=at)
    publish(1, at=at, stream="orders.2")

    assert services.replay_events(**chosen, at=at).events == events


def test_leaves_out_who_leaves_the_portal_unless_named(
    subscribe: Callable[..., None], at: datetime
) -> None:
    subscribe("orders.*", lambda _event: None, name="webhook:1")
    publish(1, at=at)

    assert services.replay_events(at=at).deliveries == 0
    assert services.replay_events(subscriber="webhook:1", at=at).done == 1
    assert services.replay_events(subscriber="relay:in_memory", at=at).blocked == 1
    with pytest.raises(NotFound, match="webhook:1"):
        services.replay_events(subscriber="nobody", at=at)


def test_refuses_another_number_than_was_confirmed(
    subscribe: Callable[..., None], at: datetime
) -> None:
    subscribe("orders.*", found_team, name="founder")
    publish(2, at=at)

    with pytest.raises(CountChanged):
        services.replay_events(keep=True, confirmed=1, at=at)

    assert Team.objects.count() == 0


def test_does_the_same_over_http(
    subscribe: Callable[..., None], at: datetime, alice_api: APIClient, charlie_api: APIClient
) -> None:
    subscribe("orders.*", found_team, name="founder")
    publish(2, at=at)
    address, body = "/api/events/replay", {"event_type": "orders.*"}

    assert charlie_api.post(address, body, format="json").status_code == 403
    dry = alice_api.post(address, body, format="json").json()
    assert (dry["deliveries"], dry["kept"], dry["writes"]) == (2, False, {"INSERT catalog_team": 2})
    keep = body | {"keep": True}
    assert alice_api.post(address, keep, format="json").status_code == 400
    headers = {"Idempotency-Key": "1"}
    kept = keep | {"confirm": 2}
    assert alice_api.post(address, kept, format="json", headers=headers).status_code == 400
    assert alice_api.post(address, kept, format="json").json()["done"] == 2
    assert Team.objects.count() == 2


def test_does_the_same_from_a_shell(
    subscribe: Callable[..., None], at: datetime, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    subscribe("orders.*", found_team, name="founder")
    publish(1, at=at)

    call_command("replay_events", type="orders.*")
    call_command("replay_events", keep=True, confirm=1, user=cast.alice.username)

    assert "repeat with --keep --confirm 1" in capsys.readouterr().out
    assert Team.objects.count() == 1


@pytest.mark.parametrize(
    ("sql", "changes"),
    [
        ('INSERT INTO "a_b" ("x") VALUES (1) ON CONFLICT DO UPDATE SET x = 1', [("INSERT", "a_b")]),
        ('UPDATE "a" SET x = 1', [("UPDATE", "a")]),
        ('DELETE FROM "a"', [("DELETE", "a")]),
        ('SELECT 1 FROM "a" FOR UPDATE', []),
        (
            "WITH m AS (UPDATE a SET x = 1) INSERT INTO b SELECT",
            [("UPDATE", "a"), ("INSERT", "b")],
        ),
    ],
)
def test_reads_what_a_statement_changes(sql: str, changes: list[tuple[str, str]]) -> None:
    assert changes_in(sql) == changes
