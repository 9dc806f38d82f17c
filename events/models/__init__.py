from events.models.arrival import Received, RefusedArrival
from events.models.consumer import Consumer
from events.models.delivery import Delivery
from events.models.event import Event, new_event_id
from events.models.log_head import LogHead
from events.models.relay_checkpoint import RelayCheckpoint
from events.models.stream import Stream
from events.models.webhook import WebhookSubscription

__all__ = [
    "Consumer",
    "Delivery",
    "Event",
    "LogHead",
    "Received",
    "RefusedArrival",
    "RelayCheckpoint",
    "Stream",
    "WebhookSubscription",
    "new_event_id",
]
