import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal.serving import embedded


class Command(BaseCommand):
    help = "Serve web, worker and Beat in one process (`run_portal` supervises it)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.PORTAL_PORT)
        # Named by who starts it: one that died meanwhile is not asked for, but missed.
        parser.add_argument("--supervisor", type=int, default=os.getppid())

    def handle(self, *args: Any, **options: Any) -> None:
        embedded.serve(host=options["host"], port=options["port"], supervisor=options["supervisor"])
