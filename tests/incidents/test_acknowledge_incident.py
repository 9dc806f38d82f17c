"""Who acknowledges has the incident, and nobody else is woken."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from events.models import Event
from incidents import services
from incidents.errors import IncidentAlreadyAcknowledged, IncidentAlreadyResolved
from incidents.models import Incident
from tests.cast import Cast

pytestmark = pytest.mark.django_db

Opened = Callable[..., Incident]


def test_records_who_when_and_through_which_door(
    cast: Cast, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()
    later = at + timedelta(minutes=2)

    services.acknowledge_incident(
        incident_id=incident.pk, acting_user=cast.bob, at=later, via="admin"
    )

    incident.refresh_from_db()
    assert incident.status == Incident.Status.ACKNOWLEDGED
    assert (incident.acknowledged_by, incident.acknowledged_at) == ("bob", later)
    entry = incident.timeline.latest("id")
    assert (entry.kind, entry.actor, entry.via) == ("acknowledged", "bob", "admin")


def test_announces_it(cast: Cast, open_incident: Opened, at: datetime) -> None:
    incident = open_incident()

    services.acknowledge_incident(incident_id=incident.pk, acting_user=cast.bob, at=at, via="API")

    event = Event.objects.get(event_type="incidents.incident.acknowledged")
    assert event.payload["acknowledged_by"] == "bob"
    assert event.actor == "bob"


def test_refuses_a_second_and_keeps_the_first(
    cast: Cast, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()
    services.acknowledge_incident(incident_id=incident.pk, acting_user=cast.bob, at=at, via="API")

    with pytest.raises(IncidentAlreadyAcknowledged, match="bob"):
        services.acknowledge_incident(
            incident_id=incident.pk, acting_user=cast.alice, at=at, via="API"
        )

    incident.refresh_from_db()
    assert incident.acknowledged_by == "bob"


def test_refuses_one_that_is_over(cast: Cast, open_incident: Opened, at: datetime) -> None:
    incident = open_incident()
    services.resolve_incident(incident_id=incident.pk, acting_user=cast.bob, at=at)

    with pytest.raises(IncidentAlreadyResolved):
        services.acknowledge_incident(
            incident_id=incident.pk, acting_user=cast.alice, at=at, via="API"
        )
