"""Counting the requests that services report, whole batches at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from portal.shared import clock
from portal.shared.errors import FieldError
from slo import selectors
from slo.errors import RequestsRefused, TooManyRequestsAtOnce
from slo.rules.request_outcome import tally
from slo.rules.request_validation import Expectation, problems, served_request
from slo.services.buckets import add_counts
from slo.services.recording import recorder

MOST_ITEMS = 10_000
# What a refusal lists: enough to see the pattern, and not another ten megabytes.
MOST_ERRORS = 100


@dataclass(frozen=True, slots=True)
class RejectedItem:
    index: int
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class Ingested:
    """`rejected` is empty unless the batch was partial."""

    accepted: int
    rejected: tuple[RejectedItem, ...]


def record_request(
    endpoint: str,
    method: str,
    status_code: int,
    response_time_ms: float | None,
    *,
    service: str | None = None,
    at: datetime | None = None,
) -> None:
    """This will count one served request in every indicator of the service that matches.

    The service is the portal itself when none is named. Without a time, and unless
    SLO_RECORDER_FLUSH_SECONDS is 0, the request is counted in memory that a SIGKILL of the
    process leaves alone, and is written within a second or so; no database is waited for.
    Raises RequestsRefused, and CountsNotKept when the database has been away for too long.
    """
    if at is None and settings.SLO_RECORDER_FLUSH_SECONDS:
        recorder().record(
            endpoint,
            method,
            status_code,
            response_time_ms,
            settings.SLO_OWN_SERVICE if service is None else service,
        )
        return
    item = {
        "endpoint": endpoint,
        "method": method,
        "status_code": status_code,
        "response_time_ms": response_time_ms,
        "service": settings.SLO_OWN_SERVICE if service is None else service,
        "at": at,
    }
    # A time without offset is refused by name, so it cannot stand for the present.
    expected = _expectation(at=at if at and at.tzinfo else clock.now())
    if wrong := problems(item, expected, pointer=""):
        raise RequestsRefused("The request cannot be counted.", fields=wrong)
    _count([item], expected)


def ingest_requests(items: Sequence[Mapping[str, Any]], *, partial: bool, at: datetime) -> Ingested:
    """This will count a batch in one transaction: all of it, or when partial, what is right.

    Raises RequestsRefused naming each wrong field of a batch that is not partial, and
    TooManyRequestsAtOnce above 10 000 items.
    """
    if len(items) > MOST_ITEMS:
        raise TooManyRequestsAtOnce(
            f"The batch holds {len(items)} requests; send at most {MOST_ITEMS} at a time.",
            fields=[FieldError("/requests", f"At most {MOST_ITEMS} items.")],
        )
    expected = _expectation(at=at)
    rejected = tuple(_rejected(items, expected))
    if rejected and not partial:
        raise _refusal(rejected)
    wrong = {item.index for item in rejected}
    accepted = [item for index, item in enumerate(items) if index not in wrong]
    _count(accepted, expected)
    return Ingested(accepted=len(accepted), rejected=rejected)


def _expectation(*, at: datetime) -> Expectation:
    return Expectation(
        at=at, services=selectors.known_service_slugs(), own_service=settings.SLO_OWN_SERVICE
    )


def _rejected(items: Sequence[Any], expected: Expectation) -> Iterator[RejectedItem]:
    for index, item in enumerate(items):
        if errors := problems(item, expected, pointer=f"/requests/{index}"):
            yield RejectedItem(index=index, errors=tuple(errors))


def _refusal(rejected: Sequence[RejectedItem]) -> RequestsRefused:
    errors = [error for item in rejected for error in item.errors]
    unlisted = len(errors) - MOST_ERRORS
    more = f" The first {MOST_ERRORS} errors are listed." if unlisted > 0 else ""
    return RequestsRefused(
        f"Nothing was counted: {len(rejected)} requests are wrong.{more} Send "
        '"partial": true to count the others.',
        fields=errors[:MOST_ERRORS],
    )


@transaction.atomic
def _count(items: Sequence[Mapping[str, Any]], expected: Expectation) -> None:
    served = (served_request(item, expected) for item in items)
    found = tally(served, selectors.watches_by_service())
    add_counts(counts=found.counts, latencies=found.latencies)
