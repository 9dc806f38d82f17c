"""Open, acknowledge, resolve: what people and machines do to an incident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from catalog import selectors as catalog
from catalog.errors import UnknownService
from catalog.models import Service
from events import services as events
from events.contracts.incidents import (
    IncidentAcknowledged,
    IncidentOpened,
    IncidentResolved,
)
from incidents.errors import (
    IncidentAlreadyAcknowledged,
    IncidentAlreadyResolved,
    IncidentRefused,
    NoteRefused,
)
from incidents.models import EscalationStep, Incident, TimelineEntry
from incidents.rules import measures, transitions
from incidents.rules import severity as severity_rules
from incidents.selectors.incidents import find_open_incident, severity_error
from incidents.services.escalations import begin_escalation, stop_paging
from incidents.services.reviews import draft_review
from incidents.services.timeline import facts_of, record
from portal.shared import clock
from portal.shared.errors import FieldError

Kind = TimelineEntry.Kind
Status = Incident.Status
LONGEST_NOTE = 10_000


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody, or something, says is broken; `services` in the order of their weight."""

    title: str
    description: str
    severity: str
    detected_by: str
    services: list[Service]
    cause_key: str
    actor: str
    at: datetime
    via: str


def create_incident(  # noqa: PLR0913  (the verb's signature is part of the product)
    title: str,
    description: str,
    severity: str,
    detected_by: str,
    affected_services: Sequence[str],
    *,
    cause_key: str = "",
    acting_user: User | None = None,
    at: datetime | None = None,
    via: str = "",
) -> Incident:
    """This will open an incident and page for it, or join the open one with the same cause.

    `affected_services` are slugs; the team of the first one chooses the escalation policy.
    Joining notes the new report on the timeline and raises the severity when it is worse.
    Raises IncidentRefused naming every wrong input.
    """
    report = Report(
        title=title.strip(),
        description=description.strip(),
        severity=severity,
        detected_by=detected_by.strip(),
        services=_accepted(title, description, severity, detected_by, affected_services),
        cause_key=cause_key,
        actor=acting_user.get_username() if acting_user else detected_by.strip(),
        at=at or clock.now(),
        via=via,
    )
    with transaction.atomic():
        if incident := _joined(report):
            return incident
        try:
            with transaction.atomic():
                return _opened(report)
        except IntegrityError:
            # Another report of the same cause opened it while this one was looking.
            if incident := _joined(report):
                return incident
            raise


def _opened(report: Report) -> Incident:
    incident = Incident.objects.create(
        title=report.title,
        description=report.description,
        severity=report.severity,
        detected_by=report.detected_by,
        cause_key=report.cause_key,
        opened_at=report.at,
    )
    introduce(incident, report.services, actor=report.actor, at=report.at, via=report.via)
    begin_escalation(incident, team_id=_team_of(report), at=report.at)
    return incident


def _team_of(report: Report) -> int | None:
    return report.services[0].owner_id if report.services else None


def _accepted(
    title: str, description: str, severity: str, detected_by: str, slugs: Sequence[str]
) -> list[Service]:
    wrong = severity_error(severity)
    wrong += _text_errors("/title", title, longest=200)
    wrong += _text_errors("/detected_by", detected_by, longest=150)
    if len(description) > LONGEST_NOTE:
        wrong.append(FieldError("/description", f"At most {LONGEST_NOTE} characters."))
    services: list[Service] = []
    try:
        services = catalog.get_services(list(slugs), field="/affected_services")
    except UnknownService as error:
        wrong += error.fields
    if wrong:
        raise IncidentRefused("No incident was opened. The errors name each field.", fields=wrong)
    return services


def _text_errors(field: str, text: str, *, longest: int) -> list[FieldError]:
    if not text.strip():
        return [FieldError(field, "May not be blank.")]
    if len(text.strip()) > longest:
        return [FieldError(field, f"At most {longest} characters.")]
    return []


def introduce(
    incident: Incident, services: list[Service], *, actor: str, at: datetime, via: str
) -> None:
    """This will put a new incident on its timeline and tell others; nobody is paged by it."""
    incident.services.set(services)
    record(
        incident,
        Kind.OPENED,
        f"{incident.severity} opened: {incident.title}",
        at=at,
        actor=actor,
        via=via,
    )
    events.announce(
        IncidentOpened(
            **facts_of(incident, at=at),
            title=incident.title,
            detected_by=incident.detected_by,
        ),
        at=at,
        actor=actor,
    )


def _joined(report: Report) -> Incident | None:
    """Joins the open incident with the report's cause; None when there is none."""
    existing = find_open_incident(report.cause_key) if report.cause_key else None
    if existing is None:
        return None
    incident = Incident.objects.select_for_update().get(pk=existing.pk)
    if not incident.is_open:
        return None
    text = "\n".join(part for part in (report.title, report.description) if part)
    record(incident, Kind.SEEN_AGAIN, text, at=report.at, actor=report.actor, via=report.via)
    incident.services.add(*report.services)
    if severity_rules.is_worse(report.severity, than=incident.severity):
        _raise_severity(incident, report)
    return incident


def _raise_severity(incident: Incident, report: Report) -> None:
    """Starts the policy of the new severity, unless that policy is running already.

    Whoever acknowledged a lesser severity did not accept this one: the incident is
    triggered again, and somebody has to acknowledge it again.
    """
    before = incident.severity
    told = f"Severity raised from {before} to {report.severity}."
    if incident.status == Status.ACKNOWLEDGED:
        told += f" {incident.acknowledged_by} acknowledged {before}; this one is paged anew."
        incident.status = Status.TRIGGERED
        incident.acknowledged_at = None
        incident.acknowledged_by = ""
    incident.severity = report.severity
    incident.save(update_fields=["severity", "status", "acknowledged_at", "acknowledged_by"])
    record(incident, Kind.SEVERITY_RAISED, told, at=report.at, actor=report.actor, via=report.via)
    running = incident.steps.filter(state=EscalationStep.State.PENDING).exists()
    if not running:
        begin_escalation(incident, team_id=_team_of(report), at=report.at)


@transaction.atomic
def acknowledge_incident(
    *, incident_id: int, acting_user: User, at: datetime, via: str
) -> Incident:
    """This will put the user on the incident and stop paging others.

    Raises IncidentAlreadyAcknowledged and IncidentAlreadyResolved.
    """
    incident = Incident.objects.select_for_update().get(pk=incident_id)
    _refuse_transition(incident, Status.ACKNOWLEDGED)
    actor = acting_user.get_username()
    incident.status = Status.ACKNOWLEDGED
    incident.acknowledged_at = at
    incident.acknowledged_by = actor
    incident.save(update_fields=["status", "acknowledged_at", "acknowledged_by"])
    stop_paging(incident)
    record(incident, Kind.ACKNOWLEDGED, f"Acknowledged by {actor}.", at=at, actor=actor, via=via)
    events.announce(
        IncidentAcknowledged(**facts_of(incident, at=at), acknowledged_by=actor),
        at=at,
        actor=actor,
    )
    return incident


def _refuse_transition(incident: Incident, wanted: Status) -> None:
    if transitions.may_become(incident.status, wanted):
        return
    if incident.status == Status.RESOLVED:
        raise IncidentAlreadyResolved(
            f"{incident.reference} was resolved by {incident.resolved_by}. If it is back, open "
            "another incident."
        )
    raise IncidentAlreadyAcknowledged(
        f"{incident.acknowledged_by} acknowledged {incident.reference} already. Add a note if "
        "you are on it too."
    )


@transaction.atomic
def resolve_incident(
    *,
    incident_id: int,
    at: datetime,
    acting_user: User | None = None,
    resolved_by: str = "",
    note: str = "",
    via: str = "",
) -> Incident:
    """This will end the incident, stop its paging and draft its review.

    `resolved_by` names what resolved it when no user did. Raises IncidentAlreadyResolved.
    """
    incident = Incident.objects.select_for_update().get(pk=incident_id)
    _refuse_transition(incident, Status.RESOLVED)
    _refuse_note(note)
    actor = acting_user.get_username() if acting_user else resolved_by
    incident.status = Status.RESOLVED
    incident.resolved_at = at
    incident.resolved_by = actor
    incident.save(update_fields=["status", "resolved_at", "resolved_by"])
    stop_paging(incident)
    told = f"Resolved by {actor}." + (f"\n{note.strip()}" if note.strip() else "")
    record(incident, Kind.RESOLVED, told, at=at, actor=actor, via=via)
    took = measures.durations(
        opened_at=incident.opened_at, acknowledged_at=incident.acknowledged_at, resolved_at=at
    )
    events.announce(
        IncidentResolved(
            **facts_of(incident, at=at),
            resolved_by=actor,
            seconds_to_resolve=took.to_resolve,
        ),
        at=at,
        actor=actor,
    )
    draft_review(incident, took=took, at=at, actor=actor)
    return incident


@transaction.atomic
def add_note(
    *, incident_id: int, text: str, acting_user: User, at: datetime, via: str = ""
) -> TimelineEntry:
    """This will put a note on the timeline, of a resolved incident too. Raises NoteRefused."""
    incident = Incident.objects.select_for_update().get(pk=incident_id)
    if not text.strip():
        raise NoteRefused(
            "The note is blank.", fields=[FieldError("/text", "Write what you found or did.")]
        )
    _refuse_note(text)
    return record(
        incident, Kind.NOTE, text.strip(), at=at, actor=acting_user.get_username(), via=via
    )


def _refuse_note(text: str) -> None:
    if len(text) > LONGEST_NOTE:
        raise NoteRefused(
            f"The note has {len(text)} characters.",
            fields=[FieldError("/text", f"At most {LONGEST_NOTE} characters.")],
        )
