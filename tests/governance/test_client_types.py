"""The kinds of callers every portal knows."""

from datetime import datetime

import pytest

from governance import services
from governance.models import ClientType
from portal.shared import seeds


@pytest.mark.django_db
def test_ships_three_and_keeps_a_name_that_somebody_edited(at: datetime) -> None:
    ClientType.objects.create(slug="premium", name="Partners")

    made = services.seed_client_types(at, None)

    assert len(made) == 2
    assert services.seed_client_types(at, None) == []
    assert dict(ClientType.objects.values_list("slug", "name")) == {
        "anonymous": "Anonymous",
        "authenticated": "Authenticated",
        "premium": "Partners",
    }


@pytest.mark.django_db
def test_are_shipped_with_every_portal(at: datetime) -> None:
    seeds.sow_defaults(at=at, operator=None)

    assert ClientType.objects.count() == 3
