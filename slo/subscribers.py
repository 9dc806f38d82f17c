"""What promises make of the news of others: what happened to a service, and when."""

from django.conf import settings

from events.contracts.incidents import (
    IncidentAcknowledged,
    IncidentOpened,
    IncidentResolved,
)
from events.contracts.recorded import RecordedEvent
from events.services import subscribe
from slo import services

OWN_EVENTS = "slo."


def note_incident(event: RecordedEvent) -> None:
    fact = event.fact()
    if isinstance(fact, IncidentOpened | IncidentAcknowledged | IncidentResolved):
        services.note_incident(fact=fact)


def note_change(event: RecordedEvent) -> None:
    # What this room tells of a change it has written down already.
    if not event.event_type.startswith(OWN_EVENTS):
        services.note_change(event=event)


def register() -> None:
    # One group for all of an incident: its events come in their order.
    subscribe("incidents.incident.*", note_incident, name="slo.note_incident")
    for pattern in settings.SLO_CHANGE_EVENT_TYPES:
        subscribe(pattern, note_change, name=f"slo.note_change:{pattern}")
