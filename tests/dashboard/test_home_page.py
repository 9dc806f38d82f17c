"""The home page in the admin, and the part of it that is asked for again and again."""

from dataclasses import replace
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.dashboard.conftest import Furnish
from tests.dashboard.rooms import Incident, Incidents, Objective, Objectives, OnCall, Overdue

pytestmark = pytest.mark.django_db


def words(client: Client, address: str = "admin:index") -> str:
    return " ".join(client.get(reverse(address)).content.decode().split())


def test_tells_of_an_open_incident_all_that_decides_what_to_do(
    furnish: Furnish, alice_browser: Client
) -> None:
    furnish(incidents=Incidents(rows=[Incident()]))

    page = words(alice_browser)

    told = ("SEV1", "Checkout fails", "12 min", "INC-1", "sent 40 s ago, waiting", "checkout")
    assert [part for part in told if part not in page] == []


def test_draws_the_burn_down_of_a_burning_objective(
    furnish: Furnish, alice_browser: Client
) -> None:
    furnish(objectives=Objectives(rows=[Objective(level="critical")]))

    page = words(alice_browser)

    assert "<svg><title>Checkout availability</title></svg>" in page
    assert "<strong>31 %</strong>" in page
    assert "<strong>14.4×</strong>" in page


@pytest.mark.parametrize(
    ("on_call", "said"),
    [
        ([], "Nobody is on call: there is no schedule."),
        ([replace(OnCall(), responder="")], "Nobody is on call: add people to this schedule."),
        ([replace(OnCall(), is_reachable=False)], "Alice cannot be reached"),
        ([OnCall()], "<strong>Alice</strong>"),
    ],
)
def test_says_who_is_on_call_or_that_nobody_is(
    furnish: Furnish, alice_browser: Client, on_call: list[OnCall], said: str
) -> None:
    furnish(incidents=Incidents(on_call=on_call))

    assert said in words(alice_browser)


def test_says_so_when_all_is_calm(furnish: Furnish, alice_browser: Client) -> None:
    furnish(incidents=Incidents(), objectives=Objectives(rows=[Objective(), Objective()]))

    page = words(alice_browser)

    calm = ("No incident is open.", "Nothing is overdue.", "No objective is burning, and")
    assert [part for part in (*calm, "2 objectives are kept.") if part not in page] == []


def test_escapes_what_people_wrote(furnish: Furnish, alice_browser: Client) -> None:
    written = "<script>alert(1)</script>"
    furnish(
        incidents=Incidents(
            rows=[Incident(title=written, page_state=written)],
            overdue=[Overdue(text=written)],
            on_call=[OnCall(responder=written, is_reachable=False)],
        ),
        objectives=Objectives(rows=[Objective(name=written, level="high")]),
    )

    assert written not in words(alice_browser)


def test_refreshes_the_facts_alone(furnish: Furnish, alice_browser: Client) -> None:
    furnish(incidents=Incidents(rows=[Incident()]))

    answer = alice_browser.get(reverse("home-now"))

    assert "Checkout fails" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("person", [None, "charlie"])
def test_sends_those_who_may_not_look_to_sign_in(
    furnish: Furnish, client: Client, cast: Cast, person: str | None
) -> None:
    furnish(incidents=Incidents(rows=[Incident()]))
    if person:
        client.force_login(getattr(cast, person))

    answer = client.get(reverse("home-now"))

    assert answer.headers["HX-Redirect"] == reverse("admin:index")
    assert answer.content == b""


def test_tells_staff_without_rights_what_to_do(
    furnish: Furnish, client: Client, cast: Cast
) -> None:
    furnish(incidents=Incidents(rows=[Incident()]))
    client.force_login(cast.bob)

    page = words(client)

    assert "Ask an administrator for the rights you need." in page
    assert "Checkout fails" not in page


def test_leads_home_after_signing_in_without_a_next_page(client: Client, cast: Cast) -> None:
    answer = client.post(
        reverse("admin:login"), {"username": cast.alice.username, "password": "alice-password"}
    )

    assert answer.headers["Location"] == reverse("admin:index")


def test_shows_times_with_the_zone(furnish: Furnish, alice_browser: Client, at: datetime) -> None:
    furnish(incidents=Incidents(on_call=[OnCall(until=at.replace(year=2020))]))

    assert "<bdi>2 Mar 12:00</bdi> UTC" in words(alice_browser)
