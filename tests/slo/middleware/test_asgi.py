"""An ASGI application measured from outside."""

import asyncio
from typing import Any

import pytest
from pytest_django import Settings

from slo.middleware.asgi import MeasuredASGI, Message, Receive, Send
from tests.slo.middleware.conftest import Recorded, in_a_loop


@pytest.fixture(autouse=True)
def recorder_on(settings: Settings) -> None:
    settings.SLO_RECORDER_FLUSH_SECONDS = 1


def played(
    application: Any, *, kind: str = "http", path: str = "/orders", gone: bool = False
) -> list[Message]:
    """This will send one request and return what was answered."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect" if gone else "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    measured = MeasuredASGI(application, service="shop", left_out=("/healthz",))
    scope = {"type": kind, "path": path, "method": "GET"}
    in_a_loop(measured(scope, receive, send))
    return sent


async def answer(_scope: Message, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": b"a", "more_body": True})
    await send({"type": "http.response.body", "body": b"b"})


def test_counts_once(recorded: Recorded) -> None:
    assert len(played(answer)) == 3

    assert recorded == [("/orders", "GET", 201, True, "shop")]


def test_counts_at_the_first_byte(recorded: Recorded) -> None:
    seen: list[int] = []

    async def streaming(_scope: Message, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        seen.append(len(recorded))
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        seen.append(len(recorded))
        raise RuntimeError("after the first byte")

    with pytest.raises(RuntimeError):
        played(streaming)

    assert seen == [0, 1]
    assert recorded == [("/orders", "GET", 200, True, "shop")]


def test_counts_an_exception_and_silence_as_500(recorded: Recorded) -> None:
    async def failing(*_arguments: Any) -> None:
        raise RuntimeError("no answer")

    async def silent(*_arguments: Any) -> None:
        """Answers nothing."""

    with pytest.raises(RuntimeError):
        played(failing)
    played(silent)

    assert recorded == [("/orders", "GET", 500, True, "shop")] * 2


def test_does_not_blame_the_service_for_a_client_that_left(recorded: Recorded) -> None:
    async def waiting(_scope: Message, receive: Receive, _send: Send) -> None:
        await receive()
        raise OSError("nobody is there")

    async def cancelled(*_arguments: Any) -> None:
        raise asyncio.CancelledError

    with pytest.raises(OSError, match="nobody"):
        played(waiting, gone=True)
    with pytest.raises(asyncio.CancelledError):
        played(cancelled)

    assert recorded == [("/orders", "GET", 499, False, "shop")] * 2


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
def test_lets_other_scopes_pass(recorded: Recorded, kind: str) -> None:
    assert len(played(answer, kind=kind)) == 3

    assert recorded == []


def test_leaves_out_what_it_is_told_to(recorded: Recorded) -> None:
    played(answer, path="/healthz")

    assert recorded == []
