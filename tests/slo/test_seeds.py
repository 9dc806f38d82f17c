"""What a fresh portal promises, and what a demo shows."""

from datetime import datetime

import pytest
from django.conf import settings

from events.selectors import recent_events
from slo import selectors, services
from slo.models import Bucket, Objective
from slo.rules.alert_level import Level
from tests.factories.catalog import ServiceFactory

pytestmark = pytest.mark.django_db


def test_defaults_promise_for_the_portal_itself(at: datetime) -> None:
    made = services.sow_defaults(at, None)

    promises = {o.slug: (float(o.target), o.window_days) for o in Objective.objects.all()}
    assert promises == {
        "portal-availability": (99.9, 30),
        "portal-latency": (99.0, 30),
        "portal-error-rate": (99.9, 30),
    }
    latency = Objective.objects.get(slug="portal-latency").indicator
    assert latency.latency_threshold_ms == 500
    assert latency.service.slug == settings.SLO_OWN_SERVICE
    assert [o.burn_windows.count() for o in Objective.objects.all()] == [4, 4, 4]
    assert len(made) == 3


def test_defaults_are_made_once(at: datetime) -> None:
    services.sow_defaults(at, None)

    assert services.sow_defaults(at, None) == []


@pytest.mark.parametrize("hour", [1, 9, 17])
def test_demo_shows_a_healthy_month_with_past_burns(at: datetime, hour: int) -> None:
    at = at.replace(hour=hour)
    for slug in ("checkout", "payments", "search"):
        ServiceFactory.create(slug=slug)

    services.sow_demo(at, None)
    services.evaluate_objectives(at=at)

    statuses = selectors.all_objective_statuses(at=at)
    assert {status.level for status in statuses} == {Level.NORMAL}
    assert {status.slug: status.status for status in statuses} == {
        "checkout-availability": "healthy",
        "payments-availability": "healthy",
        "search-latency": "exhausted",
        "search-latency-slices": "exhausted",
        "checkout-month": "healthy",
    }
    assert not recent_events().exists()


def test_demo_blends_a_journey(at: datetime) -> None:
    for slug in ("storefront", "checkout", "payments"):
        ServiceFactory.create(slug=slug)

    services.sow_demo(at, None)

    status = selectors.objective_status("buying", at=at)
    assert status.remaining is not None
    assert 0 < status.remaining < 1


def test_demo_is_made_once(at: datetime) -> None:
    ServiceFactory.create(slug="storefront")
    services.sow_demo(at, None)
    buckets = Bucket.objects.count()

    assert services.sow_demo(at, None) == []
    assert Bucket.objects.count() == buckets > 3000
