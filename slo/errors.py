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
