from events.admin import (
    arrivals,
    consumers,
    dead_letters,
    deliveries,
    events,
    projections,
    seals,
    streams,
    webhooks,
)

__all__ = [
    "arrivals",
    "consumers",
    "dead_letters",
    "deliveries",
    "events",
    "projections",
    "seals",
    "streams",
    "webhooks",
]
