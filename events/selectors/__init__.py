"""Questions to the log; none of them writes."""

from events.selectors.async_api import async_api_document
from events.selectors.backlog import Backlog, backlog
from events.selectors.causality import Causality, causality_of
from events.selectors.dead_letters import (
    Preview,
    behind,
    dead_letters,
    of_keys,
    preview,
    subscribers_with_letters,
)
from events.selectors.lag import ConsumerLag, Head, RelayLag, consumer_lags, head, relay_lag
from events.selectors.log import event_of, head_of_log, of_type, recent_events, recorded_between
from events.selectors.log_tail import Tail, tail
from events.selectors.places import events_of_stream
from events.selectors.retention import (
    KeptClass,
    dropped_runs,
    expired_days,
    held_back,
    kept_classes,
    unsealed_events,
)
from events.selectors.streams import Reading, read_stream
from events.selectors.types import EventType, TypesSeen, event_types
from events.selectors.verification import Fault, Verified, verify
from events.selectors.webhooks import all_webhooks, get_webhook, webhooks_by_state

__all__ = [
    "Backlog",
    "Causality",
    "ConsumerLag",
    "EventType",
    "Fault",
    "Head",
    "KeptClass",
    "Preview",
    "Reading",
    "RelayLag",
    "Tail",
    "TypesSeen",
    "Verified",
    "all_webhooks",
    "async_api_document",
    "backlog",
    "behind",
    "causality_of",
    "consumer_lags",
    "dead_letters",
    "dropped_runs",
    "event_of",
    "event_types",
    "events_of_stream",
    "expired_days",
    "get_webhook",
    "head",
    "head_of_log",
    "held_back",
    "kept_classes",
    "of_keys",
    "of_type",
    "preview",
    "read_stream",
    "recent_events",
    "recorded_between",
    "relay_lag",
    "subscribers_with_letters",
    "tail",
    "unsealed_events",
    "verify",
    "webhooks_by_state",
]
