"""Django's middleware: the portal measures the requests that it answers itself."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from slo.middleware.measurement import CLIENT_GONE, FAILED, Measurement, is_left_out

# Whatever is asked for and not there counts under one name.
UNMATCHED = "/(unmatched)"
LONGEST_ROUTE = 500


class OwnTraffic:
    """Counts each request for `SLO_OWN_SERVICE` under its route, and up to its first byte.

    First in MIDDLEWARE, so that the time of all others is the portal's too.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if is_left_out(request.path, settings.SLO_UNMEASURED_PATHS):
            return self._get_response(request)  # type: ignore[no-any-return]  # as Django has it
        if self._is_async:
            return self._answer_in_loop(request)
        return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        measurement = _begun(request)
        try:
            response: HttpResponseBase = self._get_response(request)
        except Exception:
            measurement.endpoint = _route(request)
            measurement.end(FAILED)
            raise
        if not _goes_on(response, request, measurement):
            measurement.end()
        return response

    async def _answer_in_loop(self, request: HttpRequest) -> HttpResponseBase:
        measurement = _begun(request)
        status: int | None = CLIENT_GONE
        try:
            response: HttpResponseBase = await self._get_response(request)
            status = None
        except Exception:
            status = FAILED
            raise
        finally:
            # Django cancels the view when the client goes away.
            if status is not None:
                measurement.endpoint = _route(request)
                await measurement.end_in_loop(status)
        if not _goes_on(response, request, measurement):
            await measurement.end_in_loop()
        return response


def _begun(request: HttpRequest) -> Measurement:
    return Measurement(
        service=settings.SLO_OWN_SERVICE, endpoint=UNMATCHED, method=request.method or "GET"
    )


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return f"/{match.route}"[:LONGEST_ROUTE] if match else UNMATCHED


def _goes_on(response: HttpResponseBase, request: HttpRequest, measurement: Measurement) -> bool:
    """Takes note of the answer, and returns whether its first byte is still to come."""
    measurement.endpoint = _route(request)
    measurement.status = response.status_code
    if not isinstance(response, StreamingHttpResponse):
        return False
    parts: Any = response.streaming_content
    response.streaming_content = (
        _measured_in_loop(parts, measurement)
        if response.is_async
        else _measured(parts, measurement)
    )
    return True


def _measured(parts: Iterator[bytes], measurement: Measurement) -> Iterator[bytes]:
    try:
        for part in parts:
            measurement.end()
            yield part
    except Exception:
        measurement.end(FAILED)
        raise
    finally:
        measurement.end()


async def _measured_in_loop(
    parts: AsyncIterator[bytes], measurement: Measurement
) -> AsyncIterator[bytes]:
    status: int | None = None
    try:
        async for part in parts:
            await measurement.end_in_loop()
            yield part
    except Exception:
        status = FAILED
        raise
    finally:
        await measurement.end_in_loop(status)
