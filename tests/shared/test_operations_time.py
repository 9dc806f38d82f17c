"""How long, and when, in few characters."""

from datetime import datetime, timedelta

import pytest
from django.utils.translation import override

from portal.shared.templatetags.operations_time import duration, exact_moment, moment, percent


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h 0 min"),
        (11_520, "3 h 12 min"),
        (86_399, "23 h 59 min"),
        (86_400, "1 d 0 h"),
        (190_800, "2 d 5 h"),
    ],
)
def test_writes_a_length_with_its_largest_units(seconds: int, written: str) -> None:
    assert duration(timedelta(seconds=seconds)) == f"<bdi>{written}</bdi>"


@pytest.mark.parametrize(
    ("later", "written"),
    [
        (timedelta(hours=5), "17:00"),
        (timedelta(hours=12), "Tue 00:00"),
        (timedelta(days=-3), "Fri 12:00"),
        (timedelta(days=7), "9 Mar 12:00"),
    ],
)
def test_writes_the_day_only_when_it_is_another(
    at: datetime, later: timedelta, written: str
) -> None:
    with override("en"):
        shown = moment(at + later, at)

    assert f"<bdi>{written}</bdi> UTC</time>" in shown


def test_writes_a_moment_to_the_second_where_seconds_matter(at: datetime) -> None:
    assert "<bdi>12:00:05</bdi> UTC</time>" in exact_moment(at + timedelta(seconds=5), at)


@pytest.mark.parametrize(
    ("share", "decimals", "written"),
    [(0.31, 0, "31 %"), (-0.638, 0, "−64 %"), (0.3333, 1, "33.3 %"), (1, 0, "100 %")],
)
def test_writes_a_share_as_percent(share: float, decimals: int, written: str) -> None:
    with override("en"):
        assert percent(share, decimals) == f"<bdi>{written}</bdi>"


def test_writes_nothing_for_what_is_not_known(at: datetime) -> None:
    assert (duration(None), moment(None, at), exact_moment(None, at), percent(None)) == ("",) * 4
