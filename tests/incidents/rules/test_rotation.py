"""Who is on call, against an oracle that only reads clocks, minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.rules.rotation import Rotation, instant_of, turn_at

ZONES = (
    "UTC",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Sao_Paulo",
)
MINUTE = timedelta(minutes=1)


@cache
def first_minute_showing(day: date, wall_clock: time, zone: str) -> datetime:
    """The oracle: walk through time and look at a clock there until it shows that much."""
    wanted = datetime.combine(day, wall_clock)
    moment = datetime.combine(day, wall_clock, tzinfo=UTC) - timedelta(hours=30)
    while moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wanted:
        moment += MINUTE
    return moment


def member_by_oracle(rotation: Rotation, at: datetime) -> int | None:
    """Counts handoffs one by one since the first day."""
    if at < first_minute_showing(rotation.starts_on, time(0), rotation.time_zone):
        return None
    passed = 0
    day = rotation.starts_on + timedelta(days=1)
    while day <= at.date() + timedelta(days=2):
        if day.weekday() == rotation.handoff_weekday:
            handoff = first_minute_showing(day, rotation.handoff_time, rotation.time_zone)
            passed += at >= handoff
        day += timedelta(days=1)
    return passed % rotation.member_count


rotations = st.builds(
    Rotation,
    time_zone=st.sampled_from(ZONES),
    starts_on=st.dates(date(2026, 3, 1), date(2026, 4, 20)),
    handoff_weekday=st.integers(0, 6),
    handoff_time=st.sampled_from(
        [time(0), time(1, 30), time(2, 15), time(2, 30), time(9), time(23, 59)]
    ),
    member_count=st.integers(1, 4),
)


@settings(max_examples=150, deadline=None)
@given(rotation=rotations, minutes=st.integers(-3 * 1440, 35 * 1440))
def test_agrees_with_the_oracle(rotation: Rotation, minutes: int) -> None:
    at = datetime.combine(rotation.starts_on, time(12), tzinfo=UTC) + minutes * MINUTE

    turn = turn_at(rotation, at)

    assert (turn.member if turn else None) == member_by_oracle(rotation, at)
    if turn:
        assert turn.starts_at <= at < turn.ends_at
        assert turn.next_member == (turn.member + 1) % rotation.member_count


@settings(max_examples=150, deadline=None)
@given(rotation=rotations, minutes=st.integers(0, 35 * 1440))
def test_turns_follow_one_another_without_gap_or_overlap(rotation: Rotation, minutes: int) -> None:
    at = datetime.combine(rotation.starts_on, time(23), tzinfo=UTC) + minutes * MINUTE
    turn = turn_at(rotation, at + timedelta(days=1))
    assert turn is not None

    following = turn_at(rotation, turn.ends_at)

    assert following is not None
    assert following.starts_at == turn.ends_at
    assert following.member == turn.next_member


@pytest.mark.parametrize(
    ("zone", "day", "wall_clock", "instant"),
    [
        # Clocks skip 02:00 to 03:00: the first instant after is 03:00 there.
        ("America/New_York", date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 7, tzinfo=UTC)),
        # Half an hour is skipped: 02:15 becomes 02:30.
        (
            "Australia/Lord_Howe",
            date(2026, 10, 4),
            time(2, 15),
            datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
        ),
        # Shown twice: the first.
        (
            "Europe/London",
            date(2026, 10, 25),
            time(1, 30),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
        (
            "Australia/Lord_Howe",
            date(2026, 4, 5),
            time(1, 45),
            datetime(2026, 4, 4, 14, 45, tzinfo=UTC),
        ),
        # 45 minutes off the hour, and no change of clocks.
        ("Asia/Kathmandu", date(2026, 3, 2), time(9), datetime(2026, 3, 2, 3, 15, tzinfo=UTC)),
        # A whole day that never was.
        ("Pacific/Apia", date(2011, 12, 30), time(9), datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_reads_the_wall_clock(zone: str, day: date, wall_clock: time, instant: datetime) -> None:
    assert instant_of(day, wall_clock, zone) == instant


def test_a_week_keeps_its_handoff_across_a_change_of_clocks() -> None:
    rotation = Rotation("Europe/London", date(2026, 3, 23), 0, time(9), member_count=2)

    turn = turn_at(rotation, datetime(2026, 3, 27, tzinfo=UTC))

    assert turn is not None
    assert turn.ends_at == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)


def test_the_first_member_is_on_call_from_the_first_day_on() -> None:
    rotation = Rotation("UTC", date(2026, 3, 2), 0, time(9), member_count=2)

    early = turn_at(rotation, datetime(2026, 3, 2, 0, 0, tzinfo=UTC))

    assert early is not None
    assert early.member == 0
    assert early.ends_at == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    assert turn_at(rotation, datetime(2026, 3, 1, 23, 59, tzinfo=UTC)) is None


def test_nobody_is_on_call_without_members() -> None:
    rotation = Rotation("UTC", date(2026, 3, 2), 0, time(9), member_count=0)

    assert turn_at(rotation, datetime(2026, 3, 4, tzinfo=UTC)) is None
