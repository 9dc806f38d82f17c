"""When a plan must be drilled again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.rules.drill_due import is_overdue, next_drill_due

MADE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last_passed_after_days", "due_after_days"), [(None, 90), (10, 100), (400, 490)]
)
def test_counts_from_the_last_passed_drill_or_the_making(
    last_passed_after_days: int | None, due_after_days: int
) -> None:
    passed = last_passed_after_days and MADE + timedelta(days=last_passed_after_days)

    due_at = next_drill_due(created_at=MADE, last_passed_at=passed or None, every_days=90)

    assert due_at == MADE + timedelta(days=due_after_days)


@given(st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)))
def test_is_overdue_only_once_the_moment_has_passed(late: timedelta) -> None:
    assert is_overdue(MADE, at=MADE + late) is (late > timedelta(0))
