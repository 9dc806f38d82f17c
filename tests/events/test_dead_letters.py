"""What was given up is kept until somebody decides, and what they decided is kept too."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from events import registry, selectors, services
from events.contracts.recorded import RecordedEvent
from events.errors import CountChanged, DeliveryNotParked, PayloadRefused, RateRefused
from events.models import Delivery, Event, Intervention
from events.rules.dead_letters import Chosen
from portal.shared.errors import InvalidInput, NotFound
from portal.shared.registry import Registry
from tests.cast import Cast

pytestmark = pytest.mark.django_db


class Picky:
    """A subscriber that takes what it likes, and remembers it."""

    def __init__(self) -> None:
        self.refuses: Callable[[RecordedEvent], bool] = lambda event: "price" not in event.payload
        self.taken: list[dict[str, Any]] = []

    def __call__(self, event: RecordedEvent) -> None:
        if self.refuses(event):
            raise ValueError("The price is missing")
        self.taken.append(event.payload)


@pytest.fixture
def picky(monkeypatch: pytest.MonkeyPatch, at: datetime) -> Picky:
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    subscriber = Picky()
    services.subscribe("orders.*", subscriber, name="billing")
    services.sequence_events(at=at)
    return subscriber


def publish(*payloads: dict[str, Any], at: datetime, stream: str = "orders.1") -> None:
    for payload in payloads:
        services.publish("orders.order.shipped", payload, stream=stream, at=at)


def park(at: datetime) -> datetime:
    """This will deliver until all that fails is parked, and return when that is."""
    for _hour in range(12):
        services.deliver_due_events(at=at)
        at += timedelta(hours=1)
    return at


def letter() -> Delivery:
    return Delivery.objects.get(state=Delivery.State.PARKED)


def test_parks_with_the_reason_and_the_stack_and_tells_it(picky: Picky, at: datetime) -> None:
    publish({"n": 1}, at=at)

    later = park(at)

    parked = letter()
    assert parked.reason == "ValueError: The price is missing"
    assert "Traceback" in parked.last_error
    assert (parked.attempts, parked.parked_at is not None) == (10, True)
    told = Event.objects.get(event_type="events.delivery.parked")
    assert told.payload["delivery"] == parked.pk
    assert told.payload["parked_type"] == "orders.order.shipped"
    assert later > at


def test_keeps_later_events_of_the_key_behind_it_and_lets_others_pass(
    picky: Picky, at: datetime
) -> None:
    publish({"n": 1}, {"n": 2, "price": 1}, {"n": 3, "price": 1}, at=at)
    publish({"n": 4, "price": 1}, at=at, stream="orders.2")

    park(at)

    assert picky.taken == [{"n": 4, "price": 1}]
    assert selectors.preview(Chosen()) == selectors.Preview(letters=1, behind=2)


def test_tells_nobody_of_what_failed_at_that_very_news(
    monkeypatch: pytest.MonkeyPatch, picky: Picky, at: datetime
) -> None:
    services.subscribe("events.*", picky, name="pager")
    publish({"n": 1}, at=at)

    later = park(park(at))
    park(later)

    assert Event.objects.filter(event_type="events.delivery.parked").count() == 1


def test_gives_an_edited_payload_and_leaves_the_event_alone(picky: Picky, at: datetime) -> None:
    publish({"n": 1}, {"n": 2, "price": 1}, at=at)
    now = park(at)

    services.redrive_delivery(
        delivery_id=letter().pk,
        payload={"n": 1, "price": 9},
        note="The shop sent none.",
        acting_user="alice",
        at=now,
    )
    services.deliver_due_events(at=now)

    assert picky.taken == [{"n": 1, "price": 9}, {"n": 2, "price": 1}]
    assert Event.objects.earliest("id").payload == {"n": 1}
    done = Intervention.objects.get()
    assert (done.action, done.acting_user, done.note) == ("edited", "alice", "The shop sent none.")
    assert (done.payload_before, done.payload_after) == ({"n": 1}, {"n": 1, "price": 9})
    assert (done.attempts, done.reason) == (10, "ValueError: The price is missing")
    told = Event.objects.get(event_type="events.delivery.redriven")
    assert (told.actor, told.retention_class, told.payload["is_edited"]) == ("alice", "audit", True)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"payload": {"a": 1}}, InvalidInput),
        ({"payload": {"a": "\x00"}, "note": "why"}, PayloadRefused),
        ({"delivery_id": 4711}, NotFound),
    ],
)
def test_refuses_an_edit_it_cannot_answer_for(
    picky: Picky, at: datetime, changes: dict[str, Any], error: type[Exception]
) -> None:
    publish({"n": 1}, at=at)
    now = park(at)

    wanted: dict[str, Any] = {"delivery_id": letter().pk, "acting_user": "alice", "at": now}
    with pytest.raises(error):
        services.redrive_delivery(**wanted | changes)

    assert letter().attempts == 10


def test_discards_with_a_reason_and_lets_the_rest_go_on(picky: Picky, at: datetime) -> None:
    publish({"n": 1}, {"n": 2, "price": 1}, at=at)
    now = park(at)
    parked = letter()
    wanted: dict[str, Any] = {"delivery_id": parked.pk, "acting_user": "alice", "at": now}
    with pytest.raises(InvalidInput, match="without a reason"):
        services.discard_delivery(**wanted, note=" ")

    services.discard_delivery(**wanted, note="cancelled")
    services.deliver_due_events(at=now)

    parked.refresh_from_db()
    assert parked.state == Delivery.State.DISCARDED
    assert picky.taken == [{"n": 2, "price": 1}]
    with pytest.raises(DeliveryNotParked):
        services.discard_delivery(**wanted, note="again")


def test_redrives_what_is_chosen_and_no_more_than_was_confirmed(picky: Picky, at: datetime) -> None:
    for number in range(3):
        publish({"n": number}, at=at, stream=f"orders.{number}")
    now = park(at)
    wanted: dict[str, Any] = {"chosen": Chosen(), "acting_user": "alice", "at": now}

    with pytest.raises(CountChanged, match="means 3 dead letters now, and 2 were confirmed"):
        services.redrive_parked(**wanted, confirmed=2)
    assert Delivery.objects.parked().count() == 3

    picky.refuses = lambda _event: False
    assert services.redrive_parked(**wanted, confirmed=3) == 3
    services.deliver_due_events(at=now)
    assert len(picky.taken) == 3
    assert Intervention.objects.count() == 3


@pytest.mark.parametrize(
    ("chosen", "meant"),
    [
        (Chosen(subscriber="billing"), 1),
        (Chosen(subscriber="nobody"), 0),
        (Chosen(event_type="orders.order.shipped"), 1),
        (Chosen(event_type="orders.*"), 1),
        (Chosen(event_type="orders.order.ship"), 0),
        (Chosen(event_type="o.*"), 0),
        (Chosen(event_type="orders.[op]rder.*"), 1),
        (Chosen(reason="price is"), 1),
        (Chosen(reason="nothing"), 0),
        (Chosen(since=datetime.fromisoformat("2030-01-01T00:00Z")), 0),
        (Chosen(until=datetime.fromisoformat("2030-01-01T00:00Z")), 1),
        (Chosen(until=datetime.fromisoformat("2020-01-01T00:00Z")), 0),
    ],
)
def test_chooses_by_what_it_is_asked(
    picky: Picky, at: datetime, chosen: Chosen, meant: int
) -> None:
    publish({"n": 1}, at=at)
    park(at)

    assert selectors.preview(chosen).letters == meant


def test_spreads_letters_and_what_follows_them_over_time(picky: Picky, at: datetime) -> None:
    publish({"n": 0}, *({"n": n, "price": 1} for n in range(1, 10)), at=at)
    now = park(at)
    picky.refuses = lambda _event: False
    services.redrive_parked(
        chosen=Chosen(), confirmed=1, rate_per_second=2, acting_user="alice", at=now
    )

    for seconds, taken in ((0, 1), (1, 3), (2, 5), (4.5, 10)):
        services.deliver_due_events(at=now + timedelta(seconds=seconds))
        assert len(picky.taken) == taken
    assert [payload["n"] for payload in picky.taken] == list(range(10))


@pytest.mark.parametrize("rate", [0, -1, 1_001, 0.001])
def test_refuses_a_rate_that_is_none(picky: Picky, at: datetime, rate: float) -> None:
    with pytest.raises(RateRefused, match=r"from 0\.01 to 1000"):
        services.redrive_parked(
            chosen=Chosen(), confirmed=0, rate_per_second=rate, acting_user="alice", at=at
        )


def test_does_the_same_over_http(picky: Picky, at: datetime, alice_api: APIClient) -> None:
    publish({"n": 1}, {"n": 2, "price": 1}, at=at)
    park(at)
    (found,) = alice_api.get("/api/events/dead-letters?subscriber=billing").json()["results"]
    assert (found["payload"], found["behind"]) == ({"n": 1}, 1)
    address = f"/api/events/dead-letters/{found['id']}"

    many = "/api/events/dead-letters/redrive"
    assert alice_api.post(many, {"subscriber": "billing"}, format="json").json() == {
        "result": 0,
        "letters": 1,
        "behind": 1,
    }
    refused = alice_api.post(many, {"confirm": 7}, format="json")
    assert (refused.status_code, refused.json()["title"]) == (
        409,
        "The number that was confirmed is no longer right",
    )
    edited = alice_api.post(
        f"{address}/redrive", {"payload": {"price": 2}, "note": "mended"}, format="json"
    )
    assert edited.json() == {"result": found["id"]}
    assert alice_api.post(f"{address}/redrive", {}, format="json").status_code == 409
    assert alice_api.get("/api/events/dead-letters").json()["count"] == 0


def test_discards_over_http_once_for_a_key(
    picky: Picky, at: datetime, alice_api: APIClient
) -> None:
    publish({"n": 1}, at=at)
    park(at)
    address = f"/api/events/dead-letters/{letter().pk}/discard"
    headers = {"Idempotency-Key": "1"}

    assert alice_api.post(address, {}, format="json").status_code == 400
    for _time in range(2):
        answer = alice_api.post(address, {"note": "void"}, format="json", headers=headers)
        assert answer.status_code == 200


def test_is_for_those_who_may(picky: Picky, at: datetime, charlie_api: APIClient) -> None:
    publish({"n": 1}, at=at)
    park(at)
    address = "/api/events/dead-letters"

    assert charlie_api.get(address).status_code == 403
    assert charlie_api.head(address).status_code == 403
    for path in (f"/{letter().pk}/redrive", f"/{letter().pk}/discard", "/redrive"):
        assert charlie_api.post(f"{address}{path}", {}, format="json").status_code == 403
    assert letter().attempts == 10


def test_does_the_same_from_a_shell(
    picky: Picky, at: datetime, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    publish({"n": 1}, at=at)
    park(at)
    picky.refuses = lambda _event: False

    call_command("dead_letters")
    call_command("dead_letters", redrive=True)
    with pytest.raises(CommandError, match="--user"):
        call_command("dead_letters", redrive=True, confirm=1)
    call_command("dead_letters", redrive=True, confirm=1, user=cast.alice.username)

    printed = capsys.readouterr().out
    assert "orders.order.shipped  billing  10 attempts  ValueError" in printed
    assert "repeat with --confirm 1" in printed
    assert "1 dead letters are on their way again." in printed
    with pytest.raises(CommandError, match="--id"):
        call_command("dead_letters", discard=True, user="alice")
