from events.admin import deliveries, events

__all__ = ["deliveries", "events"]
