"""Where the pages of a responder arrive: an HTTP server that checks each signature."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """`idempotency_key` is the webhook-id header; `path` tells whose receiver it was."""

    path: str
    idempotency_key: str
    is_signed: bool
    content: dict[str, Any]


@dataclass
class Receiver:
    """`secrets` maps a path to the signing secret of the responder who is behind it."""

    secrets: dict[str, str] = field(default_factory=dict)
    pages: list[ReceivedPage] = field(default_factory=list)

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                receiver.take(self.path, dict(self.headers), self.rfile.read(length))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base's name)
                """What arrives is in `pages`."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        lowered = {name.lower(): value for name, value in headers.items()}
        self.pages.append(
            ReceivedPage(
                path=path,
                idempotency_key=lowered.get("webhook-id", ""),
                is_signed=self._is_signed(path, lowered, body),
                content=json.loads(body),
            )
        )

    def pages_at(self, path: str) -> list[ReceivedPage]:
        return [page for page in self.pages if page.path == path]

    def _is_signed(self, path: str, headers: dict[str, str], body: bytes) -> bool:
        try:
            Webhook(self.secrets[path]).verify(body, headers)
        except (WebhookVerificationError, KeyError):
            return False
        return True
