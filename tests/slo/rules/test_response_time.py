from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.response_time import spread


def minutes(*lengths: int) -> list[timedelta]:
    return [timedelta(minutes=length) for length in lengths]


@pytest.mark.parametrize(
    ("lengths", "p50", "p90"),
    [((7,), 7, 7), ((2, 1), 1, 2), ((3, 1, 2), 2, 3), (tuple(range(1, 11)), 5, 9)],
)
def test_takes_the_nearest_rank(lengths: tuple[int, ...], p50: int, p90: int) -> None:
    found = spread(minutes(*lengths))

    assert (found.p50, found.p90) == (timedelta(minutes=p50), timedelta(minutes=p90))
    assert found.sample_size == len(lengths)


def test_leaves_out_what_nobody_knows() -> None:
    assert spread([None, *minutes(4), None]).sample_size == 1
    assert spread([None]).p50 is None


@given(st.lists(st.integers(0, 1000), min_size=1))
def test_at_least_so_many_took_no_longer(lengths: list[int]) -> None:
    found = spread(minutes(*lengths))

    for share, limit in ((0.5, found.p50), (0.9, found.p90)):
        assert limit is not None
        assert sum(time <= limit for time in minutes(*lengths)) >= share * len(lengths)
        assert sum(time < limit for time in minutes(*lengths)) < share * len(lengths)
