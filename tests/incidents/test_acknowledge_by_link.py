"""The link in a page: one button, no account, and nothing happens by looking."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from incidents import services
from incidents.models import Incident
from incidents.services.links import acknowledge_address
from portal.shared import clock
from tests.cast import Cast
from tests.incidents.ladder import Ladder

pytestmark = pytest.mark.django_db

Opened = Callable[..., Incident]


@pytest.fixture
def incident(ladder: Ladder, open_incident: Opened) -> Incident:
    return open_incident()


@pytest.fixture
def link(incident: Incident) -> str:
    address = acknowledge_address(incident.pages.get())
    return "/" + address.split("/", 3)[3]


def test_shows_the_incident_and_changes_nothing(
    client: Client, incident: Incident, link: str
) -> None:
    for method in (client.get, client.head):
        answer = method(link)
        assert answer.status_code == 200

    page = client.get(link).content.decode()
    incident.refresh_from_db()
    assert incident.status == Incident.Status.TRIGGERED
    for shown in (incident.reference, "SEV1", incident.title, "<button"):
        assert shown in page
    assert "no-cache" in client.get(link).headers["Cache-Control"]


def test_acknowledges_as_the_responder_without_cookies(
    incident: Incident, link: str, ladder: Ladder
) -> None:
    answer = Client(enforce_csrf_checks=True).post(link)

    incident.refresh_from_db()
    assert answer.status_code == 200
    assert incident.acknowledged_by == ladder.first.username
    assert incident.timeline.latest("id").via == "page link"
    assert "It is yours" in answer.content.decode()


def test_names_who_else_was_paged(
    client: Client, incident: Incident, link: str, ladder: Ladder, at: datetime
) -> None:
    services.start_due_steps(at=at + timedelta(minutes=5))

    assert ladder.second.username in client.get(link).content.decode()


def test_says_who_was_faster(
    client: Client, cast: Cast, incident: Incident, link: str, at: datetime
) -> None:
    services.acknowledge_incident(incident_id=incident.pk, acting_user=cast.bob, at=at, via="admin")

    for answer, status in ((client.get(link), 200), (client.post(link), 409)):
        assert answer.status_code == status
        assert "bob acknowledged this incident already" in answer.content.decode()
        assert "<button" not in answer.content.decode()


def test_says_that_it_is_over(
    client: Client, cast: Cast, incident: Incident, link: str, at: datetime
) -> None:
    services.resolve_incident(incident_id=incident.pk, acting_user=cast.bob, at=at)

    for answer in (client.get(link), client.post(link)):
        assert "bob resolved it" in answer.content.decode()
        assert "<button" not in answer.content.decode()


@pytest.mark.parametrize("garble", [lambda t: t[:-1], lambda t: "x" + t, lambda _t: "nonsense"])
def test_refuses_a_garbled_link(
    client: Client, incident: Incident, link: str, garble: Callable[[str], str]
) -> None:
    head, token = link.rsplit("/", 1)

    for method in (client.get, client.post):
        answer = method(f"{head}/{garble(token)}")
        assert answer.status_code == 410
        assert "not whole" in answer.content.decode()

    incident.refresh_from_db()
    assert incident.status == Incident.Status.TRIGGERED


def test_refuses_a_link_after_a_week(client: Client, incident: Incident, link: str) -> None:
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        answer = client.post(link)

    incident.refresh_from_db()
    assert answer.status_code == 410
    assert "older than 7 days" in answer.content.decode()
    assert incident.status == Incident.Status.TRIGGERED


def test_refuses_the_link_of_somebody_deactivated(
    client: Client, incident: Incident, link: str, ladder: Ladder
) -> None:
    ladder.first.is_active = False
    ladder.first.save()

    assert client.post(link).status_code == 410


def test_escapes_what_a_title_holds(client: Client, incident: Incident, link: str) -> None:
    Incident.objects.update(title="<script>alert(1)</script>")

    assert "<script>" not in client.get(link).content.decode()
