"""What writers that overlap may do, and the log is whole and in order all the same."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection

from events import registry, services
from events.contracts.draft import Draft
from events.models import Event, LogHead
from portal.shared.registry import Registry
from tests.events.elsewhere import Elsewhere

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time."),
]


@pytest.fixture(autouse=True)
def only_these_subscribers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))


@pytest.fixture
def other() -> Iterator[Elsewhere]:
    other = Elsewhere()
    yield other
    other.close()


@pytest.fixture
def foreign_transaction() -> Iterator[int]:
    """The number of a write transaction that stays open in another database."""
    parameters = connection.get_connection_params()
    with psycopg.connect(
        host=parameters["host"],
        port=parameters["port"],
        user=parameters["user"],
        password=parameters.get("password"),
        dbname="postgres",
    ) as foreign:
        row = foreign.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        assert row
        yield row[0]


def append(count: int, *, stream: str, at: datetime) -> list[Event]:
    return services.append(
        [
            Draft(event_type="orders.order.shipped", payload={}, stream=stream, occurred_at=at)
            for _number in range(count)
        ]
    )


def streams_in_order() -> list[tuple[int | None, str, int | None]]:
    log = Event.objects.exclude(position=None).order_by("position")
    return list(log.values_list("position", "stream", "stream_version"))


def a_naive_reader(cursor: int) -> list[int]:
    """Follows the serial ids, as most do."""
    return list(Event.objects.filter(pk__gt=cursor).order_by("pk").values_list("pk", flat=True))


def test_is_kept_though_a_writer_took_its_number_long_before(
    at: datetime, other: Elsewhere
) -> None:
    other.begin()
    early = other.ask("SELECT pg_current_xact_id()::text::bigint")
    append(1, stream="orders.1", at=at)
    other.do(append, 1, stream="orders.1", at=at)
    other.commit()

    services.sequence_events(at=at)

    late, number = Event.objects.order_by("position").values_list("transaction_id", flat=True)
    assert late
    assert late > early == number
    assert streams_in_order() == [(1, "orders.1", 1), (2, "orders.1", 2)]


def test_takes_in_a_transaction_that_was_open_for_an_hour(at: datetime, other: Elsewhere) -> None:
    seen: list[str] = []
    services.subscribe("orders.*", lambda event: seen.append(event.stream), name="a")
    services.sequence_events(at=at)
    other.begin()
    (slow,) = other.do(append, 1, stream="orders.slow", at=at)
    (quick,) = append(1, stream="orders.quick", at=at)
    services.deliver_due_events(at=at)
    naive = a_naive_reader(cursor=0)
    services.deliver_due_events(at=at + timedelta(hours=1))
    assert seen == ["orders.quick"]

    other.commit()
    services.deliver_due_events(at=at + timedelta(hours=1))

    assert seen == ["orders.quick", "orders.slow"]
    assert streams_in_order() == [(1, "orders.quick", 1), (2, "orders.slow", 1)]
    # The control: who follows ids never hears of it.
    assert naive == [quick.pk]
    assert slow.pk not in a_naive_reader(cursor=quick.pk)


def test_says_nothing_of_what_was_rolled_back(at: datetime, other: Elsewhere) -> None:
    other.begin()
    other.do(append, 40, stream="orders.1", at=at)
    other.roll_back()
    append(1, stream="orders.1", at=at)

    services.sequence_events(at=at)

    assert streams_in_order() == [(1, "orders.1", 1)]


def test_waits_for_no_transaction_of_another_database(
    at: datetime, foreign_transaction: int
) -> None:
    (event,) = append(1, stream="orders.1", at=at)

    assert services.sequence_events(at=at) == 1

    event.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        horizon = cursor.fetchone()[0]
    # The control: a reader that stays below the horizon would still wait.
    assert event.transaction_id
    assert horizon <= foreign_transaction < event.transaction_id


def test_keeps_a_transaction_of_ten_thousand_together(at: datetime, other: Elsewhere) -> None:
    other.begin()
    for _part in range(4):
        other.do(append, 2_500, stream="orders.big", at=at)
        for number in range(3):
            append(1, stream=f"orders.{number}", at=at)
    # In hand while it is open, beyond the first batch once it is committed.
    assert services.sequence_events(at=at) == 12
    append(1, stream="orders.0", at=at)
    other.commit()
    append(2, stream="orders.big", at=at)

    assert services.sequence_events(at=at, batch=2_000) == 10_003

    log = streams_in_order()
    assert [position for position, _stream, _version in log] == list(range(1, 10_016))
    big = {version: position for position, stream, version in log if stream == "orders.big"}
    assert list(big) == list(range(1, 10_003))
    assert [big[version] for version in range(1, 10_001)] == list(range(13, 10_013))
    assert LogHead.objects.get().position == 10_015


def test_orders_a_batch_as_if_there_were_no_batches(at: datetime, other: Elsewhere) -> None:
    """The long one writes into a stream of the short one after it, beyond the first batch."""
    other.begin()
    other.do(append, 3, stream="orders.big", at=at)
    append(2, stream="orders.1", at=at)
    other.do(append, 3, stream="orders.1", at=at)
    other.commit()
    append(1, stream="orders.1", at=at)

    assert services.sequence_events(at=at, batch=2) == 9

    versions = [
        version for _position, stream, version in streams_in_order() if stream == "orders.1"
    ]
    assert versions == [1, 2, 3, 4, 5, 6]
