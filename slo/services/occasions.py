"""What happened to services and may have cost budget, written down from what others tell."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import Service
from catalog.selectors import all_services, get_services
from events.contracts.incidents import (
    IncidentAcknowledged,
    IncidentFact,
    IncidentOpened,
    IncidentResolved,
)
from events.contracts.recorded import RecordedEvent
from events.contracts.slo import ChangeRecorded
from events.services import announce
from portal.shared.errors import FieldError
from slo.errors import ChangeRefused
from slo.models import Occasion
from slo.rules.request_validation import moment

log = structlog.get_logger(__name__)

LONGEST_REFERENCE = 100
LONGEST_TITLE = 300
MOST_SERVICES = 100
FARTHEST_BACK = timedelta(days=90)
FARTHEST_AHEAD = timedelta(minutes=5)
LONGEST_CHANGE = timedelta(days=30)


class ChangeKind(StrEnum):
    DEPLOY = "deploy"
    CONFIG = "config"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What went out, to which services (slugs), and when; `ends_at` if it is known."""

    reference: str
    services: Sequence[str]
    at: datetime
    title: str = ""
    ends_at: datetime | None = None
    kind: ChangeKind = ChangeKind.DEPLOY


@transaction.atomic
def note_incident(*, fact: IncidentFact) -> None:
    """This will write down what an event tells of an incident, for each service it names.

    Facts may come twice and in any order: each sets what it alone knows.
    """
    known = Occasion.objects.filter(kind=Occasion.Kind.INCIDENT, reference=fact.reference)
    first = known.order_by("starts_at").first()
    for service in _known_services(fact.services):
        occasion, _is_new = Occasion.objects.get_or_create(
            kind=Occasion.Kind.INCIDENT,
            reference=fact.reference,
            service=service,
            defaults={
                "title": first.title if first else fact.reference,
                "starts_at": first.starts_at if first else _began(fact),
            },
        )
        if told := _told(occasion, fact):
            Occasion.objects.filter(pk=occasion.pk).update(**told)


def record_change(*, change: Change, acting_user: User, at: datetime) -> list[Occasion]:
    """This will keep a change, and tell others. Sent again with its end, it is completed.

    Raises ChangeRefused naming each field, and UnknownService.
    """
    wrong = list(_wrong_fields(change, at=at))
    if wrong:
        raise ChangeRefused("The change was not kept.", fields=wrong)
    with transaction.atomic():
        services = get_services(list(change.services), field="/services")
        if _keep(change, services):
            announce(_change_fact(change, services, by=acting_user, at=at), at=at)
        return list(
            Occasion.objects.filter(kind=Occasion.Kind.CHANGE, reference=change.reference)
            .select_related("service")
            .order_by("service__slug")
        )


@transaction.atomic
def note_change(*, event: RecordedEvent) -> bool:
    """This will keep a change of which an event tells that is no contract of this room.

    One that names no service the catalog knows is left out, with a line in the log.
    """
    services = list(_known_services(_named(event.payload)))
    if not services:
        log.info("change_names_no_service", event_type=event.event_type, event=str(event.event_id))
        return False
    reference, title = event.payload.get("reference"), event.payload.get("title")
    ends_at = moment(event.payload.get("ends_at"))
    change = Change(
        reference=_text(reference, LONGEST_REFERENCE) or str(event.event_id),
        title=_text(title, LONGEST_TITLE) or event.event_type,
        services=[service.slug for service in services],
        at=event.occurred_at,
        ends_at=ends_at if ends_at and ends_at > event.occurred_at else None,
    )
    _keep(change, services)
    return True


def _told(occasion: Occasion, fact: IncidentFact) -> dict[str, Any]:
    at = _moment(fact)
    match fact:
        case IncidentOpened():
            return {"title": fact.title[:LONGEST_TITLE], "starts_at": at}
        case IncidentAcknowledged():
            earlier = occasion.acknowledged_at
            return {"acknowledged_at": min(earlier, at) if earlier else at}
        case IncidentResolved():
            return {"ends_at": max(occasion.ends_at or at, at)}
        case _:
            return {}


def _began(fact: IncidentFact) -> datetime:
    """When it was opened, as far as this fact knows; its opening corrects it."""
    took = fact.seconds_to_resolve if isinstance(fact, IncidentResolved) else 0
    return _moment(fact) - timedelta(seconds=took)


def _moment(fact: IncidentFact) -> datetime:
    return datetime.fromisoformat(fact.at)


def _known_services(slugs: Iterable[str]) -> Iterable[Service]:
    return all_services().filter(slug__in=list(slugs))


def _keep(change: Change, services: Sequence[Service]) -> bool:
    """Returns whether anything of it was new."""
    is_news = False
    for service in services:
        occasion, is_new = Occasion.objects.get_or_create(
            kind=Occasion.Kind.CHANGE,
            reference=change.reference,
            service=service,
            defaults={
                "title": change.title or change.reference,
                "starts_at": change.at,
                "ends_at": change.ends_at,
            },
        )
        if not is_new and change.ends_at and change.ends_at != occasion.ends_at:
            Occasion.objects.filter(pk=occasion.pk).update(ends_at=change.ends_at)
            is_new = True
        is_news = is_news or is_new
    return is_news


def _named(payload: dict[str, Any]) -> list[str]:
    """The services of a payload that nobody promised the shape of."""
    named = payload.get("services", payload.get("service"))
    found = named if isinstance(named, list) else [named]
    return [slug for slug in found if isinstance(slug, str)][:MOST_SERVICES]


def _text(value: object, longest: int) -> str:
    return value.strip()[:longest] if isinstance(value, str) else ""


def _wrong_fields(change: Change, *, at: datetime) -> Iterator[FieldError]:
    if not change.reference.strip() or len(change.reference) > LONGEST_REFERENCE:
        yield FieldError("/reference", f"Use 1 to {LONGEST_REFERENCE} characters.")
    elif not change.reference.isprintable() or " " in change.reference:
        yield FieldError("/reference", "Use printable characters without spaces.")
    if len(change.title) > LONGEST_TITLE:
        yield FieldError("/title", f"Use at most {LONGEST_TITLE} characters.")
    if not 1 <= len(change.services) <= MOST_SERVICES:
        yield FieldError("/services", f"Name 1 to {MOST_SERVICES} services.")
    if not at - FARTHEST_BACK <= change.at <= at + FARTHEST_AHEAD:
        yield FieldError("/at", "Use a time of the last 90 days, at most 5 minutes ahead.")
    if change.ends_at and not change.at < change.ends_at <= change.at + LONGEST_CHANGE:
        yield FieldError("/ends_at", "Use a time after the start, at most 30 days later.")


def _change_fact(
    change: Change, services: Sequence[Service], *, by: User, at: datetime
) -> ChangeRecorded:
    return ChangeRecorded(
        reference=change.reference,
        title=change.title or change.reference,
        kind=change.kind.value,
        services=[service.slug for service in services],
        starts_at=change.at.isoformat(),
        ends_at=change.ends_at.isoformat() if change.ends_at else None,
        by=by.get_username(),
        at=at.isoformat(),
    )
