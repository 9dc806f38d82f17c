"""What was counted before a moment: with no row, one row, and counts that fill 64 bits."""

from datetime import datetime, timedelta

import pytest

from slo import selectors, services
from slo.models import Indicator
from slo.rules.burn_rate import Counts
from slo.rules.minute import MINUTE
from slo.rules.window import Span
from slo.selectors import windows
from tests.factories.slo import IndicatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator() -> Indicator:
    return IndicatorFactory.create()


def counted(indicator: Indicator, start: datetime, end: datetime) -> Counts:
    readings = selectors.Readings()
    readings.ask(indicator.pk, Span(start, end))
    return readings.read().counts(indicator.pk, Span(start, end))


def before(indicator: Indicator, moment: datetime) -> Counts:
    boundary = (indicator.pk, moment)
    return selectors.cumulative_counts([boundary])[boundary]


def test_without_a_row_nothing_was_counted(indicator: Indicator, at: datetime) -> None:
    other = IndicatorFactory.create()
    services.add_counts(counts={(other.pk, at): Counts(3, 4)})

    assert selectors.cumulative_counts([]) == {}
    assert before(indicator, at + MINUTE) == Counts()
    assert counted(indicator, at - MINUTE, at + MINUTE) == Counts()


def test_a_row_counts_from_the_minute_after_it(indicator: Indicator, at: datetime) -> None:
    services.add_counts(counts={(indicator.pk, at): Counts(3, 4)})

    assert before(indicator, at) == Counts()
    assert before(indicator, at + MINUTE) == Counts(3, 4)
    assert before(indicator, at + timedelta(days=4000)) == Counts(3, 4)
    assert counted(indicator, at, at + MINUTE) == Counts(3, 4)
    assert counted(indicator, at - MINUTE, at) == Counts()
    assert counted(indicator, at + MINUTE, at + 2 * MINUTE) == Counts()


@pytest.mark.parametrize("size", [2**31, 2**32 + 1, 2**53 + 1, 2**61 + 1])
def test_counts_beyond_32_bits_are_exact(indicator: Indicator, at: datetime, size: int) -> None:
    minutes = {
        (indicator.pk, at): Counts(size - 1, size),
        (indicator.pk, at + MINUTE): Counts(0, 1),
    }
    services.add_counts(counts=minutes)

    assert before(indicator, at + 2 * MINUTE) == Counts(size - 1, size + 1)
    assert counted(indicator, at + MINUTE, at + 2 * MINUTE) == Counts(0, 1)


def test_late_counts_beyond_32_bits_carry_over(indicator: Indicator, at: datetime) -> None:
    services.add_counts(counts={(indicator.pk, at): Counts(1, 1)})
    services.add_counts(counts={(indicator.pk, at - timedelta(days=9)): Counts(2**60, 2**60 + 1)})

    assert before(indicator, at + MINUTE) == Counts(2**60 + 1, 2**60 + 2)


def test_more_boundaries_than_one_statement_takes(
    indicator: Indicator, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "BOUNDARIES_A_STATEMENT", 3)
    services.add_counts(counts={(indicator.pk, at + n * MINUTE): Counts(1, 2) for n in range(10)})

    found = selectors.cumulative_counts([(indicator.pk, at + n * MINUTE) for n in range(11)])

    assert list(found.values()) == [Counts(n, 2 * n) for n in range(11)]
