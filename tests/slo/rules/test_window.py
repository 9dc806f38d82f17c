"""Rolling windows, and calendar periods where the clocks of the world are at their worst."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.window import (
    CalendarUnit,
    CalendarWindow,
    RollingWindow,
    Span,
    merged,
    parts_within,
)
from tests.oracle.definition import Period, day_begins, period_begins

MINUTE = timedelta(minutes=1)
# A zone, and a moment close to which its clock does something.
ODD = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("America/Sao_Paulo", "2017-10-15"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("America/St_Johns", "2006-10-29"),
    ("America/Toronto", "1919-03-31"),
    ("Asia/Beirut", "2022-03-27"),
    ("Africa/Cairo", "2024-04-26"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Kiritimati", "1994-12-31"),
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("unit", list(CalendarUnit))
@pytest.mark.parametrize(("zone", "day"), ODD)
def test_every_half_hour_around_a_jump_lies_in_its_period(
    zone: str, day: str, unit: CalendarUnit
) -> None:
    window = CalendarWindow(unit, ZoneInfo(zone))
    for number in range(-96, 144):
        minute = utc(day) + number * timedelta(minutes=30)
        whole = window.whole(minute)

        assert whole.start == period_begins(Period(unit.value, zone), minute)
        assert whole.start <= minute < whole.end
        assert window.whole(whole.end).start == whole.end
        assert window.span(minute) == Span(whole.start, minute + MINUTE)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/Sao_Paulo", "2017-10-15", 23),
        ("America/Sao_Paulo", "2018-02-17", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Asia/Kathmandu", "2026-01-01", 24),
        ("Pacific/Apia", "2011-12-29", 24),
    ],
)
def test_a_day_is_as_long_as_the_clock_says(zone: str, day: str, hours: float) -> None:
    noon = datetime.fromisoformat(day).replace(hour=12, tzinfo=ZoneInfo(zone))

    assert CalendarWindow(CalendarUnit.DAY, ZoneInfo(zone)).whole(noon).minutes == hours * 60


def test_a_day_that_was_skipped_never_was() -> None:
    window = CalendarWindow(CalendarUnit.DAY, ZoneInfo("Pacific/Apia"))

    last = window.whole(utc("2011-12-30T09:59"))

    assert last.end == utc("2011-12-30T10:00") == day_begins("Pacific/Apia", date(2011, 12, 31))
    assert window.whole(last.end).minutes == 1440


def test_the_old_day_does_not_come_back_with_the_clock() -> None:
    """St. John's went from 00:01 back to 23:01 of the day before."""
    window = CalendarWindow(CalendarUnit.DAY, ZoneInfo("America/St_Johns"))
    midnight = utc("2006-10-29T02:30")

    starts = {window.whole(midnight + n * MINUTE).start for n in range(120)}

    assert starts == {midnight}


@pytest.mark.parametrize(
    ("unit", "minutes"),
    list(zip(CalendarUnit, [1440, 10080, 43200, 131_040, 525_600], strict=True)),
)
def test_alert_factors_follow_from_one_length(unit: CalendarUnit, minutes: int) -> None:
    assert CalendarWindow(unit, ZoneInfo("UTC")).nominal_minutes == minutes


@given(days=st.integers(1, 90), at=st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001
def test_a_rolling_window_ends_with_the_minute_under_way(days: int, at: datetime) -> None:
    span = RollingWindow(days).span(at.replace(tzinfo=UTC))

    assert span.minutes == days * 1440
    assert span.end - MINUTE <= at.replace(tzinfo=UTC) < span.end


spans = st.builds(
    lambda start, length: Span.ending(utc("2026-03-02") + (start + length) * MINUTE, length),
    st.integers(0, 60),
    st.integers(1, 20),
)


@given(st.lists(spans), spans)
def test_merged_spans_hold_the_same_minutes_once(given_spans: list[Span], span: Span) -> None:
    def minutes(of: list[Span]) -> list[datetime]:
        return sorted(s.start + n * MINUTE for s in of for n in range(s.minutes))

    joined = merged(given_spans)

    assert minutes(joined) == sorted(set(minutes(given_spans)))
    assert all(one.end < other.start for one, other in pairwise(joined))
    assert minutes(parts_within(span, joined)) == sorted(
        set(minutes(given_spans)) & set(minutes([span]))
    )
