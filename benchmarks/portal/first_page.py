"""From `git clone` to the first page shown, with an empty and with a warm package cache."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import httpx

from portal.demo.ports import free_port
from tests.faults.processes import ROOT, wait_for


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        for state in ("empty", "warm"):
            seconds = _clone_and_serve(Path(folder) / state, cache=cache)
            parts = ", ".join(f"{name} {value:.1f} s" for name, value in seconds.items())
            print(f"  package cache {state}: {sum(seconds.values()):.1f} s ({parts})")


def _clone_and_serve(folder: Path, *, cache: Path) -> dict[str, float]:
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DJANGO")},
        "PORTAL_PORT": str(port),
        "UV_CACHE_DIR": str(cache / "uv"),
        "PIP_CACHE_DIR": str(cache / "pip"),
    }
    started = time.monotonic()
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    cloned = time.monotonic()
    serving = subprocess.Popen(
        ["make", "run"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for("the first page", lambda: _shows_a_page(port), seconds=600)
        shown = time.monotonic()
    finally:
        os.killpg(serving.pid, signal.SIGINT)
        serving.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)
    return {"clone": cloned - started, "make run": shown - cloned}


def _shows_a_page(port: int) -> bool:
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/admin/login/", timeout=30, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200
