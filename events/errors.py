from datetime import datetime

from portal.shared.errors import DomainError, InvalidInput, NotFound, Unavailable


class PermanentFailure(DomainError):
    """Another attempt would end the same: the delivery parks at the first."""

    title = "The event cannot be handled as it is"


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


class UnknownSchemaVersion(PermanentFailure):
    """The event is of a version of its type that this code cannot read."""

    title = "The event's version is not known"


class UpcastersBroken(DomainError):
    """The portal does not start with a chain that would leave old events unread."""

    title = "Old events could not be read"


class StreamUnknown(NotFound):
    title = "There is no such stream"


class StreamVersionUnknown(InvalidInput):
    title = "The stream has no such version"


class InstantRefused(InvalidInput):
    title = "This is neither a version nor a moment"


class FactUnreadable(PermanentFailure):
    """What stands in the log is not what its contract says."""

    title = "The event does not fit its contract"


class PositionAheadOfLog(DomainError):
    """A reader has seen more of the log than there is."""

    title = "The log does not reach that far"


class TypesUndeclared(DomainError):
    title = "The log holds types that nobody declares"


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
