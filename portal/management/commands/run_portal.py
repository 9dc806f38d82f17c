import os
import socket
import threading
import time
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.serving.preparation import FirstAdministrator, prepare
from portal.serving.supervisor import Supervisor, manage
from portal.shared import clock

SECONDS_TO_ANSWER = 60.0


class Command(BaseCommand):
    help = "Migrate, seed on the first start, and serve the whole portal until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.PORTAL_PORT)
        parser.add_argument("--without-demo", action="store_true", help="Seed only the defaults.")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        self._refuse_taken_port(host, port)
        first = prepare(at=clock.now(), with_demo=not options["without_demo"])
        self._introduce(f"http://{host}:{port}", first)
        supervisor = Supervisor(
            manage(
                "serve_embedded",
                f"--host={host}",
                f"--port={port}",
                f"--supervisor={os.getpid()}",
            ),
            say=self._say,
        )
        supervisor.run(when_started=lambda: self._announce(host, port))
        self._say("Stopped.")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _refuse_taken_port(self, host: str, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"Port {port} on {host} is taken ({error.strerror}). Stop what listens "
                    "there, or set PORTAL_PORT to another port."
                ) from error

    def _introduce(self, address: str, first: FirstAdministrator | None) -> None:
        self._say(f"Operations portal: {address}/admin/")
        if first:
            self._say(f"  user      {first.username}")
            self._say(f"  password  {first.password}")
            self._say("  (shown this once; `manage.py changepassword admin` sets another)")
        self._say(f"  state in  {settings.STATE_DIR}")

    def _announce(self, host: str, port: int) -> None:
        threading.Thread(target=self._tell_when_ready, args=(host, port), daemon=True).start()

    def _tell_when_ready(self, host: str, port: int) -> None:
        started = time.monotonic()
        while time.monotonic() - started < SECONDS_TO_ANSWER:
            try:
                httpx.get(f"http://{host}:{port}/healthz", timeout=1.0, trust_env=False)
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                waited = time.monotonic() - started
                self._say(f"Serving after {waited:.1f} s. Ctrl-C stops it.")
                return
