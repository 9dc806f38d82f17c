"""Who is on call, and who is paged for what, for automation."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.factories.incidents import ScheduleFactory, ScheduleMemberFactory
from tests.incidents.ladder import Ladder, make_responder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def primary(db: None) -> None:
    schedule = ScheduleFactory.create(slug="primary", name="Primary", starts_on=date(2026, 3, 2))
    for position, name in enumerate(("maya", "jonas"), start=1):
        ScheduleMemberFactory.create(
            schedule=schedule, user=make_responder(name), position=position
        )


def test_tells_who_is_on_call_at_a_moment(alice_api: APIClient) -> None:
    answer = alice_api.get("/api/incidents/on-call?at=2026-03-09T08:59:59Z").json()
    later = alice_api.get("/api/incidents/on-call?at=2026-03-09T10:00:00+01:00").json()

    assert answer == [
        {
            "schedule": "primary",
            "schedule_name": "Primary",
            "responder": "maya",
            "until": "2026-03-09T09:00:00Z",
            "next_responder": "jonas",
            "is_reachable": True,
        }
    ]
    assert later[0]["responder"] == "jonas"


def test_says_that_nobody_is_on_call(alice_api: APIClient) -> None:
    answer = alice_api.get("/api/incidents/on-call?at=2026-03-01T12:00:00Z").json()

    assert answer[0]["responder"] == ""
    assert answer[0]["until"] is None
    assert answer[0]["is_reachable"] is False


@pytest.mark.parametrize(
    "moment", ["soon", "2026-03-02", "2026-13-01T00:00:00Z", "0001-01-01T00:00Z"]
)
def test_names_a_moment_that_is_none(alice_api: APIClient, moment: str) -> None:
    answer = alice_api.get("/api/incidents/on-call", {"at": moment})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/at"


def test_lists_the_policies_with_their_levels(alice_api: APIClient, ladder: Ladder) -> None:
    policy = alice_api.get("/api/incidents/escalation-policies").json()["results"][0]

    assert policy["severity"] == "SEV1"
    assert policy["team"] is None
    assert policy["levels"] == [
        {
            "position": 1,
            "ack_window_seconds": 300,
            "schedules": [],
            "users": [ladder.first.username],
        },
        {
            "position": 2,
            "ack_window_seconds": 600,
            "schedules": [],
            "users": [ladder.second.username],
        },
    ]


def test_asks_as_often_whatever_the_number_of_schedules(alice_api: APIClient, at: datetime) -> None:
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            alice_api.get("/api/incidents/on-call", {"at": at.isoformat()})
        counts.append(len(captured))
        ScheduleMemberFactory.create_batch(3)

    assert counts[0] == counts[1]
