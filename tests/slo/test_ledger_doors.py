"""Corrections, changes, the ledger and impacts at their doors: REST, admin, shell, panels."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from portal.shared.panels import PanelRequest
from slo.errors import MomentRefused
from slo.models import Correction, FreezeOverride, Objective
from slo.panels import gate_panel, impact_panel
from tests.cast import Cast
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import (
    CorrectionFactory,
    IndicatorFactory,
    ObjectiveFactory,
    OccasionFactory,
)
from tests.slo.traffic import serve

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def shop(at: datetime) -> Objective:
    """A spent budget, half of it by INC-1."""
    service = ServiceFactory.create(slug="shop")
    found: Objective = ObjectiveFactory.create(
        slug="shop-answers", indicator=IndicatorFactory.create(service=service), target=Decimal(90)
    )
    for minutes_ago in (20, 100):
        serve(found.indicator, at=at, good=70, bad=30, minutes_ago=minutes_ago)
    OccasionFactory.create(
        reference="INC-1",
        title="Shop <is> down",
        service=service,
        starts_at=at - timedelta(minutes=30),
        acknowledged_at=at - timedelta(minutes=28),
        ends_at=at - timedelta(minutes=10),
    )
    return found


def correction(**changed: Any) -> dict[str, Any]:
    right = {
        "objective": "shop-answers",
        "reason": "Maintenance",
        "starts_at": "2026-03-02T10:00:00Z",
        "duration_minutes": 60,
    }
    return {**right, **changed}


def test_corrections_over_rest(shop: Objective, alice_api: APIClient) -> None:
    address = "/api/slo/corrections"

    def status() -> dict[str, Any]:
        found: dict[str, Any] = alice_api.get("/api/slo/burn-rate/shop-answers").json()
        return found

    entered = alice_api.post(address, correction(), format="json", HTTP_IDEMPOTENCY_KEY="k")
    again = alice_api.post(address, correction(), format="json", HTTP_IDEMPOTENCY_KEY="k")

    assert entered.status_code == 201
    assert again.json() == entered.json()
    assert (entered.json()["entered_by"], entered.json()["objective"]) == ("alice", "shop-answers")
    assert status()["error_budget_remaining"] == -2.0
    assert status()["error_budget_remaining_raw"] == -2.0
    withdrawn = alice_api.post(f"{address}/{entered.json()['id']}/withdraw")
    assert withdrawn.json()["withdrawn_by"] == "alice"
    assert alice_api.post(f"{address}/{entered.json()['id']}/withdraw").status_code == 409
    assert alice_api.get(f"{address}?withdrawn=false").json()["count"] == 0
    assert alice_api.get(f"{address}?objective=shop-answers").json()["count"] == 1


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"recurrence": "EVERY DAY"}, "/recurrence"),
        ({"service": "shop"}, "/objective"),
        ({"duration_minutes": 0}, "/duration_minutes"),
        ({"starts_at": "yesterday"}, "/starts_at"),
    ],
)
def test_corrections_over_rest_name_what_is_wrong(
    shop: Objective, alice_api: APIClient, changed: dict[str, Any], pointer: str
) -> None:
    answer = alice_api.post("/api/slo/corrections", correction(**changed), format="json")

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_changes_over_rest(shop: Objective, alice_api: APIClient) -> None:
    body = {"reference": "v42", "services": ["shop"], "kind": "flag"}

    answer = alice_api.post("/api/slo/changes", body, format="json")

    assert answer.status_code == 201
    assert answer.json() == [
        {
            "reference": "v42",
            "title": "v42",
            "service": "shop",
            "starts_at": "2026-03-02T12:00:00Z",
            "ends_at": None,
        }
    ]
    refused = alice_api.post("/api/slo/changes", {**body, "kind": "dance"}, format="json")
    assert refused.status_code == 400


def test_the_ledger_over_rest_sums(shop: Objective, alice_api: APIClient) -> None:
    CorrectionFactory.create(objective=shop, starts_at="2026-03-02T10:00:00Z")

    document = alice_api.get("/api/slo/objectives/shop-answers/ledger").json()

    assert [(e["cause"], e["reference"], e["bad"]) for e in document["entries"]] == [
        ("maintenance", "", 30),
        ("incident", "INC-1", 30),
        ("unattributed", "", 0),
    ]
    assert [e["budget_share_exact"] for e in document["entries"]] == ["0", "3", "0"]
    assert [e["budget_share_raw"] for e in document["entries"]] == [1.5, 1.5, 0]
    assert (document["bad"], document["consumed_exact"], document["consumed_raw"]) == (60, "3", 3)
    before = alice_api.get("/api/slo/objectives/shop-answers/ledger?at=2026-03-02T11:35:00Z")
    assert before.json()["consumed"] is None
    assert alice_api.get("/api/slo/objectives/nobody/ledger").status_code == 404


def test_an_impact_over_rest(shop: Objective, alice_api: APIClient) -> None:
    document = alice_api.get("/api/slo/incidents/INC-1/impact").json()

    assert document["objectives"][0]["bad"] == 30
    assert document["objectives"][0]["budget_share"] == 1.5
    assert alice_api.get("/api/slo/incidents/INC-404/impact").status_code == 404


def test_response_times_over_rest(shop: Objective, alice_api: APIClient) -> None:
    address = "/api/slo/response-times?service=shop"

    document = alice_api.get(f"{address}&days=7").json()

    assert document["incidents"] == 1
    assert document["time_to_acknowledge"] == {
        "sample_size": 1,
        "p50_seconds": 120.0,
        "p90_seconds": 120.0,
    }
    assert document["time_to_detect"]["sample_size"] == 0
    for days in ("0", "367", "x", "9999999"):
        assert alice_api.get(f"{address}&days={days}").status_code == 400


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "/api/slo/corrections"),
        ("post", "/api/slo/corrections"),
        ("post", "/api/slo/corrections/1/withdraw"),
        ("post", "/api/slo/changes"),
        ("get", "/api/slo/objectives/shop-answers/ledger"),
        ("get", "/api/slo/incidents/INC-1/impact"),
        ("get", "/api/slo/response-times?service=shop"),
    ],
)
def test_needs_rights(shop: Objective, charlie_api: APIClient, method: str, address: str) -> None:
    assert getattr(charlie_api, method)(address).status_code == 403


def form(**changed: Any) -> dict[str, Any]:
    right = {"reason": "Maintenance", "time_zone": "UTC", "duration_minutes": "60"}
    start = {"starts_at_0": "2026-03-02", "starts_at_1": "10:00:00", "recurrence": ""}
    return {**right, **start, **changed}


def test_the_admin_enters_and_withdraws(shop: Objective, alice_browser: Client, cast: Cast) -> None:
    alice_browser.post(reverse("admin:slo_correction_add"), form(objective=shop.pk))

    found = Correction.objects.get()
    assert found.entered_by == cast.alice
    page = alice_browser.get(reverse("admin:slo_correction_change", args=[found.pk]))
    assert "When it takes time out" in page.content.decode()
    alice_browser.post(reverse("admin:slo_correction_withdraw", args=[found.pk]))
    found.refresh_from_db()
    assert found.withdrawn_by == cast.alice
    shown = alice_browser.get(reverse("admin:slo_correction_changelist")).content.decode()
    assert "withdrawn" in shown


def test_the_admin_keeps_what_was_typed_when_it_refuses(
    shop: Objective, alice_browser: Client
) -> None:
    answer = alice_browser.post(
        reverse("admin:slo_correction_add"), form(objective=shop.pk, recurrence="EVERY DAY")
    )

    assert "The RRULE cannot be read" in answer.content.decode()
    assert 'value="EVERY DAY"' in answer.content.decode()
    assert not Correction.objects.exists()


def test_the_admin_grants_and_revokes(shop: Objective, alice_browser: Client) -> None:
    given = {"service": shop.indicator.service.pk, "reason": "The fix"}
    late = {"expires_at_0": "2026-03-09", "expires_at_1": "12:00:00"}
    soon = {"expires_at_0": "2026-03-02", "expires_at_1": "14:00:00"}
    address = reverse("admin:slo_freezeoverride_add")

    refused = alice_browser.post(address, {**given, **late})
    alice_browser.post(address, {**given, **soon})

    assert "within the next 72 hours" in refused.content.decode()
    override = FreezeOverride.objects.get()
    page = alice_browser.get(reverse("admin:slo_objective_change", args=[shop.pk]))
    assert "changes frozen" in page.content.decode()
    assert "override in force" in page.content.decode()
    alice_browser.post(reverse("admin:slo_freezeoverride_revoke", args=[override.pk]))
    override.refresh_from_db()
    assert override.revoked_at is not None
    assert alice_browser.get(reverse("admin:slo_freezeoverride_changelist")).status_code == 200


def test_the_ledger_page_sums(shop: Objective, alice_browser: Client) -> None:
    address = reverse("admin:slo_objective_ledger", args=[shop.pk])

    text = alice_browser.get(address).content.decode()

    assert "Shop &lt;is&gt; down" in text
    assert "<bdi>300.000 %</bdi>" in text
    assert (
        address
        in alice_browser.get(reverse("admin:slo_objective_change", args=[shop.pk])).content.decode()
    )
    missing = reverse("admin:slo_objective_ledger", args=["x"])
    assert alice_browser.get(missing).status_code == 404


def test_the_ledger_page_is_for_those_who_may(shop: Objective, cast: Cast, client: Client) -> None:
    client.force_login(cast.bob)
    address = reverse("admin:slo_objective_ledger", args=[shop.pk])

    assert client.get(address).status_code == 403
    cast.bob.user_permissions.add(Permission.objects.get(codename="view_objective"))
    assert client.get(address).status_code == 200


def test_panels_show_the_cost_and_the_shut_gate(shop: Objective, at: datetime) -> None:
    asked = PanelRequest(("shop",), starts_at=at - timedelta(minutes=30), at=at)

    for panel, expected in (
        (impact_panel(asked), "<bdi>150.00 %</bdi>"),
        (gate_panel(asked), "changes frozen"),
    ):
        assert panel is not None
        assert expected in render_to_string(panel.template, dict(panel.context))
    nobody = PanelRequest(("nobody",), starts_at=at, at=at)
    assert impact_panel(nobody) is gate_panel(nobody) is None


def test_the_command_enters_lists_and_withdraws(shop: Objective, cast: Cast) -> None:
    told = StringIO()
    words = ["slo_correction", "enter", "--service=shop", "--reason=Maintenance", "--minutes=60"]
    user = f"--user={cast.alice.username}"

    call_command(*words, "--starts-at=2026-03-02T10:00:00Z", user, stdout=told)
    entered = Correction.objects.get()
    call_command("slo_correction", "withdraw", str(entered.pk), user, stdout=told)
    call_command("slo_correction", "list", stdout=told)

    lines = told.getvalue().splitlines()
    assert lines[0].startswith(f"Entered: {entered.pk}  in force  shop")
    assert lines[1].startswith(f"Withdrawn: {entered.pk}  withdrawn")
    assert lines[2] == lines[1].removeprefix("Withdrawn: ")
    with pytest.raises(MomentRefused):
        call_command(*words, "--starts-at=yesterday", user)
    with pytest.raises(CommandError, match="no active account"):
        call_command(*words, "--starts-at=2026-03-02T10:00:00Z", "--user=nobody")
