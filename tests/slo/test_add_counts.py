"""Any window equals the sum of its minutes, in whatever order the counts came."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from slo import selectors, services
from slo.models import Bucket
from slo.rules.burn_rate import Counts
from slo.rules.minute import MINUTE
from tests.factories.slo import IndicatorFactory

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, tzinfo=UTC)


def add(indicator_id: int, minutes: dict[int, Counts]) -> None:
    services.add_counts(
        counts={(indicator_id, START + m * MINUTE): counts for m, counts in minutes.items()}
    )


def window(indicator_id: int, first: int, end: int) -> Counts:
    bounds = [(indicator_id, START + minute * MINUTE) for minute in (first, end)]
    before = selectors.cumulative_counts(bounds)
    return before[bounds[1]] - before[bounds[0]]


# Near minutes make runs, far ones make gaps of more than six hours between them.
minutes = st.one_of(st.integers(0, 20), st.integers(0, 3000))
counts = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda n: Counts(n[0], sum(n)))
batches = st.lists(st.dictionaries(minutes, counts, min_size=1, max_size=6), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=batches, bounds=st.tuples(minutes, minutes).map(sorted))
def test_windows_agree_with_a_plain_sum(
    batches: list[dict[int, Counts]], bounds: list[int]
) -> None:
    indicator_id = IndicatorFactory.create().pk
    truth: dict[int, Counts] = {}
    for batch in batches:
        add(indicator_id, batch)
        for minute, added in batch.items():
            truth[minute] = truth.get(minute, Counts()) + added

    first, end = bounds
    expected = sum((c for m, c in truth.items() if first <= m < end), start=Counts())
    assert window(indicator_id, first, end) == expected
    rows = Bucket.objects.filter(indicator_id=indicator_id)
    assert {(row.minute - START) // MINUTE: row.counts for row in rows} == truth


def test_keeps_indicators_apart() -> None:
    one, other = IndicatorFactory.create(), IndicatorFactory.create()

    add(one.pk, {0: Counts(1, 2)})
    add(other.pk, {1: Counts(5, 5)})

    assert window(one.pk, 0, 10) == Counts(1, 2)
    assert window(other.pk, 0, 10) == Counts(5, 5)


def test_holds_counts_beyond_32_bits() -> None:
    indicator = IndicatorFactory.create()

    add(indicator.pk, {0: Counts(2**40, 2**41), 1: Counts(2**40, 2**41)})

    assert window(indicator.pk, 0, 2) == Counts(2**41, 2**42)


def test_answers_every_window_in_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    indicators = IndicatorFactory.create_batch(3)
    for indicator in indicators:
        add(indicator.pk, {0: Counts(1, 1)})
    bounds = [(i.pk, START + timedelta(hours=h)) for i in indicators for h in range(50)]

    with django_assert_num_queries(1):
        found = selectors.cumulative_counts(bounds)

    assert found[bounds[0]] == Counts()
    assert found[bounds[-1]] == Counts(1, 1)
