"""Time windows as OpenSLO says them: rolling days, or a calendar that begins with its unit."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from catalog.rules.yaml_document import Place
from slo.rules.spec_fields import flag, required, rolling_days, spelled_value
from slo.rules.window import CalendarUnit, CalendarWindow, RollingWindow, Window

UNIT_BY_DURATION = {
    "1d": CalendarUnit.DAY,
    "1w": CalendarUnit.WEEK,
    "7d": CalendarUnit.WEEK,
    "1M": CalendarUnit.MONTH,
    "1Q": CalendarUnit.QUARTER,
    "3M": CalendarUnit.QUARTER,
    "1Y": CalendarUnit.YEAR,
    "12M": CalendarUnit.YEAR,
    "4Q": CalendarUnit.YEAR,
}
DURATION_BY_UNIT = {unit: text for text, unit in reversed(UNIT_BY_DURATION.items())}
# A Monday, and the first day of a month, a quarter and a year.
ALIGNED_START = "2024-01-01 00:00:00"

_START = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?")
_BEGINS = {
    CalendarUnit.DAY: "at midnight",
    CalendarUnit.WEEK: "on Monday at midnight",
    CalendarUnit.MONTH: "on the first of a month at midnight",
    CalendarUnit.QUARTER: "on the first of January, April, July or October at midnight",
    CalendarUnit.YEAR: "on the first of January at midnight",
}


def read_window(spec_place: Place, spec: dict[str, Place]) -> Window | None:
    """This will return the one time window of an SLO."""
    place = required(spec_place, spec, "timeWindow")
    windows = place.items() if place else []
    if place and len(windows) != 1:
        place.complain(f"holds {len(windows)} windows; there must be one.")
        return None
    return _window(windows[0]) if windows else None


def _window(place: Place) -> Window | None:
    fields = place.fields()
    duration = required(place, fields, "duration")
    if duration is None:
        return None
    is_rolling = flag(fields["isRolling"]) if "isRolling" in fields else None
    if "calendar" in fields:
        if is_rolling:
            fields["isRolling"].complain(
                "is true, but a calendar is given; it is one or the other."
            )
            return None
        return _calendar(duration, fields["calendar"])
    if is_rolling is False:
        place.complain("neither rolls nor has a calendar.")
        return None
    return _rolling(duration)


def _rolling(duration: Place) -> RollingWindow | None:
    text = spelled_value(duration) or ""
    if text[-1:] in {"M", "Q", "Y"}:
        duration.complain(
            f"is {text[:60]}, but rolling months, quarters and years have no one length; write "
            "days, such as 30d."
        )
        return None
    days = rolling_days(duration)
    return None if days is None else RollingWindow(days)


def _calendar(duration: Place, calendar: Place) -> CalendarWindow | None:
    unit = UNIT_BY_DURATION.get(spelled_value(duration) or "")
    if unit is None:
        duration.complain("must be a calendar period of 1d, 1w, 1M, 1Q or 1Y.")
        return None
    fields = calendar.fields()
    start = required(calendar, fields, "startTime")
    zone = required(calendar, fields, "timeZone")
    name = spelled_value(zone) if zone else None
    if zone and name not in available_timezones():
        zone.complain("is no time zone of the IANA database, such as Europe/Berlin.")
        return None
    is_aligned = start is not None and _is_aligned(start, unit)
    return CalendarWindow(unit, ZoneInfo(name)) if name and is_aligned else None


def _is_aligned(place: Place, unit: CalendarUnit) -> bool:
    start = _start(spelled_value(place) or "")
    if start is None:
        place.complain("must be a date and time without a zone: 2024-01-01 00:00:00.")
        return False
    if not _begins(start, unit):
        place.complain(
            f"begins a {unit.value} at {start:%Y-%m-%d %H:%M:%S}; here one begins {_BEGINS[unit]}."
        )
        return False
    return True


def _start(text: str) -> datetime | None:
    parts = _START.fullmatch(text)
    if parts is None:
        return None
    try:
        return datetime(*(int(part or 0) for part in parts.groups()))  # type: ignore[arg-type]  # noqa: DTZ001  (a wall clock's time, as the specification has it)
    except ValueError:
        return None


def _begins(start: datetime, unit: CalendarUnit) -> bool:
    if (start.hour, start.minute, start.second) != (0, 0, 0):
        return False
    match unit:
        case CalendarUnit.DAY:
            return True
        case CalendarUnit.WEEK:
            return start.weekday() == 0
        case CalendarUnit.MONTH:
            return start.day == 1
        case CalendarUnit.QUARTER:
            return start.day == 1 and start.month % 3 == 1
        case CalendarUnit.YEAR:
            return (start.day, start.month) == (1, 1)
