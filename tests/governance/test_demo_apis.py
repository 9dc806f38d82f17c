"""What `seed_demo` shows of governance, and what it leaves alone."""

from datetime import datetime

import pytest

from governance import selectors, services
from governance.models import Api
from tests.factories.catalog import ServiceFactory
from tests.factories.governance import ApiFactory

pytestmark = pytest.mark.django_db


def test_shows_apis_of_the_services_there_are(at: datetime) -> None:
    ServiceFactory.create(slug="payments", name="Payments")

    made = services.seed_demo_apis(at, None)

    dashboard = selectors.dashboard(at=at)
    assert made == ["API payments: 3 versions."]
    assert Api.objects.get().name == "Payments API"
    assert dashboard.versions_by_lifecycle["draft"] == 1
    assert [(row.version, row.days_left) for row in dashboard.near_sunset] == [("1", 40)]


def test_leaves_an_api_alone_that_is_there(at: datetime) -> None:
    ApiFactory.create(slug="payments", service=ServiceFactory.create(slug="payments"))

    assert services.seed_demo_apis(at, None) == []
    assert selectors.dashboard(at=at).versions == 0
