from portal.shared.errors import DomainError, InvalidInput, NotFound, TooLarge


class RequestsRefused(InvalidInput):
    """Some requests cannot be counted; `fields` names each, and nothing was counted."""

    title = "The requests were refused"


class TooManyRequestsAtOnce(TooLarge):
    title = "The batch holds too many requests"


class UnknownObjective(NotFound):
    title = "There is no such objective"


class ObjectiveRefused(InvalidInput):
    """The objective, its indicator or a burn window could not be stored as asked."""

    title = "The objective was refused"


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
