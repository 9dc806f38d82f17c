from portal.shared.errors import DomainError, InvalidInput, NotFound


class IncidentRefused(InvalidInput):
    """The incident was not opened; `fields` names each wrong input."""

    title = "The incident is not acceptable"


class UnknownIncident(NotFound):
    title = "There is no such incident"


class IncidentAlreadyAcknowledged(DomainError):
    title = "The incident is acknowledged already"


class IncidentAlreadyResolved(DomainError):
    title = "The incident is resolved already"


class NothingToEscalate(DomainError):
    title = "There is no further level to escalate to"


class NobodyToPage(DomainError):
    title = "There is nobody to page"


class NoteRefused(InvalidInput):
    title = "The note is not acceptable"


class ReviewAlreadyCompleted(DomainError):
    title = "The review is completed already"


class ReviewHasNoSummary(DomainError):
    title = "The review has no summary"


class UnknownReview(NotFound):
    title = "The incident has no review"


class LinkRefused(DomainError):
    """The acknowledge link cannot be trusted, is too old, or its responder is gone."""

    status = 410
    title = "The link does not work"


class TestPageNotDelivered(DomainError):
    """The receiver did not take the test page; the detail says why."""

    # Not a test class, whatever pytest makes of the name.
    __test__ = False
    status = 502
    title = "The test page was not delivered"


class SecretNotShown(DomainError):
    """Only the owner of a webhook and administrators see its signing secret."""

    status = 403
    title = "The signing secret is not yours to see"
