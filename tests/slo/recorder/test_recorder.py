"""What is recorded in memory is in the buckets after a flush, once."""

import http
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django import DjangoAssertNumQueries

from slo import selectors
from slo.errors import CountsNotKept, RequestsRefused
from slo.models import Bucket, Indicator, RecorderSpool
from slo.providers import spool as spools
from slo.providers.spool import CELLS, Spool
from slo.rules.minute import MINUTE
from slo.rules.window import Span
from slo.selectors.latencies import latency_histogram
from slo.services import recorder as recorders
from slo.services.recorder import Recorder
from slo.services.spools import take_in
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import IndicatorFactory

pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self, at: datetime) -> None:
        self.seconds = at.timestamp()

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(at: datetime) -> Clock:
    return Clock(at)


@pytest.fixture
def indicator() -> Indicator:
    return IndicatorFactory.create(service=ServiceFactory.create(slug="shop"))


@pytest.fixture
def recorder(tmp_path: Path, clock: Clock, indicator: Indicator) -> Iterator[Recorder]:
    recorder = Recorder(Spool(tmp_path), clock=clock)
    recorder.learn()
    yield recorder
    recorder.abandon()


def counted() -> list[tuple[datetime, int, int]]:
    return [(b.minute, b.good, b.total) for b in Bucket.objects.order_by("minute")]


def test_asks_no_database(
    recorder: Recorder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        recorder.record("/", "GET", 200, 1.0, "shop")

    assert counted() == []
    assert recorder.unflushed() == 1


def test_writes_each_minute_at_the_flush(recorder: Recorder, clock: Clock, at: datetime) -> None:
    recorder.record("/", "GET", 200, 1.0, "shop")
    recorder.record("/other", "post", 503, None, "shop")
    clock.seconds += 60
    recorder.record("/", "GET", http.HTTPStatus.OK, 7, "shop")

    assert recorder.flush(at=at) == 3

    assert counted() == [(at, 1, 2), (at + MINUTE, 1, 1)]
    assert recorder.flush(at=at) == 0
    assert recorder.unflushed() == 0


def test_keeps_latencies(recorder: Recorder, indicator: Indicator, at: datetime) -> None:
    latency = IndicatorFactory.create(
        service=indicator.service, kind=Indicator.Kind.LATENCY, latency_threshold_ms=100
    )
    recorder.learn()
    for time in (100.0, 100.5, 30.0):
        recorder.record("/", "GET", 200, time, "shop")
    recorder.record("/", "GET", 200, None, "shop")

    recorder.flush(at=at)

    bucket = Bucket.objects.get(indicator=latency)
    assert (bucket.good, bucket.total) == (2, 3)
    assert latency_histogram(latency.pk, Span(at, at + MINUTE)).total == 3


def test_adds_up_over_threads_and_flushes(recorder: Recorder, at: datetime) -> None:
    with ThreadPoolExecutor(max_workers=4) as threads:
        for _round in range(3):
            list(threads.map(lambda _n: record_many(recorder), range(4)))
            recorder.flush(at=at)

    assert counted() == [(at, 6000, 6000)]


def record_many(recorder: Recorder) -> None:
    for number in range(500):
        recorder.record(f"/{number}", "GET", 200, 1.0, "shop")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("/", "GET", 999, 1.0, "shop"), "/status_code"),
        (("/", "GET", 200.0, 1.0, "shop"), "/status_code"),
        (("/", "GET", 200, float("nan"), "shop"), "/response_time_ms"),
        (("/", "GET", 200, -1.0, "shop"), "/response_time_ms"),
        (("/", "GET", 200, True, "shop"), "/response_time_ms"),
        (("/", "GET", 200, "fast", "shop"), "/response_time_ms"),
        (("/", "FETCH", 200, 1.0, "shop"), "/method"),
        (("orders", "GET", 200, 1.0, "shop"), "/endpoint"),
        (([], "GET", 200, 1.0, "shop"), "/endpoint"),
        (("/", "GET", 200, 1.0, "nobody"), "/service"),
    ],
)
def test_refuses_what_cannot_be(recorder: Recorder, arguments: tuple[Any, ...], field: str) -> None:
    recorder.record("/", "GET", 200, 1.0, "shop")

    with pytest.raises(RequestsRefused) as refusal:
        recorder.record(*arguments)

    assert [error.field for error in refusal.value.fields] == [field]
    assert recorder.unflushed() == 1


def test_learns_what_is_watched_from_now_on(recorder: Recorder, at: datetime) -> None:
    recorder.record("/", "GET", 200, 1.0, "shop")
    IndicatorFactory.create(service=ServiceFactory.create(slug="new"))
    Indicator.objects.filter(service__slug="shop").update(endpoint="/only")

    recorder.learn()
    recorder.record("/", "GET", 200, 1.0, "shop")
    recorder.record("/", "GET", 200, 1.0, "new")
    recorder.flush(at=at)

    assert [b.total for b in Bucket.objects.all()] == [1, 1]


def test_forgets_routes_rather_than_growing(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorders, "MOST_ROUTES", 10)

    for number in range(35):
        recorder.record(f"/{number}", "GET", 200, 1.0, "shop")

    assert len(recorder._routes) <= 10
    assert recorder.unflushed() == 35


def test_says_that_it_has_not_learnt(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorders, "SECONDS_TO_LEARN", 0.0)
    recorder = Recorder(Spool(None), clock=clock)

    with pytest.raises(CountsNotKept, match="not yet told"):
        recorder.record("/", "GET", 200, 1.0, "shop")


def test_keeps_counts_while_the_database_fails(
    recorder: Recorder, clock: Clock, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spools, "MOST_SLOTS", 3)
    monkeypatch.setattr(recorders, "take_in", away)
    for _minute in range(3 * CELLS):
        recorder.record("/", "GET", 200, 1.0, "shop")
        clock.seconds += 60

    with pytest.raises(CountsNotKept, match="no room"):
        recorder.record("/", "GET", 200, 1.0, "shop")
    with pytest.raises(OperationalError):
        recorder.flush(at=at)
    assert recorder.unflushed() == 3 * CELLS


def away(**_arguments: object) -> int:
    raise OperationalError("the database is away")


def test_writes_what_waited_when_the_database_is_back(
    recorder: Recorder, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.record("/", "GET", 200, 1.0, "shop")
    with monkeypatch.context() as broken:
        broken.setattr(recorders, "take_in", away)
        for _second in range(5):
            with pytest.raises(OperationalError):
                recorder.flush(at=at)
    recorder.record("/", "GET", 500, 1.0, "shop")

    assert recorder.flush(at=at) == 2

    assert counted() == [(at, 1, 2)]


def test_counts_a_slot_once_when_nobody_heard_of_the_commit(
    recorder: Recorder, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.record("/", "GET", 200, 1.0, "shop")
    with monkeypatch.context() as broken:
        broken.setattr(recorders, "take_in", committed_unheard)
        with pytest.raises(OperationalError):
            recorder.flush(at=at)

    assert recorder.flush(at=at) == 0

    assert counted() == [(at, 1, 1)]


def committed_unheard(**arguments: Any) -> int:
    take_in(**arguments)
    raise OperationalError("the answer was lost")


def test_drops_what_an_indicator_counted_that_is_gone(
    recorder: Recorder, indicator: Indicator, at: datetime
) -> None:
    other = IndicatorFactory.create(
        service=indicator.service, kind=Indicator.Kind.LATENCY, latency_threshold_ms=1
    )
    recorder.learn()
    recorder.record("/", "GET", 200, 1.0, "shop")
    other.delete()

    assert recorder.flush(at=at) == 1

    assert counted() == [(at, 1, 1)]


def test_leaves_nothing_behind_at_the_end(recorder: Recorder, tmp_path: Path, at: datetime) -> None:
    recorder.record("/", "GET", 200, 1.0, "shop")

    recorder.finish(at=at)

    assert counted() == [(at, 1, 1)]
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
    assert not RecorderSpool.objects.exists()
    with pytest.raises(CountsNotKept, match="ending"):
        recorder.record("/", "GET", 200, 1.0, "shop")


def test_reads_a_burn_as_it_is_written(
    recorder: Recorder, indicator: Indicator, at: datetime
) -> None:
    recorder.record("/", "GET", 500, 1.0, "shop")
    recorder.flush(at=at)

    end = (indicator.pk, at + MINUTE)
    assert selectors.cumulative_counts([end])[end].bad == 1
