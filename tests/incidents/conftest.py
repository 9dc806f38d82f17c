from collections.abc import Callable
from datetime import datetime

import pytest

from incidents import services
from incidents.models import Incident
from tests.incidents.ladder import Ladder, make_ladder


@pytest.fixture
def ladder(db: None) -> Ladder:
    return make_ladder()


@pytest.fixture
def open_incident(at: datetime) -> Callable[..., Incident]:
    """Opens one through the service, now unless told otherwise."""

    def opened(*, severity: str = "SEV1", cause_key: str = "", when: datetime = at) -> Incident:
        return services.create_incident(
            "Checkout is down", "", severity, "tests", [], cause_key=cause_key, at=when
        )

    return opened
