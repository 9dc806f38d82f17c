"""Questions to the log; none of them writes."""

from events.selectors.backlog import Backlog, backlog
from events.selectors.log import event_of, recent_events
from events.selectors.retention import (
    KeptClass,
    dropped_runs,
    expired_days,
    held_back,
    kept_classes,
    unsealed_events,
)
from events.selectors.verification import Fault, Verified, verify

__all__ = [
    "Backlog",
    "Fault",
    "KeptClass",
    "Verified",
    "backlog",
    "dropped_runs",
    "event_of",
    "expired_days",
    "held_back",
    "kept_classes",
    "recent_events",
    "unsealed_events",
    "verify",
]
