"""A log that went through pg_dump into another cluster, where transactions are numbered anew."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from django.db import connection

from events import registry, services
from events.contracts.draft import Draft
from events.models import Event
from portal.shared.registry import Registry
from tests.events.elsewhere import Elsewhere
from tests.faults.events.servers import Cluster

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def only_these_subscribers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))


def append(count: int, *, stream: str, at: datetime) -> list[Event]:
    return services.append(
        [
            Draft(event_type="orders.order.shipped", payload={}, stream=stream, occurred_at=at)
            for _number in range(count)
        ]
    )


def under_test() -> str:
    """The address of the database that this process tests on."""
    parameters = connection.get_connection_params()
    secret = f":{parameters['password']}" if parameters.get("password") else ""
    return (
        f"postgresql://{parameters['user']}{secret}@{parameters['host']}:{parameters['port']}"
        f"/{parameters['dbname']}"
    )


@pytest.fixture
def restored(postgresql: Cluster, at: datetime) -> Iterator[list[Elsewhere]]:
    """Two connections to a copy of a log of which one half has positions, and one has none."""
    append(3, stream="orders.1", at=at)
    services.sequence_events(at=at)
    append(2, stream="orders.1", at=at)
    append(40, stream="orders.2", at=at)
    address = urlsplit(postgresql.restore(postgresql.dump(under_test()), "restored"))
    both = [
        Elsewhere(
            HOST=address.hostname,
            PORT=address.port,
            NAME="restored",
            USER="postgres",
            PASSWORD="",
            CONN_MAX_AGE=None,
        )
        for _number in range(2)
    ]
    yield both
    for one in both:
        one.close()
    postgresql.drop("restored")


def log_of(place: Elsewhere) -> list[tuple[int | None, str, int | None]]:
    with place.step():
        log = Event.objects.order_by("position")
        return list(log.values_list("position", "stream", "stream_version"))


def test_goes_on_where_it_stood(restored: list[Elsewhere], at: datetime) -> None:
    here, _other = restored
    oldest = here.ask("SELECT MAX(transaction_id) FROM events_event")
    here.do(append, 2, stream="orders.1", at=at)
    assert here.ask("SELECT pg_current_xact_id()::text::bigint") < oldest, "numbers began anew"

    here.do(services.sequence_events, at=at)

    assert log_of(here) == [
        *((position, "orders.1", position) for position in range(1, 6)),
        *((position, "orders.2", position - 5) for position in range(6, 46)),
        (46, "orders.1", 6),
        (47, "orders.1", 7),
    ]


@pytest.mark.parametrize("batch", [3, 2_000], ids=["in small batches", "at once"])
def test_tells_transactions_apart_that_were_given_the_same_number(
    restored: list[Elsewhere], at: datetime, batch: int
) -> None:
    here, other = restored
    other.begin()
    number = other.ask("SELECT pg_current_xact_id()::text::bigint")
    with here.step():
        # As chance would have it: the number that the unsequenced of orders.1 had before.
        Event.objects.filter(position=None, stream="orders.1").update(transaction_id=number)
    here.do(append, 1, stream="orders.1", at=at)
    other.do(append, 1, stream="orders.3", at=at)
    other.commit()

    here.do(services.sequence_events, at=at, batch=batch)

    versions = [version for _position, stream, version in log_of(here) if stream == "orders.1"]
    assert versions == [1, 2, 3, 4, 5, 6]
