"""Over which time an error budget is counted: the last so many days, or a calendar period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from slo.rules.minute import MINUTE, window_end

MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Whole minutes from `start`, inclusive, to `end`, exclusive, in UTC."""

    start: datetime
    end: datetime

    @classmethod
    def ending(cls, end: datetime, minutes: int) -> "Span":
        return cls(end - minutes * MINUTE, end)

    @property
    def minutes(self) -> int:
        return (self.end - self.start) // MINUTE

    def common(self, other: "Span") -> "Span | None":
        """This will return the part that both have, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


class CalendarUnit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


# Months differ in length; alert factors follow from one length, so that they hold still.
NOMINAL_DAYS = {
    CalendarUnit.DAY: 1,
    CalendarUnit.WEEK: 7,
    CalendarUnit.MONTH: 30,
    CalendarUnit.QUARTER: 91,
    CalendarUnit.YEAR: 365,
}


@dataclass(frozen=True, slots=True)
class RollingWindow:
    days: int

    @property
    def nominal_minutes(self) -> int:
        return self.days * MINUTES_A_DAY

    def span(self, at: datetime) -> Span:
        """This will return the window that ends with the minute under way."""
        end = window_end(at)
        return Span(end - timedelta(days=self.days), end)

    def whole(self, at: datetime) -> Span:
        return self.span(at)


@dataclass(frozen=True, slots=True)
class CalendarWindow:
    """A period of the calendar of an IANA zone; a day of 23 or 25 hours is a day."""

    unit: CalendarUnit
    zone: ZoneInfo

    @property
    def nominal_minutes(self) -> int:
        return NOMINAL_DAYS[self.unit] * MINUTES_A_DAY

    def span(self, at: datetime) -> Span:
        """This will return the period so far, up to the minute under way."""
        return Span(self.whole(at).start, window_end(at))

    def whole(self, at: datetime) -> Span:
        """This will return the whole period that the moment lies in."""
        local = at.astimezone(self.zone)
        first = _first_day(self.unit, local)
        following = _next_first_day(self.unit, *first)
        if at >= (end := self._midnight(*following)):
            # The clock went back over midnight: the new day has begun, and stays begun.
            first, following = following, _next_first_day(self.unit, *following)
            return Span(end, self._midnight(*following))
        return Span(self._midnight(*first), end)

    def _midnight(self, year: int, month: int, day: int) -> datetime:
        """The first moment of the day; where midnight happens twice, that is the first."""
        midnight = datetime(year, month, day, tzinfo=self.zone, fold=0)
        moment = midnight.astimezone(UTC)
        wall = midnight.replace(tzinfo=None)
        if moment.astimezone(self.zone).replace(tzinfo=None) == wall:
            return moment
        # There is no midnight: the day begins where the clock jumps over it.
        earlier = midnight.replace(fold=1).astimezone(UTC)
        while moment - earlier > MINUTE:
            middle = earlier + (moment - earlier) // MINUTE // 2 * MINUTE
            if middle.astimezone(self.zone).replace(tzinfo=None) < wall:
                earlier = middle
            else:
                moment = middle
        return moment


Window = RollingWindow | CalendarWindow


def merged(spans: Iterable[Span]) -> list[Span]:
    """This will join spans that touch or overlap, in their order."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def parts_within(span: Span, others: Sequence[Span]) -> list[Span]:
    """This will return what each of the others has in common with the span."""
    found = (span.common(other) for other in others)
    return [part for part in found if part is not None]


def _first_day(unit: CalendarUnit, local: datetime) -> tuple[int, int, int]:
    match unit:
        case CalendarUnit.DAY:
            return local.year, local.month, local.day
        case CalendarUnit.WEEK:
            monday = local.date() - timedelta(days=local.weekday())
            return monday.year, monday.month, monday.day
        case CalendarUnit.MONTH:
            return local.year, local.month, 1
        case CalendarUnit.QUARTER:
            return local.year, local.month - (local.month - 1) % 3, 1
        case CalendarUnit.YEAR:
            return local.year, 1, 1


def _next_first_day(unit: CalendarUnit, year: int, month: int, day: int) -> tuple[int, int, int]:
    days = {CalendarUnit.DAY: 1, CalendarUnit.WEEK: 7}.get(unit)
    if days:
        following = datetime(year, month, day, tzinfo=UTC) + timedelta(days=days)
        return following.year, following.month, following.day
    months = {CalendarUnit.MONTH: 1, CalendarUnit.QUARTER: 3, CalendarUnit.YEAR: 12}[unit]
    ahead = month - 1 + months
    return year + ahead // 12, ahead % 12 + 1, 1
