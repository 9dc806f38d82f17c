"""Whole minutes in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from slo.rules.minute import MINUTE, minute_of, runs, spelled, window_end

AT = datetime(2026, 3, 2, 12, 0, 59, 999_999, tzinfo=UTC)


def test_a_minute_begins_at_its_zeroth_second_in_utc() -> None:
    odd = AT.astimezone(timezone(timedelta(hours=1, seconds=30)))

    assert minute_of(odd) == datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_a_window_includes_the_minute_under_way() -> None:
    assert window_end(AT) == datetime(2026, 3, 2, 12, 1, tzinfo=UTC)


def test_runs_part_where_the_gap_is_exceeded() -> None:
    first = minute_of(AT)
    minutes = [first + n * MINUTE for n in (9, 0, 2, 4)]

    found = list(runs(minutes, gap=2 * MINUTE))

    assert found == [[first, first + 2 * MINUTE, first + 4 * MINUTE], [first + 9 * MINUTE]]
    assert list(runs([], gap=MINUTE)) == []


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(5, "5 min"), (60, "1 h"), (90, "90 min"), (1440, "1 d"), (2880, "2 d")],
)
def test_lengths_are_spelled_in_their_largest_whole_unit(minutes: int, expected: str) -> None:
    assert spelled(minutes) == expected
