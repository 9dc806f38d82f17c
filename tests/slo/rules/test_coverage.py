from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from slo.rules.coverage import Reporting, coverage
from slo.rules.window import Span

END = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG_AGO = END - timedelta(days=90)


@pytest.mark.parametrize(
    ("reported", "minutes", "every", "since", "expected"),
    [
        (58, 60, 1, LONG_AGO, 1),  # the minute under way and one report on its way
        (60, 60, 1, LONG_AGO, 1),
        (29, 60, 1, LONG_AGO, Fraction(1, 2)),
        (0, 60, 1, LONG_AGO, 0),
        (10, 60, 5, LONG_AGO, 1),
        (5, 60, 5, LONG_AGO, Fraction(1, 2)),
        (0, 5, 5, LONG_AGO, None),
        (0, 2, 1, LONG_AGO, None),
        (0, 3, 1, LONG_AGO, 0),
        (10, 60, 1, END - timedelta(minutes=12), 1),  # before its first nothing was due
        (4, 60, 1, END - timedelta(minutes=10), Fraction(1, 2)),
        (0, 60, 1, None, None),
        (0, 60, 1, END + timedelta(minutes=5), None),
    ],
)
def test_share_of_expected_reports(
    reported: int, minutes: int, every: int, since: datetime | None, expected: Fraction | None
) -> None:
    reporting = Reporting(every_minutes=every, since=since)

    assert coverage(reported, Span.ending(END, minutes), reporting) == expected
