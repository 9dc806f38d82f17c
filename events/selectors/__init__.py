"""Questions to the log; none of them writes."""

from events.selectors.backlog import Backlog, backlog
from events.selectors.log import event_of, recent_events
from events.selectors.webhooks import all_webhooks, get_webhook, webhooks_by_state

__all__ = [
    "Backlog",
    "all_webhooks",
    "backlog",
    "event_of",
    "get_webhook",
    "recent_events",
    "webhooks_by_state",
]
