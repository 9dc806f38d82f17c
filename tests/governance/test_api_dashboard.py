"""GET /api/governance/dashboard"""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from governance import selectors
from tests.factories.governance import ApiFactory, ApiVersionFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)
EMPTY = {"draft": 0, "active": 0, "deprecated": 0, "sunset": 0, "retired": 0}


def test_counts_nothing_where_nothing_is_and_gives_no_score(alice_api: APIClient) -> None:
    answer = alice_api.get("/api/governance/dashboard")

    assert answer.status_code == 200
    assert answer.json() == {
        "apis": 0,
        "versions": 0,
        "versions_by_lifecycle": EMPTY,
        "near_sunset": [],
        "score": None,
        "score_reason": "No audit has run.",
    }


def test_counts_apis_and_versions_by_lifecycle(alice_api: APIClient) -> None:
    api = ApiFactory.create()
    ApiVersionFactory.create_batch(2, api=api)
    ApiVersionFactory.create(api=api, lifecycle="active", released_on=TODAY)

    document = alice_api.get("/api/governance/dashboard").json()

    assert (document["apis"], document["versions"]) == (1, 3)
    assert document["versions_by_lifecycle"] == EMPTY | {"draft": 2, "active": 1}


@time_machine.travel(datetime(2026, 3, 2, 12, 0, tzinfo=UTC), tick=False)
def test_names_the_versions_near_their_last_day(alice_api: APIClient) -> None:
    ApiVersionFactory.create(
        api=ApiFactory.create(slug="orders"),
        version="1.0",
        lifecycle="sunset",
        released_on=TODAY - timedelta(days=400),
        sunset_on=TODAY + timedelta(days=30),
    )

    near = alice_api.get("/api/governance/dashboard").json()["near_sunset"]

    assert near == [
        {
            "api": "orders",
            "version": "1.0",
            "lifecycle": "sunset",
            "sunset_on": "2026-04-01",
            "days_left": 30,
        }
    ]


@pytest.mark.parametrize(
    ("lifecycle", "days", "is_named"),
    [
        ("deprecated", 90, True),
        ("deprecated", 91, False),
        ("active", 1, True),
        ("sunset", -5, True),
        ("retired", 10, False),
        ("draft", 10, False),
    ],
)
def test_names_only_what_clients_still_use(lifecycle: str, days: int, is_named: bool) -> None:
    ApiVersionFactory.create(
        lifecycle=lifecycle,
        released_on=TODAY - timedelta(days=400),
        sunset_on=TODAY + timedelta(days=days),
    )

    near = selectors.versions_near_sunset(today=TODAY)

    assert [row.days_left for row in near] == ([days] if is_named else [])


def test_asks_the_database_as_often_for_many_as_for_few(
    at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(4):
        ApiVersionFactory.create(
            lifecycle="active",
            released_on=TODAY - timedelta(days=1),
            sunset_on=TODAY + timedelta(days=1),
        )

    with django_assert_num_queries(3):
        assert len(selectors.dashboard(at=at).near_sunset) == 4


def test_answers_nobody_without_the_right(charlie_api: APIClient) -> None:
    assert charlie_api.get("/api/governance/dashboard").status_code == 403
