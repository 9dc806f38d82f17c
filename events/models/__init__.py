from events.models.arrival import Received, RefusedArrival
from events.models.consumer import Consumer
from events.models.delivery import DeadLetter, Delivery
from events.models.event import Event, new_event_id
from events.models.intervention import Intervention
from events.models.log_head import LogHead
from events.models.projection import Projection, TrafficDay
from events.models.relay_checkpoint import RelayCheckpoint
from events.models.seal import Seal
from events.models.snapshot import StreamSnapshot
from events.models.stream import Stream
from events.models.webhook import WebhookSubscription

__all__ = [
    "Consumer",
    "DeadLetter",
    "Delivery",
    "Event",
    "Intervention",
    "LogHead",
    "Projection",
    "Received",
    "RefusedArrival",
    "RelayCheckpoint",
    "Seal",
    "Stream",
    "StreamSnapshot",
    "TrafficDay",
    "WebhookSubscription",
    "new_event_id",
]
