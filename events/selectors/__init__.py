"""Questions to the log; none of them writes."""

from events.selectors.backlog import Backlog, backlog
from events.selectors.dead_letters import (
    Preview,
    behind,
    dead_letters,
    preview,
    subscribers_with_letters,
)
from events.selectors.lag import ConsumerLag, Head, RelayLag, consumer_lags, head, relay_lag
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
    "ConsumerLag",
    "Fault",
    "Head",
    "KeptClass",
    "Preview",
    "RelayLag",
    "Verified",
    "backlog",
    "behind",
    "consumer_lags",
    "dead_letters",
    "dropped_runs",
    "event_of",
    "expired_days",
    "head",
    "held_back",
    "kept_classes",
    "preview",
    "recent_events",
    "relay_lag",
    "subscribers_with_letters",
    "unsealed_events",
    "verify",
]
