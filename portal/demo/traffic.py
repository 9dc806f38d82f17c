"""Clients of the shop: real requests over HTTP, at a steady rate."""

import threading
from itertools import cycle
from typing import Self

import httpx

PATHS = ("/", "/basket", "/checkout", "/products/7", "/search")


class Traffic:
    """Sends requests from its own thread until the block is left."""

    def __init__(self, address: str, *, requests_per_second: float) -> None:
        self._address = address
        self._pause = 1 / requests_per_second
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self.sent = 0
        self.failed = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _send(self) -> None:
        with httpx.Client(base_url=self._address, timeout=2.0, trust_env=False) as client:
            for path in cycle(PATHS):
                if self._stopping.wait(self._pause):
                    return
                self._count(client, path)

    def _count(self, client: httpx.Client, path: str) -> None:
        self.sent += 1
        try:
            answer = client.get(path)
        except httpx.HTTPError:
            self.failed += 1
        else:
            self.failed += answer.is_server_error
