"""From `POST /api/incidents` to the signed page at the receiver, in the tree of `make run`."""

import statistics
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.faults.processes import PortalProcesses, embedded_portal, wait_for
from tests.faults.test_pages_survive_kills import make_responder, open_incident

ROUNDS = 100


class Arrivals:
    """When each page came; a page answers at once."""

    def __init__(self) -> None:
        self.times: list[float] = []
        arrivals = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                arrivals.times.append(time.monotonic())
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base's name)
                """Nothing is printed while time is measured."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/pages"


def run() -> None:
    arrivals = Arrivals()
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_portal(Path(folder)) as portal,
    ):
        portal.start()
        portal.wait_until_it_answers()
        token = make_responder(portal, arrivals.address)
        seconds = sorted(_one_round(portal, token, arrivals) for _round in range(ROUNDS))
    arrivals.server.shutdown()
    print(
        f"  {ROUNDS} incidents, one after another, SQLite, from the call to the page: "
        f"median {statistics.median(seconds) * 1000:.0f} ms, "
        f"p95 {seconds[int(ROUNDS * 0.95)] * 1000:.0f} ms, worst {seconds[-1] * 1000:.0f} ms"
    )


def _one_round(portal: PortalProcesses, token: str, arrivals: Arrivals) -> float:
    already = len(arrivals.times)
    started = time.monotonic()
    open_incident(portal, token)
    wait_for("the page", lambda: len(arrivals.times) > already)
    return arrivals.times[already] - started
