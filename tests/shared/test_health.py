"""What machines ask: alive, ready, and the numbers."""

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from portal.shared import health, metrics
from portal.shared.registry import Registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def gauges(monkeypatch: pytest.MonkeyPatch) -> None:
    """No gauge but those that the test registers."""
    monkeypatch.setattr(metrics, "registry", type(metrics.registry)(auto_describe=False))


def test_is_alive(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_is_ready_with_every_part(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert {"database", "migrations", "cache"} <= answer.json()["parts"].keys()


def test_is_not_ready_and_says_which_part_is_missing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: Registry[health.Check] = Registry("readiness check")
    checks.register("well", lambda: None)
    checks.register("ill", lambda: "It does not answer.")
    monkeypatch.setattr(health, "checks", checks)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "parts": {"ill": "It does not answer.", "well": "ok"},
    }


def test_is_not_ready_without_its_cache(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise ConnectionRefusedError("10.0.0.7 refused")

    monkeypatch.setattr(cache, "set", refuse)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "REDIS_URL does not answer" in answer.json()["parts"]["cache"]
    assert "10.0.0.7" not in answer.content.decode()


def test_is_not_ready_without_its_database(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    def refuse() -> None:
        raise DatabaseError("no password for portal at 10.0.0.7")

    monkeypatch.setattr(connection, "cursor", refuse)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["database"].startswith("The database does not answer")
    assert "10.0.0.7" not in answer.content.decode()
    assert answer.json()["parts"]["migrations"].startswith("The database does not answer")


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_only_reads(address: str, client: Client) -> None:
    assert client.post(address).status_code == 405


def test_exposes_numbers_that_prometheus_reads(client: Client) -> None:
    answer = client.get("/metrics")

    families = {family.name for family in text_string_to_metric_families(answer.content.decode())}
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "portal_event_deliveries" in families


@pytest.mark.usefixtures("gauges")
def test_leaves_out_what_is_unknown() -> None:
    metrics.register_gauge("known", "A number.", lambda: [({"kind": 'a"b\n'}, 2.5)])
    metrics.register_gauge("unknown", "No number.", list)

    text = metrics.exposition().decode()

    samples = [
        (sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]
    assert samples == [("portal_known", {"kind": 'a"b\n'}, 2.5)]


@pytest.mark.usefixtures("gauges")
def test_shows_the_other_numbers_when_one_cannot_be_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def break_down() -> list[metrics.Sample]:
        raise DatabaseError("no password for portal at 10.0.0.7")

    metrics.register_gauge("broken", "A number.", break_down)
    metrics.register_gauge("well", "A number.", lambda: [({}, 1)])

    text = metrics.exposition().decode()

    assert "portal_well 1.0" in text
    assert "portal_broken" not in text
    assert "gauge_not_read" in caplog.text
