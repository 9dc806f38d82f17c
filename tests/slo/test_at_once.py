"""Two processes at once lose no count and tell no change twice.

SQLite gives a whole transaction the database to itself; its test database is in memory,
which threads cannot share, so these run on PostgreSQL.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from events.selectors import recent_events
from slo import selectors, services
from slo.rules.burn_rate import Counts
from slo.rules.minute import MINUTE
from tests.factories.slo import BurnWindowFactory, IndicatorFactory
from tests.slo.traffic import serve

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="threads cannot share SQLite's test database"
    ),
]


def at_once(work: Callable[[int], object], *, times: int) -> None:
    def alone(number: int) -> None:
        try:
            work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as threads:
        list(threads.map(alone, range(times)))


def test_counts_from_many_writers_add_up(at: datetime) -> None:
    pair = [indicator.pk for indicator in IndicatorFactory.create_batch(2)]

    def write(number: int) -> None:
        # Early and late minutes, and the indicators in either order.
        order = pair if number % 2 else pair[::-1]
        minute = at - (number * 7 % 13) * MINUTE
        services.add_counts(counts={(pk, minute): Counts(1, 2) for pk in order})

    at_once(write, times=40)

    end = at + timedelta(minutes=1)
    found = selectors.cumulative_counts([(pk, end) for pk in pair])
    assert list(found.values()) == [Counts(40, 80)] * 2


def test_two_beats_tell_a_change_once(at: datetime) -> None:
    objective = BurnWindowFactory.create().objective
    serve(objective.indicator, at=at, good=999_000, bad=0, minutes_ago=2000)
    serve(objective.indicator, at=at, good=80, bad=20)

    at_once(lambda _number: services.evaluate_objectives(at=at), times=8)

    assert [event.event_type for event in recent_events()] == ["slo.burn_rate.critical"]


def test_thinning_loses_nothing_that_comes_meanwhile(at: datetime) -> None:
    indicator = IndicatorFactory.create()
    old = at.replace(hour=0) - timedelta(days=101)
    services.add_counts(counts={(indicator.pk, old): Counts(1, 1)})

    def work(number: int) -> None:
        if number % 2:
            services.forget_thinning()
            services.thin_buckets(at=at)
        else:
            services.add_counts(counts={(indicator.pk, old + number * MINUTE): Counts(1, 2)})

    at_once(work, times=40)

    end = (indicator.pk, at)
    assert selectors.cumulative_counts([end])[end] == Counts(21, 41)
