"""An unmodified Prometheus, where there is one, and a target that it scrapes."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from portal.demo.ports import free_port

# Debian's package has it; `dpkg -x` of the package is enough, and PROMETHEUS names the file.
PROMETHEUS = os.environ.get("PROMETHEUS") or shutil.which("prometheus")
MISSING = "No prometheus is in PATH, nor named in PROMETHEUS; `apt-get install prometheus` has it."


@dataclass
class Target:
    """What an application exposes: a counter of requests by status."""

    counts: dict[str, int] = field(default_factory=lambda: {"200": 0, "500": 0})

    def exposition(self) -> bytes:
        lines = ["# TYPE http_requests_total counter"]
        lines += [f'http_requests_total{{code="{c}"}} {n}' for c, n in self.counts.items()]
        return ("\n".join(lines) + "\n").encode()


@contextmanager
def serving(target: Target) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = target.exposition()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base's name)
            """A scrape every second is no news."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def prometheus(folder: Path, configuration: str, *flags: str) -> Iterator[tuple[str, int]]:
    """This will run a Prometheus with the configuration, and give its address and process id."""
    assert PROMETHEUS
    port = free_port()
    file = folder / "prometheus.yml"
    file.write_text(configuration, encoding="utf-8")
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [
                PROMETHEUS,
                f"--config.file={file}",
                f"--storage.tsdb.path={folder / 'tsdb'}",
                f"--web.listen-address=127.0.0.1:{port}",
                *flags,
            ],
            stdout=log,
            stderr=log,
        )
    try:
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)
