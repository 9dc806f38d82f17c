"""Receivers of pages on 127.0.0.1: real servers, so that nothing of the wire is imagined."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """Answers `status` after `hold` lets it; keeps what it was sent."""

    status: int = 200
    url: str = ""
    requests: list[tuple[dict[str, str], str]] = field(default_factory=list)
    # Set: answers go out. A slow receiver is one whose `hold` is cleared.
    hold: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.hold.set()

    @property
    def keys(self) -> list[str]:
        return [headers["webhook-id"] for headers, _body in self.requests]


@contextmanager
def receiver() -> Iterator[Receiver]:
    received = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            received.requests.append((headers, body))
            received.hold.wait(20)
            try:
                self.send_response(received.status)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                # The sender did not wait any longer.
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (as inherited)
            """Nothing: the tests' output is the tests'."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    received.url = f"http://127.0.0.1:{server.server_port}/pages"
    try:
        yield received
    finally:
        received.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def garbage_server() -> Iterator[str]:
    """Answers every connection with what is not HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            try:
                while True:
                    connection, _address = server.accept()
                    with connection:
                        connection.recv(65_536)
                        connection.sendall(b"\x00\xffthis is no answer\r\n\r\n")
            except OSError:
                return

        thread = threading.Thread(target=babble, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def dead_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"http://127.0.0.1:{port}/"
