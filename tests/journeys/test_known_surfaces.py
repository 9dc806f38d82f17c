"""The addresses that users know answer, with true data or with honest emptiness."""

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.models import Service
from events import services as events
from incidents import services as incidents
from portal.shared import clock, seeds
from slo import services as slo
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def portal(cast: Cast) -> datetime:
    """A portal on its first day: defaults, no demo."""
    at = clock.now()
    seeds.sow_defaults(at=at, operator=cast.alice)
    return at


@pytest.mark.parametrize(
    ("path", "holds"),
    [
        ("/api/governance/dashboard", {"score": None}),
        ("/api/governance/owasp-compliance", {"score": None}),
        ("/api/slo/dashboard", {}),
        ("/api/slo/burn-rate/portal-availability", {"slo_id": "portal-availability"}),
        ("/api/config/environments", {}),
        ("/api/config/secrets/audit", {"count": 0, "results": []}),
        ("/api/disaster-recovery/status", {"open_failovers": []}),
        ("/api/incidents", {"count": 0, "results": []}),
    ],
)
def test_answers(alice_api: APIClient, portal: datetime, path: str, holds: dict[str, Any]) -> None:
    answer = alice_api.get(path)

    assert answer.status_code == 200
    shown = answer.json()
    assert {name: shown[name] for name in holds} == holds


def test_status_of_an_objective_has_the_known_shape(alice_api: APIClient, portal: datetime) -> None:
    status = alice_api.get("/api/slo/burn-rate/portal-availability").json()

    known = ["slo_id", "name", "target", "error_budget_remaining", "status", "burn_rate"]
    assert list(status)[: len(known)] == known
    assert list(status["burn_rate"]) == ["level", "1h", "6h", "24h", "7d", "projected_depletion"]


def test_opens_an_incident(alice_api: APIClient, portal: datetime) -> None:
    assert Service.objects.filter(slug="portal").exists()

    answer = alice_api.post(
        "/api/incidents",
        {
            "title": "Sign-in fails",
            "description": "",
            "severity": "SEV2",
            "detected_by": "a caller",
            "affected_services": ["portal"],
        },
    )

    assert answer.status_code == 201


def test_refuses_a_failover_that_no_step_would_carry_out(
    alice_api: APIClient, portal: datetime
) -> None:
    answer = alice_api.post(
        "/api/disaster-recovery/failover",
        {"plan": "database", "reason": "A rehearsal.", "mode": "drill"},
    )

    assert answer.status_code == 409
    assert "nothing was done" in answer.json()["detail"].lower()


@pytest.mark.parametrize(
    ("verb", "names"),
    [
        (slo.record_request, ["endpoint", "method", "status_code", "response_time_ms"]),
        (slo.calculate_burn_rate, ["slo_id"]),
        (
            incidents.create_incident,
            ["title", "description", "severity", "detected_by", "affected_services"],
        ),
        (events.publish, ["event_type", "payload", "priority"]),
        (events.subscribe, ["event_type", "handler"]),
    ],
)
def test_the_verbs_of_python_keep_their_names(
    verb: Callable[..., object], names: list[str]
) -> None:
    parameters = list(inspect.signature(verb).parameters.values())

    assert [parameter.name for parameter in parameters[: len(names)]] == names
    assert all(p.default is not p.empty for p in parameters[len(names) :])
