"""What the facts about an incident add up to."""

from datetime import datetime, timedelta

import pytest

from events import services as events
from incidents import services
from tests.cast import Cast
from tests.incidents.ladder import make_ladder

pytestmark = pytest.mark.django_db


def test_follows_an_incident_from_its_opening_to_its_review(at: datetime, cast: Cast) -> None:
    make_ladder()
    incident = services.create_incident("Checkout is down", "", "SEV1", "probe", [], at=at)
    services.send_due_pages(at=at)
    services.acknowledge_incident(
        incident_id=incident.pk, acting_user=cast.alice, at=at + timedelta(minutes=2), via="api"
    )
    services.resolve_incident(
        incident_id=incident.pk, resolved_by="alice", at=at + timedelta(minutes=9)
    )
    stream = f"incidents.incident.{incident.incident_id}"

    opened = events.state(stream, version=1).value
    last = events.state(stream).value

    assert (opened["status"], opened["title"]) == ("triggered", "Checkout is down")
    assert opened["triggered_at"] == at.isoformat()
    assert "at" not in opened
    assert (last["status"], last["resolved_by"], last["review"]) == (
        "resolved",
        "alice",
        "drafted",
    )
    assert last["acknowledged_by"] == "alice"
    assert last["pages"]["sent"] >= 1
    assert last["level"] == 1
