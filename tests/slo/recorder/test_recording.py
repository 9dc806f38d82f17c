"""One recorder a process: begun at the first call, stopped with it, not inherited by a fork."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from portal.shared import metrics
from slo import services
from slo.models import Bucket, Indicator
from slo.services import recording
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import IndicatorFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def indicator() -> Indicator:
    return IndicatorFactory.create(service=ServiceFactory.create(slug="shop"))


@pytest.fixture
def directory(tmp_path: Path, settings: Settings, indicator: Indicator) -> Iterator[Path]:
    settings.STATE_DIR = tmp_path
    settings.SLO_RECORDER_FLUSH_SECONDS = 60
    yield tmp_path / "slo-recorder"
    services.stop_recorder()


def total() -> int:
    return sum(Bucket.objects.values_list("total", flat=True))


def test_writes_at_the_stop_and_begins_anew(directory: Path) -> None:
    services.record_request("/", "GET", 200, 1.0, service="shop")
    assert services.unflushed_requests() == 1
    assert b"portal_slo_recorder_unflushed 1.0" in metrics.exposition()

    services.stop_recorder()

    assert total() == 1
    assert services.unflushed_requests() == 0
    services.record_request("/", "GET", 200, 1.0, service="shop")
    services.stop_recorder()
    assert total() == 2
    assert [path.name for path in directory.iterdir()] == ["lock"]


def test_is_flushed_by_its_thread(directory: Path, settings: Settings) -> None:
    settings.SLO_RECORDER_FLUSH_SECONDS = 0.01
    services.record_request("/", "GET", 200, 1.0, service="shop")

    flusher = recording._process.flusher
    assert flusher is not None
    while services.unflushed_requests():
        flusher.join(timeout=0.01)

    assert total() == 1


def test_counts_in_memory_where_no_file_can_be(
    directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING")
    directory.write_text("a file is in the way")

    services.record_request("/", "GET", 200, 1.0, service="shop")
    services.stop_recorder()

    assert total() == 1
    assert "recorder_in_memory_alone" in caplog.text


def test_tells_of_a_database_that_fails(
    directory: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.record_request("/", "GET", 200, 1.0, service="shop")
    flusher = recording._process.flusher
    assert flusher is not None

    def fail(**_arguments: object) -> int:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("slo.services.recorder.take_in", fail)
        for _second in range(5):
            flusher._attempt(flusher._flush)

    told = [r for r in caplog.records if "recorder_not_flushed" in r.getMessage()]
    assert len(told) == 3, "the first, the second and the fourth failure"
    assert services.unflushed_requests() == 1


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_leaves_the_parents_counts_to_the_parent(directory: Path) -> None:
    services.record_request("/", "GET", 200, 1.0, service="shop")
    connection.close()

    child = os.fork()
    if not child:
        is_clean = services.unflushed_requests() == 0 and recording._process.recorder is None
        os._exit(0 if is_clean else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    services.record_request("/", "GET", 200, 1.0, service="shop")
    services.stop_recorder()
    assert total() == 2
