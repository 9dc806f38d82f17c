from events.admin import deliveries, events, streams

__all__ = ["deliveries", "events", "streams"]
