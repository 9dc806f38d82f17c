"""Publishing facts, ordering them, and carrying each to its subscribers."""

from events.services import commands, questions
from events.services.dead_letters import discard_delivery, redrive_delivery, redrive_parked
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
from events.services.projecting import (
    ReadModel,
    project_events,
    rebuild_projection,
    register_projection,
)
from events.services.publishing import PAYLOAD_LIMIT_BYTES, announce, append, publish
from events.services.relaying import relay_events
from events.services.replaying import Replayed, replay_events
from events.services.retention import drop_expired_days, forget_deliveries
from events.services.sealing import seal_days
from events.services.sequencing import sequence_events

__all__ = [
    "PAYLOAD_LIMIT_BYTES",
    "ReadModel",
    "Replayed",
    "announce",
    "append",
    "commands",
    "deliver_due_events",
    "discard_delivery",
    "discard_refused",
    "drop_expired_days",
    "forget_deliveries",
    "prepare_partitions",
    "project_events",
    "publish",
    "questions",
    "rebuild_projection",
    "receive",
    "redrive_delivery",
    "redrive_parked",
    "register_projection",
    "relay_events",
    "replay_events",
    "restore_heads",
    "seal_days",
    "seed_defaults",
    "sequence_events",
    "subscribe",
    "take_in",
    "take_in_arrivals",
    "take_in_refused",
]
