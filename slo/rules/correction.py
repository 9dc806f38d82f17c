"""Which time does not count against a budget: once, or by a rule of recurrence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from slo.rules.minute import MINUTE, minute_of
from slo.rules.window import Span

# A rule that does not come about in this time never does.
_SOUGHT = timedelta(days=5 * 366)
# Rules are tried from here: one that never occurs is followed to the end of the year 9999.
_TRIED_FROM = datetime(9960, 1, 1)  # noqa: DTZ001  (a wall clock has no offset)
_ENDS = ("UNTIL", "COUNT")
# Names of an RRULE that would hide a second rule or a date of its own.
_FORBIDDEN = ("DTSTART", "EXDATE", "RDATE", "EXRULE", "\n", "\r")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`rule` is an RRULE without DTSTART, empty for once; the clock is that of `zone`."""

    starts_at: datetime
    minutes: int
    rule: str
    zone: ZoneInfo


def why_refused(rule: str) -> str | None:
    """This will tell what is wrong with a rule of recurrence; None when nothing is."""
    if not rule:
        return None
    if any(name in rule.upper() for name in _FORBIDDEN):
        return "Send one RRULE alone, for example FREQ=WEEKLY;BYDAY=SU."
    if _is_too_frequent(rule.upper()):
        return "A correction recurs hourly at most."
    try:
        _parsed(rule, _TRIED_FROM, zone=ZoneInfo("UTC"))
        endless = ";".join(p for p in rule.split(";") if p.partition("=")[0].upper() not in _ENDS)
        occurs = next(iter(_parsed(endless, _TRIED_FROM, zone=ZoneInfo("UTC"))), None)
    except (ValueError, TypeError, OverflowError) as error:
        return f"The RRULE cannot be read: {error}."
    return None if occurs else "The RRULE never occurs."


def _is_too_frequent(rule: str) -> bool:
    """Several minutes of an hour are more often than hourly."""
    parts = dict(part.partition("=")[::2] for part in rule.removeprefix("RRULE:").split(";"))
    return parts.get("FREQ") in {"SECONDLY", "MINUTELY"} or any(
        "," in parts.get(name, "") for name in ("BYMINUTE", "BYSECOND")
    )


def spans_within(recurrence: Recurrence, span: Span) -> Iterator[Span]:
    """This will yield the parts of the span that the correction takes out, in their order."""
    length = timedelta(minutes=recurrence.minutes)
    for start in _starts(recurrence, after=span.start - length, before=span.end):
        part = span.common(Span(start, start + length))
        if part is not None:
            yield part


def _starts(recurrence: Recurrence, *, after: datetime, before: datetime) -> Iterator[datetime]:
    if not recurrence.rule:
        yield minute_of(recurrence.starts_at)
        return
    # The rule is followed on the wall clock of the zone, where nine o'clock stays nine.
    local = recurrence.starts_at.astimezone(recurrence.zone).replace(tzinfo=None)
    rule = _parsed(recurrence.rule, local, zone=recurrence.zone)
    # A wall clock can be a day off where a zone changed its date; moments decide.
    day = timedelta(days=1)
    first = after.astimezone(recurrence.zone).replace(tzinfo=None) - day
    last = before.astimezone(recurrence.zone).replace(tzinfo=None) + day
    for wall in rule.xafter(first, inc=True):
        if wall > last:
            return
        moment = minute_of(wall.replace(tzinfo=recurrence.zone))
        if after < moment + MINUTE * recurrence.minutes and moment < before:
            yield moment


@lru_cache(maxsize=256)
def _parsed(rule: str, start: datetime, *, zone: ZoneInfo) -> rrule:
    """An UNTIL in UTC is brought to the wall clock of the zone, since the start is on it."""
    text = rule.upper().removeprefix("RRULE:")
    text = ";".join(_local_until(part, zone) for part in text.split(";"))
    found = rrulestr(text, dtstart=start)
    if not isinstance(found, rrule):
        raise TypeError("send one rule")
    return found


def _local_until(part: str, zone: ZoneInfo) -> str:
    name, _equals, value = part.partition("=")
    if name.upper() != "UNTIL" or not value.upper().endswith("Z"):
        return part
    until = datetime.strptime(value.upper(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return f"UNTIL={until.astimezone(zone):%Y%m%dT%H%M%S}"


def first_start(recurrence: Recurrence) -> datetime | None:
    """This will return when the correction first takes time out; None when within five
    years it never does, and to look further would take its time at every reading."""
    limit = recurrence.starts_at + _SOUGHT
    if not recurrence.rule:
        return minute_of(recurrence.starts_at)
    local = recurrence.starts_at.astimezone(recurrence.zone).replace(tzinfo=None)
    rule = _parsed(recurrence.rule, local, zone=recurrence.zone)
    ends = limit.astimezone(recurrence.zone).replace(tzinfo=None)
    if next(iter(rule.replace(count=None, until=ends)), None) is None:
        return None
    found = next(iter(rule), None)
    return None if found is None else minute_of(found.replace(tzinfo=recurrence.zone))
