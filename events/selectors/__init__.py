"""Questions to the log; none of them writes."""

from events.selectors.async_api import async_api_document
from events.selectors.backlog import Backlog, backlog
from events.selectors.log import event_of, of_type, recent_events
from events.selectors.log_tail import Tail, head_of_log, tail
from events.selectors.types import EventType, TypesSeen, event_types

__all__ = [
    "Backlog",
    "EventType",
    "Tail",
    "TypesSeen",
    "async_api_document",
    "backlog",
    "event_of",
    "event_types",
    "head_of_log",
    "of_type",
    "recent_events",
    "tail",
]
