"""Why an objective is at its level, over the API."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from slo.models import Objective
from tests.conftest import NOON
from tests.factories.slo import BurnWindowFactory
from tests.slo.traffic import serve

pytestmark = pytest.mark.django_db


@pytest.fixture
def objective() -> Objective:
    return BurnWindowFactory.create(objective__slug="shop").objective


def standing(api: APIClient) -> dict[str, Any]:
    with time_machine.travel(NOON, tick=False):
        answer = api.get("/api/slo/objectives/shop/standing")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_tells_what_fires(objective: Objective, alice_api: APIClient, at: datetime) -> None:
    serve(objective.indicator, at=at, good=80, bad=20)

    found = standing(alice_api)

    assert found["service_level"] == pytest.approx(0.8)
    assert found["window"] == {"start": "2026-01-31T12:01:00Z", "end": "2026-03-02T12:01:00Z"}
    assert found["pairs"] == [
        {
            "level": "critical",
            "long_minutes": 60,
            "short_minutes": 5,
            "fires_above": 14.4,
            "long_burn": 200.0,
            "short_burn": 200.0,
            "state": "firing",
            "coverage": None,
            "frozen": False,
            "suppressed": False,
            "inhibited": False,
        }
    ]


def test_tells_what_few_requests_cannot_prove(
    objective: Objective, alice_api: APIClient, at: datetime
) -> None:
    serve(objective.indicator, at=at, good=59, bad=1)

    found = standing(alice_api)

    assert found["burn_rate"]["level"] == "normal"
    assert (found["pairs"][0]["state"], found["pairs"][0]["suppressed"]) == ("firing", True)


def test_tells_that_too_little_was_reported(
    objective: Objective, alice_api: APIClient, at: datetime
) -> None:
    objective.indicator.report_minutes = 1
    objective.indicator.save()
    serve(objective.indicator, at=at, good=0, bad=20, minutes_ago=50)
    serve(objective.indicator, at=at, good=0, bad=20)

    pair = standing(alice_api)["pairs"][0]

    assert (pair["state"], pair["frozen"]) == ("unknown", True)
    assert pair["coverage"] < 0.5
