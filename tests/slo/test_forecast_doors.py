"""Forecasts and what-ifs at their doors: API, shell, admin, clock."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from slo import tasks
from slo.models import Forecast, Objective
from tests.cast import Cast
from tests.factories.slo import BurnWindowFactory, ForecastFactory, ObjectiveFactory
from tests.slo.traffic import serve, serve_days

pytestmark = pytest.mark.django_db
FORECAST = "/api/slo/objectives/shop/forecast"
WHAT_IF = "/api/slo/objectives/shop/what-if"
SCORECARD = "/api/slo/forecasts/scorecard"
SCORES = reverse("admin:slo_forecast_changelist")
OF_SHOP = reverse("admin:slo_forecast_of", args=["shop"])
IF_SHOP = reverse("admin:slo_what_if", args=["shop"])


@pytest.fixture(autouse=True)
def at_noon(at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def shop(at: datetime) -> Objective:
    window = BurnWindowFactory.create(
        objective__slug="shop", objective__target=Decimal(99), objective__window_days=7
    )
    objective: Objective = window.objective
    serve_days(objective.indicator, at=at, days=10, good=1500, bad=3)
    for ago in range(2880, 2860, -1):
        serve(objective.indicator, at=at, good=0, bad=800, minutes_ago=ago)
    return objective


def judged(objective: Objective, at: datetime, **told: Any) -> None:
    for hours in range(24, 28):
        ForecastFactory.create(
            objective=objective,
            made_at=at - timedelta(hours=hours),
            consumed_then=1.2 if hours == 24 else 0.8,
            was_depleted=hours == 24,
            **told,
        )


def test_the_forecast_of_one(alice_api: APIClient, shop: Objective) -> None:
    document = alice_api.get(FORECAST).json()

    assert [horizon["hours"] for horizon in document["horizons"]] == [24, 72]
    assert (document["slo_id"], document["period"]) == ("shop", None)
    assert set(document["depletion_chance"]) == {"24h", "72h"}
    past = alice_api.get(FORECAST, {"at": "2026-03-01T12:00:00Z"}).json()
    assert past["at"] == "2026-03-01T12:00:00Z"


def test_a_calendar_period_is_in_the_forecast(alice_api: APIClient, at: datetime) -> None:
    objective = ObjectiveFactory.create(
        slug="shop", window_kind="calendar", calendar_unit="month", target=Decimal(99)
    )
    serve_days(objective.indicator, at=at, days=20, good=995, bad=5)

    period = alice_api.get(FORECAST).json()["period"]

    assert period["ends_at"] == "2026-04-01T00:00:00Z"
    assert period["spent_so_far"] == pytest.approx(0.5)
    assert period["spent_of_whole"] < 0.05
    assert period["forecast"]["median"] == pytest.approx(0.5, abs=0.1)


def test_the_dashboard_tells_what_was_stored(
    alice_api: APIClient, shop: Objective, at: datetime
) -> None:
    made_at = at - timedelta(minutes=59)
    for hours, chance in ((24, 0.25), (72, 0.5)):
        ForecastFactory.create(
            objective=shop,
            made_at=made_at,
            horizon_hours=hours,
            depletion_chance=chance,
            depletes_early=at + timedelta(hours=20),
        )
    ForecastFactory.create(objective=shop, made_at=at - timedelta(hours=3), depletion_chance=1)

    (document,) = alice_api.get("/api/slo/dashboard").json()["objectives"]

    assert document["depletion_chance"] == {"24h": 0.25, "72h": 0.5}
    assert document["burn_rate"]["projected_depletion"] is None
    assert document["projected_depletion_interval"] == ["2026-03-03T08:00:00Z", None]
    Forecast.objects.update(made_at=F("made_at") - timedelta(hours=2))
    (stale,) = alice_api.get("/api/slo/dashboard").json()["objectives"]
    assert stale["depletion_chance"] == {"24h": None, "72h": None}


def test_the_scorecard_says_how_good_forecasts_were(
    alice_api: APIClient, shop: Objective, at: datetime
) -> None:
    judged(shop, at)

    document = alice_api.get(SCORECARD, {"slo_id": "shop"}).json()

    day, three_days = document["horizons"]
    assert day["overall"]["judged"] == day["overall"]["judged_with_budget_left"] == 4
    assert day["overall"]["coverage"] == 0.75
    assert day["overall"]["mean_absolute_error"] == pytest.approx((0.45 + 3 * 0.05) / 4)
    assert day["overall"]["brier_skill"] == 0
    assert [one["slo_id"] for one in day["objectives"]] == ["shop"]
    assert three_days["overall"] is None
    assert alice_api.get(SCORECARD, {"slo_id": "nothing"}).status_code == 404


def test_what_if_compares_with_the_present(alice_api: APIClient, shop: Objective) -> None:
    answer = alice_api.post(
        WHAT_IF,
        {
            "target": "90",
            "exclusions": [{"start": "2026-02-28T12:00:00Z", "end": "2026-02-28T12:25:00Z"}],
        },
        format="json",
    )

    assert answer.status_code == 200
    present, changed = answer.json()["present"], answer.json()["changed"]
    assert present["times_exhausted"] == 1
    assert [alert["level"] for alert in present["alerts"]] == ["critical"]
    assert (changed["target"], changed["alerts"], changed["times_exhausted"]) == (90, [], 0)
    assert len(changed["curve"]) == 360
    assert changed["curve"][-1]["at"] == "2026-03-02T12:00:00Z"
    assert Objective.objects.get().target == 99


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"target": "100"}, "/target"),
        ({"target": "many"}, "/target"),
        ({"days": 91}, "/days"),
        ({"latency_threshold_ms": 5}, "/latency_threshold_ms"),
        (
            {"exclusions": [{"start": "2026-03-01T02:00:00Z", "end": "2026-03-01T02:00:00Z"}]},
            "/exclusions/0/end",
        ),
        (
            {
                "burn_windows": [
                    {"level": "low", "long_minutes": 5, "short_minutes": 5, "consumption": "0.1"}
                ]
            },
            "/burn_windows/0/short_minutes",
        ),
    ],
)
def test_senseless_changes_are_named(
    alice_api: APIClient, shop: Objective, changes: dict[str, Any], pointer: str
) -> None:
    answer = alice_api.post(WHAT_IF, changes, format="json")

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("path", [FORECAST, SCORECARD])
def test_doors_need_the_right(charlie_api: APIClient, shop: Objective, path: str) -> None:
    assert charlie_api.get(path).status_code == 403
    assert charlie_api.post(WHAT_IF, {}, format="json").status_code == 403


def test_the_command_prints_both(shop: Objective) -> None:
    out = StringIO()

    call_command(
        "slo_what_if",
        "shop",
        "--target=99.5",
        "--burn-window=high:120:10:0.05",
        "--exclude=2026-02-28T12:00:00Z/2026-02-28T12:25:00Z",
        stdout=out,
    )

    lines = out.getvalue().splitlines()
    assert lines[2].split() == ["target", "99", "%", "99.5", "%"]
    assert "Alerts, present: 1" in lines
    assert "Alerts, changed: none" in lines


@pytest.mark.parametrize(
    "argument", ["--target=many", "--burn-window=high:2", "--exclude=today", "--days=0"]
)
def test_the_command_refuses_nonsense(shop: Objective, argument: str) -> None:
    with pytest.raises(CommandError):
        call_command("slo_what_if", "shop", argument)


def test_the_clock_makes_forecasts(shop: Objective) -> None:
    tasks.make_forecasts()
    tasks.make_forecasts()

    assert Forecast.objects.count() == 2


def test_the_page_shows_how_good_forecasts_were(
    alice_browser: Client, shop: Objective, at: datetime
) -> None:
    judged(shop, at)

    text = alice_browser.get(SCORES).content.decode()

    assert "How good forecasts of 24 hours were" in text
    assert OF_SHOP in text
    assert "No forecast of this horizon has been judged yet." in text


def test_a_page_draws_the_fan(alice_browser: Client, shop: Objective) -> None:
    text = alice_browser.get(OF_SHOP).content.decode()

    assert '<svg class="op-fan"' in text
    assert "<desc>In 24 hours" in text
    assert text.count("<polygon") == 2


def test_without_data_the_page_says_so(alice_browser: Client) -> None:
    ObjectiveFactory.create(slug="shop")

    assert "A forecast needs a day of data." in alice_browser.get(OF_SHOP).content.decode()


def test_a_page_replays_changes(alice_browser: Client, shop: Objective) -> None:
    assert "Side by side" not in alice_browser.get(IF_SHOP).content.decode()

    text = alice_browser.get(IF_SHOP, {"target": "90"}).content.decode()

    assert "<bdi>90 %</bdi>" in text
    assert text.count("<polyline") == 2
    refused = alice_browser.get(IF_SHOP, {"target": "100", "window_days": "7"}).content.decode()
    assert "Side by side" not in refused
    assert "errorlist" in refused


@pytest.mark.parametrize("path", [OF_SHOP, IF_SHOP])
def test_pages_need_the_right(client: Client, cast: Cast, shop: Objective, path: str) -> None:
    client.force_login(cast.bob)

    assert client.get(path).status_code == 403


def test_pages_of_what_is_not_there(alice_browser: Client) -> None:
    assert alice_browser.get(OF_SHOP).status_code == 404
    assert alice_browser.get(IF_SHOP).status_code == 404
