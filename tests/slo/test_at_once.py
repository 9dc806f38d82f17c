"""Two processes at once lose no count and tell no change twice.

SQLite gives a whole transaction the database to itself; its test database is in memory,
which threads cannot share, so these run on PostgreSQL.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import current_thread, main_thread

import pytest
from django.db import connection, transaction

from events.selectors import recent_events
from slo import selectors, services
from slo.errors import DefinitionsClash
from slo.rules.burn_rate import Counts
from slo.rules.minute import MINUTE
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import BurnWindowFactory, IndicatorFactory
from tests.faults.processes import wait_for
from tests.slo.documents import OPENSLO
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


def test_two_beats_tell_once_that_alerting_froze_and_resumed(at: datetime) -> None:
    objective = BurnWindowFactory.create(objective__indicator__report_minutes=1).objective

    def report(until: datetime) -> None:
        minutes = {(objective.indicator_id, until - n * MINUTE): Counts(10, 10) for n in range(90)}
        services.add_counts(counts=minutes)

    silent, heard = at + 30 * MINUTE, at + 400 * MINUTE
    report(at)
    services.evaluate_objectives(at=at)
    at_once(lambda _number: services.evaluate_objectives(at=silent), times=8)
    report(heard)
    at_once(lambda _number: services.evaluate_objectives(at=heard), times=8)

    told = [event.event_type for event in reversed(recent_events())]
    assert told == ["slo.alerting.frozen", "slo.alerting.resumed"]


def test_of_two_imports_of_one_document_the_later_is_told_of_the_clash(at: datetime) -> None:
    ServiceFactory.create(slug="shop")

    def take_in() -> services.Imported:
        try:
            return services.import_objectives(text=OPENSLO, at=at, acting_user=None)
        finally:
            if current_thread() is not main_thread():
                connection.close()

    with ThreadPoolExecutor(max_workers=1) as threads:
        with transaction.atomic():
            first = take_in()
            second = threads.submit(take_in)
            wait_for("the second import to wait for the first", is_somebody_waiting, seconds=20)
        with pytest.raises(DefinitionsClash, match="import again"):
            second.result()

    assert first.created == ("shop-requests",)
    assert selectors.get_objective("shop-requests").burn_windows.count() == 1
    assert take_in().unchanged == ("shop-requests",)


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        # A transaction sees pg_stat_activity as it first did; locks it sees as they are.
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


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
