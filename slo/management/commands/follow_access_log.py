import signal
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from portal.shared import clock
from slo.management.commands.ingest_access_log import (
    add_log_arguments,
    follower_for,
    summary,
)

SECONDS_BETWEEN_LOOKS = 0.5


class Command(BaseCommand):
    help = (
        "Count what a server writes to its access log, through rotations, until SIGTERM or "
        "SIGINT. After a kill it goes on where the last commit was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_log_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        self._is_asked_to_stop = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        follower = follower_for(options)
        self.stdout.write(f"Following {follower.path}.")
        try:
            while not self._is_asked_to_stop:
                if not follower.advance(at=clock.now()):
                    time.sleep(SECONDS_BETWEEN_LOOKS)
        finally:
            follower.close()
        self.stdout.write(summary(follower.progress))

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """The chunk under way is committed first."""
        self._is_asked_to_stop = True
