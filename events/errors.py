from portal.shared.errors import DomainError, InvalidInput


class PayloadRefused(InvalidInput):
    """The payload is not a JSON object, or larger than an event may be."""

    title = "The event's payload is not acceptable"


class EventTypeRefused(InvalidInput):
    """The type is not named `<app>.<noun>.<past participle>`."""

    title = "The event's type is not acceptable"


class DeliveryNotParked(DomainError):
    title = "The delivery is not parked"


class HandlerNeverReturned(DomainError):
    title = "Every attempt ended with its process"
