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
from events.services.publishing import PAYLOAD_LIMIT_BYTES, announce, append, publish, publish_draft
from events.services.relaying import relay_events
from events.services.replaying import Replayed, replay_events
from events.services.retention import drop_expired_days, forget_deliveries
from events.services.sealing import seal_days
from events.services.sequencing import sequence_events
from events.services.states import diff, forget_snapshots, register_fold, state
from events.services.webhook_delivery import deliver_webhooks
from events.services.webhooks import (
    change_webhook,
    create_webhook,
    delete_webhook,
    disable_webhook,
    discard_strays,
    enable_webhook,
    pause_webhook,
    refuse_url,
    rotate_webhook_secret,
    send_test,
    show_webhook_secret,
)

__all__ = [
    "PAYLOAD_LIMIT_BYTES",
    "ReadModel",
    "Replayed",
    "announce",
    "append",
    "change_webhook",
    "commands",
    "create_webhook",
    "delete_webhook",
    "deliver_due_events",
    "deliver_webhooks",
    "diff",
    "disable_webhook",
    "discard_delivery",
    "discard_refused",
    "discard_strays",
    "drop_expired_days",
    "enable_webhook",
    "forget_deliveries",
    "forget_snapshots",
    "pause_webhook",
    "prepare_partitions",
    "project_events",
    "publish",
    "publish_draft",
    "questions",
    "rebuild_projection",
    "receive",
    "redrive_delivery",
    "redrive_parked",
    "refuse_url",
    "register_fold",
    "register_projection",
    "relay_events",
    "replay_events",
    "restore_heads",
    "rotate_webhook_secret",
    "seal_days",
    "seed_defaults",
    "send_test",
    "sequence_events",
    "show_webhook_secret",
    "state",
    "subscribe",
    "take_in",
    "take_in_arrivals",
    "take_in_refused",
]
