"""A burning error budget opens an incident, keeps it up to date, and its recovery ends it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from events import services as events
from events.contracts.slo import (
    BurnRateCritical,
    BurnRateHigh,
    BurnRateLevelChanged,
    BurnRateLow,
    BurnRateMedium,
    BurnRateNormal,
)
from events.models import Event
from incidents.models import Incident
from portal.shared import clock
from tests.factories.catalog import ServiceFactory
from tests.incidents.ladder import Ladder

pytestmark = pytest.mark.django_db

Deliver = Callable[[datetime], int]


@pytest.fixture
def burn(db: None, deliver_events: Deliver) -> Callable[..., None]:
    """Announces a level and delivers it, the way the portal does."""
    ServiceFactory.create(slug="storefront", name="Storefront")

    def announce(contract: type[BurnRateLevelChanged], **changes: Any) -> None:
        fields: dict[str, Any] = {
            "objective": "storefront-availability",
            "objective_name": "Storefront availability",
            "service": "storefront",
            "service_tier": 1,
            "previous_level": "normal",
            "level": contract.event_type.rpartition(".")[2],
            "burn_rates": {"1h": 120.0, "6h": 20.0},
            "error_budget_remaining": 0.8,
            "at": "2026-03-02T12:00:00+00:00",
        }
        events.announce(contract(**{**fields, **changes}), at=clock.now())
        deliver_events(clock.now() + timedelta(seconds=1))

    return announce


@pytest.mark.parametrize(
    ("contract", "severity"),
    [
        (BurnRateCritical, "SEV1"),
        (BurnRateHigh, "SEV2"),
        (BurnRateMedium, "SEV3"),
        (BurnRateLow, "SEV4"),
    ],
)
def test_opens_an_incident(
    burn: Callable[..., None], contract: type[BurnRateLevelChanged], severity: str
) -> None:
    burn(contract)

    incident = Incident.objects.get()
    assert incident.severity == severity
    assert incident.title == "Storefront availability burns its error budget 120x"
    assert incident.cause_key == "slo:storefront-availability"
    assert [service.slug for service in incident.services.all()] == ["storefront"]
    assert "Over 24h: no data" in incident.description
    assert incident.timeline.earliest("id").via == "event"


def test_pages_and_names_the_burn_as_the_cause(burn: Callable[..., None], ladder: Ladder) -> None:
    burn(BurnRateCritical)

    assert Incident.objects.get().pages.count() == 1
    opened = Event.objects.get(event_type="incidents.incident.opened")
    cause = Event.objects.get(event_type="slo.burn_rate.critical")
    assert opened.causation_id == cause.event_id


def test_keeps_to_one_incident_while_the_level_changes(burn: Callable[..., None]) -> None:
    for contract in (BurnRateLow, BurnRateCritical, BurnRateMedium):
        burn(contract)

    incident = Incident.objects.get()
    assert incident.severity == "SEV1"
    kinds = list(incident.timeline.values_list("kind", flat=True))
    assert kinds.count("seen_again") == 2
    assert "severity_raised" in kinds


def test_resolves_when_it_has_recovered(burn: Callable[..., None]) -> None:
    burn(BurnRateCritical)

    burn(BurnRateNormal, previous_level="critical", burn_rates={"1h": 0.2})

    incident = Incident.objects.get()
    assert incident.status == Incident.Status.RESOLVED
    assert incident.resolved_by == "recovery"
    assert "no longer burns too fast" in incident.timeline.latest("id").text
    assert incident.review.state == "draft"


def test_ignores_a_recovery_of_what_was_never_open(burn: Callable[..., None]) -> None:
    burn(BurnRateNormal)

    assert not Incident.objects.exists()


def test_handles_an_event_once_however_often_it_is_delivered(
    burn: Callable[..., None], deliver_events: Deliver
) -> None:
    burn(BurnRateCritical)
    deliver_events(clock.now() + timedelta(hours=1))

    assert Incident.objects.get().timeline.filter(kind="seen_again").count() == 0
