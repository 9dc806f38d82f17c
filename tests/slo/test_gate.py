"""The gate over real budgets, the leave to pass it, and both at their doors."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from rest_framework.test import APIClient

from catalog.errors import UnknownService
from events.selectors import recent_events
from portal.shared import metrics
from slo import selectors, services
from slo.errors import FreezeOverrideOver, FreezeOverrideRefused, UnknownFreezeOverride
from slo.models import FreezeOverride, Objective
from slo.rules.gate import Finding, Risk
from tests.cast import Cast
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import IndicatorFactory, ObjectiveFactory
from tests.slo.traffic import serve

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def spent(at: datetime) -> Objective:
    """A budget that is spent thrice."""
    service = ServiceFactory.create(slug="shop")
    found: Objective = ObjectiveFactory.create(
        slug="shop-answers", indicator=IndicatorFactory.create(service=service), target=Decimal(90)
    )
    serve(found.indicator, at=at, good=70, bad=30, minutes_ago=100)
    return found


def findings(service: str, at: datetime, risk: Risk = Risk.NORMAL) -> list[Finding]:
    found = selectors.gate(service, risk=risk, at=at)
    return [reason.finding for reason in found.verdict.reasons]


def grant(cast: Cast, at: datetime, **changed: Any) -> FreezeOverride:
    right = {"service": "shop", "reason": "The fix", "expires_at": at + timedelta(hours=2)}
    return services.grant_freeze_override(**{**right, **changed}, acting_user=cast.alice, at=at)


def test_a_spent_budget_shuts_the_gate(spent: Objective, at: datetime) -> None:
    found = selectors.gate("shop", risk=Risk.NORMAL, at=at)

    assert not found.verdict.is_allowed
    assert found.explained[0][1] == ("The error budget of shop-answers is spent: -200.0 % remain.")
    assert "may not be changed" in found.summary


def test_the_reserve_is_a_setting(at: datetime, settings: Any) -> None:
    objective = ObjectiveFactory.create(target=Decimal(90))
    service = objective.indicator.service.slug
    serve(objective.indicator, at=at, good=93, bad=7)

    assert findings(service, at, Risk.RISKY) == []
    settings.SLO_RISKY_RESERVE = Decimal("0.31")
    assert findings(service, at, Risk.RISKY) == [Finding.BELOW_RESERVE]
    assert findings(service, at) == []


def test_a_dependency_in_trouble_is_told_and_refuses_nothing(
    spent: Objective, at: datetime
) -> None:
    till = ObjectiveFactory.create()
    serve(till.indicator, at=at, good=10, bad=0)
    till.indicator.service.depends_on.add(spent.indicator.service)

    found = selectors.gate(till.indicator.service.slug, risk=Risk.RISKY, at=at)

    assert found.verdict.is_allowed
    assert [reason.finding for reason in found.verdict.reasons] == [Finding.DEPENDENCY]
    assert "shop" in found.explained[0][1]


def test_an_override_lets_through_and_the_answer_says_so(
    spent: Objective, at: datetime, cast: Cast
) -> None:
    override = grant(cast, at)

    found = selectors.gate("shop", risk=Risk.RISKY, at=at + timedelta(hours=1))

    assert found.verdict.is_allowed
    assert found.verdict.relies_on_override
    assert "only by an override of alice" in found.summary
    assert "The fix" in found.summary
    later = selectors.gate("shop", risk=Risk.RISKY, at=override.expires_at)
    assert not later.verdict.is_allowed
    [event] = recent_events()
    assert event.event_type == "slo.freeze_override.granted"
    assert event.payload["by"] == "alice"


def test_an_override_ends_when_it_is_revoked(spent: Objective, at: datetime, cast: Cast) -> None:
    override = grant(cast, at)
    soon = at + timedelta(minutes=5)

    services.revoke_freeze_override(override_id=override.pk, acting_user=cast.bob, at=soon)

    assert not selectors.gate("shop", risk=Risk.NORMAL, at=soon).verdict.is_allowed
    assert recent_events()[0].payload["by"] == "bob"
    for refused, override_id in ((FreezeOverrideOver, override.pk), (UnknownFreezeOverride, 0)):
        with pytest.raises(refused):
            services.revoke_freeze_override(override_id=override_id, acting_user=cast.bob, at=soon)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": " "}, "/reason"),
        ({"reason": "x" * 501}, "/reason"),
        ({"hours": 0}, "/expires_at"),
        ({"hours": 73}, "/expires_at"),
    ],
)
def test_no_override_without_reason_or_end(
    spent: Objective, at: datetime, cast: Cast, changed: dict[str, Any], field: str
) -> None:
    if "hours" in changed:
        changed = {"expires_at": at + timedelta(hours=changed["hours"])}

    with pytest.raises(FreezeOverrideRefused) as refused:
        grant(cast, at, **changed)

    assert [error.field for error in refused.value.fields] == [field]
    assert not FreezeOverride.objects.exists()


def test_over_rest(spent: Objective, alice_api: APIClient, at: datetime) -> None:
    shut = alice_api.get("/api/slo/gate?service=shop").json()
    granted = alice_api.post(
        "/api/slo/freeze-overrides",
        {"service": "shop", "reason": "The fix", "expires_at": "2026-03-02T14:00:00Z"},
        format="json",
    )
    open_now = alice_api.get("/api/slo/gate?service=shop&risk=risky").json()
    revoked = alice_api.post(f"/api/slo/freeze-overrides/{granted.json()['id']}/revoke")

    assert (shut["allowed"], shut["frozen"], shut["override"]) == (False, True, None)
    assert shut["reasons"][0]["code"] == "budget_spent"
    assert granted.status_code == 201
    assert (open_now["allowed"], open_now["relies_on_override"]) == (True, True)
    assert open_now["override"]["granted_by"] == "alice"
    assert revoked.json()["revoked_by"] == "alice"


@pytest.mark.parametrize(
    ("query", "status"), [("service=nobody", 404), ("", 404), ("service=shop&risk=mad", 400)]
)
def test_over_rest_it_refuses_what_it_does_not_know(
    spent: Objective, alice_api: APIClient, query: str, status: int
) -> None:
    answer = alice_api.get(f"/api/slo/gate?{query}")

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_over_rest_it_needs_rights(spent: Objective, charlie_api: APIClient) -> None:
    assert charlie_api.get("/api/slo/gate?service=shop").status_code == 403
    assert charlie_api.post("/api/slo/freeze-overrides", {}, format="json").status_code == 403
    assert charlie_api.post("/api/slo/freeze-overrides/1/revoke").status_code == 403


def test_the_command_ends_with_what_it_says(spent: Objective, cast: Cast, at: datetime) -> None:
    told = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("slo_gate", "shop", stdout=told)

    assert ended.value.code == 1
    assert "refused: The error budget of shop-answers is spent" in told.getvalue()
    with pytest.raises(UnknownService) as unknown:
        call_command("slo_gate", "nobody")
    assert unknown.value.exit_code == 2
    grant(cast, at)
    call_command("slo_gate", "shop", "--risk", "risky", stdout=told)
    assert "only by an override of alice" in told.getvalue()


def test_metrics_tell_budgets_and_frozen_gates(spent: Objective, cast: Cast, at: datetime) -> None:
    quiet = ObjectiveFactory.create()

    text = metrics.exposition().decode()

    assert 'portal_slo_error_budget_remaining{objective="shop-answers"} -2.0' in text
    assert f'{{objective="{quiet.slug}"}}' not in text
    assert 'portal_slo_gate_frozen{service="shop"} 1.0' in text
    assert f'portal_slo_gate_frozen{{service="{quiet.indicator.service.slug}"}} 0.0' in text
    grant(cast, at)
    assert 'portal_slo_gate_frozen{service="shop"} 0.0' in metrics.exposition().decode()
