"""What a dead process left is counted once, however often it is looked for."""

from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from slo import services, tasks
from slo.models import Bucket, Indicator, RecorderSpool
from slo.providers.spool import Orphan, Spool
from slo.services.recorder import Recorder
from slo.services.spools import spool_directory
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import IndicatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator() -> Indicator:
    return IndicatorFactory.create(service=ServiceFactory.create(slug="shop"))


@pytest.fixture
def left(indicator: Indicator, at: datetime, tmp_path: Path, settings: Settings) -> Recorder:
    """A recorder with three requests in two slots, of which the first was written."""
    settings.STATE_DIR = tmp_path
    recorder = Recorder(Spool(spool_directory()), clock=at.timestamp)
    recorder.learn()
    recorder.record("/", "GET", 200, 1.0, "shop")
    recorder.flush(at=at)
    recorder.record("/", "GET", 503, 1.0, "shop")
    recorder.record("/", "GET", 200, 1.0, "shop")
    return recorder


def counted() -> list[tuple[int, int]]:
    return [(b.good, b.total) for b in Bucket.objects.all()]


def test_leaves_the_living_alone(left: Recorder, at: datetime) -> None:
    assert services.adopt_spools(at=at) == 0

    assert counted() == [(1, 1)]


def test_takes_in_what_the_dead_left(left: Recorder, at: datetime) -> None:
    left.abandon()

    with time_machine.travel(at, tick=False):
        tasks.adopt_spools()
        tasks.adopt_spools()

    assert counted() == [(2, 3)]
    assert [path.name for path in spool_directory().iterdir()] == ["lock"]
    assert not RecorderSpool.objects.exists()


def test_discards_what_was_committed_before_the_death(
    left: Recorder, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr("slo.providers.spool.Slot.clear", lambda _slot: None)
        left.flush(at=at)
    left.abandon()

    assert services.adopt_spools(at=at) == 0

    assert counted() == [(2, 3)]


@pytest.mark.parametrize("killed_before", ["clear", "remove"])
def test_goes_on_where_another_adopter_was_killed(
    left: Recorder, at: datetime, monkeypatch: pytest.MonkeyPatch, killed_before: str
) -> None:
    left.abandon()

    def kill(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(Orphan, killed_before, kill)
        with pytest.raises(KeyboardInterrupt):
            services.adopt_spools(at=at)

    services.adopt_spools(at=at)

    assert counted() == [(2, 3)]
    assert [path.name for path in spool_directory().iterdir()] == ["lock"]
    assert not RecorderSpool.objects.exists()


def test_sets_a_damaged_file_aside_and_says_so(
    left: Recorder, at: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    left._slot._words[3] = 1
    left.abandon()

    assert services.adopt_spools(at=at) == 0

    assert "recorder_spool_damaged" in caplog.text
    assert len(list(spool_directory().glob("*.damaged"))) == 1
