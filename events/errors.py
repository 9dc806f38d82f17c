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


class OccurredInFuture(InvalidInput):
    """Clocks differ by minutes, not by more: what is later than that has not happened."""

    title = "The event has not happened yet"


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


class FactUnreadable(DomainError):
    """What stands in the log is not what its contract says."""

    title = "The event does not fit its contract"


class PositionAheadOfLog(DomainError):
    """A reader has seen more of the log than there is."""

    title = "The log does not reach that far"


class TypesUndeclared(DomainError):
    title = "The log holds types that nobody declares"
