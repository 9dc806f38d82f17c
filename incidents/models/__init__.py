from incidents.models.escalation import (
    EscalationLevel,
    EscalationPolicy,
    EscalationStep,
    EscalationTarget,
)
from incidents.models.incident import Incident, TimelineEntry
from incidents.models.page import ContactMethod, Page, PageAttempt
from incidents.models.review import Review
from incidents.models.schedule import Schedule, ScheduleMember
from incidents.models.severity import Severity

__all__ = [
    "ContactMethod",
    "EscalationLevel",
    "EscalationPolicy",
    "EscalationStep",
    "EscalationTarget",
    "Incident",
    "Page",
    "PageAttempt",
    "Review",
    "Schedule",
    "ScheduleMember",
    "Severity",
    "TimelineEntry",
]
