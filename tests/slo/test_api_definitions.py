"""Promises and what they count, made and changed over the API."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from slo.api.definitions import (
    NewIndicatorSerializer,
    NewObjectiveSerializer,
    ObjectiveChangeSerializer,
)
from slo.models import Indicator, Objective
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import BurnWindowFactory, IndicatorFactory, ObjectiveFactory

pytestmark = pytest.mark.django_db
INDICATORS, OBJECTIVES = "/api/slo/indicators", "/api/slo/objectives"


def fields(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    "serializer", [NewIndicatorSerializer, NewObjectiveSerializer, ObjectiveChangeSerializer]
)
def test_examples_are_accepted(serializer: Any) -> None:
    for example in serializer._spectacular_annotation["examples"]:
        serializer(data=example.value).is_valid(raise_exception=True)


def test_counts_something_new(alice_api: APIClient) -> None:
    ServiceFactory.create(slug="shop")

    answer = alice_api.post(
        INDICATORS,
        {
            "slug": "shop-latency",
            "name": "Shop",
            "service": "shop",
            "kind": "latency",
            "latency_threshold_ms": 300,
        },
    )

    assert answer.status_code == 201
    assert answer.json()["latency_threshold_ms"] == 300
    assert alice_api.get(f"{INDICATORS}/shop-latency").json()["service"] == "shop"


def test_blends_a_composite(alice_api: APIClient) -> None:
    one, other = IndicatorFactory.create(slug="one"), IndicatorFactory.create(slug="other")

    answer = alice_api.post(
        INDICATORS,
        {
            "slug": "journey",
            "name": "Journey",
            "service": one.service.slug,
            "kind": "composite",
            "components": [{"indicator": "one", "weight": 3}, {"indicator": other.slug}],
        },
    )

    assert answer.status_code == 201
    journey = Indicator.objects.get(slug="journey")
    assert list(journey.components.values_list("member__slug", "weight")) == [
        ("one", 3),
        ("other", 1),
    ]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"service": "nowhere"}, "/service"),
        ({"kind": "slices"}, "/kind"),
        ({"kind": "latency"}, "/"),
        ({"kind": "composite", "components": [{"indicator": "none"}]}, "/components"),
        ({"endpoint": "orders"}, "/endpoint"),
        ({"report_minutes": 0}, "/report_minutes"),
    ],
)
def test_refuses_an_indicator_by_field(
    alice_api: APIClient, changed: dict[str, Any], pointer: str
) -> None:
    ServiceFactory.create(slug="shop")
    wanted = {"slug": "x", "name": "X", "service": "shop", "kind": "availability", **changed}

    answer = alice_api.post(INDICATORS, wanted)

    assert answer.status_code in {400, 404}
    assert fields(answer) == [pointer]
    assert not Indicator.objects.exists()


def test_promises_something(alice_api: APIClient) -> None:
    IndicatorFactory.create(slug="shop")

    answer = alice_api.post(
        OBJECTIVES,
        {
            "slug": "shop",
            "name": "Shop",
            "indicator": "shop",
            "target": "99.5",
            "window": {"calendar_unit": "month", "time_zone": "Europe/Berlin"},
            "slices": {"budgeting": "timeslices", "minutes": 5, "target": "95"},
        },
    )

    assert answer.status_code == 201
    document = answer.json()
    assert document["calendar_unit"] == "month"
    assert document["slice_target"] == 95.0
    assert len(document["burn_windows"]) == 4


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"indicator": "none"}, "/indicator"),
        ({"target": "100"}, "/target"),
        ({"window": {"rolling_days": 91}}, "/window/rolling_days"),
        ({"window": {"time_zone": "Mars/Base"}}, "/window/time_zone"),
        ({"window": {"rolling_days": 7, "calendar_unit": "day"}}, "/window"),
        ({"slices": {"budgeting": "timeslices", "minutes": 7}}, "/slices/minutes"),
        ({"slices": {"budgeting": "timeslices", "minutes": 5}}, "/"),
    ],
)
def test_refuses_an_objective_by_field(
    alice_api: APIClient, changed: dict[str, Any], pointer: str
) -> None:
    IndicatorFactory.create(slug="shop")
    wanted = {"slug": "x", "name": "X", "indicator": "shop", "target": "99", **changed}

    answer = alice_api.post(OBJECTIVES, wanted)

    assert answer.status_code == 400
    assert fields(answer)[0].startswith(pointer)
    assert not Objective.objects.exists()


def test_changes_a_promise_and_nothing_else(alice_api: APIClient) -> None:
    ObjectiveFactory.create(slug="shop", level="high")

    answer = alice_api.patch(
        f"{OBJECTIVES}/shop", {"target": "99.5", "window": {"rolling_days": 7}}
    )

    assert answer.status_code == 200
    found = Objective.objects.get()
    assert (found.target, found.window_days, found.level) == (Decimal("99.5"), 7, "high")


def test_goes_from_a_calendar_back_to_days(alice_api: APIClient) -> None:
    ObjectiveFactory.create(slug="shop", window_kind="calendar", calendar_unit="week")

    alice_api.patch(f"{OBJECTIVES}/shop", {"window": {"rolling_days": 7}})

    assert alice_api.get(f"{OBJECTIVES}/shop").json()["calendar_unit"] == ""


def test_refuses_a_change_that_strands_an_alert(alice_api: APIClient) -> None:
    BurnWindowFactory.create(objective__slug="shop")

    answer = alice_api.patch(f"{OBJECTIVES}/shop", {"target": "90"})

    assert answer.status_code == 400
    assert "could never fire" in answer.json()["errors"][0]["detail"]


def test_is_for_those_who_may(charlie_api: APIClient) -> None:
    ObjectiveFactory.create(slug="shop")

    assert charlie_api.post(OBJECTIVES, {}).status_code == 403
    assert charlie_api.post(INDICATORS, {}).status_code == 403
    assert charlie_api.patch(f"{OBJECTIVES}/shop", {}).status_code == 403
    assert charlie_api.get(f"{OBJECTIVES}/shop/standing").status_code == 403
