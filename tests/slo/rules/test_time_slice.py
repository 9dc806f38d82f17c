"""The three methods of budgeting, with the numbers that OpenSLO's authors worked out."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.rules.burn_rate import Counts, burn_rate, service_level
from slo.rules.time_slice import (
    PARTS_A_SLICE,
    SLICE_MINUTES,
    Budgeting,
    slice_counts,
    slice_start,
    whole_slices,
)
from slo.rules.window import Span

GOOD = (2, 10, 12, 13, 13, 12, 13, 13, 12, 11)
VALID = (4, 10, 12, 13, 14, 15, 14, 13, 12, 11)
TARGET = Decimal(95)
SLICES = [Counts(good, valid) for good, valid in zip(GOOD, VALID, strict=True)]
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("budgeting", "level", "burnt"),
    [
        (Budgeting.OCCURRENCES, "94.0678", "118.644"),
        (Budgeting.TIMESLICES, "60.0000", "800.000"),
        (Budgeting.RATIO_TIMESLICES, "91.5714", "168.571"),
    ],
)
def test_worked_example(budgeting: Budgeting, level: str, burnt: str) -> None:
    counted = (
        SLICES
        if budgeting is Budgeting.OCCURRENCES
        else [slice_counts(c, budgeting=budgeting, slice_target=TARGET) for c in SLICES]
    )
    counts = sum(counted, start=Counts())

    assert f"{float(service_level(counts) or 0):.4%}" == f"{level}%"
    assert f"{float(burn_rate(counts, target=TARGET) or 0):.3%}" == f"{burnt}%"


@pytest.mark.parametrize(
    ("good", "total", "target", "is_good"),
    [(95, 100, 95, 1), (94, 100, 95, 0), (9999, 10_000, 100, 0), (1, 1, 100, 1), (0, 1, 50, 0)],
)
def test_a_slice_at_its_target_is_good(good: int, total: int, target: int, is_good: int) -> None:
    found = slice_counts(
        Counts(good, total), budgeting=Budgeting.TIMESLICES, slice_target=Decimal(target)
    )

    assert found == Counts(is_good, 1)


@pytest.mark.parametrize("budgeting", list(Budgeting))
def test_a_slice_without_requests_counts_nothing(budgeting: Budgeting) -> None:
    assert slice_counts(Counts(), budgeting=budgeting, slice_target=TARGET) == Counts()


@given(st.integers(1, 10**12), st.data())
def test_a_ratio_is_exact_to_half_a_part(total: int, data: st.DataObject) -> None:
    good = data.draw(st.integers(0, total))
    found = slice_counts(
        Counts(good, total), budgeting=Budgeting.RATIO_TIMESLICES, slice_target=None
    )

    assert found.total == PARTS_A_SLICE
    assert abs(Fraction(found.good, found.total) - Fraction(good, total)) <= Fraction(
        1, 2 * PARTS_A_SLICE
    )


@pytest.mark.parametrize("length", SLICE_MINUTES)
def test_slices_lie_the_same_way_every_day(length: int) -> None:
    day = datetime(2026, 3, 2, tzinfo=UTC)
    starts = {slice_start(day + n * MINUTE, length=length) for n in range(1440)}

    assert starts == {day + n * length * MINUTE for n in range(1440 // length)}


@given(st.sampled_from(SLICE_MINUTES), st.integers(0, 200), st.integers(1, 200))
def test_whole_slices_hold_every_minute_and_no_further_slice(
    length: int, first: int, minutes: int
) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC) + first * MINUTE
    span = Span(start, start + minutes * MINUTE)
    whole = whole_slices(span, length=length)

    assert whole.start == slice_start(whole.start, length=length)
    assert whole.minutes % length == 0
    assert whole.start <= span.start < whole.start + length * MINUTE
    assert whole.end - length * MINUTE < span.end <= whole.end
