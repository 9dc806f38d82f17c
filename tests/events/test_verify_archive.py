"""An archived day proves itself with nothing but its file."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from events import registry, services, signing
from portal.shared.registry import Registry
from tests.conftest import NOON
from tests.events.log import days_ago, sealed, written


@pytest.fixture
def file(db: None, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(registry, "_subscriptions", Registry("subscriber"))
    settings.EVENT_ARCHIVE_DIR = str(tmp_path)
    written(3, at=days_ago(9))
    written(1, at=days_ago(9), retention_class="audit")
    written(2, at=days_ago(9))
    sealed()
    services.drop_expired_days(at=NOON)
    (found,) = tmp_path.glob("*.gz")
    return found


def rewrite(file: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    file.write_bytes(gzip.compress(b"".join(change(lines))))


def test_tells_what_it_holds(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_archive", file, public_key=signing.current().public_key)

    assert "holds: 5 events of api" in capsys.readouterr().out


def test_can_be_read_by_anybody(file: Path) -> None:
    header, *events = map(json.loads, gzip.decompress(file.read_bytes()).splitlines())

    assert header["runs"] == [[1, 3], [5, 6]]
    assert [event["position"] for event in events] == [1, 2, 3, 5, 6]
    assert events[0]["payload"] == {"n": 0, "price": 9.5}


def in_header(change: Callable[[dict[str, object]], None]) -> Callable[[list[bytes]], list[bytes]]:
    def changed(lines: list[bytes]) -> list[bytes]:
        header = json.loads(lines[0])
        change(header)
        return [json.dumps(header).encode() + b"\n", *lines[1:]]

    return changed


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda ls: [*ls[:2], ls[2].replace(b"9.5", b"8.5"), *ls[3:]], "not what was sealed"),
        (lambda ls: [*ls[:2], *ls[3:]], "Position 2 does not hold: another event"),
        (lambda ls: ls[:-1], "Position 6 does not hold: it is missing"),
        (lambda ls: [*ls, ls[-1]], "behind position 6"),
        (lambda ls: [ls[0], ls[2], ls[1], *ls[3:]], "Position 1 does not hold"),
        (lambda ls: [*ls[:2], b"{\n", *ls[3:]], "line of position 2 is not JSON"),
        (lambda ls: [*ls[:2], b"[]\n", *ls[3:]], "Position 2 does not hold"),
        (lambda ls: [b"[]\n", *ls[1:]], "not a seal"),
        (lambda ls: ls[1:], "not a seal"),
        (lambda _ls: [], "empty"),
        (in_header(lambda header: header["seal"].update(events=4)), "signature is wrong"),  # type: ignore[attr-defined]
        (in_header(lambda header: header["seal"].pop("events")), "fields of a seal"),  # type: ignore[attr-defined]
        (in_header(lambda header: header["seal"].update(events="5")), "not of its kind"),  # type: ignore[attr-defined]
        (in_header(lambda header: header.update(runs=[[1, 6]])), "positions are not those"),
        (in_header(lambda header: header.update(signature="zz")), "not a seal"),
        (in_header(lambda header: header.update(signature="00")), "signature is wrong"),
    ],
)
def test_tells_what_does_not_hold(
    file: Path, change: Callable[[list[bytes]], list[bytes]], told: str
) -> None:
    rewrite(file, change)

    with pytest.raises(CommandError, match=told):
        call_command("verify_archive", file)


def test_refuses_a_key_that_is_not_trusted(file: Path) -> None:
    with pytest.raises(CommandError, match="sealed with another key"):
        call_command("verify_archive", file, public_key="00" * 32)


@pytest.mark.parametrize(
    "content",
    [b"", b"not gzip", gzip.compress(b"x", mtime=0)[:-4], b"\x1f\x8b\x08"],
    ids=["empty", "not gzip", "cut off", "a beginning"],
)
def test_refuses_what_is_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.gz").write_bytes(content)

    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_archive", tmp_path / "x.gz")
