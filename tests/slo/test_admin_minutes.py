"""From a budget to its minutes, and from a minute to what happened."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from events import services as events
from slo.models import Correction, Objective
from tests.conftest import NOON
from tests.factories.slo import ObjectiveFactory
from tests.slo.traffic import serve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def objective(at: datetime) -> Objective:
    objective = ObjectiveFactory.create(slug="shop")
    serve(objective.indicator, at=at, good=900, bad=100, minutes_ago=30)
    serve(objective.indicator, at=at, good=99_000, bad=0, minutes_ago=10)
    return objective


def page(browser: Client, objective: Objective, name: str, query: str = "") -> str:
    answer = browser.get(reverse(f"admin:slo_objective_{name}", args=[objective.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_worst_minute_leads_to_its_hour(objective: Objective, alice_browser: Client) -> None:
    text = page(alice_browser, objective, "change")

    address = f"/admin/slo/objective/{objective.pk}/minutes/?from=2026-03-02T11:30Z"
    assert address in text
    assert "99.90 %" not in text
    assert alice_browser.get(address).status_code == 200


def test_shows_what_each_minute_took(objective: Objective, alice_browser: Client) -> None:
    text = page(alice_browser, objective, "minutes")

    # 100 bad of a budget of 100.
    assert "100.00 %" in text


def test_shows_what_happened_meanwhile(
    objective: Objective, alice_browser: Client, at: datetime
) -> None:
    events.publish("shop.till.jammed", {"till": 7}, at=at - timedelta(minutes=5))

    assert "shop.till.jammed" in page(alice_browser, objective, "minutes")


def test_takes_a_corrected_minute_out(
    objective: Objective, alice_browser: Client, at: datetime
) -> None:
    Correction.objects.create(
        objective=objective,
        reason="Maintenance",
        starts_at=at - timedelta(minutes=31),
        duration_minutes=5,
        entered_at=at,
    )

    text = page(alice_browser, objective, "minutes")

    assert "corrected" in text
    assert "uncorrected" in page(alice_browser, objective, "change")


@pytest.mark.parametrize("span", ["6h", "24h", "7d", "30d", "century"])
def test_shows_the_time_that_is_chosen(
    objective: Objective, alice_browser: Client, span: str
) -> None:
    text = page(alice_browser, objective, "change", f"?span={span}")

    assert text.count('aria-current="true"') == 1


def test_is_for_those_who_may_see_it(objective: Objective, client: Client) -> None:
    address = reverse("admin:slo_objective_minutes", args=[objective.pk])
    clerk = User.objects.create_user("clerk", is_staff=True)
    client.force_login(clerk)

    assert client.get(address).status_code == 403


def test_an_unknown_objective_has_no_minutes(alice_browser: Client) -> None:
    for key in ("99999", "x", "9" * 30):
        assert alice_browser.get(f"/admin/slo/objective/{key}/minutes/").status_code == 404


def test_a_moment_that_cannot_be_read_is_now(objective: Objective, alice_browser: Client) -> None:
    assert "100" in page(alice_browser, objective, "minutes", "?from=soon")
