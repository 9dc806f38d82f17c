"""Taking events of others into the log, each once."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from events.contracts.base import CONTRACTS
from events.contracts.draft import Draft
from events.errors import ArrivalNotParked, ForeignEventRefused
from events.models import Received, RefusedArrival
from events.providers.base import Arrival
from events.rules import cloud_events, text
from events.rules.cloud_events import Foreign, Unreadable
from events.rules.naming import is_foreign_type
from events.services.publishing import append, refuse_payload, retention_class_of
from portal.shared.errors import DomainError, FieldError, TooLarge

log = structlog.get_logger(__name__)

LONGEST_SOURCE = 300
LONGEST_ID = 200
LONGEST_STREAM = 200
LARGEST_BATCH = 1_000
# Of a message that cannot be read so much is kept; the portal takes no larger event anyway.
BODY_KEPT_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Taken:
    """`is_new` is False for an event that was in the log already."""

    event_id: uuid.UUID
    is_new: bool


def take_in(
    found: Sequence[Foreign], *, at: datetime, actor: str = ""
) -> list[Taken | DomainError]:
    """This will write events of others into the log and return one answer for each, in order.

    An event is known by its source and id and taken in once. Those of one subject stay in
    order: their stream is `<source>/<subject>`, or ends with the partition key when there
    is one. What cannot be kept is answered with the error and stops no other.
    """
    answers: dict[int, Taken | DomainError] = {}
    drafts: dict[int, Draft] = {}
    for place, foreign in enumerate(found):
        try:
            drafts[place] = _draft(foreign, at=at, actor=actor)
        except DomainError as error:
            answers[place] = error
    try:
        answers |= _write(found, drafts, at=at)
    except IntegrityError:
        # Somebody else took one of them in at this moment: now it is there to be seen.
        answers |= _write(found, drafts, at=at)
    return [answers[place] for place in range(len(found))]


@transaction.atomic
def receive(found: Sequence[Foreign | Unreadable], *, at: datetime, actor: str) -> list[Taken]:
    """This will take in all of a sender's events, or none when one of them cannot be kept.

    Raises ForeignEventRefused, whose fields name the event by its place when there are
    several, and TooLarge for more than a thousand.
    """
    if len(found) > LARGEST_BATCH:
        raise TooLarge(f"A batch has at most {LARGEST_BATCH} events. Send it in parts.")
    refused: dict[int, DomainError] = {
        place: refusal_of(foreign)
        for place, foreign in enumerate(found)
        if isinstance(foreign, Unreadable)
    }
    readable = [foreign for foreign in found if isinstance(foreign, Foreign)]
    answers = take_in(readable, at=at, actor=actor)
    places = [place for place in range(len(found)) if place not in refused]
    refused |= {
        place: answer
        for place, answer in zip(places, answers, strict=True)
        if isinstance(answer, DomainError)
    }
    if refused:
        raise _together(refused, of_several=len(found) > 1)
    return [answer for answer in answers if isinstance(answer, Taken)]


def _together(refused: Mapping[int, DomainError], *, of_several: bool) -> ForeignEventRefused:
    fields = [
        FieldError(f"/{place}{error.field}" if of_several else error.field, error.detail)
        for place in sorted(refused)
        for error in refused[place].fields or [FieldError("", refused[place].detail)]
    ]
    first = refused[min(refused)].detail
    detail = f"{len(refused)} of the events cannot be kept. Nothing was stored."
    return ForeignEventRefused(detail if of_several else first, fields=fields)


def take_in_arrivals(arrivals: Sequence[Arrival], *, at: datetime) -> int:
    """This will take in what a broker brought, and park what it cannot, with the reason.

    After it returns, the broker need not bring them again. Returns how many were new.
    """
    readable: list[tuple[Arrival, Foreign]] = []
    refused: list[tuple[Arrival, str]] = []
    for arrival in arrivals:
        try:
            readable.append((arrival, cloud_events.read(arrival.headers, arrival.body)))
        except Unreadable as error:
            refused.append((arrival, str(error)))
    with transaction.atomic():
        answers = take_in([foreign for _arrival, foreign in readable], at=at)
        for (arrival, _foreign), answer in zip(readable, answers, strict=True):
            if isinstance(answer, DomainError):
                refused.append((arrival, str(answer)))
        RefusedArrival.objects.bulk_create(
            [_refused(arrival, reason, at=at) for arrival, reason in refused]
        )
    for arrival, reason in refused:
        log.warning("arrival_refused", place=arrival.place, reason=reason)
    return sum(isinstance(answer, Taken) and answer.is_new for answer in answers)


@transaction.atomic
def take_in_refused(
    *, arrival_id: int, at: datetime, acting_user: str, body: bytes | None = None
) -> Taken:
    """This will try a refused arrival again, with another body when one is given.

    Raises ArrivalNotParked, and ForeignEventRefused when it still cannot be kept.
    """
    arrival = _parked(arrival_id)
    if body is not None:
        arrival.body = body
    try:
        foreign = cloud_events.read(arrival.headers, bytes(arrival.body))
    except Unreadable as error:
        raise refusal_of(error) from error
    (answer,) = take_in([foreign], at=at, actor=acting_user)
    if isinstance(answer, DomainError):
        raise answer
    _settle(arrival, RefusedArrival.State.TAKEN_IN, at=at, by=acting_user)
    return answer


@transaction.atomic
def discard_refused(*, arrival_id: int, at: datetime, acting_user: str) -> None:
    """This will give a refused arrival up; the row stays. Raises ArrivalNotParked."""
    _settle(_parked(arrival_id), RefusedArrival.State.DISCARDED, at=at, by=acting_user)


def refusal_of(error: Unreadable) -> ForeignEventRefused:
    return ForeignEventRefused(
        str(error),
        fields=[FieldError(f"/{name}", fault) for name, fault in error.faults.items()],
    )


def _draft(foreign: Foreign, *, at: datetime, actor: str) -> Draft:
    faults = dict(_faults(foreign))
    if faults:
        raise refusal_of(Unreadable(faults))
    refuse_payload(foreign.payload)
    key = foreign.partition_key or foreign.subject
    draft = Draft(
        event_type=foreign.event_type,
        payload=foreign.payload,
        occurred_at=foreign.occurred_at or at,
        stream=f"{foreign.source}/{key}" if key else "",
        priority=foreign.priority,
        schema_version=foreign.schema_version,
        actor=actor or foreign.source[:150],
        correlation_id=foreign.correlation_id,
        traceparent=foreign.traceparent,
    )
    retention_class_of(draft)
    return draft


def _faults(foreign: Foreign) -> Iterable[tuple[str, str]]:
    """What is readable and yet not to be believed, or too long to be kept."""
    if foreign.source == settings.EVENT_SOURCE:
        yield "source", f"{foreign.source} is this portal itself."
    if not is_foreign_type(foreign.event_type):
        yield "type", "A type is up to 120 printable ASCII characters without spaces."
    if foreign.event_type in CONTRACTS:
        yield "type", f"Only the portal itself publishes {foreign.event_type}."
    key = foreign.partition_key or foreign.subject
    for name, value, longest in (
        ("source", foreign.source, LONGEST_SOURCE),
        ("id", foreign.id, LONGEST_ID),
        ("subject", f"{foreign.source}/{key}" if key else "", LONGEST_STREAM),
        ("traceparent", foreign.traceparent, 55),
    ):
        if len(value) > longest:
            yield name, f"The {name} is too long: at most {longest} characters are kept."
        elif text.storable(value) != value or not value.isprintable():
            yield name, f"The {name} holds a character that cannot be kept."


def _write(found: Sequence[Foreign], drafts: dict[int, Draft], *, at: datetime) -> dict[int, Taken]:
    with transaction.atomic():
        known = _known(found[place] for place in drafts)
        answers: dict[int, Taken] = {}
        by_stream: dict[str, list[int]] = defaultdict(list)
        again: dict[int, tuple[str, str]] = {}
        first: dict[tuple[str, str], int] = {}
        for place, draft in drafts.items():
            identity = (found[place].source, found[place].id)
            if identity in known:
                answers[place] = Taken(known[identity], is_new=False)
            elif identity in first:
                again[place] = identity
            else:
                first[identity] = place
                by_stream[draft.stream].append(place)
        # In the order of their names, so that two who take in the same streams do not wait
        # for each other in a circle.
        for stream in sorted(by_stream):
            places = by_stream[stream]
            for place, event in zip(places, append([drafts[p] for p in places]), strict=True):
                answers[place] = Taken(event.event_id, is_new=True)
        Received.objects.bulk_create(
            [
                Received(
                    source=source,
                    source_id=source_id,
                    event_id=answers[place].event_id,
                    received_at=at,
                )
                for (source, source_id), place in first.items()
            ]
        )
    for place, identity in again.items():
        answers[place] = Taken(answers[first[identity]].event_id, is_new=False)
    return answers


def _known(found: Iterable[Foreign]) -> dict[tuple[str, str], uuid.UUID]:
    ids: dict[str, list[str]] = defaultdict(list)
    for foreign in found:
        ids[foreign.source].append(foreign.id)
    return {
        (source, source_id): event_id
        for source, source_ids in ids.items()
        for source_id, event_id in Received.objects.filter(
            source=source, source_id__in=source_ids
        ).values_list("source_id", "event_id")
    }


def _refused(arrival: Arrival, reason: str, *, at: datetime) -> RefusedArrival:
    return RefusedArrival(
        channel=arrival.channel[:200],
        place=arrival.place[:300],
        headers={text.storable(k): text.storable(v) for k, v in arrival.headers.items()},
        body=arrival.body[:BODY_KEPT_BYTES],
        reason=text.storable(reason),
        arrived_at=at,
    )


def _parked(arrival_id: int) -> RefusedArrival:
    arrival = RefusedArrival.objects.select_for_update().get(pk=arrival_id)
    if arrival.state != RefusedArrival.State.PARKED:
        raise ArrivalNotParked(f"This arrival is {arrival.get_state_display()} already.")
    return arrival


def _settle(arrival: RefusedArrival, state: RefusedArrival.State, *, at: datetime, by: str) -> None:
    arrival.state, arrival.settled_at, arrival.settled_by = state, at, by
    arrival.save(update_fields=["state", "settled_at", "settled_by", "body"])
