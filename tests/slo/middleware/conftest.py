"""What the middlewares count, without a database: the calls they would have recorded."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

Found = TypeVar("Found")
Recorded = list[tuple[str, str, int, bool, str]]


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """Endpoint, method, status, whether it was timed, and the service."""
    calls: Recorded = []

    def note(
        endpoint: str, method: str, status: int, milliseconds: float | None, *, service: str
    ) -> None:
        assert milliseconds is None or milliseconds >= 0
        calls.append((endpoint, method, status, milliseconds is not None, service))

    monkeypatch.setattr("slo.middleware.measurement.record_request", note)
    return calls


def in_a_loop(asked: Coroutine[Any, Any, Found]) -> Found:
    """This will run it in a thread of its own: browser tests leave a loop running in this one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, asked).result()


def environ(path: str = "/orders", method: str = "GET") -> dict[str, Any]:
    return {"PATH_INFO": path, "REQUEST_METHOD": method}
