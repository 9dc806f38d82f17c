"""Two at once: one incident, one step, one page. SQLite has one writer, so no race to run."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections

from incidents import services
from incidents.errors import IncidentAlreadyAcknowledged
from incidents.models import Incident, Page
from incidents.services import pages
from tests.cast import Cast
from tests.incidents.ladder import make_ladder, make_responder
from tests.incidents.receivers import Receiver, receiver

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]


def at_once(count: int, act: Callable[[int], object]) -> list[BaseException]:
    """Lets `count` threads start together and returns what they raised."""
    raised: list[BaseException] = []
    start = threading.Barrier(count)

    def run(number: int) -> None:
        try:
            start.wait(10)
            act(number)
        except Exception as error:  # noqa: BLE001  (handed to the test)
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def open_one(at: datetime, cause_key: str = "a") -> Incident:
    return services.create_incident("Down", "", "SEV1", "tests", [], cause_key=cause_key, at=at)


def test_reports_of_one_cause_open_one_incident(at: datetime) -> None:
    make_ladder()

    raised = at_once(6, lambda _number: open_one(at))

    incident = Incident.objects.get()
    assert raised == []
    assert incident.pages.count() == 1
    assert incident.timeline.filter(kind="seen_again").count() == 5


def test_sweeps_start_a_step_once(at: datetime) -> None:
    make_ladder()
    incident = open_one(at)

    raised = at_once(4, lambda _number: services.start_due_steps(at=at + timedelta(minutes=5)))

    assert raised == []
    assert incident.pages.count() == 2


def test_sweeps_send_a_page_once(at: datetime, server: Receiver) -> None:
    ladder = make_ladder()
    ladder.first.contact_methods.update(channel="webhook", address=server.url)
    for number in range(10):
        open_one(at, cause_key=str(number))

    raised = at_once(4, lambda _number: services.send_due_pages(at=at))

    assert raised == []
    assert len(server.keys) == 10
    assert len(set(server.keys)) == 10


def test_one_of_two_acknowledges(cast: Cast, at: datetime) -> None:
    people = [make_responder("one"), make_responder("two")]
    incident = open_one(at)

    raised = at_once(
        2,
        lambda number: services.acknowledge_incident(
            incident_id=incident.pk, acting_user=people[number], at=at, via="API"
        ),
    )

    assert [type(error) for error in raised] == [IncidentAlreadyAcknowledged]
    assert incident.timeline.filter(kind="acknowledged").count() == 1


def test_acknowledging_while_a_receipt_is_written_ends_well(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ladder = make_ladder()
    incident = open_one(at)
    tell = pages._tell_sent
    raised: list[BaseException] = []

    def acknowledge(_number: int) -> None:
        services.acknowledge_incident(
            incident_id=incident.pk, acting_user=ladder.second, at=at, via="API"
        )

    acknowledging = threading.Thread(target=lambda: raised.extend(at_once(1, acknowledge)))

    def tell_in_the_middle_of_it(page: Page, result: pages.Result, *, at: datetime) -> None:
        acknowledging.start()
        # Long enough for it to take the locks it can get.
        acknowledging.join(0.5)
        tell(page, result, at=at)

    monkeypatch.setattr(pages, "_tell_sent", tell_in_the_middle_of_it)
    services.send_due_pages(at=at)
    acknowledging.join(10)

    incident.refresh_from_db()
    assert raised == []
    assert incident.acknowledged_by == ladder.second.username
    assert incident.pages.get().state == Page.State.SENT
    assert incident.timeline.filter(kind="page_sent").count() == 1
