"""Publishing facts, ordering them, and carrying each to its subscribers."""

from events.services.dead_letters import redrive_delivery
from events.services.delivery import deliver_due_events, subscribe
from events.services.heads import restore_heads
from events.services.intake import (
    discard_refused,
    receive,
    take_in,
    take_in_arrivals,
    take_in_refused,
)
from events.services.partitions import prepare_partitions, seed_defaults
from events.services.publishing import (
    PAYLOAD_LIMIT_BYTES,
    announce,
    append,
    publish,
    publish_draft,
)
from events.services.relaying import relay_events
from events.services.sequencing import sequence_events

__all__ = [
    "PAYLOAD_LIMIT_BYTES",
    "announce",
    "append",
    "deliver_due_events",
    "discard_refused",
    "prepare_partitions",
    "publish",
    "publish_draft",
    "receive",
    "redrive_delivery",
    "relay_events",
    "restore_heads",
    "seed_defaults",
    "sequence_events",
    "subscribe",
    "take_in",
    "take_in_arrivals",
    "take_in_refused",
]
