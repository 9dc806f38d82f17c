"""The doors for metrics systems: what is taken, and what a sender is told."""

import gzip
import json
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from rest_framework.test import APIClient

from slo.models import Bucket, Refusal
from slo.rules.otlp_metrics import read_json
from tests.factories.slo import MetricSourceFactory
from tests.slo.wire import HEADERS, PROTOBUF, block, millis

pytestmark = pytest.mark.django_db
WRITE = "/api/slo/prometheus/write"
OTLP = "/api/slo/otlp/v1/metrics"


@pytest.fixture(autouse=True)
def at_noon(at: datetime) -> Any:
    MetricSourceFactory.create(total="requests_total", bad="errors_total")
    with time_machine.travel(at, tick=False):
        yield


def write(client: APIClient, body: bytes, **headers: str) -> Any:
    named = {**HEADERS, **headers}
    kind = named.pop("Content-Type")
    return client.post(WRITE, body, content_type=kind, headers=named)


def samples(at: datetime) -> bytes:
    noon = millis(at)
    return block(({"__name__": "requests_total"}, [(noon - 60_000, 1), (noon, 3)]))


def document(at: datetime, *values: Any) -> dict[str, Any]:
    noon = millis(at)
    points = [
        {"timeUnixNano": str((noon + i * 1000) * 1_000_000), "asInt": value}
        for i, value in enumerate(values)
    ]
    counter = {"aggregationTemporality": 2, "isMonotonic": True, "dataPoints": points}
    metrics = [{"name": "requests", "sum": counter}]
    return {"resourceMetrics": [{"scopeMetrics": [{"metrics": metrics}]}]}


def test_takes_what_prometheus_sends(alice_api: APIClient, at: datetime) -> None:
    answer = write(alice_api, samples(at), Accept=PROTOBUF)

    assert (answer.status_code, answer.content) == (204, b"")
    assert Bucket.objects.get().total == 2


def test_bad_samples_are_told_on_a_page_and_not_to_the_sender(
    alice_api: APIClient, at: datetime
) -> None:
    bad = block(({"__name__": "requests_total"}, [(millis(at), -1)]))

    assert write(alice_api, bad).status_code == 204
    assert Refusal.objects.get().reason == "negative"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": f"{PROTOBUF};proto=io.prometheus.write.v2.Request"}, 415),
        ({"Content-Type": "application/json"}, 415),
        ({"Content-Type": f"{PROTOBUF}; proto=prometheus.WriteRequest"}, 204),
        ({"Content-Encoding": "gzip"}, 415),
        ({"X-Prometheus-Remote-Write-Version": "2.0.0"}, 400),
        ({"X-Prometheus-Remote-Write-Version": "1.0.0"}, 204),
    ],
)
def test_says_which_protocol_it_takes(
    alice_api: APIClient, at: datetime, headers: dict[str, str], status: int
) -> None:
    assert write(alice_api, samples(at), **headers).status_code == status


@pytest.mark.parametrize("body", [b"", b"nonsense", b"\xff\xff\xff\xff\x0f"])
def test_bad_data_is_never_the_portals_fault(alice_api: APIClient, body: bytes) -> None:
    assert write(alice_api, body).status_code == 400
    for kind in (PROTOBUF, "application/json"):
        assert alice_api.post(OTLP, b"\xff{", content_type=kind).status_code == 400


def test_too_large_a_body_is_refused(alice_api: APIClient, settings: Any) -> None:
    settings.REQUEST_BODY_LIMIT_BYTES = 10

    assert write(alice_api, b"x" * 11).status_code == 413


@pytest.mark.parametrize("address", [WRITE, OTLP])
def test_asks_to_send_again_when_the_database_does_not_answer(
    alice_api: APIClient, at: datetime, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    def fail(**_given: Any) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr("slo.services.remote_write.take_in", fail)
    monkeypatch.setattr("slo.services.otlp_metrics.take_in", fail)

    if address == WRITE:
        answer = write(alice_api, samples(at))
    else:
        answer = alice_api.post(OTLP, document(at, 1), format="json")
    assert answer.status_code == 503


def test_is_for_those_who_may_count(charlie_api: APIClient, at: datetime) -> None:
    assert write(charlie_api, samples(at)).status_code == 403
    assert write(APIClient(), samples(at)).status_code == 401
    assert charlie_api.post(OTLP, {}, format="json").status_code == 403


@pytest.mark.parametrize("is_zipped", [False, True])
def test_takes_otlp_in_json(alice_api: APIClient, at: datetime, is_zipped: bool) -> None:
    body = json.dumps(document(at, "5", 7)).encode()
    headers = {"Content-Encoding": "gzip"} if is_zipped else {}

    answer = alice_api.post(
        OTLP,
        gzip.compress(body) if is_zipped else body,
        content_type="application/json",
        headers=headers,
    )

    assert (answer.status_code, answer.json()) == (200, {})
    assert Bucket.objects.get().total == 2


def test_takes_otlp_in_protobuf_and_tells_what_it_refused(
    alice_api: APIClient, at: datetime
) -> None:
    body = read_json(json.dumps(document(at, 5, 7, -1)).encode()).SerializeToString()

    answer = alice_api.post(OTLP, body, content_type=PROTOBUF, headers={"Accept": PROTOBUF})

    assert (answer.status_code, answer["Content-Type"]) == (200, PROTOBUF)
    told = ExportMetricsServiceResponse.FromString(answer.content).partial_success
    assert told.rejected_data_points == 1
    assert told.error_message == "Refused: negative."


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b"no gzip", "gzip", 400),
        (gzip.compress(b"{}", mtime=0)[:-4], "gzip", 400),
        (gzip.compress(b"0" * 32_000_001), "gzip", 413),
        (b"{}", "br", 415),
    ],
)
def test_refuses_other_compressions(
    alice_api: APIClient, body: bytes, encoding: str, status: int
) -> None:
    answer = alice_api.post(
        OTLP, body, content_type="application/json", headers={"Content-Encoding": encoding}
    )

    assert answer.status_code == status


def test_refuses_other_content(alice_api: APIClient) -> None:
    assert alice_api.post(OTLP, b"{}", content_type="text/plain").status_code == 415
