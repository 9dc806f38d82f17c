import re
import uuid

from django.db.models import Prefetch, Q, QuerySet

from incidents.errors import UnknownIncident, UnknownReview
from incidents.models import EscalationPolicy, EscalationStep, Incident, Page, Review
from incidents.rules import severity as severity_rules
from portal.shared.errors import FieldError

_REFERENCE = re.compile(r"(?:INC-)?(\d{1,18})", re.IGNORECASE)


def all_incidents() -> QuerySet[Incident]:
    """This will return the incidents with what a list of them shows, newest first."""
    incidents = Incident.objects.select_related("escalation_policy").prefetch_related("services")
    return with_paging(incidents).order_by("-opened_at", "-id")


def with_paging(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    """This will fetch what `page_state` reads, in a number of queries that does not grow."""
    steps = EscalationStep.objects.order_by("ordinal").prefetch_related(
        "level__targets__schedule", "level__targets__user"
    )
    pages = Page.objects.order_by("id").select_related("responder", "contact_method")
    return incidents.prefetch_related(Prefetch("steps", steps), Prefetch("pages", pages))


def find_open_incident(cause_key: str) -> Incident | None:
    return Incident.objects.open().filter(cause_key=cause_key).first()


def incident_lookup(name: str) -> Q:
    """This will turn `INC-12` or a uuid into a condition; raises UnknownIncident."""
    if found := _REFERENCE.fullmatch(name):
        return Q(pk=int(found[1]))
    try:
        return Q(incident_id=uuid.UUID(name))
    except ValueError as error:
        raise UnknownIncident(
            f"{name!r} is neither a reference like INC-12 nor the uuid of an incident."
        ) from error


def get_incident(name: str) -> Incident:
    """This will return the incident by reference or uuid; raises UnknownIncident."""
    incident = all_incidents().filter(incident_lookup(name)).first()
    if incident is None:
        raise UnknownIncident(f"There is no incident {name}.")
    return incident


def get_review(incident: Incident) -> Review:
    review = Review.objects.filter(incident=incident).select_related("incident").first()
    if review is None:
        raise UnknownReview(
            f"{incident.reference} has no review; it is drafted when the incident is resolved."
        )
    return review


def find_policy(*, severity: str, team_id: int | None) -> EscalationPolicy | None:
    """This will return the policy for a severity: the team's before the common one.

    Within either, one that names the severity comes before one for any.
    """
    severities = [severity]
    if severity_rules.pages_by_default(severity):
        severities.append("")
    candidates = EscalationPolicy.objects.filter(
        Q(team=None) | Q(team_id=team_id), severity__in=severities
    )
    return min(candidates, key=lambda p: (p.team_id is None, p.severity == ""), default=None)


def severity_error(severity: str) -> list[FieldError]:
    if severity in Incident.Severity.values:
        return []
    known = ", ".join(Incident.Severity.values)
    return [FieldError("/severity", f"{severity!r} is not one of {known}.")]
