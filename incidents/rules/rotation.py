"""Who is on call in a weekly rotation, until when, and who comes next.

Handoffs happen by the wall clock of the schedule's zone, so a week around a change of clocks
has 167 or 169 hours and the handoff stays at nine in the morning.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Rotation:
    """`handoff_weekday` is 0 on Monday. The first member's turn holds `starts_on`."""

    time_zone: str
    starts_on: date
    handoff_weekday: int
    handoff_time: time
    member_count: int


@dataclass(frozen=True, slots=True)
class Turn:
    """`member` and `next_member` are indexes into the members, in their order."""

    member: int
    next_member: int
    starts_at: datetime
    ends_at: datetime


def turn_at(rotation: Rotation, at: datetime) -> Turn | None:
    """This will return the turn under way at that moment.

    None before the rotation starts, and when it has no members. Turns are half-open: at
    the moment of the handoff the next member is on call.
    """
    beginning = instant_of(rotation.starts_on, time(0), rotation.time_zone)
    if not rotation.member_count or at < beginning:
        return None
    number = _turn_number(rotation, at)
    return Turn(
        member=number % rotation.member_count,
        next_member=(number + 1) % rotation.member_count,
        starts_at=_handoff(rotation, number) if number else beginning,
        ends_at=_handoff(rotation, number + 1),
    )


def _turn_number(rotation: Rotation, at: datetime) -> int:
    today = at.astimezone(ZoneInfo(rotation.time_zone)).date()
    number: int = (today - _anchor(rotation)) // WEEK
    if at < _handoff(rotation, number):
        number -= 1
    # Before the handoff on the very first day the first member is on call already.
    return max(number, 0)


def _anchor(rotation: Rotation) -> date:
    """The last handoff day on or before the start."""
    days_since = (rotation.starts_on.weekday() - rotation.handoff_weekday) % 7
    return rotation.starts_on - timedelta(days=days_since)


def _handoff(rotation: Rotation, number: int) -> datetime:
    day = _anchor(rotation) + number * WEEK
    return instant_of(day, rotation.handoff_time, rotation.time_zone)


def instant_of(day: date, wall_clock: time, time_zone: str) -> datetime:
    """This will return the first instant, in UTC, at which clocks there show that time or later.

    A time that clocks skip becomes the first instant after the gap; of a time that they
    show twice it is the first.
    """
    zone = ZoneInfo(time_zone)
    local = datetime.combine(day, wall_clock)
    earlier, later = sorted(
        local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    if earlier.astimezone(zone).replace(tzinfo=None) == local:
        return earlier
    return _end_of_gap(earlier, later, local, zone)


def _end_of_gap(before: datetime, after: datetime, local: datetime, zone: ZoneInfo) -> datetime:
    """Halves the span until the second is found at which the clocks jump past `local`."""
    while after - before > SECOND:
        middle = before + ((after - before) / 2 // SECOND) * SECOND
        if middle.astimezone(zone).replace(tzinfo=None) >= local:
            after = middle
        else:
            before = middle
    return after
