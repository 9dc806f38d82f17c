"""Whom to page, and whom next: the steps of an escalation are rows with their due times."""

from datetime import datetime, timedelta

import structlog
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max, Min

from events import services as events
from events.contracts.incidents import IncidentEscalated
from incidents.errors import IncidentAlreadyResolved, NobodyToPage, NothingToEscalate
from incidents.models import (
    ContactMethod,
    EscalationStep,
    Incident,
    Page,
    TimelineEntry,
)
from incidents.rules import escalation
from incidents.selectors.incidents import find_policy
from incidents.selectors.on_call import contact_methods_of, responders_of
from incidents.services.timeline import facts_of, record
from portal.shared.tasks import poke

log = structlog.get_logger(__name__)

Kind = TimelineEntry.Kind
State = EscalationStep.State


def begin_escalation(incident: Incident, *, team_id: int | None, at: datetime) -> None:
    """This will plan every step of the incident's policy and start the first.

    Called in the transaction that opens the incident or raises its severity, so that the
    first page waits for nothing.
    """
    policy = find_policy(severity=incident.severity, team_id=team_id)
    levels = list(policy.levels.order_by("position")) if policy else []
    if policy is None or not levels:
        reason = f"The policy {policy} has no level" if policy else "No escalation policy is set"
        record(
            incident,
            Kind.NOT_PAGED,
            f"{reason} for {incident.severity}: nobody is paged.",
            at=at,
        )
        return
    rungs = [
        escalation.Rung(level.position, timedelta(seconds=level.ack_window_seconds))
        for level in levels
    ]
    planned = escalation.plan(rungs, repeat_count=policy.repeat_count, starts_at=at)
    level_at = {level.position: level for level in levels}
    taken = incident.steps.aggregate(last=Max("ordinal"))["last"] or 0
    EscalationStep.objects.bulk_create(
        EscalationStep(
            incident=incident,
            level=level_at[step.position],
            ordinal=ordinal,
            cycle=step.cycle,
            position=step.position,
            due_at=step.due_at,
        )
        for ordinal, step in enumerate(planned, start=taken + 1)
    )
    incident.escalation_policy = policy
    incident.save(update_fields=["escalation_policy"])
    _start_due(incident, at=at)


def start_due_steps(*, at: datetime) -> int:
    """This will start every step that is due, and return how many incidents it touched.

    Safe to run at once from several workers: each incident is locked and looked at again.
    """
    due = (
        Incident.objects.filter(
            status=Incident.Status.TRIGGERED,
            steps__state=State.PENDING,
            steps__due_at__lte=at,
        )
        .annotate(first_due=Min("steps__due_at"))
        .order_by("first_due")
        .values_list("pk", flat=True)
    )
    return sum(_escalate_if_due(incident_pk, at=at) for incident_pk in list(due))


def _escalate_if_due(incident_pk: int, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            incident = Incident.objects.select_for_update().get(pk=incident_pk)
            # It may have been acknowledged since it was found.
            if incident.status == Incident.Status.TRIGGERED:
                _start_due(incident, at=at)
                return True
    except Exception:
        # One incident's trouble must not hold up the escalation of the others.
        log.exception("escalation_failed", incident=f"INC-{incident_pk}")
    return False


def _start_due(incident: Incident, *, at: datetime) -> None:
    while step := (
        incident.steps.filter(state=State.PENDING, due_at__lte=at).order_by("ordinal").first()
    ):
        _start(incident, step, at=at)


def _start(
    incident: Incident, step: EscalationStep, *, at: datetime, actor: str = "", via: str = ""
) -> bool:
    """Pages the step's people, or skips it; the caller holds the incident."""
    responders = responders_of(step.level, at=at)
    contacts = list(contact_methods_of(responders))
    step.started_at = at
    step.state = State.STARTED if contacts else State.SKIPPED
    step.save(update_fields=["state", "started_at"])
    if not contacts:
        _skip(incident, step, responders, at=at, actor=actor, via=via)
        return False
    _create_pages(incident, step, contacts, at=at)
    record(
        incident,
        Kind.ESCALATED,
        f"{_name_of(step)}: paging {_listed(responders, contacts)}",
        at=at,
        actor=actor,
        via=via,
    )
    events.announce(
        IncidentEscalated(
            **facts_of(incident, at=at),
            level=step.position,
            responders=[user.get_username() for user in responders],
        ),
        at=at,
        actor=actor,
    )
    return True


def _skip(
    incident: Incident,
    step: EscalationStep,
    responders: list[User],
    *,
    at: datetime,
    actor: str,
    via: str,
) -> None:
    """Makes the next step of this round due now.

    The next round keeps its time: whoever is put on call meanwhile is paged then, instead of
    every round being used up at once.
    """
    names = ", ".join(user.get_username() for user in responders)
    reason = f"{names} cannot be reached: no active contact method" if names else "nobody on call"
    record(
        incident,
        Kind.SKIPPED,
        f"{_name_of(step)} skipped: {reason}.",
        at=at,
        actor=actor,
        via=via,
    )
    _hurry_next(incident, step, at=at)


def _hurry_next(incident: Incident, step: EscalationStep, *, at: datetime) -> bool:
    following = incident.steps.filter(ordinal=step.ordinal + 1, cycle=step.cycle)
    return bool(following.filter(state=State.PENDING, due_at__gt=at).update(due_at=at))


def hurry_if_nothing_arrived(incident: Incident, step: EscalationStep, *, at: datetime) -> None:
    """This will make the next level due when every page of this one was given up.

    The caller holds the incident. As with an empty level, the next round keeps its time.
    """
    if step.pages.exclude(state=Page.State.FAILED).exists():
        return
    if _hurry_next(incident, step, at=at):
        record(
            incident,
            Kind.SKIPPED,
            f"{_name_of(step)}: no page arrived, so the next level is not waited for.",
            at=at,
        )
        poke("incidents.start_due_steps")


def _create_pages(
    incident: Incident,
    step: EscalationStep,
    contacts: list[ContactMethod],
    *,
    at: datetime,
    again: int = 0,
) -> None:
    suffix = f":again-{again}" if again else ""
    Page.objects.bulk_create(
        Page(
            incident=incident,
            step=step,
            responder=contact.user,
            contact_method=contact,
            idempotency_key=(
                f"{incident.incident_id}:{step.pk}:{step.cycle}:{contact.user_id}:{contact.pk}"
                f"{suffix}"
            ),
            created_at=at,
            due_at=at,
        )
        for contact in contacts
    )
    poke("incidents.send_due_pages")


def _name_of(step: EscalationStep) -> str:
    return f"Level {step.position}" + (f", round {step.cycle}" if step.cycle > 1 else "")


def _listed(responders: list[User], contacts: list[ContactMethod]) -> str:
    parts = []
    for user in responders:
        channels = [c.get_channel_display() for c in contacts if c.user_id == user.pk]
        how = "over " + ", ".join(channels) if channels else "cannot be reached"
        parts.append(f"{user.get_username()} ({how})")
    return "; ".join(parts) + "."


@transaction.atomic
def escalate_now(
    *, incident_id: int, acting_user: User, at: datetime, via: str = ""
) -> EscalationStep:
    """This will page the next level without waiting for its time.

    Allowed after an acknowledgement too: who is on it may want more people. A level that
    cannot be reached is skipped for the next. Raises NothingToEscalate after the last.
    """
    incident = _open_incident(incident_id)
    actor = acting_user.get_username()
    waiting = incident.steps.filter(state__in=[State.PENDING, State.CANCELLED])
    after = incident.steps.filter(state=State.STARTED).aggregate(last=Max("ordinal"))["last"] or 0
    for step in waiting.filter(ordinal__gt=after).order_by("ordinal"):
        if _start(incident, step, at=at, actor=actor, via=via):
            return step
    raise NothingToEscalate(
        f"{incident.reference} has no further level that can be reached. Page again, or call "
        "somebody by other means and note it."
    )


@transaction.atomic
def page_again(*, incident_id: int, acting_user: User, at: datetime, via: str = "") -> int:
    """This will page the level that was paged last once more, and return how many pages.

    Its people are looked up anew: a handoff may have happened. Raises NobodyToPage.
    """
    incident = _open_incident(incident_id)
    step = incident.steps.filter(state=State.STARTED).order_by("ordinal").last()
    if step is None:
        raise NobodyToPage(
            f"No level of {incident.reference} has been paged yet. Escalate it first."
        )
    responders = responders_of(step.level, at=at)
    contacts = list(contact_methods_of(responders))
    if not contacts:
        raise NobodyToPage(
            f"Nobody of {step.level} can be reached. Add a contact method, or escalate now."
        )
    # How many pages there are already makes a key that no earlier page has.
    _create_pages(incident, step, contacts, at=at, again=step.pages.count())
    record(
        incident,
        Kind.ESCALATED,
        f"{_name_of(step)} again: paging {_listed(responders, contacts)}",
        at=at,
        actor=acting_user.get_username(),
        via=via,
    )
    return len(contacts)


def _open_incident(incident_id: int) -> Incident:
    incident = Incident.objects.select_for_update().get(pk=incident_id)
    if not incident.is_open:
        raise IncidentAlreadyResolved(
            f"{incident.reference} was resolved by {incident.resolved_by}; nobody is paged for it."
        )
    return incident


def stop_paging(incident: Incident) -> None:
    """This will cancel what has not been paged yet, in the caller's transaction.

    A page that is being sent this moment keeps its lease token, so that its receipt is
    still recorded; it is not tried again.
    """
    incident.steps.filter(state=State.PENDING).update(state=State.CANCELLED)
    unsent = [Page.State.PENDING, Page.State.LEASED]
    incident.pages.filter(state__in=unsent).update(state=Page.State.CANCELLED)
