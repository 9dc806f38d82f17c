from datetime import datetime

from portal.shared.errors import DomainError, InvalidInput, Unavailable


class PayloadRefused(InvalidInput):
    """The payload is not a JSON object, or larger than an event may be."""

    title = "The event's payload is not acceptable"


class EventTypeRefused(InvalidInput):
    """The type is not named `<app>.<noun>.<past participle>`."""

    title = "The event's type is not acceptable"


class StreamRefused(InvalidInput):
    """The stream is one of the portal's own."""

    title = "The event's stream is not acceptable"


class DeliveryNotParked(DomainError):
    title = "The delivery is not parked"


class HandlerNeverReturned(DomainError):
    title = "Every attempt ended with its process"


class RetentionClassUnknown(InvalidInput):
    title = "There is no such retention class"


class StreamMoved(DomainError):
    """Another writer was there first: read again, decide again."""

    title = "The stream is not at the expected version"


class BrokerUnavailable(Unavailable):
    title = "The message broker does not answer"


class LogHasGap(DomainError):
    title = "The event log has a gap"


class ForeignEventRefused(InvalidInput):
    """What somebody else sent is no CloudEvent that the log can keep."""

    title = "The CloudEvent is not acceptable"


class ArrivalNotParked(DomainError):
    title = "The arrival is not parked"


class DeliveryPostponed(Unavailable):
    """The subscriber takes nothing now, whatever the event: the attempt does not count."""

    title = "The subscriber takes nothing now"

    def __init__(self, detail: str, *, until: datetime) -> None:
        super().__init__(detail)
        self.until = until


class WebhookRefused(InvalidInput):
    """The subscription names an address or types that can never work."""

    title = "The webhook is not acceptable"


class WebhookNotTaken(DomainError):
    """The receiver did not answer with success."""

    title = "The receiver did not take the event"


class WebhookStateRefused(DomainError):
    title = "The webhook's state does not allow it"
