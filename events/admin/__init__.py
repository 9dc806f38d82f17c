from events.admin import (
    arrivals,
    consumers,
    dead_letters,
    deliveries,
    events,
    projections,
    seals,
)

__all__ = ["arrivals", "consumers", "dead_letters", "deliveries", "events", "projections", "seals"]
