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


class LogDoesNotHold(DomainError):
    """The log is not what was written: something was changed, or is missing."""

    title = "The event log does not hold"


class ArchiveDoesNotHold(DomainError):
    exit_code = 1
    title = "The archive does not hold"


class EffectBlocked(DomainError):
    """A replay does not let out what its caller and the subscription did not both name."""

    title = "The effect is not let out of the replay"


class CountChanged(DomainError):
    """More or fewer are meant than were confirmed."""

    title = "The number that was confirmed is no longer right"


class RateRefused(InvalidInput):
    title = "The rate is not acceptable"
