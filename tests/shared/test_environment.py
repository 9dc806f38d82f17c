"""Settings from the environment: each wrong value is refused in one sentence."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.settings import environment as env
from portal.settings.environment import SettingRefused

PROJECT = Path(__file__).resolve().parents[2]

PORT: dict[str, int] = {"default": 8000, "least": 1, "most": 65535}
WEB = {"schemes": ("http", "https")}
SQLITE = {"default": "sqlite:////tmp/x.sqlite3"}


@pytest.mark.parametrize(
    ("read", "found", "options", "value"),
    [
        (env.text, "a", {}, "a"),
        (env.text, None, {"default": "b"}, "b"),
        (env.flag, "TRUE", {"default": False}, True),
        (env.flag, "false", {"default": True}, False),
        (env.flag, "", {"default": True}, True),
        (env.whole_number, "80", PORT, 80),
        (env.whole_number, None, PORT, 8000),
        (env.one_of, "b", {"choices": ("a", "b"), "default": "a"}, "b"),
        (env.one_of, None, {"choices": ("a", "b"), "default": "a"}, "a"),
        (env.items, " a ,,b ", {}, ["a", "b"]),
        (env.items, None, {"default": ("a",)}, ["a"]),
        (env.networks, "10.0.0.0/8,::1/128", {}, ["10.0.0.0/8", "::1/128"]),
        (env.url, "https://example.com", WEB, "https://example.com"),
        (env.url, None, {**WEB, "default": ""}, ""),
    ],
)
def test_reads(
    read: Callable[..., Any],
    found: str | None,
    options: dict[str, Any],
    value: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("X", raising=False)
    if found is not None:
        monkeypatch.setenv("X", found)

    assert read("X", **options) == value


@pytest.mark.parametrize(
    ("read", "found", "options", "allowed"),
    [
        (env.text, None, {"allowed": "a text"}, "is not set; it must be a text."),
        (env.flag, "yes", {"default": True}, "is 'yes'; it must be true or false."),
        (env.whole_number, "many", PORT, "is 'many'; it must be a whole number from 1 to 65535."),
        (env.whole_number, "0", PORT, "is '0'; it must be a whole number from 1 to 65535."),
        (env.whole_number, "65536", PORT, "is '65536'; it must be"),
        (env.one_of, "c", {"choices": ("a", "b"), "default": "a"}, "it must be one of a, b."),
        (env.networks, "10.0.0.1/8", {}, "is '10.0.0.1/8'; it must be a comma-separated list"),
        (env.networks, "a", {}, "is 'a'; it must be a comma-separated list of networks"),
        (env.url, "example.com", WEB, "it must be a URL beginning with http:// or https://."),
        (env.url, "http://[::1", WEB, "it must be a URL beginning with http:// or https://."),
        (env.url, None, WEB, "is not set; it must be a URL beginning with"),
        (env.database, "mysql://x/y", SQLITE, "beginning with sqlite:// or postgres://"),
        (env.database, "postgres://host", SQLITE, "it must be a URL that names a database."),
        (env.database, "postgres://host:port/x", SQLITE, "it must be a URL that names a database."),
    ],
)
def test_refuses(
    read: Callable[..., Any],
    found: str | None,
    options: dict[str, Any],
    allowed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("X", raising=False)
    if found is not None:
        monkeypatch.setenv("X", found)

    with pytest.raises(SettingRefused) as refusal:
        read("X", **options)

    assert str(refusal.value).startswith("The environment variable X ")
    assert allowed in str(refusal.value)


@pytest.mark.parametrize("password", ["secret", "se@cret"])
def test_keeps_the_password_of_a_refused_url_to_itself(
    password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X", f"mysql://portal:{password}@host/x")

    with pytest.raises(SettingRefused) as refusal:
        env.database("X", **SQLITE)

    assert "cret" not in str(refusal.value)


def test_reads_a_secret_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n", encoding="utf-8")
    monkeypatch.setenv("X", "from the variable")
    monkeypatch.setenv("X_FILE", str(file))

    assert env.text("X") == "from the file"


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_refuses_a_file_that_cannot_be_read(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("X_FILE", str(file))

    with pytest.raises(SettingRefused, match=r"X_FILE is .* a file the portal can read"):
        env.text("X")


def manage(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """`manage.py` under production settings that are sound but for the changes."""
    return started("manage.py", *arguments, **changes)


def started(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    sound = dict(
        line.split("=", 1)
        for line in (PROJECT / "tests" / "production.env").read_text(encoding="utf-8").split()
    )
    wanted = {**sound, "DJANGO_SETTINGS_MODULE": "portal.settings.production", **changes}
    environment = {"PATH": os.environ["PATH"]} | {k: v for k, v in wanted.items() if v is not None}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"SECRET_KEY": None}, "The environment variable SECRET_KEY is not set; it must be"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is '…'; it must be a random text of 50"),
        ({"PAGE_SIGNING_KEY": None}, "PAGE_SIGNING_KEY is not set; it must be"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS is not set; it must be the host names"),
        ({"MESSAGE_BROKER": "nats"}, "it must be one of in_memory, rabbitmq, kafka."),
    ],
)
def test_refuses_to_start_in_production(changes: dict[str, str | None], says: str) -> None:
    outcome = manage("check", **changes)

    assert outcome.returncode == 2
    assert says in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_gives_a_refusal_of_a_command_its_exit_code() -> None:
    outcome = manage(
        "import_catalog",
        "no-such-file.yaml",
        DJANGO_SETTINGS_MODULE="portal.settings.test",
        DATABASE_URL="sqlite://:memory:",
    )

    assert outcome.returncode == 2
    assert outcome.stderr == "no-such-file.yaml cannot be read: No such file or directory.\n"


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "uvicorn", "portal.asgi:application", "--port=0"),
        ("-m", "celery", "-A", "portal", "worker"),
        ("-m", "celery", "-A", "portal", "beat"),
    ],
    ids=["web", "worker", "beat"],
)
def test_refuses_to_start_a_process_in_one_sentence(command: tuple[str, ...]) -> None:
    refused = started(*command, MESSAGE_BROKER="nats")

    assert refused.returncode != 0
    assert refused.stderr == (
        "The environment variable MESSAGE_BROKER is 'nats'; "
        "it must be one of in_memory, rabbitmq, kafka.\n"
    )


def test_says_that_the_database_does_not_answer(tmp_path: Path) -> None:
    refused = started(
        "manage.py",
        "run_portal",
        "--port=0",
        DATABASE_URL="sqlite:////no/such/folder/portal.sqlite3",
        PORTAL_STATE_DIR=str(tmp_path),
    )

    assert refused.returncode == 1
    assert "The portal cannot keep its state" in refused.stderr
    assert "Traceback" not in refused.stderr


LENGTHS = {"minute": 1, "quarter_hour": 15, "hour": 60, "day": 1440}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", [(1, 100), (1440, None)]),
        ("minute=92,day=keep", [(1, 92), (1440, None)]),
        ("minute=100, hour=101, day=keep", [(1, 100), (60, 101), (1440, None)]),
        ("minute=keep", [(1, None)]),
    ],
)
def test_reads_tiers(
    monkeypatch: pytest.MonkeyPatch, text: str, read: list[tuple[int, int | None]]
) -> None:
    monkeypatch.setenv("TIERS", text)

    found = env.tiers("TIERS", LENGTHS, default="minute=100,day=keep", least_days=92)

    assert found == read


@pytest.mark.parametrize(
    "text",
    [
        "minute=91,day=keep",
        "minute=100,day=400",
        "minute=100,hour=100,day=keep",
        "minute=100,day=400,hour=keep",
        "hour=100,day=keep",
        "minute=100,year=keep",
        "minute=keep,day=keep",
        "minute=soon,day=keep",
        "minute",
        ",",
    ],
)
def test_refuses_tiers_that_do_not_grow(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TIERS", text)

    with pytest.raises(env.SettingRefused, match="tiers from fine to coarse"):
        env.tiers("TIERS", LENGTHS, default="minute=100,day=keep", least_days=92)
