"""The admin pages of promises."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from slo.models import LogCursor, Objective
from tests.cast import Cast
from tests.factories.slo import BurnWindowFactory, IndicatorFactory, ObjectiveFactory
from tests.slo.traffic import serve

ROLLING = {
    "window_kind": "rolling",
    "window_days": 30,
    "time_zone": "UTC",
    "budgeting": "occurrences",
}
pytestmark = pytest.mark.django_db
LIST = reverse("admin:slo_objective_changelist")


@pytest.fixture(autouse=True)
def at_noon(at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def address(objective: Objective) -> str:
    return reverse("admin:slo_objective_change", args=[objective.pk])


def new(**changed: Any) -> dict[str, Any]:
    indicator = IndicatorFactory.create()
    usual = {"name": "Shop", "slug": "shop", "indicator": indicator.pk, **ROLLING}
    return {**usual, "target": "99.9", "is_active": "on", **changed}


def test_list_shows_how_each_objective_stands(alice_browser: Client, at: datetime) -> None:
    objective = ObjectiveFactory.create(level="critical", target=Decimal(99))
    serve(objective.indicator, at=at, good=97, bad=3)
    ObjectiveFactory.create()

    text = page(alice_browser, LIST)

    assert '<span class="op-badge op-critical">critical</span>' in text
    assert "<bdi>−200.0 %</bdi>" in text
    assert "<bdi>3.00×</bdi>" in text
    assert "no data" in text


def test_list_takes_a_fixed_number_of_queries(alice_browser: Client) -> None:
    page(alice_browser, LIST)
    ObjectiveFactory.create_batch(2)
    with CaptureQueriesContext(connection) as few:
        page(alice_browser, LIST)
    ObjectiveFactory.create_batch(6)
    with CaptureQueriesContext(connection) as many:
        page(alice_browser, LIST)

    assert len(few) == len(many)


def test_page_shows_windows_and_chart(alice_browser: Client, at: datetime) -> None:
    objective = BurnWindowFactory.create().objective
    serve(objective.indicator, at=at, good=80, bad=20)
    serve(objective.indicator, at=at, good=100, bad=0, minutes_ago=30)

    text = page(alice_browser, address(objective))

    assert '<svg class="op-burn-down"' in text
    assert '<span class="op-badge op-critical">firing</span>' in text
    assert "<bdi>14.40×</bdi>" in text


def test_page_says_that_there_is_no_data(alice_browser: Client) -> None:
    text = page(alice_browser, address(ObjectiveFactory.create()))

    assert "no data" in text
    assert "this objective never raises an alert" in text


def test_a_new_objective_is_given_burn_windows(alice_browser: Client) -> None:
    answer = alice_browser.post(reverse("admin:slo_objective_add"), new(), follow=True)

    assert answer.status_code == 200
    assert Objective.objects.get().burn_windows.count() == 4


def test_a_new_objective_tells_which_windows_were_left_out(alice_browser: Client) -> None:
    answer = alice_browser.post(reverse("admin:slo_objective_add"), new(target="90"), follow=True)

    assert "Left out" in answer.content.decode()
    assert Objective.objects.get().burn_windows.count() == 3


def test_a_target_of_a_hundred_is_refused_on_the_form(alice_browser: Client) -> None:
    answer = alice_browser.post(reverse("admin:slo_objective_add"), new(target="100"))

    assert answer.status_code == 200
    assert not Objective.objects.exists()


def test_a_window_that_could_never_fire_is_refused_on_the_form(alice_browser: Client) -> None:
    objective = ObjectiveFactory.create(target=Decimal(90))
    window = {"level": "critical", "long_minutes": 60, "short_minutes": 5, "consumption": "0.02"}
    form = {
        "name": "Shop",
        "target": "90",
        **ROLLING,
        "is_active": "on",
        "burn_windows-TOTAL_FORMS": 1,
        "burn_windows-INITIAL_FORMS": 0,
        **{f"burn_windows-0-{name}": value for name, value in window.items()},
    }

    answer = alice_browser.post(address(objective), form)

    assert "even a total outage burns at 10.00" in answer.content.decode()
    assert not objective.burn_windows.exists()


def test_evaluate_now_evaluates_that_objective(alice_browser: Client, at: datetime) -> None:
    objective = BurnWindowFactory.create().objective
    other = ObjectiveFactory.create()
    serve(objective.indicator, at=at, good=0, bad=5)

    path = reverse("admin:slo_objective_evaluate", args=[objective.pk])
    answer = alice_browser.post(path, follow=True)

    objective.refresh_from_db()
    other.refresh_from_db()
    assert (objective.level, other.evaluated_at) == ("critical", None)
    assert "Evaluated: the level is critical." in answer.content.decode()


def test_evaluate_now_needs_the_right(cast: Cast, client: Client) -> None:
    objective = ObjectiveFactory.create()
    cast.bob.user_permissions.add(Permission.objects.get(codename="view_objective"))
    client.force_login(cast.bob)

    answer = client.post(reverse("admin:slo_objective_evaluate", args=[objective.pk]))

    assert answer.status_code == 403
    assert "Evaluate now" not in page(client, address(objective))


def test_state_and_slug_cannot_be_edited(alice_browser: Client) -> None:
    text = page(alice_browser, address(ObjectiveFactory.create()))

    assert 'name="level"' not in text
    assert 'name="slug"' not in text


def test_what_an_indicator_counts_is_fixed_once_it_has_counted(
    alice_browser: Client, at: datetime
) -> None:
    indicator = IndicatorFactory.create()
    path = reverse("admin:slo_indicator_change", args=[indicator.pk])
    assert 'name="endpoint"' in page(alice_browser, path)

    serve(indicator, at=at, good=1, bad=0)

    assert 'name="endpoint"' not in page(alice_browser, path)
    delete = reverse("admin:slo_indicator_delete", args=[indicator.pk])
    assert alice_browser.get(delete).status_code == 403


def test_buckets_and_access_logs_are_shown_and_cannot_be_changed(
    alice_browser: Client, at: datetime
) -> None:
    indicator = IndicatorFactory.create()
    serve(indicator, at=at - timedelta(days=1), good=41, bad=1)
    LogCursor.objects.create(
        service=indicator.service, path="/var/log/access.log", line_count=9, malformed_count=7
    )

    assert "<td" in page(alice_browser, reverse("admin:slo_bucket_changelist"))
    logs = page(alice_browser, reverse("admin:slo_logcursor_changelist"))
    assert '<span class="op-badge op-medium">7</span>' in logs
    for noun in ("bucket", "logcursor"):
        assert alice_browser.get(reverse(f"admin:slo_{noun}_add")).status_code == 403


@pytest.mark.parametrize("noun", ["indicator", "objective"])
def test_lists_and_forms_open(alice_browser: Client, noun: str) -> None:
    ObjectiveFactory.create()

    page(alice_browser, reverse(f"admin:slo_{noun}_changelist"))
    page(alice_browser, reverse(f"admin:slo_{noun}_changelist") + "?q=shop")
    page(alice_browser, reverse(f"admin:slo_{noun}_add"))
