"""What the home page says: what is open, who is on call, what should have happened by now."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from incidents import selectors, services
from incidents.models import ContactMethod, Incident, Page, PageAttempt
from portal.shared import metrics
from tests.cast import Cast
from tests.factories.catalog import ServiceFactory
from tests.factories.incidents import ScheduleFactory, ScheduleMemberFactory
from tests.incidents.ladder import Ladder, silence

pytestmark = pytest.mark.django_db

Opened = Callable[..., Incident]


def page_state(incident: Incident, at: datetime) -> str:
    rows = {row.pk: row for row in selectors.open_incident_rows(at=at)}
    return rows[incident.pk].page_state


def test_orders_by_severity_and_then_age(open_incident: Opened, at: datetime) -> None:
    newer = open_incident(severity="SEV2")
    older = open_incident(severity="SEV2", when=at - timedelta(hours=1))
    worst = open_incident(severity="SEV1")
    over = open_incident()
    services.resolve_incident(incident_id=over.pk, resolved_by="tests", at=at)

    rows = selectors.open_incident_rows(at=at + timedelta(minutes=5))

    assert [row.pk for row in rows] == [worst.pk, older.pk, newer.pk]
    assert rows[1].age == timedelta(hours=1, minutes=5)


def test_knows_which_incident_was_resolved_last(open_incident: Opened, at: datetime) -> None:
    assert selectors.last_resolved() is None

    earlier, last = open_incident(), open_incident()
    open_incident()
    for incident, minutes in ((last, 9), (earlier, 5)):
        services.resolve_incident(
            incident_id=incident.pk, resolved_by="tests", at=at + timedelta(minutes=minutes)
        )

    row = selectors.last_resolved()
    assert row is not None
    assert (row.pk, row.resolved_at) == (last.pk, at + timedelta(minutes=9))


def test_says_its_status_in_the_language_of_the_reader(open_incident: Opened, at: datetime) -> None:
    open_incident()

    (row,) = selectors.open_incident_rows(at=at)
    with override("ar"):
        said = row.status_text

    assert (row.status, said) == ("triggered", "قائمة")


def test_tells_how_far_the_paging_has_come(
    cast: Cast, ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()
    assert page_state(incident, at) == "L1 first-sev1: being sent for 0 s; L2 in 5 min"

    services.send_due_pages(at=at)
    later = at + timedelta(seconds=61)
    assert page_state(incident, later) == "L1 first-sev1: sent 1 min ago, waiting; L2 in 3 min"

    services.acknowledge_incident(incident_id=incident.pk, acting_user=cast.bob, at=at, via="API")
    assert page_state(incident, later) == "acknowledged by bob"


def test_tells_that_a_page_does_not_arrive(
    ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()

    Page.objects.update(attempts=4)
    assert "not delivered, attempt 4" in page_state(incident, at)

    Page.objects.update(state=Page.State.FAILED)
    assert "every page failed" in page_state(incident, at)


def test_tells_that_nobody_is_paged(ladder: Ladder, open_incident: Opened, at: datetime) -> None:
    assert page_state(open_incident(severity="SEV4"), at) == "nobody is paged"

    silence(ladder.first)
    silence(ladder.second)
    assert page_state(open_incident(), at) == "nobody could be paged"


def overdue(at: datetime) -> list[tuple[str, int]]:
    return [(row.kind, row.pk) for row in selectors.overdue_rows(at=at)]


def test_lists_steps_that_nobody_started(
    ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()
    Page.objects.update(state=Page.State.SENT)

    assert overdue(at + timedelta(minutes=6)) == []
    late = selectors.overdue_rows(at=at + timedelta(minutes=6, seconds=1))
    assert [(row.kind, row.pk) for row in late] == [("incident", incident.pk)]
    assert late[0].text == f"{incident.reference}: level 2 is not paged yet"


def test_lists_pages_that_do_not_arrive(
    ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    page = open_incident().pages.get()

    assert overdue(at + timedelta(seconds=60)) == []
    assert overdue(at + timedelta(seconds=61)) == [("page", page.pk)]

    Page.objects.update(state=Page.State.FAILED)
    assert overdue(at) == [("page", page.pk)]


def test_lists_incidents_for_which_nothing_more_will_happen(
    ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    silent = open_incident(severity="SEV2")
    exhausted = open_incident()
    open_incident(severity="SEV4")
    exhausted.steps.update(state="started")
    Page.objects.update(state=Page.State.SENT)

    assert set(overdue(at + timedelta(minutes=2))) == {
        ("incident", silent.pk),
        ("incident", exhausted.pk),
    }


def test_lists_reviews_left_as_drafts(open_incident: Opened, at: datetime) -> None:
    incident = open_incident(severity="SEV4")
    services.resolve_incident(incident_id=incident.pk, resolved_by="tests", at=at)

    assert overdue(at + timedelta(days=3)) == []
    assert overdue(at + timedelta(days=3, seconds=1)) == [("review", incident.review.pk)]


def test_tells_who_is_on_call_and_whether_they_can_be_reached(cast: Cast, at: datetime) -> None:
    schedule = ScheduleFactory.create(slug="primary", name="Primary")
    ScheduleFactory.create(slug="empty", name="Empty")
    ScheduleMemberFactory.create(schedule=schedule, user=cast.bob)

    empty, primary = selectors.on_call_now(at=at)
    assert (empty.responder, empty.is_reachable) == ("", False)
    assert (primary.responder, primary.is_reachable) == ("bob", False)

    ContactMethod.objects.create(user=cast.bob, channel="console")
    assert selectors.on_call_now(at=at)[1].is_reachable


@pytest.mark.parametrize(
    "question", [selectors.open_incident_rows, selectors.on_call_now, selectors.overdue_rows]
)
def test_asks_as_often_whatever_there_is(
    ladder: Ladder,
    open_incident: Opened,
    at: datetime,
    question: Callable[..., list[object]],
) -> None:
    def grow() -> None:
        open_incident().services.add(ServiceFactory.create())
        ScheduleMemberFactory.create()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            question(at=at + timedelta(hours=1))
        return len(captured)

    grow()
    before = queries()
    for _more in range(3):
        grow()

    assert queries() == before


def test_gives_its_numbers_to_metrics(ladder: Ladder, open_incident: Opened) -> None:
    assert b"\nportal_page_oldest_wait_seconds " not in metrics.exposition()

    open_incident()
    shown = metrics.exposition().decode()

    assert 'portal_incidents_open{severity="SEV1"} 1.0' in shown
    assert 'portal_incidents_open{severity="SEV4"} 0.0' in shown
    assert 'portal_pages{state="pending"} 1.0' in shown
    assert "\nportal_page_oldest_wait_seconds " in shown
    assert not PageAttempt.objects.exists()
