"""Corrections that recur on the clock of a zone; `tests/oracle` follows them at random."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from slo.rules.correction import Recurrence, spans_within, why_refused
from slo.rules.window import Span

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def starts(rule: str, *, first: str, start: str, end: str, minutes: int = 60) -> list[str]:
    recurrence = Recurrence(utc(first), minutes, rule, BERLIN)
    spans = spans_within(recurrence, Span(utc(start), utc(end)))
    return [f"{span.start:%m-%d %H:%M}" for span in spans]


def test_once_is_cut_to_the_span() -> None:
    once = Recurrence(utc("2026-03-02T11:30:40"), 60, "", BERLIN)
    span = Span(utc("2026-03-02T12:00"), utc("2026-03-02T13:00"))

    assert list(spans_within(once, span)) == [Span(span.start, utc("2026-03-02T12:30"))]
    assert list(spans_within(once, Span(utc("2026-03-02T12:30"), span.end))) == []
    assert list(spans_within(once, Span(utc("2026-03-02T11:00"), utc("2026-03-02T11:30")))) == []


def test_nine_o_clock_stays_nine_over_a_change_of_clocks() -> None:
    found = starts(
        "FREQ=DAILY", first="2026-03-01T08:00", start="2026-03-28T00:00", end="2026-03-31T00:00"
    )

    assert found == ["03-28 08:00", "03-29 07:00", "03-30 07:00"]


def test_a_time_that_the_clock_jumps_over_keeps_the_offset_before_it() -> None:
    found = starts(
        "FREQ=DAILY", first="2026-03-01T01:30", start="2026-03-28T00:00", end="2026-03-31T00:00"
    )

    assert found == ["03-28 01:30", "03-29 01:30", "03-30 00:30"]


def test_a_span_from_after_the_jump_holds_what_the_jump_moved_into_it() -> None:
    recurrence = Recurrence(utc("2026-03-01T01:30"), 60, "FREQ=DAILY", BERLIN)
    # On the wall the span begins at 04:10 and is looked for from 03:10, which is after 02:30.
    span = Span(utc("2026-03-29T02:10"), utc("2026-03-29T04:00"))

    assert list(spans_within(recurrence, span)) == [Span(span.start, utc("2026-03-29T02:30"))]


def test_a_time_that_happens_twice_is_the_first() -> None:
    found = starts(
        "FREQ=DAILY", first="2026-10-01T00:30", start="2026-10-25T00:00", end="2026-10-26T00:00"
    )

    assert found == ["10-25 00:30"]


@pytest.mark.parametrize(
    ("end_of_rule", "expected"),
    [
        ("COUNT=2", ["03-02 08:00", "03-09 08:00"]),
        ("UNTIL=20260309T080000Z", ["03-02 08:00", "03-09 08:00"]),
        ("UNTIL=20260309T075959Z", ["03-02 08:00"]),
        ("UNTIL=20260309T090000", ["03-02 08:00", "03-09 08:00"]),
        ("UNTIL=20260309", ["03-02 08:00"]),
    ],
)
def test_a_rule_ends(end_of_rule: str, expected: list[str]) -> None:
    found = starts(
        f"FREQ=WEEKLY;BYDAY=MO;{end_of_rule}",
        first="2026-03-02T08:00",
        start="2026-02-01T00:00",
        end="2026-05-01T00:00",
    )

    assert found == expected


def test_every_hour_of_a_year_is_taken_out() -> None:
    hourly = Recurrence(utc("2025-01-01T00:00"), 60, "FREQ=HOURLY", ZoneInfo("UTC"))
    year = Span(utc("2026-01-01T00:00"), utc("2027-01-01T00:00"))

    assert sum(span.minutes for span in spans_within(hourly, year)) == year.minutes


def test_no_occurrence_is_lost_behind_one_that_the_clock_moved() -> None:
    """02:45 does not exist and comes at 03:45, after 03:00 of the same rule."""
    found = starts(
        "FREQ=DAILY;BYHOUR=2,3;BYMINUTE=45",
        first="2026-03-01T01:45",
        start="2026-03-29T00:00",
        end="2026-03-29T01:46",
        minutes=1,
    )

    assert found == ["03-29 01:45", "03-29 01:45"]


def test_an_occurrence_that_began_before_the_span_reaches_into_it() -> None:
    long = Recurrence(utc("2026-01-01T00:00"), 3000, "FREQ=WEEKLY", ZoneInfo("UTC"))
    span = Span(utc("2026-01-10T00:00"), utc("2026-01-11T00:00"))

    assert [found.minutes for found in spans_within(long, span)] == [120]
    assert timedelta(minutes=3000) > timedelta(days=2)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=WEEKLY;BYDAY=SU",
        "RRULE:FREQ=DAILY",
        "freq=daily",
        "FREQ=HOURLY",
        "FREQ=DAILY;UNTIL=20200101",
        "FREQ=DAILY;UNTIL=20270101T000000Z",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    ],
)
def test_takes_rules_that_occur(rule: str) -> None:
    assert why_refused(rule) is None


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=DAILY;DTSTART=20260101T000000Z", "Send one RRULE alone"),
        ("FREQ=DAILY\nEXDATE:20260101", "Send one RRULE alone"),
        ("FREQ=MINUTELY", "hourly at most"),
        ("FREQ=SECONDLY", "hourly at most"),
        ("FREQ=HOURLY;BYMINUTE=0,30", "hourly at most"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never occurs"),
        ("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "never occurs"),
        ("every sunday", "cannot be read"),
        ("BYDAY=SU", "cannot be read"),
        ("FREQ=FORTNIGHTLY", "cannot be read"),
    ],
)
def test_says_why_a_rule_is_refused(rule: str, reason: str) -> None:
    assert reason in (why_refused(rule) or "")
