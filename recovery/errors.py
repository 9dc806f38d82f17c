from portal.shared.errors import DomainError, InvalidInput, NotFound


class UnknownPlan(NotFound):
    title = "There is no such recovery plan"


class DrillRefused(InvalidInput):
    """What was said of the drill cannot have been; `fields` names each."""

    title = "The drill could not be recorded"


class DrillAlreadyRecorded(DomainError):
    title = "The drill is recorded already"


class PlanHasNoExecutor(DomainError):
    """The plan is for people to follow; the portal cannot carry it out."""

    title = "The plan has no automated step"
