"""A WSGI application that counts its own requests; any service in the portal's process can."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from slo.middleware.measurement import FAILED, Measurement, is_left_out

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class MeasuredWSGI:
    """Counts each request for the service, up to the first byte of its answer.

    `endpoint_of` may name what a request is counted under; its path otherwise. What lies
    under `left_out` is not counted.
    """

    def __init__(
        self,
        application: Application,
        *,
        service: str,
        endpoint_of: Callable[[dict[str, Any]], str] | None = None,
        left_out: Collection[str] = (),
    ) -> None:
        self._application = application
        self._service = service
        self._endpoint_of = endpoint_of or _path
        self._left_out = tuple(left_out)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if is_left_out(_path(environ), self._left_out):
            return self._application(environ, start_response)
        measurement = Measurement(
            service=self._service,
            endpoint=self._endpoint_of(environ),
            method=environ["REQUEST_METHOD"],
        )

        def started(status: str, headers: Any, *exc_info: Any) -> Any:
            measurement.status = int(status[:3])
            return start_response(status, headers, *exc_info)

        try:
            body = self._application(environ, started)
        except Exception:
            measurement.end(FAILED)
            raise
        return _Body(body, measurement)


class _Body:
    """What the server sends: it ends the measurement, and is closed as the body would be."""

    def __init__(self, body: Iterable[bytes], measurement: Measurement) -> None:
        self._body = body
        self._measurement = measurement

    def __iter__(self) -> Iterator[bytes]:
        try:
            for part in self._body:
                # An application may give empty parts before it has anything to say.
                if part:
                    self._measurement.end()
                yield part
        except Exception:
            self._measurement.end(FAILED)
            raise
        self._measurement.end()

    def close(self) -> None:
        close = getattr(self._body, "close", None)
        try:
            if close:
                close()
        finally:
            self._measurement.end()


def _path(environ: dict[str, Any]) -> str:
    return str(environ.get("PATH_INFO") or "/")
