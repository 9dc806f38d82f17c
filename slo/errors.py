from portal.shared.errors import DomainError, InvalidInput, NotFound, TooLarge, Unavailable


class RequestsRefused(InvalidInput):
    """Some requests cannot be counted; `fields` names each, and nothing was counted."""

    title = "The requests were refused"


class CountsNotKept(Unavailable):
    """The recorder has no room, or is not ready; the request was not counted."""

    title = "The request was not counted"


class TooManyRequestsAtOnce(TooLarge):
    title = "The batch holds too many requests"


class UnknownObjective(NotFound):
    title = "There is no such objective"


class UnknownIndicator(InvalidInput):
    title = "There is no such indicator"


class ObjectiveRefused(InvalidInput):
    """The objective, its indicator or a burn window could not be stored as asked."""

    title = "The objective was refused"


class DefinitionsRefused(InvalidInput):
    """Nothing of the document was stored; `fields` names the place of each problem."""

    title = "The document was refused"


class DefinitionsClash(DomainError):
    """Two imports stored the same thing at the same moment, and this one gave way."""

    title = "The objectives were stored by somebody else"


class ExportRefused(InvalidInput):
    """An objective cannot be said in the format that was asked for."""

    title = "The objectives cannot be exported so"


class MomentRefused(InvalidInput):
    """`at` is not a moment at which an objective can be looked at."""

    title = "The moment was refused"


class BurnDownRefused(InvalidInput):
    """`days` or `step` is none that a burn-down has."""

    title = "The burn-down was refused"


class LogFileRefused(InvalidInput):
    """The file cannot be read as an access log."""

    title = "The access log cannot be read"


class ServiceHasNoIndicator(DomainError):
    """Reading on would lose the requests: nothing counts them."""

    exit_code = 2
    title = "The service has no indicator"


class LogCursorMoved(DomainError):
    """Another process counted from the same file; this one counted nothing of its chunk."""

    title = "Another process reads the same access log"


class CorrectionRefused(InvalidInput):
    """The time cannot be taken out of a budget as asked; nothing was stored."""

    title = "The correction was refused"


class UnknownCorrection(NotFound):
    title = "There is no such correction"


class CorrectionAlreadyWithdrawn(DomainError):
    title = "The correction was withdrawn before"


class ChangeRefused(InvalidInput):
    """The change cannot be kept as sent."""

    title = "The change was refused"


class UnknownIncident(NotFound):
    """No incident of that reference was told of."""

    title = "There is no such incident"


class SpanRefused(InvalidInput):
    """The days asked for are not a number within reach."""

    title = "The span was refused"


class RiskRefused(InvalidInput):
    title = "The risk was refused"


class FreezeOverrideRefused(InvalidInput):
    """Nobody may pass a freeze without a reason, or for long."""

    title = "The freeze override was refused"


class UnknownFreezeOverride(NotFound):
    title = "There is no such freeze override"


class FreezeOverrideOver(DomainError):
    title = "The freeze override is over"


class MetricSourceRefused(InvalidInput):
    """The source of an indicator's counts could not be stored as asked."""

    title = "The metric source was refused"


class MetricsRefused(InvalidInput):
    """The body is no message of the kind that the address takes; nothing was counted."""

    title = "The metrics were refused"


class FormatNotTaken(InvalidInput):
    """Another encoding, or another version of the protocol, than the address takes."""

    status = 415
    title = "The format is not taken"


class CountsRefused(InvalidInput):
    """Some counts cannot be taken; `fields` names each, and nothing was counted."""

    title = "The counts were refused"


class PrometheusFailed(DomainError):
    """A Prometheus that is read from did not answer as it should."""

    status = 502
    title = "Prometheus could not be read"
