"""POST /api/disaster-recovery/failover: refuses honestly, because nothing could be moved."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from events.models import Event
from recovery.models import Drill
from tests.cast import Cast
from tests.factories.recovery import PlanFactory

pytestmark = pytest.mark.django_db

FAILOVER = "/api/disaster-recovery/failover"
WANTED = {"plan": "database", "reason": "The primary is gone.", "mode": "real"}


@pytest.mark.parametrize("mode", ["drill", "real"])
def test_says_that_the_plan_has_no_automated_step(mode: str, alice_api: APIClient) -> None:
    PlanFactory.create(slug="database")

    answer = alice_api.post(FAILOVER, WANTED | {"mode": mode})

    problem = answer.json()
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["type"] == "urn:portal:problem:plan-has-no-executor"
    assert "database has no automated step, so nothing was done" in problem["detail"]
    assert "Record drill" in problem["detail"]
    assert not Drill.objects.exists()
    assert not Event.objects.exists()


def test_does_not_know_every_plan(alice_api: APIClient) -> None:
    PlanFactory.create(slug="files")

    answer = alice_api.post(FAILOVER, WANTED)

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:portal:problem:unknown-plan"
    assert "Known: files" in answer.json()["detail"]
    assert answer.json()["errors"][0]["pointer"] == "/plan"


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"plan": "no slug!"}, "/plan"),
        ({"plan": None}, "/plan"),
        ({"reason": "  "}, "/reason"),
        ({"reason": None}, "/reason"),
        ({"mode": "maybe"}, "/mode"),
        ({"mode": None}, "/mode"),
    ],
    ids=str,
)
def test_refuses_bad_input(told: dict[str, Any], pointer: str, alice_api: APIClient) -> None:
    PlanFactory.create(slug="database")

    answer = alice_api.post(FAILOVER, WANTED | told)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_names_every_field_that_is_missing(alice_api: APIClient) -> None:
    answer = alice_api.post(FAILOVER, {})

    assert {e["pointer"] for e in answer.json()["errors"]} == {"/plan", "/reason", "/mode"}


def test_refuses_the_same_again_under_one_idempotency_key(alice_api: APIClient) -> None:
    PlanFactory.create(slug="database")

    answers = [alice_api.post(FAILOVER, WANTED, headers={"Idempotency-Key": "1"}) for _ in "ab"]

    assert [answer.status_code for answer in answers] == [409, 409]


def test_needs_the_right_to_record_drills(cast: Cast) -> None:
    PlanFactory.create(slug="database")
    api = APIClient()
    api.force_authenticate(cast.bob)
    assert api.post(FAILOVER, WANTED).status_code == 403

    cast.bob.user_permissions.add(Permission.objects.get(codename="add_drill"))
    api.force_authenticate(type(cast.bob).objects.get(pk=cast.bob.pk))

    assert api.post(FAILOVER, WANTED).status_code == 409
