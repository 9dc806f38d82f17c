"""With portal.settings.production, static files are collected and people sign in behind a proxy."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import ROOT

STATIC = re.compile(r'/static/([^"?]+)')
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
# Compressing the static files takes most of a minute where cores are shared.
pytestmark = pytest.mark.timeout(300)


def environment(state: Path, **changes: str) -> dict[str, str]:
    """This will return what tests/production.env says, on a SQLite file of the test's own."""
    lines = (ROOT / "tests" / "production.env").read_text(encoding="utf-8").splitlines()
    return {
        "PATH": os.environ["PATH"],
        **dict(line.split("=", 1) for line in lines if line),
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "PORTAL_STATE_DIR": str(state),
        "DATABASE_URL": f"sqlite:///{state / 'portal.sqlite3'}",
        "REDIS_URL": "",
        "CELERY_BROKER_URL": "memory://localhost/",
        **changes,
    }


def run(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def succeed(*arguments: str, env: dict[str, str]) -> str:
    done = run(*arguments, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def visited(state: Path) -> dict[str, Any]:
    env = environment(state)
    # No page shows redoc; compressing it would take half of the time.
    succeed("manage.py", "collectstatic", "--no-input", "--ignore", "redoc", env=env)
    succeed("manage.py", "migrate", "--no-input", env=env)
    found: dict[str, Any] = json.loads(succeed("-m", "tests.deployment.visit", env=env))
    return found


def test_serves_people_behind_a_proxy(visited: dict[str, Any], state: Path) -> None:
    pages = visited["login"] + visited["home"] + visited["docs"]
    files = set(STATIC.findall(pages))

    assert len(files) > 10
    assert [name for name in files if not HASHED.search(name)] == []
    assert [name for name in files if not (state / "static" / name).is_file()] == []
    assert visited["entered"] == 302
    assert 'id="home"' in visited["home"]
    assert visited["session is secure"]
    assert visited["transport"].startswith("max-age=31536000")
    assert visited["over plain HTTP"] == "https://portal.example.com/admin/login/"
    assert visited["health over plain HTTP"] == 200
    assert visited["health for another host"] == 400


@pytest.mark.parametrize(
    "variable",
    ["SECRET_KEY", "PAGE_SIGNING_KEY", "EVENT_SEAL_KEY", "ALLOWED_HOSTS", "PORTAL_URL"],
)
def test_is_refused_without_a_required_variable(tmp_path: Path, variable: str) -> None:
    done = run("manage.py", "check", env=environment(tmp_path, **{variable: ""}))

    assert done.returncode != 0
    assert f"The environment variable {variable} is not set; it must be" in done.stderr
