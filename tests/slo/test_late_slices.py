"""Slices stay true to their minutes: late counts turn them both ways, and the order is nothing."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from slo import selectors, services
from slo.models import Indicator, Objective
from slo.rules.burn_rate import Counts
from slo.rules.minute import MINUTE
from slo.rules.time_slice import Budgeting, Slices
from slo.rules.window import Span
from tests.factories.slo import CorrectionFactory, IndicatorFactory

pytestmark = pytest.mark.django_db

HALF_GOOD = Slices(Budgeting.TIMESLICES, 5, Decimal(50))
# Minute, good and total.
TOLD = [(0, 1, 4), (1, 3, 4), (9, 5, 5), (3, 0, 1), (700, 0, 0), (12, 7, 9), (0, 2, 2)]


@pytest.fixture
def indicator() -> Indicator:
    return IndicatorFactory.create(kind="counts")


def promise(indicator: Indicator, slices: Slices) -> Objective:
    return services.create_objective(
        slug=f"{indicator.slug}-promise",
        name="Promise",
        indicator=indicator,
        target=Decimal(99),
        slices=slices,
    )


def sliced(objective: Objective, at: datetime) -> Counts:
    span = Span(at - timedelta(days=2), at + timedelta(days=2))
    readings = selectors.Readings()
    [account] = selectors.accounts([objective], within=span, readings=readings)
    account.ask(span)
    readings.read()
    return account.counts(span)


def test_late_counts_turn_a_slice_bad_and_good_again(indicator: Indicator, at: datetime) -> None:
    objective = promise(indicator, HALF_GOOD)
    found = []
    for minute, good, total in ((4, 10, 10), (1, 3, 16), (1, 0, 1), (0, 5, 5), (-4, 0, 1)):
        services.add_counts(counts={(indicator.pk, at + minute * MINUTE): Counts(good, total)})
        found.append(sliced(objective, at))

    # 10 of 10, 13 of 26, 13 of 27, 18 of 32, and a bad slice before it.
    assert found == [Counts(1, 1), Counts(1, 1), Counts(0, 1), Counts(1, 1), Counts(1, 2)]


@pytest.mark.parametrize("made_after", range(len(TOLD) + 1))
@pytest.mark.parametrize(
    "slices", [HALF_GOOD, Slices(Budgeting.RATIO_TIMESLICES, 10)], ids=lambda s: s.budgeting.value
)
def test_when_a_slicing_is_made_is_nothing_to_what_it_counts(
    indicator: Indicator, at: datetime, slices: Slices, made_after: int
) -> None:
    first = IndicatorFactory.create(kind="counts")
    before = promise(first, slices)
    for told in TOLD[:made_after]:
        tell([first, indicator], *told, at=at)
    objective = promise(indicator, slices)
    for told in TOLD[made_after:]:
        tell([first, indicator], *told, at=at)

    assert sliced(objective, at) == sliced(before, at)
    assert sliced(before, at).total


def tell(indicators: list[Indicator], minute: int, good: int, total: int, *, at: datetime) -> None:
    moment = at + minute * MINUTE
    services.add_counts(counts={(i.pk, moment): Counts(good, total) for i in indicators})


@pytest.mark.parametrize(("minutes_on", "is_out"), [(9, True), (10, False)])
def test_a_slice_under_way_is_out_when_a_later_part_of_it_will_be(
    indicator: Indicator, at: datetime, minutes_on: int, is_out: bool
) -> None:
    objective = promise(indicator, Slices(Budgeting.TIMESLICES, 10, Decimal(50)))
    services.add_counts(counts={(indicator.pk, at): Counts(0, 9)})
    CorrectionFactory.create(objective=objective, starts_at=at + minutes_on * MINUTE)

    # The minute under way is the first of the slice: what is asked ends before the correction.
    status = selectors.objective_status(objective.slug, at=at)

    assert (status.remaining is None) is is_out
    assert status.remaining_raw is not None
