"""OpenTelemetry's sums and histograms become counts of minutes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slo import services
from slo.models import Bucket, Indicator, Refusal
from slo.rules.refusal_tally import RefusalTally
from slo.rules.window import Span
from slo.selectors.latencies import latency_histogram
from tests.factories.slo import IndicatorFactory, MetricSourceFactory

pytestmark = pytest.mark.django_db
Send = Callable[..., RefusalTally]
DURATION = "http.server.request.duration"


@pytest.fixture
def send(at: datetime) -> Send:
    """Sends points of one metric; `seconds` is after noon."""

    def receive(kind: str, name: str, *points: dict[str, Any], **told: Any) -> RefusalTally:
        for point in points:
            point["timeUnixNano"] = nanos(at, point.pop("seconds"))
            if "since" in point:
                point["startTimeUnixNano"] = nanos(at, point.pop("since"))
        unit = told.pop("unit", "s")
        metric = {"name": name, "unit": unit, kind: {**told, "dataPoints": points}}
        resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
        body = {
            "resourceMetrics": [
                {"resource": resource, "scopeMetrics": [{"metrics": [metric], "scope": {}}]}
            ]
        }
        return services.receive_otlp_metrics(body=json.dumps(body).encode(), is_json=True, at=at)

    return receive


def nanos(at: datetime, seconds: float) -> str:
    return str(int((at.timestamp() + seconds) * 10**9))


def attribute(key: str, value: Any) -> list[dict[str, Any]]:
    return [{"key": key, "value": value}]


def counted() -> list[tuple[int, int]]:
    return list(Bucket.objects.order_by("minute").values_list("good", "total"))


def reasons() -> dict[str, int]:
    return dict(Refusal.objects.values_list("reason", "count"))


def test_labels_are_those_of_resource_and_point(send: Send) -> None:
    MetricSourceFactory.create(
        total='http_requests_total{service_name="shop"}',
        good='http_requests_total{http_status=~"2..",is_ok="true"}',
    )
    ok = attribute("http.status", {"intValue": "200"}) + attribute("is.ok", {"boolValue": True})

    send(
        "sum",
        "http.requests",
        {"seconds": -60, "asInt": "5", "attributes": ok},
        {"seconds": 0, "asDouble": 9.0, "attributes": ok},
        aggregationTemporality="AGGREGATION_TEMPORALITY_CUMULATIVE",
        isMonotonic=True,
    )

    assert counted() == [(4, 4)]


def test_deltas_count_once_even_out_of_order(send: Send) -> None:
    MetricSourceFactory.create(total="requests", bad="errors")
    late = {"since": -60, "seconds": -30, "asInt": 3}
    early = {"since": -90, "seconds": -60, "asInt": 4}

    for point in (late, early, late, early):
        send("sum", "requests", dict(point), aggregationTemporality=1, isMonotonic=True)

    assert counted() == [(7, 7)]


def test_a_delta_that_overlaps_is_refused(send: Send) -> None:
    MetricSourceFactory.create(total="requests", bad="errors")
    points = [
        {"since": -60, "seconds": -30, "asInt": 3},
        {"since": -40, "seconds": -20, "asInt": 3},
    ]

    told = send("sum", "requests", *points, aggregationTemporality=1, isMonotonic=True)

    assert (told.wrong, counted(), reasons()) == (1, [(3, 3)], {"delta_overlaps": 1})


@pytest.fixture
def latency() -> Indicator:
    indicator: Indicator = IndicatorFactory.create(
        kind=Indicator.Kind.LATENCY, latency_threshold_ms=500
    )
    MetricSourceFactory.create(
        indicator=indicator,
        total="http_server_request_duration_seconds_count",
        good='http_server_request_duration_bucket{le="0.5"}',
    )
    return indicator


def test_a_histogram_counts_up_to_its_bound(send: Send, latency: Indicator) -> None:
    told = {"explicitBounds": [0.1, 0.5, 1]}
    send(
        "histogram",
        DURATION,
        {"seconds": -60, "count": "4", "bucketCounts": ["1", "1", "1", "1"], **told},
        {"seconds": 0, "count": 10, "bucketCounts": [3, 2, 3, 2], **told},
        aggregationTemporality=2,
    )

    assert counted() == [(3, 6)]


def test_a_histogram_without_the_bound_is_refused(send: Send, latency: Indicator) -> None:
    point = {"count": "4", "bucketCounts": ["1", "3"], "explicitBounds": [0.4]}

    told = send(
        "histogram", DURATION, {"seconds": -60, **point}, {"seconds": 0, **point},
        aggregationTemporality=2,
    )  # fmt: skip

    assert told.wrong == 2
    assert reasons() == {"no_such_bound": 2}


def test_exponential_histograms_give_counts_and_latencies(
    send: Send, latency: Indicator, at: datetime
) -> None:
    # Scale 3: bucket -25 is below 0.125 s, -9 ends at 0.5 s, and 8 begins at 2 s.
    before = {"scale": 3, "count": 1, "positive": {"offset": -25, "bucketCounts": [1]}}
    slow = {"offset": -25, "bucketCounts": [90, *[0] * 15, 5, *[0] * 16, 5]}
    after = {"scale": 3, "count": 101, "zeroCount": "1", "positive": slow}

    for _time in range(2):
        send(
            "exponentialHistogram",
            DURATION,
            {"seconds": -60, **before},
            {"seconds": 0, **after},
            aggregationTemporality=2,
        )

    assert counted() == [(95, 100)]
    span = Span(at - timedelta(hours=1), at + timedelta(minutes=1))
    found = latency_histogram(latency.pk, span)
    assert found.total == 100
    median, slowest = found.quantile(0.5), found.quantile(1)
    assert median is not None
    assert 114 < median < 126
    assert slowest is not None
    assert 1990 < slowest < 2200


def test_latencies_need_a_unit(send: Send, latency: Indicator) -> None:
    point = {"seconds": 0, "since": -30, "scale": 3, "count": 1}
    told = send(
        "exponentialHistogram",
        "http.server.request.duration_seconds",
        {**point, "positive": {"offset": -25, "bucketCounts": [1]}},
        aggregationTemporality=2,
        unit="furlong",
    )

    assert (told.wrong, reasons()["unknown_unit"]) == (0, 1)
    assert counted() == [(0, 1)]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("gauge", {}),
        ("sum", {"aggregationTemporality": 2}),
        ("sum", {"isMonotonic": True}),
    ],
)
def test_what_is_no_counter_is_refused(send: Send, kind: str, told: dict[str, Any]) -> None:
    MetricSourceFactory.create(total="requests", bad="errors")

    told_back = send(kind, "requests", {"seconds": 0, "asInt": 1}, **told)

    assert (told_back.wrong, reasons()) == (1, {"not_a_counter": 1})


def test_what_nobody_counts_is_counted_but_not_told(send: Send) -> None:
    told = send("sum", "requests", {"seconds": 0, "asInt": 1}, isMonotonic=True)

    assert (told.wrong, reasons()) == (0, {"unknown_series": 1})


def test_a_new_process_is_counted_from_its_start(send: Send, at: datetime) -> None:
    MetricSourceFactory.create(total="requests", bad="errors")

    send(
        "sum", "requests", {"seconds": 0, "since": -30, "asInt": 7},
        aggregationTemporality=2, isMonotonic=True,
    )  # fmt: skip

    assert counted() == [(7, 7)]
    assert Bucket.objects.get().minute == at.astimezone(UTC)


def test_values_without_a_sample_are_left_out(send: Send) -> None:
    MetricSourceFactory.create(total="requests", bad="errors")

    send(
        "sum", "requests", {"seconds": 0, "flags": 1},
        aggregationTemporality=2, isMonotonic=True,
    )  # fmt: skip

    assert counted() == []
    assert reasons() == {}
