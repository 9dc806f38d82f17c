"""The incident's memory, and the facts that others are told."""

from datetime import datetime
from typing import TypedDict

from incidents.models import Incident, TimelineEntry


class Facts(TypedDict):
    incident: str
    reference: str
    severity: str
    services: list[str]
    at: str


def record(
    incident: Incident,
    kind: TimelineEntry.Kind,
    text: str,
    *,
    at: datetime,
    actor: str = "",
    via: str = "",
) -> TimelineEntry:
    """This will write down what happened, in the caller's transaction."""
    return TimelineEntry.objects.create(
        incident=incident, at=at, recorded_at=at, kind=kind, text=text, actor=actor, via=via
    )


def facts_of(incident: Incident, *, at: datetime) -> Facts:
    """This will return the fields that every fact about an incident carries."""
    return {
        "incident": str(incident.incident_id),
        "reference": incident.reference,
        "severity": incident.severity,
        "services": sorted(incident.services.values_list("slug", flat=True)),
        "at": at.isoformat(),
    }
