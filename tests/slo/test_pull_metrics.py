"""Counters are read from a Prometheus, resumed where reading stopped, and count once."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from slo import services
from slo.models import Bucket, MetricSource
from tests.factories.slo import MetricSourceFactory

pytestmark = pytest.mark.django_db


class FakePrometheus:
    """Answers range selectors from samples of each metric, as (seconds since 1970, value)."""

    def __init__(self) -> None:
        self.samples: dict[str, list[tuple[float, float]]] = {}
        self.asked: list[tuple[str, float]] = []
        self.status = 200
        self.body: bytes | None = None
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                body = fake.answer(query["query"][0], float(query["time"][0]))
                self.send_response(fake.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base's name)
                """What is asked is in `asked`."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/"

    def answer(self, query: str, until: float) -> bytes:
        self.asked.append((query, until))
        if self.body is not None:
            return self.body
        found = re.fullmatch(r"(\w+)\[(\d+)s\]", query)
        assert found, query
        begin = until - int(found[2])
        values = [
            [at, f"{value:g}"]
            for at, value in self.samples.get(found[1], ())
            if begin <= at <= until
        ]
        series = [{"metric": {"__name__": found[1], "job": "api"}, "values": values}]
        data = {"resultType": "matrix", "result": series if values else []}
        return json.dumps({"status": "success", "data": data}).encode()


@pytest.fixture
def prometheus() -> Iterator[FakePrometheus]:
    fake = FakePrometheus()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()
    fake.thread.join()


@pytest.fixture
def source(prometheus: FakePrometheus, at: datetime) -> MetricSource:
    """A counter of ten requests every fifteen seconds, one of them bad, for an hour and a half."""
    noon = at.timestamp()
    steps = range(-240, 121)
    prometheus.samples = {
        "requests": [(noon + 15 * i, 10 * (i + 240)) for i in steps],
        "errors": [(noon + 15 * i, i + 240) for i in steps],
    }
    return MetricSourceFactory.create(total="requests", bad="errors", pull_url=prometheus.url)


def total() -> tuple[int, int]:
    latest = Bucket.objects.latest("minute")
    return latest.cumulative_good, latest.cumulative_total


def test_reads_on_from_where_it_was(
    source: MetricSource, prometheus: FakePrometheus, at: datetime
) -> None:
    services.pull_metrics(at=at)
    assert total() == (216, 240)

    services.pull_metrics(at=at + timedelta(minutes=1))
    services.pull_metrics(at=at + timedelta(minutes=1))

    source.refresh_from_db()
    assert total() == (252, 280)
    assert source.pulled_until == at + timedelta(minutes=1)
    assert source.last_sample_at == source.pulled_until


def test_catches_up_after_a_pause(
    source: MetricSource, prometheus: FakePrometheus, at: datetime
) -> None:
    MetricSource.objects.update(pulled_until=at - timedelta(minutes=58))

    services.pull_metrics(at=at + timedelta(minutes=30))

    assert len(prometheus.asked) == 4
    # From the first sample that is within the overlap: an hour less a minute, and half an hour.
    assert total() == (9 * (89 * 4), 10 * (89 * 4))


def test_one_bad_source_holds_up_no_other(
    source: MetricSource, prometheus: FakePrometheus, at: datetime
) -> None:
    bad = MetricSourceFactory.create(total="a", bad="b", pull_url="http://127.0.0.1:9")

    services.pull_metrics(at=at)

    bad.refresh_from_db()
    assert "failed" in bad.last_error
    assert bad.pulled_until is None
    assert total() == (216, 240)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, b'{"error": "parse error"}', "answered 400: parse error"),
        (500, b"oops", "answered 500."),
        (302, b"", "answered 302."),
        (200, b"<html>", "none of Prometheus'"),
        (200, b"[]", "none of Prometheus'"),
        (200, b'{"data": {"resultType": "vector", "result": []}}', "none of Prometheus'"),
    ],
)
def test_says_what_the_other_side_answered_until_it_is_well_again(
    source: MetricSource,
    prometheus: FakePrometheus,
    at: datetime,
    status: int,
    body: bytes,
    said: str,
) -> None:
    prometheus.status, prometheus.body = status, body
    services.pull_metrics(at=at)
    source.refresh_from_db()
    assert said in source.last_error

    prometheus.status, prometheus.body = 200, None
    services.pull_metrics(at=at)
    source.refresh_from_db()
    assert source.last_error == ""
    assert total() == (216, 240)


def test_asks_for_less_when_the_answer_is_too_large(
    source: MetricSource,
    prometheus: FakePrometheus,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("slo.providers.prometheus.MOST_BYTES", 4000)
    MetricSource.objects.update(pulled_until=at - timedelta(minutes=30))

    services.pull_metrics(at=at)

    source.refresh_from_db()
    assert (source.pulled_until, source.last_error) == (at, "")
    assert total() == (9 * 31 * 4, 10 * 31 * 4)


def test_an_address_within_the_network_is_not_called_unless_it_is_allowed(
    source: MetricSource, at: datetime, settings: Any
) -> None:
    settings.OUTGOING_PRIVATE_NETWORKS = []

    services.pull_metrics(at=at)

    source.refresh_from_db()
    assert "OUTGOING_PRIVATE_NETWORKS" in source.last_error
