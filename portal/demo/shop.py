"""A small HTTP service with an access log: healthy, until a switch makes it fail.

Run by itself it is a process of its own: `python -m portal.demo.shop --port 9000 --log FILE`.
"""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

FAILING_SHARE = 0.6


class Shop:
    """A WSGI application. `POST /switch/failing` and `/switch/healthy` change its state."""

    def __init__(self, log: Path, *, clock: Callable[[], datetime] | None = None) -> None:
        self._clock = clock or (lambda: datetime.now(tz=UTC))
        self._log = log.open("a", encoding="utf-8", buffering=1)
        self._lock = threading.Lock()
        self._failing = False
        self._answered = 0

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        started = time.monotonic()
        path = environ.get("PATH_INFO", "/")
        if path.startswith("/switch/"):
            self._failing = path.endswith("failing")
            start("204 No Content", [])
            return []
        status = "503 Service Unavailable" if self._fails() else "200 OK"
        body = f"{status}: {path}\n".encode()
        start(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        self._write(environ, status, len(body), time.monotonic() - started)
        return [body]

    def close(self) -> None:
        self._log.close()

    def _fails(self) -> bool:
        with self._lock:
            self._answered += 1
            return self._failing and self._answered % 10 < FAILING_SHARE * 10

    def _write(self, environ: WSGIEnvironment, status: str, size: int, seconds: float) -> None:
        """Combined log format with the request time in seconds at the end."""
        when = self._clock().strftime("%d/%b/%Y:%H:%M:%S %z")
        request = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} HTTP/1.1"
        agent = environ.get("HTTP_USER_AGENT", "-")
        with self._lock:
            self._log.write(
                f'{environ["REMOTE_ADDR"]} - - [{when}] "{request}" {status[:3]} {size} '
                f'"-" "{agent}" {seconds:.3f}\n'
            )


class ThreadedServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base's name)
        """The application writes the access log itself."""


def server_for(shop: Shop, *, port: int = 0) -> WSGIServer:
    """This will bind the shop to a port of 127.0.0.1; 0 takes a free one."""
    return make_server(
        "127.0.0.1", port, shop, server_class=ThreadedServer, handler_class=QuietHandler
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    asked = parser.parse_args()
    server = server_for(Shop(asked.log), port=asked.port)
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(0))
    server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
