"""Which time does not count against a budget: once, or by a rule of recurrence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from slo.rules.minute import MINUTE, minute_of
from slo.rules.window import Span

# More often than this in one window, a rule is a mistake, and reading it takes its time.
MOST_OCCURRENCES = 5000
# A rule that does not come about in this time never does.
_SOUGHT = timedelta(days=5 * 366)
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
    if "FREQ=SECONDLY" in rule.upper() or "FREQ=MINUTELY" in rule.upper():
        return "A correction recurs hourly at most."
    try:
        _parsed(rule, datetime(2026, 1, 1, tzinfo=UTC))
    except (ValueError, TypeError, OverflowError) as error:
        return f"The RRULE cannot be read: {error}."
    return None


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
    rule = _parsed(recurrence.rule, local, until_zone=recurrence.zone)
    day = timedelta(days=1)
    first = after.astimezone(recurrence.zone).replace(tzinfo=None) - day
    for count, wall in enumerate(rule.xafter(first, inc=True)):
        moment = minute_of(wall.replace(tzinfo=recurrence.zone))
        if moment >= before or count >= MOST_OCCURRENCES:
            return
        if moment + MINUTE * recurrence.minutes > after:
            yield moment


def _parsed(rule: str, start: datetime, *, until_zone: ZoneInfo | None = None) -> rrule:
    """An UNTIL in UTC is brought to the wall clock, since the start is on it."""
    text = rule.removeprefix("RRULE:")
    if until_zone is not None or start.tzinfo is None:
        text = ";".join(_local_until(part, until_zone) for part in text.split(";"))
    found = rrulestr(text, dtstart=start)
    if not isinstance(found, rrule):
        raise TypeError("send one rule")
    return found


def _local_until(part: str, zone: ZoneInfo | None) -> str:
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
    rule = _parsed(recurrence.rule, local, until_zone=recurrence.zone)
    ends = limit.astimezone(recurrence.zone).replace(tzinfo=None)
    if next(iter(rule.replace(count=None, until=ends)), None) is None:
        return None
    found = next(iter(rule), None)
    return None if found is None else minute_of(found.replace(tzinfo=recurrence.zone))
