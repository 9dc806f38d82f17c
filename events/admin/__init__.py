from events.admin import deliveries, events, webhooks

__all__ = ["deliveries", "events", "webhooks"]
