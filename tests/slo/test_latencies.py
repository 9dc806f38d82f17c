"""Latencies of any window, with late ones, over days."""

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest

from slo import selectors, services
from slo.rules.burn_rate import Counts
from slo.rules.exponential_histogram import bucket_of
from slo.rules.minute import MINUTE
from slo.rules.window import Span
from tests.factories.slo import IndicatorFactory

pytestmark = pytest.mark.django_db


def test_any_window_holds_what_was_measured_in_it(at: datetime) -> None:
    pick = random.Random(5)
    indicator = IndicatorFactory.create()
    measured: dict[datetime, Counter[int]] = {}
    for _batch in range(25):
        latencies: dict[tuple[int, datetime], Counter[int]] = {}
        for _minute in range(4):
            minute = at - pick.choice((pick.randrange(90), pick.randrange(6 * 1440))) * MINUTE
            found = Counter(bucket_of(pick.lognormvariate(4, 1)) for _each in range(5))
            latencies[indicator.pk, minute] = found
            measured[minute] = measured.get(minute, Counter()) + found
        services.add_counts(counts={key: Counts(5, 5) for key in latencies}, latencies=latencies)

    for _each in range(60):
        start = at - pick.randrange(-60, 7 * 1440) * MINUTE
        span = Span(start, start + pick.choice((1, 60, 1440, 4000)) * MINUTE)
        expected: Counter[int] = sum(
            (own for minute, own in measured.items() if span.start <= minute < span.end), Counter()
        )

        histogram = selectors.latency_histogram(indicator.pk, span)

        assert Counter(dict(histogram.buckets())) == expected


def test_latencies_without_counts_are_kept_too(at: datetime) -> None:
    indicator = IndicatorFactory.create()

    services.add_counts(counts={}, latencies={(indicator.pk, at): {100: 3}})

    histogram = selectors.latency_histogram(indicator.pk, Span(at, at + timedelta(minutes=1)))
    assert dict(histogram.buckets()) == {100: 3}
