"""What the facts about an incident add up to, for those who look at a moment of it."""

from collections.abc import Mapping
from typing import Any

from events.contracts.recorded import RecordedEvent

_STATUS = {
    "incidents.incident.opened": "triggered",
    "incidents.incident.acknowledged": "acknowledged",
    "incidents.incident.resolved": "resolved",
}
_PAGES = {"incidents.page.sent": "sent", "incidents.page.failed": "failed"}


def fold_incident(value: Mapping[str, Any], event: RecordedEvent) -> Mapping[str, Any]:
    """This will carry the incident over one fact: its status, its level and its pages."""
    outcome = _PAGES.get(event.event_type)
    if outcome is not None:
        pages = value.get("pages", {})
        return {**value, "pages": {**pages, outcome: pages.get(outcome, 0) + 1}}
    facts = {name: said for name, said in event.payload.items() if name != "at"}
    found = {**value, **facts}
    if event.event_type in _STATUS:
        status = _STATUS[event.event_type]
        found |= {"status": status, f"{status}_at": event.payload["at"]}
    if event.event_type == "incidents.review.drafted":
        found["review"] = "drafted"
    return found
