"""The shell door to access logs."""

import signal
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from catalog.errors import UnknownService
from portal.shared import clock
from slo.errors import LogFileRefused
from slo.models import Bucket, Indicator, LogCursor
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import IndicatorFactory

pytestmark = pytest.mark.django_db
LINE = '192.0.2.7 - - [02/Mar/2026:11:59:30 +0000] "GET / HTTP/1.1" 200 512 "-" "curl" {time}\n'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    IndicatorFactory.create(
        service=ServiceFactory.create(slug="shop"),
        kind=Indicator.Kind.LATENCY,
        latency_threshold_ms=500,
    )
    log = tmp_path / "access.log"
    log.write_text(LINE.format(time="400000") + "hello\n" + LINE.format(time="600000"))
    return log


def run(command: str, *arguments: Any) -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    return out.getvalue()


def test_ingest_tells_what_it_counted_and_counts_it_once(log: Path) -> None:
    options = ("--service", "shop", "--request-time-unit", "microseconds")

    told = run("ingest_access_log", log, *options)
    told_again = run("ingest_access_log", log, *options)

    assert told == (
        "3 lines read: 2 requests, 1 malformed. Last malformed: The line is neither in the "
        "common nor in the combined format.\n"
    )
    assert told_again == "0 lines read: 0 requests, 0 malformed.\n"
    bucket = Bucket.objects.get()
    assert (bucket.good, bucket.total) == (1, 2)


def test_follow_finishes_its_chunk_when_it_is_asked_to_stop(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def now() -> datetime:
        signal.raise_signal(signal.SIGTERM)
        return datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

    monkeypatch.setattr(clock, "now", now)
    try:
        told = run("follow_access_log", log, "--service", "shop")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert "3 lines read: 2 requests, 1 malformed." in told
    assert LogCursor.objects.get().line_count == 3


@pytest.mark.parametrize("command", ["ingest_access_log", "follow_access_log"])
def test_refuses_a_missing_file_and_an_unknown_service(log: Path, command: str) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with pytest.raises(LogFileRefused) as missing:
            run(command, log.with_name("other.log"), "--service", "shop")
        with pytest.raises(UnknownService) as unknown:
            run(command, log, "--service", "nobody")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert str(missing.value).startswith("There is no file /")
    assert (missing.value.exit_code, unknown.value.exit_code) == (2, 2)
