"""What a fresh catalog holds."""

from datetime import datetime

import pytest
from django.conf import settings

from catalog import services
from catalog.models import Environment, Service, Team
from tests.factories.catalog import EnvironmentFactory, TeamFactory

pytestmark = pytest.mark.django_db


def test_ships_environments_and_the_portal_itself(at: datetime) -> None:
    services.seed_defaults(at, None)

    assert list(Environment.objects.order_by("position").values_list("slug", "is_production")) == [
        ("development", False),
        ("staging", False),
        ("production", True),
    ]
    own = Service.objects.get(slug=settings.SLO_OWN_SERVICE)
    assert own.owner == Team.objects.get(slug="operations")


def test_makes_nothing_twice(at: datetime) -> None:
    assert services.seed_defaults(at, None)
    assert services.seed_demo(at, None)

    assert services.seed_defaults(at, None) == []
    assert services.seed_demo(at, None) == []


def test_leaves_alone_what_an_operator_made(at: datetime) -> None:
    EnvironmentFactory.create(slug="live", position=3)
    team = TeamFactory.create(slug="ops", name="operations")

    services.seed_defaults(at, None)

    assert not Environment.objects.filter(slug="production").exists()
    assert Service.objects.get(slug=settings.SLO_OWN_SERVICE).owner == team


def test_shows_a_demo_shop_with_dependencies_and_runbooks(at: datetime) -> None:
    services.seed_demo(at, None)

    checkout = Service.objects.get(slug="checkout")
    assert checkout.runbook_url == "https://runbooks.example.com/checkout"
    assert set(checkout.depends_on.values_list("slug", flat=True)) == {
        "payments",
        "catalog-api",
        "notifications",
    }
    assert Service.objects.filter(owner__slug="shop").count() == 2
