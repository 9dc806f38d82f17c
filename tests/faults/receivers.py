"""A receiver of pages that can be told not to answer, and that remembers what it got."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass
class StubbornReceiver:
    """`arrived` are the keys of the pages that came, `answered` of those it took."""

    arrived: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    is_answering: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                key = self.headers.get("webhook-id", "")
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                silent = not receiver.is_answering.is_set()
                receiver.arrived.append(key)
                if silent:
                    receiver.is_answering.wait(timeout=60)
                    return
                receiver.answered.append(key)
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base's name)
                """What arrives is in `arrived`."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.is_answering.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/pages"
