from events.models.consumer import Consumer
from events.models.delivery import Delivery
from events.models.event import Event, new_event_id
from events.models.log_head import LogHead
from events.models.stream import Stream

__all__ = ["Consumer", "Delivery", "Event", "LogHead", "Stream", "new_event_id"]
