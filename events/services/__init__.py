"""Publishing facts, ordering them, and carrying each to its subscribers."""

from events.services.dead_letters import redrive_delivery
from events.services.delivery import deliver_due_events, subscribe
from events.services.heads import restore_heads
from events.services.partitions import prepare_partitions, seed_defaults
from events.services.publishing import PAYLOAD_LIMIT_BYTES, announce, append, publish
from events.services.sequencing import sequence_events

__all__ = [
    "PAYLOAD_LIMIT_BYTES",
    "announce",
    "append",
    "deliver_due_events",
    "prepare_partitions",
    "publish",
    "redrive_delivery",
    "restore_heads",
    "seed_defaults",
    "sequence_events",
    "subscribe",
]
