"""An ASGI application that counts its own requests; any service in the portal's process can."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

from slo.middleware.measurement import CLIENT_GONE, FAILED, Measurement, is_left_out

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


class MeasuredASGI:
    """Counts each HTTP request for the service, up to the first byte of its answer.

    Lifespan and WebSockets pass through uncounted: they are no requests with an answer. A
    client that leaves before it counts as 499, without a time. The rest is as in WSGI.
    """

    def __init__(
        self,
        application: Application,
        *,
        service: str,
        endpoint_of: Callable[[Message], str] | None = None,
        left_out: Collection[str] = (),
    ) -> None:
        self._application = application
        self._service = service
        self._endpoint_of = endpoint_of or _path
        self._left_out = tuple(left_out)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_left_out(scope["path"], self._left_out):
            await self._application(scope, receive, send)
            return
        measurement = Measurement(
            service=self._service, endpoint=self._endpoint_of(scope), method=scope["method"]
        )
        await _Exchange(measurement, receive, send).run(self._application, scope)


class _Exchange:
    def __init__(self, measurement: Measurement, receive: Receive, send: Send) -> None:
        self._measurement = measurement
        self._receive = receive
        self._send = send
        self._is_client_gone = False

    async def run(self, application: Application, scope: Message) -> None:
        # An application that ends without an answer has failed: servers answer 500 for it.
        status = FAILED
        try:
            await application(scope, self._received, self._sent)
        except asyncio.CancelledError:
            self._is_client_gone = True
            raise
        finally:
            if not self._measurement.is_over:
                gone = self._is_client_gone
                await self._measurement.end_in_loop(CLIENT_GONE if gone else status)

    async def _received(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._is_client_gone = True
        return message

    async def _sent(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._measurement.status = message["status"]
        elif message["type"] == "http.response.body":
            await self._measurement.end_in_loop()
        await self._send(message)


def _path(scope: Message) -> str:
    return str(scope["path"] or "/")
