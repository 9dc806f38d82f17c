"""Budgets straight from their definitions: every minute is looked at, nothing is remembered.

Shares nothing with the code that it judges but the tables of time zones.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Good and total requests of each minute; a minute without requests may be there too.
Minutes = Mapping[datetime, tuple[int, int]]


@dataclass(frozen=True)
class Period:
    unit: str
    zone: str


@dataclass(frozen=True)
class Repeat:
    """`interval` days, weeks on `weekdays`, or months on `month_day`."""

    frequency: str = ""
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: int = 0
    count: int | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Exclusion:
    start: datetime
    minutes: int
    zone: str
    repeat: Repeat


@lru_cache(maxsize=100_000)
def day_begins(zone: str, day: date) -> datetime:
    """The first minute whose date on the wall is that day, or a later one if there is none."""
    moment = datetime.combine(day, time(), tzinfo=UTC) - timedelta(hours=26)
    while moment.astimezone(ZoneInfo(zone)).date() < day:
        moment += MINUTE
    return moment


def period_begins(period: Period, minute: datetime) -> datetime:
    today = minute.astimezone(ZoneInfo(period.zone)).date()
    # Where the clock goes back over midnight the wall shows yesterday again: it is over.
    days = [day for day in (today + DAY, today) if day_begins(period.zone, day) <= minute]
    day = days[0]
    first = {
        "day": day,
        "week": day - day.weekday() * DAY,
        "month": day.replace(day=1),
        "quarter": date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
        "year": date(day.year, 1, 1),
    }[period.unit]
    return day_begins(period.zone, first)


def occurrences(exclusion: Exclusion, *, before: datetime) -> Iterator[datetime]:
    """Every moment at which the exclusion begins, from its first on."""
    repeat, zone = exclusion.repeat, ZoneInfo(exclusion.zone)
    if not repeat.frequency:
        yield exclusion.start
        return
    wall = exclusion.start.astimezone(zone).replace(tzinfo=None)
    found, day = 0, wall.date()
    while found != repeat.count:
        at = datetime.combine(day, wall.time())
        moment = at.replace(tzinfo=zone).astimezone(UTC)
        ends = repeat.until and at > repeat.until.astimezone(zone).replace(tzinfo=None)
        if ends or moment > before + 2 * DAY:
            return
        if _is_due(repeat, wall.date(), day):
            found += 1
            yield moment
        day += DAY


def _is_due(repeat: Repeat, first: date, day: date) -> bool:
    if repeat.frequency == "DAILY":
        return (day - first).days % repeat.interval == 0
    if repeat.frequency == "WEEKLY":
        monday = first - first.weekday() * DAY
        weeks = (day - monday).days // 7
        return weeks % repeat.interval == 0 and day.weekday() in repeat.weekdays
    months = (day.year - first.year) * 12 + day.month - first.month
    return months % repeat.interval == 0 and day.day == repeat.month_day


def excluded_minutes(
    minutes: Iterable[datetime],
    exclusions: Sequence[Exclusion],
    *,
    slice_minutes: int,
    before: datetime,
) -> set[datetime]:
    """Which of the minutes, or starts of slices, an exclusion takes out."""
    length = max(slice_minutes, 1) * MINUTE
    spans = [
        (start.replace(second=0, microsecond=0), exclusion.minutes * MINUTE)
        for exclusion in exclusions
        for start in occurrences(exclusion, before=before)
    ]
    return {
        minute
        for minute in minutes
        if any(start < minute + length and minute < start + long for start, long in spans)
    }


def sliced(minutes: Minutes, *, length: int) -> dict[datetime, Fraction]:
    """The share of good requests of each slice that had any, by the start of the slice."""
    sums: dict[datetime, list[int]] = defaultdict(lambda: [0, 0])
    for minute, (good, total) in minutes.items():
        number = int(minute.timestamp()) // 60 // length
        start = datetime.fromtimestamp(number * length * 60, tz=UTC)
        sums[start][0] += good
        sums[start][1] += total
    return {start: Fraction(good, total) for start, (good, total) in sums.items() if total}


def bad_share(
    units: Mapping[datetime, tuple[Fraction | int, int]],
    start: datetime,
    end: datetime,
    *,
    without: set[datetime],
) -> Fraction | None:
    """Of what begins from `start` to before `end`: requests, or slices that are one each."""
    good: Fraction | int = 0
    total = 0
    for unit, (is_good, of) in units.items():
        if start <= unit < end and unit not in without:
            good += is_good
            total += of
    return 1 - Fraction(good) / total if total else None


def blend(parts: Sequence[tuple[Fraction | None, int]], *, worst: bool) -> Fraction | None:
    known = [(share, weight) for share, weight in parts if share is not None]
    if not known:
        return None
    if worst:
        return max(share for share, _weight in known)
    return sum(share * weight for share, weight in known) / Fraction(sum(w for _s, w in known))
