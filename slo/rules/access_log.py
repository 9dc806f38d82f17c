"""Lines of web server access logs: common, combined, and combined with a request time."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from slo.rules.request_outcome import ServedRequest
from slo.rules.request_validation import CLOCK_SKEW, LONGEST_RESPONSE_MS, METHODS

LONGEST_LINE_BYTES = 65_536
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_LINE = re.compile(
    r"\S+ \S+ .{0,200}?\[(?P<time>[^\]]{1,40})\] "
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?:\d+|-)'
    rf"(?P<quoted>(?: {_QUOTED})*)"
    r"(?: (?P<seconds>-|\d{1,12}(?:\.\d{1,12})?))?\s*",
    re.ASCII,
)
_TIME = re.compile(
    r"(\d{2})/([A-Z][a-z]{2})/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})", re.ASCII
)


class RequestTimeUnit(StrEnum):
    """nginx writes seconds, Apache's %D microseconds."""

    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    MICROSECONDS = "microseconds"


_MILLISECONDS = {
    RequestTimeUnit.SECONDS: 1000.0,
    RequestTimeUnit.MILLISECONDS: 1.0,
    RequestTimeUnit.MICROSECONDS: 0.001,
}


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that tells of no request, and why."""

    reason: str


def read_line(
    line: bytes, *, service: str, unit: RequestTimeUnit, at: datetime
) -> ServedRequest | Malformed:
    """This will return the request of one line; whatever the bytes are, it does not raise."""
    if len(line) > LONGEST_LINE_BYTES:
        return Malformed(f"The line is longer than {LONGEST_LINE_BYTES} bytes.")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return Malformed(f"The line is not UTF-8: byte {error.start} cannot be read.")
    found = _LINE.fullmatch(text)
    if found is None:
        return Malformed("The line is neither in the common nor in the combined format.")
    return _request(found, service=service, unit=unit, at=at)


def _request(
    found: re.Match[str], *, service: str, unit: RequestTimeUnit, at: datetime
) -> ServedRequest | Malformed:
    method, endpoint = _method_and_endpoint(found["request"])
    if method not in METHODS:
        return Malformed("The request has no HTTP method.")
    if not endpoint.startswith("/"):
        return Malformed("The request has no path.")
    served_at = _time(found["time"])
    if served_at is None:
        return Malformed("The time is not of the form 02/Mar/2026:12:00:00 +0000.")
    if served_at > at + CLOCK_SKEW:
        return Malformed("The time is more than 5 minutes in the future.")
    status_code = int(found["status"])
    if not 100 <= status_code <= 599:
        return Malformed("The status is not from 100 to 599.")
    return ServedRequest(
        service=service,
        endpoint=endpoint,
        method=method,
        status_code=status_code,
        response_time_ms=_milliseconds(found["seconds"], unit),
        at=served_at,
    )


def _method_and_endpoint(request: str) -> tuple[str, str]:
    method, _space, rest = request.partition(" ")
    target = rest.rpartition(" HTTP/")[0] or rest
    if "://" in target.partition("?")[0]:
        # A request to a proxy names the whole address.
        target = "/" + target.partition("://")[2].partition("/")[2]
    return method, target


def _time(text: str) -> datetime | None:
    found = _TIME.fullmatch(text)
    if found is None or found[2] not in _MONTHS:
        return None
    sign = -1 if found[7] == "-" else 1
    try:
        offset = timezone(sign * timedelta(hours=int(found[8]), minutes=int(found[9])))
        moment = datetime(
            int(found[3]),
            _MONTHS.index(found[2]) + 1,
            int(found[1]),
            int(found[4]),
            int(found[5]),
            # A leap second belongs to the minute that it ends.
            min(int(found[6]), 59),
            tzinfo=offset,
        )
    except ValueError:
        return None
    return moment if 1970 <= moment.year < 9999 else None


def _milliseconds(text: str | None, unit: RequestTimeUnit) -> float | None:
    if text is None or text == "-":
        return None
    time = float(text) * _MILLISECONDS[unit]
    # A time that cannot be is one that was not measured; the request itself did happen.
    return time if time <= LONGEST_RESPONSE_MS else None
