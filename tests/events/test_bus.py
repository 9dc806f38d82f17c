"""A command has one handler and is carried out once; a question changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError

from events import bus
from events.bus import Command, Order, Query, commands, queries
from events.bus.handlers import Handlers
from events.contracts.draft import Draft
from events.errors import StreamMoved
from events.models import Event
from events.services.commands import DiscardRefused, PublishEvent
from portal.shared.errors import InvalidInput
from portal.shared.idempotency import IdempotencyKeyReused
from tests.cast import Cast
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class Deed(Command):
    name: str


@dataclass(frozen=True, kw_only=True)
class Question(Query[int]):
    pass


@pytest.fixture(autouse=True)
def own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (commands, queries):
        own: Handlers[Any] = Handlers(module._handlers.noun)
        own._handlers = dict(module._handlers._handlers)
        monkeypatch.setattr(module, "_handlers", own)


def publish(number: int = 1) -> PublishEvent:
    draft = Draft(
        event_type="orders.order.paid",
        payload={"n": number},
        stream="orders.1",
        occurred_at=NOON,
    )
    return PublishEvent(draft=draft)


def test_carries_a_command_out_and_answers_with_its_result(at: datetime, cast: Cast) -> None:
    event_id = bus.execute(publish(), Order(at=at, issuer=cast.alice))

    event = Event.objects.get()
    assert (str(event.event_id), event.actor) == (event_id, "alice")


def test_carries_it_out_once_for_its_key(at: datetime, cast: Cast) -> None:
    order = Order(at=at, issuer=cast.alice, idempotency_key="release-4")

    first = bus.execute(publish(), order)
    assert bus.execute(publish(), order) == first
    assert Event.objects.count() == 1

    with pytest.raises(IdempotencyKeyReused):
        bus.execute(publish(2), order)


def test_keeps_the_keys_of_two_people_apart(at: datetime, cast: Cast) -> None:
    for who in (cast.alice, cast.bob):
        bus.execute(publish(), Order(at=at, issuer=who, idempotency_key="1"))

    assert Event.objects.count() == 2


def test_wants_to_know_whose_a_key_is(at: datetime) -> None:
    with pytest.raises(InvalidInput, match="belongs to an account"):
        bus.execute(publish(), Order(at=at, idempotency_key="1"))


def test_hands_the_expected_version_on(at: datetime) -> None:
    bus.execute(publish(), Order(at=at, expected_version=0))

    with pytest.raises(StreamMoved):
        bus.execute(publish(), Order(at=at, expected_version=0))


def test_refuses_a_version_that_nobody_would_heed(at: datetime) -> None:
    with pytest.raises(InvalidInput, match="DiscardRefused knows no expected version"):
        bus.execute(DiscardRefused(arrival=1), Order(at=at, expected_version=3))


def test_undoes_all_of_what_a_handler_did_when_it_fails(at: datetime) -> None:
    @bus.handles(Deed)
    def fail(command: Deed, order: Order) -> None:
        bus.execute(publish(), order)
        raise InvalidInput("no")

    with pytest.raises(InvalidInput):
        bus.execute(Deed(name="x"), Order(at=at))

    assert not Event.objects.exists()


def test_refuses_a_second_handler() -> None:
    with pytest.raises(ValueError, match="PublishEvent has two handlers"):

        @bus.handles(PublishEvent)
        def another(command: PublishEvent, order: Order) -> None: ...


def test_refuses_a_handler_of_another_command() -> None:
    with pytest.raises(ValueError, match="is to handle Deed, and takes"):

        @bus.handles(Deed)  # type: ignore[arg-type]  # what is tested
        def wrong(command: PublishEvent, order: Order) -> None: ...


def test_does_not_start_while_a_command_or_a_question_has_no_handler() -> None:
    with pytest.raises(RuntimeError, match="Nobody handles Deed, Question"):
        bus.check()


def test_says_so_when_it_is_asked_all_the_same(at: datetime) -> None:
    with pytest.raises(LookupError, match="Nobody handles the command Deed"):
        bus.execute(Deed(name="x"), Order(at=at))


def test_answers_a_question_and_cannot_write_meanwhile(at: datetime) -> None:
    wanted: list[bool] = []

    @bus.answers(Question)
    def count(_query: Question, at: datetime) -> int:
        if wanted:
            bus.execute(publish(), Order(at=at))
        return Event.objects.count()

    assert bus.ask(Question(), at=at) == 0
    wanted.append(True)
    with pytest.raises(DatabaseError, match=r"read-?only"):
        bus.ask(Question(), at=at)

    bus.execute(publish(), Order(at=at))
    assert Event.objects.count() == 1
