"""Which reported requests can be believed; each wrong field is named by its JSON pointer."""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.shared.errors import FieldError
from slo.rules.request_outcome import ServedRequest

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
FIELDS = ("service", "endpoint", "method", "status_code", "response_time_ms", "at")
LONGEST_ENDPOINT = 500
LONGEST_RESPONSE_MS = 86_400_000
# Clocks of two machines differ; a minute that has not come yet is seen when it comes.
CLOCK_SKEW = timedelta(minutes=5)
# The longest window of an objective: what is older can change no number any more.
OLDEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the moment and the catalog allow."""

    at: datetime
    services: Collection[str]
    own_service: str


def problems(item: object, expected: Expectation, *, pointer: str) -> list[FieldError]:
    """This will name everything that is wrong with one reported request."""
    if not isinstance(item, Mapping):
        return [FieldError(pointer or "/", "Send an object.")]
    return [FieldError(f"{pointer}/{field}", detail) for field, detail in _wrong(item, expected)]


def served_request(item: Mapping[str, Any], expected: Expectation) -> ServedRequest:
    """This will return the request of an item that has no problems."""
    time = item.get("response_time_ms")
    return ServedRequest(
        service=item.get("service", expected.own_service),
        endpoint=item["endpoint"],
        method=item["method"].upper(),
        status_code=item["status_code"],
        response_time_ms=None if time is None else float(time),
        at=moment(item.get("at")) or expected.at,
    )


def _wrong(item: Mapping[str, Any], expected: Expectation) -> Iterator[tuple[str, str]]:
    checks = (
        ("service", item.get("service", expected.own_service), _service),
        ("endpoint", item.get("endpoint"), _endpoint),
        ("method", item.get("method"), _method),
        ("status_code", item.get("status_code"), _status_code),
        ("response_time_ms", item.get("response_time_ms"), _response_time),
        ("at", item.get("at"), _at),
    )
    for field, value, check in checks:
        if detail := check(value, expected):
            yield field, detail
    for name in item:
        if name not in FIELDS:
            # ascii() keeps what cannot be encoded out of the answer.
            yield ascii(name)[1:-1], f"Unknown field; the known ones are {', '.join(FIELDS)}."


def _service(value: Any, expected: Expectation) -> str | None:
    if isinstance(value, str) and value in expected.services:
        return None
    return "The catalog has no such service."


def _endpoint(value: Any, _expected: Expectation) -> str | None:
    if isinstance(value, str) and value.startswith("/") and len(value) <= LONGEST_ENDPOINT:
        return None
    return f'A path is needed: 1 to {LONGEST_ENDPOINT} characters that begin with "/".'


def _method(value: Any, _expected: Expectation) -> str | None:
    if isinstance(value, str) and value.upper() in METHODS:
        return None
    return f"An HTTP method is needed: one of {', '.join(METHODS)}."


def _status_code(value: Any, _expected: Expectation) -> str | None:
    if _is_whole(value) and 100 <= value <= 599:
        return None
    return "A whole number from 100 to 599 is needed."


def _response_time(value: Any, _expected: Expectation) -> str | None:
    if value is None:
        return None
    is_number = _is_whole(value) or (isinstance(value, float) and math.isfinite(value))
    if is_number and 0 <= value <= LONGEST_RESPONSE_MS:
        return None
    return f"A number of milliseconds from 0 to {LONGEST_RESPONSE_MS} is needed, or null."


def _at(value: Any, expected: Expectation) -> str | None:
    if value is None:
        return None
    found = moment(value)
    if found is None:
        return "A time with its offset is needed, for example 2026-03-02T12:00:00Z."
    if found > expected.at + CLOCK_SKEW:
        return "The time is more than 5 minutes in the future."
    if found < expected.at - OLDEST:
        return f"The time is more than {OLDEST.days} days ago."
    return None


def moment(value: Any) -> datetime | None:
    """This will read an ISO time with an offset; None when it is not one."""
    if isinstance(value, datetime):
        return value if value.tzinfo else None
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    # The first and last year cannot be moved into UTC from every offset.
    return found if found.tzinfo and 1 < found.year < 9999 else None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
