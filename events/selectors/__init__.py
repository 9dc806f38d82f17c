"""Questions to the log; none of them writes."""

from events.selectors.backlog import Backlog, backlog
from events.selectors.causality import Causality, causality_of
from events.selectors.log import event_of, recent_events
from events.selectors.places import events_of_stream
from events.selectors.streams import Reading, read_stream

__all__ = [
    "Backlog",
    "Causality",
    "Reading",
    "backlog",
    "causality_of",
    "event_of",
    "events_of_stream",
    "read_stream",
    "recent_events",
]
