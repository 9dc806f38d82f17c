"""Samples of counters become counts of minutes, once however they come."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from slo import services
from slo.errors import MetricsRefused
from slo.models import Bucket, Indicator, MetricSource, Refusal, SeriesState, UnmatchedCount
from tests.factories.slo import IndicatorFactory, MetricSourceFactory
from tests.slo.wire import STALE, block, millis

pytestmark = pytest.mark.django_db
Send = Callable[..., None]


@pytest.fixture
def source() -> MetricSource:
    return MetricSourceFactory.create(total='requests_total{job="api"}', good="good_total")


@pytest.fixture
def send(at: datetime) -> Send:
    """Sends samples of one series, as (seconds after noon, value)."""

    def receive(metric: str, *samples: tuple[float, float], **labels: str) -> None:
        named = {"__name__": metric, "job": "api", **labels}
        timed = [(millis(at) + round(second * 1000), value) for second, value in samples]
        services.receive_remote_write(block=block((named, timed)), at=at)

    return receive


def buckets() -> list[tuple[int, int, int]]:
    found = Bucket.objects.order_by("minute")
    return [(bucket.minute.minute, bucket.good, bucket.total) for bucket in found]


def refused() -> dict[tuple[str, str], int]:
    return {(row.reason, row.subject): row.count for row in Refusal.objects.all()}


def test_counts_what_counters_gain(source: MetricSource, send: Send, at: datetime) -> None:
    send("requests_total", (-90, 100), (-60, 110), (0, 150))
    send("good_total", (-90, 100), (-60, 109), (0, 148))

    assert buckets() == [(59, 9, 10), (0, 39, 40)]
    source.refresh_from_db()
    assert source.last_sample_at == at
    assert Bucket.objects.latest("minute").cumulative_total == 50


def test_counts_the_same_when_everything_comes_again(source: MetricSource, send: Send) -> None:
    for _time in range(3):
        send("requests_total", (-90, 100), (-60, 110))
        send("requests_total", (-60, 110), (0, 150))

    assert buckets() == [(59, 0, 10), (0, 0, 40)]


def test_a_counter_that_begins_anew_gains_all_of_it(source: MetricSource, send: Send) -> None:
    send("requests_total", (-90, 100), (-60, STALE), (-50, 30), (-40, 31))

    assert buckets() == [(59, 0, 31)]


def test_a_minute_without_requests_is_reported(source: MetricSource, send: Send) -> None:
    send("requests_total", (-90, 100), (-30, 100))

    assert buckets() == [(59, 0, 0)]


def test_good_requests_wait_for_their_total(source: MetricSource, send: Send) -> None:
    send("good_total", (-90, 0), (-60, 7))
    assert buckets() == []
    assert UnmatchedCount.objects.get().good == 7

    send("requests_total", (-90, 0), (-60, 5))
    assert buckets() == [(59, 5, 5)]
    assert UnmatchedCount.objects.get().good == 2

    send("requests_total", (-50, 9))
    assert buckets() == [(59, 7, 9)]
    assert not UnmatchedCount.objects.exists()


def test_what_no_total_covers_is_set_aside(source: MetricSource, send: Send, at: datetime) -> None:
    send("good_total", (-90, 0), (-60, 7))

    assert services.settle_unmatched(at=at + timedelta(minutes=14)) == 0
    assert services.settle_unmatched(at=at + timedelta(minutes=15)) == 1

    assert refused() == {("good_exceeds_total", source.indicator.slug): 7}
    assert not UnmatchedCount.objects.exists()


def test_bad_requests_are_taken_off_in_either_order(send: Send) -> None:
    MetricSourceFactory.create(total="requests_total", bad="bad_total")

    send("bad_total", (-90, 0), (-60, 2))
    send("requests_total", (-90, 0), (-60, 10))
    send("bad_total", (-50, 5))

    assert buckets() == [(59, 5, 10)]
    assert not UnmatchedCount.objects.exists()


def test_one_series_counts_for_several_indicators_and_as_both(send: Send) -> None:
    for good in ('requests_total{code!~"5.."}', 'requests_total{code=~"2..|3.."}'):
        MetricSourceFactory.create(total="requests_total", good=good)

    for code in ("200", "404", "500"):
        send("requests_total", (-90, 0), (-60, 10), code=code)

    found = Bucket.objects.order_by("indicator").values_list("good", "total")
    assert list(found) == [(20, 30), (10, 30)]


def test_keeps_count_of_what_it_refuses(source: MetricSource, send: Send) -> None:
    send("up", (-90, 1), (-60, 1))
    send("requests_total", (-90, 1), job="other")
    send(
        "requests_total",
        (-100, float("nan")),
        (-90, float("inf")),
        (-80, -1),
        (-70, 0.5),
        (-60, 2.0**60),
        (301, 5),
        (-91 * 86400, 5),
    )

    assert refused() == {
        ("unknown_series", "up"): 2,
        ("unknown_series", "requests_total"): 1,
        ("not_finite", "requests_total"): 2,
        ("negative", "requests_total"): 1,
        ("not_a_whole_number", "requests_total"): 1,
        ("too_large", "requests_total"): 1,
        ("from_the_future", "requests_total"): 1,
        ("too_old", "requests_total"): 1,
    }
    assert not SeriesState.objects.exists()


def test_tells_at_most_a_hundred_unknown_metrics_apart(send: Send) -> None:
    for number in range(103):
        send(f"metric_{number}", (0, 1))

    assert refused()["unknown_series", "…"] == 3
    assert Refusal.objects.count() == 101


def test_what_cannot_be_stored_is_refused(source: MetricSource, send: Send) -> None:
    send("requests_total", (0, 1), path="a\x00b")
    send("nul\x00", (0, 1))

    assert refused() == {
        ("labels_not_storable", "requests_total"): 1,
        ("unknown_series", r"nul\x00"): 1,
    }


def test_a_source_that_is_read_is_not_sent_too(send: Send) -> None:
    MetricSourceFactory.create(total="requests_total", good="g", pull_url="http://prom:9090")

    send("requests_total", (-60, 1), (0, 5))

    assert buckets() == []


def test_series_are_limited(
    source: MetricSource, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slo.services.metrics.MOST_SERIES", 2)

    for number in range(4):
        send("requests_total", (-60, 1), (0, 2), pod=str(number))

    assert SeriesState.objects.count() == 2
    assert refused() == {("too_many_series", "requests_total"): 4}


@pytest.mark.parametrize("broken", [b"", b"x", b"\xff" * 20, b"\xff\xff\xff\x7f" + b"x"])
def test_refuses_what_is_no_message(at: datetime, broken: bytes) -> None:
    with pytest.raises(MetricsRefused):
        services.receive_remote_write(block=broken, at=at)


def test_a_source_that_is_new_is_counted_at_once(send: Send) -> None:
    send("requests_total", (-60, 1))
    indicator: Any = IndicatorFactory.create(kind=Indicator.Kind.COUNTS)
    services.create_metric_source(indicator=indicator, total="requests_total", good="good_total")

    send("requests_total", (-30, 1), (0, 5))

    assert buckets() == [(0, 0, 4)]
