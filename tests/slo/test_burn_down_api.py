"""The burn-down to the minute, over REST: its document, its limits, its refusals."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from slo import selectors
from slo.models import Objective
from tests.factories.slo import ObjectiveFactory
from tests.slo.traffic import serve

pytestmark = pytest.mark.django_db


@pytest.fixture
def objective() -> Objective:
    return ObjectiveFactory.create(slug="shop", target=90)


def ask(client: APIClient, at: datetime, **asked: str | int) -> Any:
    address = "/api/slo/objectives/shop/burn-down"
    return client.get(address, {"at": at.isoformat(), **asked})


def test_answers_every_minute(alice_api: APIClient, objective: Objective, at: datetime) -> None:
    serve(objective.indicator, at=at, good=99, bad=1, minutes_ago=2)
    serve(objective.indicator, at=at, good=95, bad=5)

    document = ask(alice_api, at, days=1).json()

    assert document["slo_id"] == "shop"
    assert document["step_seconds"] == 60
    assert document["first"] == (at - timedelta(days=1) + timedelta(minutes=1)).isoformat()
    assert len(document["remaining"]) == 1441
    assert document["remaining"][-5:] == [None, None, 0.9, 0.9, 0.7]


def test_agrees_with_the_status_at_each_step(
    alice_api: APIClient, objective: Objective, at: datetime
) -> None:
    for hours in range(0, 48, 5):
        serve(objective.indicator, at=at, good=90, bad=hours, minutes_ago=hours * 60)

    document = ask(alice_api, at, days=2, step="1h").json()

    first = datetime.fromisoformat(document["first"])
    for number, remaining in enumerate(document["remaining"]):
        moment = first + number * timedelta(hours=1) - timedelta(minutes=1)
        found = selectors.objective_status("shop", at=moment).remaining
        assert remaining == (None if found is None else round(found, 6))


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"days": "0"}, "/days"),
        ({"days": "91"}, "/days"),
        ({"days": "1" * 5000}, "/days"),
        ({"days": "x"}, "/days"),
        ({"step": "0m"}, "/step"),
        ({"step": "2d"}, "/step"),
        ({"step": "1"}, "/step"),
        ({"step": ""}, "/step"),
        ({"step": "9" * 5000 + "m"}, "/step"),
    ],
)
def test_refuses_what_it_cannot_draw(
    alice_api: APIClient, objective: Objective, at: datetime, asked: Any, pointer: str
) -> None:
    response = ask(alice_api, at, **asked)

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_knows_no_other_objective(alice_api: APIClient, at: datetime) -> None:
    assert ask(alice_api, at).status_code == 404


def test_needs_the_right(charlie_api: APIClient, objective: Objective, at: datetime) -> None:
    assert ask(charlie_api, at).status_code == 403


def test_sees_what_was_added_to_a_day_that_is_over(
    alice_api: APIClient, objective: Objective, at: datetime
) -> None:
    serve(objective.indicator, at=at, good=100, bad=0)
    serve(objective.indicator, at=at, good=100, bad=0, minutes_ago=3 * 1440)
    assert ask(alice_api, at, days=1).json()["remaining"][-1] == 1.0

    serve(objective.indicator, at=at, good=190, bad=10, minutes_ago=3 * 1440)

    assert ask(alice_api, at, days=1).json()["remaining"][-1] == 0.75
