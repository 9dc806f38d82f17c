"""Questions to the log; none of them writes."""

from events.selectors.backlog import Backlog, backlog
from events.selectors.log import event_of, recent_events

__all__ = ["Backlog", "backlog", "event_of", "recent_events"]
