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
from events.services.publishing import PAYLOAD_LIMIT_BYTES, announce, append, publish
from events.services.relaying import relay_events
from events.services.sequencing import sequence_events
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
    "announce",
    "append",
    "change_webhook",
    "create_webhook",
    "delete_webhook",
    "deliver_due_events",
    "deliver_webhooks",
    "disable_webhook",
    "discard_refused",
    "discard_strays",
    "enable_webhook",
    "pause_webhook",
    "prepare_partitions",
    "publish",
    "receive",
    "redrive_delivery",
    "refuse_url",
    "relay_events",
    "restore_heads",
    "rotate_webhook_secret",
    "seed_defaults",
    "send_test",
    "sequence_events",
    "show_webhook_secret",
    "subscribe",
    "take_in",
    "take_in_arrivals",
    "take_in_refused",
]
