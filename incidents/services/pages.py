"""Carry every page to its responder at least once, and keep the receipt of each attempt.

A page is claimed in one short transaction, sent outside of any, and recorded in another that
the lease token guards. When the sender dies between the two, the lease runs out and the page
is sent again under the same idempotency key.
"""

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.urls import reverse

from events import services as events
from events.contracts.incidents import PageFailed, PageSent
from incidents.models import ContactMethod, Incident, Page, PageAttempt, TimelineEntry
from incidents.providers.base import PageMessage, Receipt, Undeliverable, channels
from incidents.rules import retry
from incidents.rules.signing import signing_secret
from incidents.services.escalations import hurry_if_nothing_arrived
from incidents.services.links import acknowledge_address
from incidents.services.timeline import record
from portal.shared.stopwatch import Stopwatch

log = structlog.get_logger(__name__)

# How many receivers one sweep waits for at once: a slow one delays nobody but itself.
WIDTH = 16

Outcome = PageAttempt.Outcome


@dataclass(frozen=True, slots=True)
class Result:
    """How one attempt ended."""

    outcome: Outcome
    detail: str
    status_code: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Flight:
    """A page on its way, as it was claimed."""

    page: Page
    token: uuid.UUID
    started_at: datetime


def send_due_pages(*, at: datetime) -> int:
    """This will send every page that is due, and return how many attempts it made.

    Safe to run at once from several workers. Only the wire is used in the threads; rows are
    read and written in the caller's.
    """
    watch = Stopwatch(at)
    claims = _claims_until_trouble(at, watch)
    flights: dict[Future[Result], Flight] = {}
    attempts = 0
    with ThreadPoolExecutor(max_workers=WIDTH, thread_name_prefix="pages") as pool:
        while True:
            for flight in islice(claims, WIDTH - len(flights)):
                flights[_take_off(pool, flight)] = flight
                attempts += 1
            if not flights:
                return attempts
            done, _waiting = wait(flights, return_when=FIRST_COMPLETED)
            for future in done:
                _land(flights.pop(future), future.result(), at=watch.now())


def _claims_until_trouble(at: datetime, watch: Stopwatch) -> Iterator[Flight]:
    try:
        yield from _claims(at, watch)
    except DatabaseError:
        # The receipts of the pages in the air must still be written. What was not claimed is
        # due as before.
        log.exception("pages_not_claimed")


def _claims(at: datetime, watch: Stopwatch) -> Iterator[Flight]:
    """Claims what was due when the sweep began, so that one sweep has an end.

    The attempt is counted before it starts: one that kills its worker counts.
    """
    claimed = True
    while claimed:
        claimed = False
        for page in _sendable(at):
            if flight := _claim(page, at=at, now=watch.now()):
                claimed = True
                yield flight


def _sendable(at: datetime) -> list[Page]:
    return list(
        Page.objects.sendable(at)
        .select_related("incident", "step", "responder", "contact_method")
        .prefetch_related("incident__services")
        .order_by("due_at", "id")[: WIDTH * 4]
    )


def _claim(page: Page, *, at: datetime, now: datetime) -> Flight | None:
    token = uuid.uuid4()
    untouched = Page.objects.sendable(at).filter(pk=page.pk, attempts=page.attempts)
    page.attempts += 1
    rows = untouched.update(
        state=Page.State.LEASED,
        attempts=page.attempts,
        lease_until=now + retry.LEASE,
        lease_token=token,
    )
    return Flight(page=page, token=token, started_at=now) if rows == 1 else None


def _take_off(pool: ThreadPoolExecutor, flight: Flight) -> Future[Result]:
    if flight.page.attempts > retry.ATTEMPTS:
        return pool.submit(_lost)
    return pool.submit(_send, flight.page.contact_method.channel, _message_for(flight))


def _land(flight: Flight, result: Result, *, at: datetime) -> None:
    try:
        _record(flight, result, at=at)
    except DatabaseError:
        # The receipts of the other pages in the air must still be written. This page's lease
        # runs out, and it is sent again.
        log.exception("receipt_not_recorded", page=str(flight.page.page_id))


def _lost() -> Result:
    """The result of a page whose every attempt took its worker along."""
    return Result(
        outcome=Outcome.FAILED,
        detail="No attempt came back with a receipt.",
        status_code=None,
        seconds=0.0,
    )


def _message_for(flight: Flight) -> PageMessage:
    page, incident = flight.page, flight.page.incident
    address = reverse("admin:incidents_incident_change", args=[incident.pk])
    return PageMessage(
        kind="page.sent",
        page_id=str(page.page_id),
        idempotency_key=page.idempotency_key,
        address=page.contact_method.address,
        reference=incident.reference,
        title=incident.title,
        severity=incident.severity,
        services=tuple(sorted(service.slug for service in incident.services.all())),
        url=f"{settings.PORTAL_URL}{address}",
        acknowledge_url=acknowledge_address(page),
        level=page.step.position,
        responder=page.responder.get_username(),
        opened_at=incident.opened_at,
        sent_at=flight.started_at,
        signing_secret=secret_of(page.contact_method),
    )


def secret_of(contact: ContactMethod) -> str:
    return signing_secret(
        key=settings.PAGE_SIGNING_KEY,
        contact_method=str(contact.contact_id),
        version=contact.signing_key_version,
    )


def _send(channel: str, message: PageMessage) -> Result:
    """Runs in a thread of its own: no row is touched here."""
    began = time.monotonic()
    try:
        receipt = deliver(channel, message)
    except Undeliverable as error:
        return Result(
            outcome=Outcome.REFUSED if error.permanent else Outcome.FAILED,
            detail=error.reason,
            status_code=error.status_code,
            seconds=time.monotonic() - began,
        )
    return Result(
        outcome=Outcome.ACCEPTED,
        detail=receipt.detail,
        status_code=receipt.status_code,
        seconds=time.monotonic() - began,
    )


def deliver(channel: str, message: PageMessage) -> Receipt:
    """This will send over the channel; whatever goes wrong leaves as Undeliverable."""
    try:
        return channels.get(channel).send(message)
    except Undeliverable:
        raise
    except Exception as error:
        log.exception("channel_failed", channel=channel, page=message.page_id)
        raise Undeliverable(
            f"The channel {channel} itself failed: {type(error).__name__}.", permanent=False
        ) from error


@transaction.atomic
def _record(flight: Flight, result: Result, *, at: datetime) -> None:
    page = flight.page
    # The incident first, then its pages, as every verb does: the other way round, an
    # acknowledgement at this moment and this receipt would wait for each other.
    incident = Incident.objects.select_for_update().get(pk=page.incident_id)
    PageAttempt.objects.create(
        page=page,
        number=page.attempts,
        started_at=flight.started_at,
        ended_at=at,
        outcome=result.outcome,
        status_code=result.status_code,
        detail=result.detail[:500],
        latency_ms=round(result.seconds * 1000),
    )
    held = Page.objects.filter(pk=page.pk, lease_token=flight.token)
    if result.outcome == Outcome.ACCEPTED:
        if held.update(state=Page.State.SENT, sent_at=at, lease_until=None):
            _tell_sent(page, result, at=at)
        return
    given_up = retry.is_given_up(page.attempts, refused=result.outcome == Outcome.REFUSED)
    # One that was cancelled while it was sent stays cancelled.
    recorded = held.filter(state=Page.State.LEASED).update(
        state=Page.State.FAILED if given_up else Page.State.PENDING,
        due_at=at + retry.delay_after(page.attempts),
        lease_until=None,
    )
    if recorded:
        _tell_not_sent(page, result, given_up=given_up, at=at)
    if recorded and given_up:
        hurry_if_nothing_arrived(incident, page.step, at=at)


def _tell_sent(page: Page, result: Result, *, at: datetime) -> None:
    attempt = f", attempt {page.attempts}" if page.attempts > 1 else ""
    record(
        page.incident,
        TimelineEntry.Kind.PAGE_SENT,
        f"Page to {_receiver_of(page)} was taken after {round(result.seconds * 1000)} ms{attempt}.",
        at=at,
    )
    events.announce(PageSent(**_facts_of(page, at=at)), at=at)


def _tell_not_sent(page: Page, result: Result, *, given_up: bool, at: datetime) -> None:
    """The timeline has the first failure and the last: nineteen would hide all else."""
    if given_up or page.attempts == 1:
        outlook = "given up" if given_up else "trying again"
        record(
            page.incident,
            TimelineEntry.Kind.PAGE_FAILED,
            f"Page to {_receiver_of(page)} failed, attempt {page.attempts}, {outlook}: "
            f"{result.detail}",
            at=at,
        )
    if given_up:
        events.announce(
            PageFailed(**_facts_of(page, at=at), reason=result.detail),
            at=at,
        )


def _receiver_of(page: Page) -> str:
    return f"{page.responder.get_username()} over {page.contact_method.get_channel_display()}"


def _facts_of(page: Page, *, at: datetime) -> dict[str, Any]:
    return {
        "page": str(page.page_id),
        "incident": str(page.incident.incident_id),
        "reference": page.incident.reference,
        "responder": page.responder.get_username(),
        "channel": page.contact_method.channel,
        "attempts": page.attempts,
        "at": at.isoformat(),
    }
