"""The home page in the admin, and the part of it that is asked for again and again."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from incidents.selectors import OnCallRow, ResolvedRow
from slo.selectors import Level
from tests.cast import Cast
from tests.dashboard.conftest import Furnish
from tests.dashboard.rooms import incident, objective, on_call, overdue

pytestmark = pytest.mark.django_db


def words(client: Client, address: str = "admin:index") -> str:
    return " ".join(client.get(reverse(address)).content.decode().split())


def test_tells_of_an_open_incident_all_that_decides_what_to_do(
    furnish: Furnish, alice_browser: Client
) -> None:
    furnish(open_incidents=[incident()])

    page = words(alice_browser)

    told = ("SEV1", "Checkout fails", "12 min", "INC-1", "sent 40 s ago, waiting", "checkout")
    assert [part for part in told if part not in page] == []


def test_draws_the_burn_down_of_a_burning_objective(
    furnish: Furnish, alice_browser: Client
) -> None:
    furnish(objectives=[objective(level=Level.CRITICAL)])

    page = words(alice_browser)

    assert "<title>Checkout availability: 90 %, then 31 % left</title>" in page
    assert "<strong><bdi>31 %</bdi></strong>" in page
    assert "<strong>14.4×</strong>" in page


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "Nobody is on call: there is no schedule."),
        ([on_call(responder="")], "Nobody is on call: add people to this schedule."),
        ([on_call(is_reachable=False)], "Alice cannot be reached"),
        ([on_call()], "<strong>Alice</strong>"),
    ],
)
def test_says_who_is_on_call_or_that_nobody_is(
    furnish: Furnish, alice_browser: Client, rows: list[OnCallRow], said: str
) -> None:
    furnish(on_call=rows)

    assert said in words(alice_browser)


def test_says_so_when_all_is_calm(furnish: Furnish, alice_browser: Client) -> None:
    furnish(objectives=[objective(), objective()])

    page = words(alice_browser)

    calm = ("No incident is open.", "Nothing is overdue.", "No objective is burning, and")
    assert [part for part in (*calm, "2 objectives are kept.") if part not in page] == []


def test_says_when_the_last_incident_was_resolved(
    furnish: Furnish, alice_browser: Client, at: datetime
) -> None:
    resolved_at = at - timedelta(days=900)
    furnish(last_resolved=ResolvedRow("INC-7", 7, "Checkout failed", resolved_at))

    page = words(alice_browser)

    assert "<bdi>INC-7</bdi> Checkout failed</a>" in page
    assert f'datetime="{resolved_at.isoformat()}"' in page


def test_escapes_what_people_wrote(furnish: Furnish, alice_browser: Client) -> None:
    written = "<script>alert(1)</script>"
    furnish(
        open_incidents=[incident(title=written, page_state=written)],
        late=[overdue(text=written)],
        on_call=[on_call(responder=written, is_reachable=False)],
        objectives=[objective(name=written, level=Level.HIGH)],
    )

    assert written not in words(alice_browser)


def test_refreshes_the_facts_alone(furnish: Furnish, alice_browser: Client) -> None:
    furnish(open_incidents=[incident()])

    answer = alice_browser.get(reverse("home-now"))

    assert "Checkout fails" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("person", [None, "charlie"])
def test_sends_those_who_may_not_look_to_sign_in(
    furnish: Furnish, client: Client, cast: Cast, person: str | None
) -> None:
    furnish(open_incidents=[incident()])
    if person:
        client.force_login(getattr(cast, person))

    answer = client.get(reverse("home-now"))

    assert answer.headers["HX-Redirect"] == reverse("admin:index")
    assert answer.content == b""


def test_tells_staff_without_rights_what_to_do(
    furnish: Furnish, client: Client, cast: Cast
) -> None:
    furnish(open_incidents=[incident()])
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
    furnish(on_call=[on_call(until=at.replace(year=2020))])

    assert "<bdi>2 Mar 12:00</bdi> UTC" in words(alice_browser)
