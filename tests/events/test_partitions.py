"""Where the days of the log are kept on PostgreSQL."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from events.models import Event
from events.storage import partitions
from tests.factories.events import EventFactory

pytestmark = pytest.mark.django_db

on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite's table is whole."
)


def table_of(event: Event) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM events_event WHERE id = %s", [event.pk]
        )
        name: str = cursor.fetchone()[0]
    return name


def test_are_days_or_months_where_all_is_kept() -> None:
    new_year = datetime(2027, 12, 30, tzinfo=UTC)

    wanted = list(partitions.wanted({"api": 7, "audit": None}, at=new_year))

    assert [p.begin for p in wanted if p.retention_class == "api"] == [
        date(2027, 12, 29) + timedelta(days=n) for n in range(9)
    ]
    assert [(p.begin, p.until) for p in wanted if p.retention_class == "audit"] == [
        (date(2027, 12, 1), date(2028, 1, 1)),
        (date(2028, 1, 1), date(2028, 2, 1)),
    ]


@on_postgresql
def test_take_over_what_came_before_they_were_made(at: datetime) -> None:
    event = EventFactory.create(retention_class="billing", recorded_at=at)
    assert table_of(event) == "events_event_default"
    assert partitions.default_rows() == 1

    made = partitions.prepare({"billing": 90}, at=at)

    assert "events_event_billing_20260302" in made
    assert table_of(event) == "events_event_billing_20260302"
    assert partitions.default_rows() == 0
    assert Event.objects.get().pk == event.pk


@on_postgresql
def test_are_made_once(at: datetime) -> None:
    assert len(partitions.prepare({"system": 14}, at=at)) == 9
    assert partitions.prepare({"system": 14}, at=at) == []
    assert len(partitions.prepare({"system": 14}, at=at + timedelta(days=1))) == 1


@on_postgresql
def test_hold_what_no_clock_should_say(at: datetime) -> None:
    event = EventFactory.create(recorded_at=at - timedelta(days=20_000))

    assert table_of(event) == "events_event_system_default"


def test_need_nothing_on_the_other_database(at: datetime) -> None:
    if connection.vendor != "postgresql":
        assert partitions.prepare({"system": 14}, at=at) == []
