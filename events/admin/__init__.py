from events.admin import arrivals, consumers, dead_letters, deliveries, events, seals, streams

__all__ = [
    "arrivals",
    "consumers",
    "dead_letters",
    "deliveries",
    "events",
    "seals",
    "streams",
]
