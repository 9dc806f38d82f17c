"""When a failed delivery is tried again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.rules.retry import (
    LONGEST_DELAY,
    delay_after,
    is_given_up,
)

attempts = st.integers(min_value=1, max_value=10_000)
jitter = st.floats(min_value=0, max_value=1)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 1), (2, 2), (3, 4), (10, 512), (11, 600), (9999, 600)]
)
def test_doubles_the_wait_up_to_ten_minutes(failures: int, seconds: int) -> None:
    assert delay_after(failures, jitter=0) == timedelta(seconds=seconds)


@given(attempts, jitter)
def test_takes_away_at_most_half(failures: int, share: float) -> None:
    full = delay_after(failures, jitter=0)

    assert full / 2 <= delay_after(failures, jitter=share) <= full <= LONGEST_DELAY


@given(attempts, jitter)
def test_never_waits_less_after_more_failures(failures: int, share: float) -> None:
    assert delay_after(failures, jitter=share) <= delay_after(failures + 1, jitter=share)


@given(st.integers(min_value=0, max_value=100))
def test_gives_up_after_ten_attempts(failures: int) -> None:
    assert is_given_up(failures) is (failures >= 10)
