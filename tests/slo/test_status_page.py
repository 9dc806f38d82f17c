"""What anybody may see of a service, and that nobody may until it is switched on."""

from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.test import Client

from slo.models import Objective, StatusPage
from slo.rules.badge import Badge
from tests.conftest import NOON
from tests.factories.slo import BurnWindowFactory, ObjectiveFactory
from tests.slo.traffic import serve

pytestmark = pytest.mark.django_db


@pytest.fixture
def objective(at: datetime) -> Objective:
    objective = BurnWindowFactory.create(
        objective__slug="shop", objective__name="Shop & Co", objective__indicator__service__slug="s"
    ).objective
    serve(objective.indicator, at=at, good=99_950, bad=50)
    return objective


def publish(objective: Objective, **changes: object) -> None:
    StatusPage.objects.create(service=objective.indicator.service, is_public=True, **changes)


@pytest.mark.parametrize("address", ["/status/s", "/status/s/shop.svg"])
def test_shows_nothing_until_it_is_switched_on(
    objective: Objective, client: Client, address: str
) -> None:
    assert client.get(address).status_code == 404

    StatusPage.objects.create(service=objective.indicator.service)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/status/other", "/status/s/other.svg"])
def test_knows_only_what_there_is(objective: Objective, client: Client, address: str) -> None:
    publish(objective)

    assert client.get(address).status_code == 404


@time_machine.travel(NOON, tick=False)
def test_shows_how_a_service_stands(objective: Objective, client: Client) -> None:
    publish(objective, headline="We look into it.")

    answer = client.get("/status/s")

    text = answer.content.decode()
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Every promise is kept." in text
    assert "We look into it." in text
    assert "99.950 %" in text
    assert "Shop &amp; Co" in text


@time_machine.travel(NOON, tick=False)
def test_says_that_a_budget_is_spent(objective: Objective, client: Client, at: datetime) -> None:
    publish(objective)
    serve(objective.indicator, at=at, good=0, bad=500)

    assert "its budget is spent" in client.get("/status/s").content.decode()


@time_machine.travel(NOON, tick=False)
def test_draws_a_badge(objective: Objective, client: Client) -> None:
    publish(objective)

    answer = client.get("/status/s/shop.svg")

    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    drawing = ET.fromstring(answer.content)  # noqa: S314  (our own answer)
    assert drawing.attrib["aria-label"] == "Shop & Co: 99.950 % · budget 50 %"


@time_machine.travel(NOON, tick=False)
def test_draws_a_badge_without_data(client: Client) -> None:
    silent = ObjectiveFactory.create(slug="silent", indicator__service__slug="s")
    publish(silent)

    assert "no data" in client.get("/status/s/silent.svg").content.decode()


def test_a_page_that_is_not_active_is_left_out(objective: Objective, client: Client) -> None:
    publish(objective)
    Objective.objects.update(is_active=False)

    assert client.get("/status/s/shop.svg").status_code == 404
    assert "Nothing is promised" in client.get("/status/s").content.decode()


def test_a_badge_is_as_wide_as_its_parts() -> None:
    badge = Badge("a" * 10, "b" * 5, "#000")

    assert badge.width == badge.label_width + badge.message_width == 76 + 43
    assert badge.label_width < badge.message_middle < badge.width
