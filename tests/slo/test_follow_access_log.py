"""An access log is counted exactly once, through kills, rotations and truncation."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from slo import services
from slo.errors import LogCursorMoved, LogFileRefused, ServiceHasNoIndicator
from slo.models import Bucket, LogCursor
from slo.providers import log_file
from slo.rules.access_log import RequestTimeUnit
from slo.services import AccessLogFollower, access_logs
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import IndicatorFactory

pytestmark = pytest.mark.django_db

Open = Callable[[], AccessLogFollower]


def line(number: int) -> bytes:
    return (
        f"192.0.2.7 - - [02/Mar/2026:11:{number % 60:02}:00 +0000] "
        f'"GET /orders/{number} HTTP/1.1" 200 512\n'
    ).encode()


def lines(*numbers: int) -> bytes:
    return b"".join(map(line, numbers))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


@pytest.fixture
def follow(log: Path) -> Iterator[Open]:
    """Opens a follower of the log, as a new process would."""
    IndicatorFactory.create(service=ServiceFactory.create(slug="shop"))
    opened: list[AccessLogFollower] = []

    def open_one() -> AccessLogFollower:
        opened.append(
            AccessLogFollower(path=log, service_slug="shop", unit=RequestTimeUnit.SECONDS)
        )
        return opened[-1]

    yield open_one
    for follower in opened:
        follower.close()


def catch_up(follower: AccessLogFollower, at: datetime) -> None:
    while follower.advance(at=at, is_one_pass=True):
        pass


def counted() -> int:
    return sum(Bucket.objects.values_list("total", flat=True))


def test_goes_on_where_the_last_process_stopped(log: Path, follow: Open, at: datetime) -> None:
    log.write_bytes(lines(1, 2))
    catch_up(follow(), at)
    with log.open("ab") as file:
        file.write(lines(3))

    catch_up(follow(), at)

    assert counted() == 3
    cursor = LogCursor.objects.get()
    assert (cursor.line_count, cursor.offset) == (3, log.stat().st_size)


def test_waits_for_the_end_of_the_last_line(log: Path, follow: Open, at: datetime) -> None:
    log.write_bytes(lines(1) + line(2)[:30])
    follower = follow()
    catch_up(follower, at)
    assert counted() == 1

    with log.open("ab") as file:
        file.write(line(2)[30:])
    catch_up(follower, at)

    assert counted() == 2
    assert follower.progress.malformed == 0


def test_counts_nothing_of_a_chunk_whose_commit_fails(
    log: Path, follow: Open, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write_bytes(lines(1, 2, 3))
    with monkeypatch.context() as broken:
        broken.setattr(access_logs, "add_counts", lambda **_counts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            follow().advance(at=at)
    assert (counted(), LogCursor.objects.get().offset) == (0, 0)

    catch_up(follow(), at)

    assert (counted(), LogCursor.objects.get().line_count) == (3, 3)


@pytest.mark.parametrize("killed_after", [1, 2, 3, 4])
def test_is_exact_when_killed_between_any_two_chunks(
    log: Path,
    follow: Open,
    at: datetime,
    killed_after: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log_file.LogFile.chunk, "__kwdefaults__", {"limit": 200})
    log.write_bytes(lines(*range(9)))
    killed = follow()
    for _chunk in range(killed_after):
        killed.advance(at=at)

    catch_up(follow(), at)

    assert (counted(), LogCursor.objects.get().line_count) == (9, 9)


def test_two_readers_do_not_count_twice(log: Path, follow: Open, at: datetime) -> None:
    log.write_bytes(lines(1, 2))
    first, second = follow(), follow()
    catch_up(first, at)

    with pytest.raises(LogCursorMoved):
        second.advance(at=at)

    assert counted() == 2


def test_finishes_a_renamed_file_before_the_new_one(log: Path, follow: Open, at: datetime) -> None:
    log.write_bytes(lines(1))
    follower = follow()
    follower.advance(at=at)
    rotated = log.rename(log.with_suffix(".log.1"))
    log.write_bytes(lines(5, 6))
    with rotated.open("ab") as file:
        file.write(lines(2, 3) + line(4).rstrip())

    for _look in range(8):
        follower.advance(at=at)

    assert counted() == 6
    assert follower.progress.malformed == 0


def test_gives_a_server_time_to_let_go_of_a_renamed_file(
    log: Path, follow: Open, at: datetime
) -> None:
    log.write_bytes(lines(1))
    follower = follow()
    follower.advance(at=at)
    rotated = log.rename(log.with_suffix(".log.1"))
    log.write_bytes(lines(3))
    follower.advance(at=at)
    with rotated.open("ab") as file:
        file.write(lines(2))

    for _look in range(8):
        follower.advance(at=at)

    assert counted() == 3


def test_finds_the_renamed_file_after_a_restart(log: Path, follow: Open, at: datetime) -> None:
    log.write_bytes(lines(1))
    catch_up(follow(), at)
    with log.open("ab") as file:
        file.write(lines(2))
    log.rename(log.with_name("access-20260302.log"))
    log.write_bytes(lines(3))

    catch_up(follow(), at)

    assert counted() == 3


def test_reads_every_file_that_was_renamed_while_nobody_read(
    log: Path, follow: Open, at: datetime
) -> None:
    log.write_bytes(lines(1))
    catch_up(follow(), at)
    for number in (1, 2, 3):
        rotated = log.rename(log.with_name(f"access.log.{number}"))
        os.utime(rotated, ns=(number * 10**9, number * 10**9))
        log.write_bytes(lines(10 * number))
    log.with_name("access.log.bak").write_bytes(lines(40))

    catch_up(follow(), at)

    assert counted() == 4


def test_begins_the_new_file_when_the_old_is_gone(log: Path, follow: Open, at: datetime) -> None:
    log.write_bytes(lines(1))
    catch_up(follow(), at)
    log.unlink()
    log.write_bytes(lines(2, 3))

    catch_up(follow(), at)

    assert counted() == 3


@pytest.mark.parametrize("after", [lines(3), lines(3, 4, 5)])
def test_starts_again_after_a_truncation(
    log: Path, follow: Open, at: datetime, after: bytes
) -> None:
    log.write_bytes(lines(1, 2))
    follower = follow()
    catch_up(follower, at)

    log.write_bytes(after)
    catch_up(follower, at)

    assert counted() == 2 + after.count(b"\n")


def test_counts_malformed_lines_and_goes_on(log: Path, follow: Open, at: datetime) -> None:
    log.write_bytes(lines(1) + b"\xff\xfe\nhello\n" + lines(2))
    follower = follow()

    catch_up(follower, at)

    cursor = LogCursor.objects.get()
    assert (counted(), cursor.line_count, cursor.malformed_count) == (2, 4, 2)
    assert cursor.last_malformed_reason.startswith("The line is neither")
    assert (follower.progress.counted, follower.progress.malformed) == (2, 2)


def test_goes_on_past_a_line_without_end(
    log: Path, follow: Open, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_file.LogFile.chunk, "__kwdefaults__", {"limit": 1000})
    log.write_bytes(b"x" * 3000 + b"\n" + lines(1))

    catch_up(follow(), at)

    assert counted() == 1


def test_refuses_what_is_no_log(log: Path, follow: Open, tmp_path: Path) -> None:
    with pytest.raises(LogFileRefused, match="There is no file"):
        follow()
    log.write_bytes(b"\x1f\x8b\x08")
    with pytest.raises(LogFileRefused, match="uncompress it first"):
        follow()
    log.unlink()
    log.mkdir()
    with pytest.raises(LogFileRefused, match="cannot be read: Is a directory"):
        follow()


def test_refuses_a_service_without_indicators(log: Path) -> None:
    ServiceFactory.create(slug="quiet")

    with pytest.raises(ServiceHasNoIndicator, match="quiet has no indicator"):
        services.AccessLogFollower(path=log, service_slug="quiet", unit=RequestTimeUnit.SECONDS)
