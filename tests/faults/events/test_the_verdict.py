"""That the harness sees what it looks for: a log that is spoilt on purpose is not passed."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.db import connection

from events import registry, services
from events.contracts.draft import Draft
from events.models import Event, LogHead
from portal.shared.registry import Registry
from tests.events.elsewhere import Elsewhere
from tests.faults.events import ledger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    with connection.schema_editor() as editor:
        for table in ledger.TABLES:
            editor.create_model(table)
    yield
    with connection.schema_editor() as editor:
        for table in ledger.TABLES:
            editor.delete_model(table)


def append(*, stream: str, at: datetime) -> Event:
    """As the writers of the harness do."""
    draft = Draft(event_type="orders.order.shipped", payload={}, stream=stream, occurred_at=at)
    (event,) = services.append([draft])
    ledger.Committed.objects.create(event_id=event.event_id, is_subscribed=True)
    return event


@pytest.fixture
def log(at: datetime) -> list[Event]:
    """Two streams of two events, handled and relayed as they should be."""
    for stream in ("orders.1", "orders.2", "orders.1", "orders.2"):
        append(stream=stream, at=at)
    services.sequence_events(at=at)
    log = list(Event.objects.order_by("position"))
    for event in log:
        handle(event)
        arrive(event)
    return log


def handle(event: Event) -> None:
    ledger.Handled.objects.create(
        event_id=event.event_id, stream=event.stream, version=event.stream_version
    )


def arrive(event: Event) -> None:
    assert event.position
    ledger.Arrived.objects.create(
        event_id=event.event_id, sequence_key=event.stream, position=event.position
    )


def lose(log: list[Event]) -> None:
    Event.objects.filter(pk=log[1].pk).delete()


def invent(log: list[Event]) -> None:
    ledger.Committed.objects.filter(event_id=log[1].event_id).delete()


def write_twice(log: list[Event]) -> None:
    Event.objects.filter(pk=log[1].pk).update(event_id=log[0].event_id)


def share_a_position(log: list[Event]) -> None:
    Event.objects.filter(pk=log[1].pk).update(position=log[0].position)


def swap_positions(log: list[Event]) -> None:
    Event.objects.filter(pk=log[0].pk).update(position=log[2].position)
    Event.objects.filter(pk=log[2].pk).update(position=log[0].position)


def do_not_handle(log: list[Event]) -> None:
    ledger.Handled.objects.filter(event_id=log[3].event_id).delete()


def handle_the_unknown(log: list[Event]) -> None:
    ledger.Committed.objects.filter(event_id=log[3].event_id).update(is_subscribed=False)


def handle_twice(log: list[Event]) -> None:
    handle(log[3])


def handle_in_another_order(log: list[Event]) -> None:
    ledger.Handled.objects.all().delete()
    for event in reversed(log):
        handle(event)


def do_not_relay(log: list[Event]) -> None:
    ledger.Arrived.objects.filter(event_id=log[3].event_id).delete()


def relay_something_else(log: list[Event]) -> None:
    ledger.Arrived.objects.filter(event_id=log[3].event_id).update(position=1)


def relay_in_another_order(log: list[Event]) -> None:
    ledger.Arrived.objects.all().delete()
    for event in reversed(log):
        arrive(event)


def reorder_what_others_sent(log: list[Event]) -> None:
    for event, number in zip((log[0], log[2]), (2, 1), strict=True):
        Event.objects.filter(pk=event.pk).update(
            event_type="shop.order.shipped", payload={"n": number}
        )


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lose, "lost"),
        (lose, "positions missing"),
        (invent, "invented"),
        (write_twice, "written twice"),
        (share_a_position, "positions given twice"),
        (swap_positions, "inversions of positions"),
        (do_not_handle, "not handled"),
        (handle_the_unknown, "handled without a reason"),
        (handle_twice, "double effects"),
        (handle_in_another_order, "inversions of handling"),
        (do_not_relay, "not relayed"),
        (relay_something_else, "relayed without a reason"),
        (relay_in_another_order, "inversions at the broker"),
        (reorder_what_others_sent, "foreign inversions"),
    ],
)
def test_finds_what_was_spoilt(
    log: list[Event], spoil: Callable[[list[Event]], None], found: str
) -> None:
    assert not any(ledger.verdict().values())

    spoil(log)

    assert ledger.verdict()[found] > 0


@pytest.mark.parametrize("times", [1, 2], ids=["once", "again"])
def test_passes_over_what_only_came_twice_from_the_broker(log: list[Event], times: int) -> None:
    for event in log[:2] * times:
        arrive(event)

    assert not any(ledger.verdict().values())


def sequence_by_id(*, at: datetime) -> None:
    """The cursor on a serial that most readers are: what is behind it is never looked at."""
    head, _made = LogHead.objects.get_or_create(pk=LogHead.ONLY)
    cursor = Event.objects.exclude(position=None).order_by("-pk").first()
    for event in Event.objects.filter(pk__gt=cursor.pk if cursor else 0).order_by("pk"):
        head.position += 1
        Event.objects.filter(pk=event.pk).update(position=head.position)
    head.save()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time.")
@pytest.mark.parametrize(
    ("sequence", "lost"),
    [(sequence_by_id, 1), (services.sequence_events, 0)],
    ids=["a cursor on ids", "the sequencer"],
)
def test_finds_what_a_cursor_on_ids_loses(
    at: datetime, sequence: Callable[..., object], lost: int
) -> None:
    other = Elsewhere()
    other.begin()
    other.do(append, stream="orders.1", at=at)
    append(stream="orders.2", at=at)
    sequence(at=at)
    other.commit()
    sequence(at=at)
    other.close()

    assert ledger.verdict()["lost"] == lost
