"""Questions to the log; none of them writes."""

from events.selectors.backlog import Backlog, backlog
from events.selectors.log import event_of, of_type, recent_events
from events.selectors.tail import Tail, head_of_log, tail

__all__ = [
    "Backlog",
    "Tail",
    "backlog",
    "event_of",
    "head_of_log",
    "of_type",
    "recent_events",
    "tail",
]
