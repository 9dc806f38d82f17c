"""A real HTTP server on this machine, for tests of what calls one."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


class Receiver(BaseHTTPRequestHandler):
    """Answers by its path; what came is kept in `received`."""

    received: ClassVar[list[tuple[str, str, bytes]]] = []
    stop: ClassVar[threading.Event] = threading.Event()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.received.append((self.path, self.headers["Host"], body))
        match self.path:
            case "/drip-head":
                self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000)
            case "/drip-body":
                self._drip(b"", head=b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            case "/silence":
                self.stop.wait(10)
            case "/moved":
                self._send(302, b"", {"Location": "/here"})
            case "/large":
                self._send(200, b"x" * 1_500_000)
            case "/broken":
                self._send(500, b"no")
            case _:
                self._send(200, b"yes")

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self._write(body)

    def _drip(self, body: bytes, *, head: bytes = b"") -> None:
        self._write(head)
        for byte in body or b"x" * 1000:
            if self.stop.wait(0.05) or not self._write(bytes([byte])):
                return

    def _write(self, content: bytes) -> bool:
        try:
            self.wfile.write(content)
        except OSError:
            return False
        return True

    def log_message(self, *_arguments: object) -> None:
        """A test's output is about the test."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"
