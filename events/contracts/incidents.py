from dataclasses import dataclass

from events.contracts.base import Contract, Priority, contract


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFact(Contract):
    """Something happened to an incident. `reference` is what people call it: INC-12."""

    lane = Priority.HIGH
    retention_class = "audit"

    incident: str
    reference: str
    severity: str
    services: list[str]
    at: str

    @property
    def stream(self) -> str:
        return f"incidents.incident.{self.incident}"


@contract("incidents.incident.opened")
@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOpened(IncidentFact):
    priority = Priority.HIGH
    title: str
    detected_by: str


@contract("incidents.incident.acknowledged")
@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentAcknowledged(IncidentFact):
    acknowledged_by: str


@contract("incidents.incident.escalated")
@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEscalated(IncidentFact):
    """`level` is 1 for the first people paged; `responders` are user names."""

    priority = Priority.HIGH
    level: int
    responders: list[str]


@contract("incidents.incident.resolved")
@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentResolved(IncidentFact):
    resolved_by: str
    seconds_to_resolve: float


@contract("incidents.review.drafted")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDrafted(IncidentFact):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFact(Contract):
    """Something happened to one page to one person over one channel."""

    lane = Priority.HIGH
    retention_class = "audit"

    page: str
    incident: str
    reference: str
    responder: str
    channel: str
    attempts: int
    at: str

    @property
    def stream(self) -> str:
        return f"incidents.incident.{self.incident}"


@contract("incidents.page.sent")
@dataclass(frozen=True, slots=True, kw_only=True)
class PageSent(PageFact):
    pass


@contract("incidents.page.failed")
@dataclass(frozen=True, slots=True, kw_only=True)
class PageFailed(PageFact):
    """Every attempt failed; the receiver is not reachable over this channel."""

    priority = Priority.HIGH
    reason: str
