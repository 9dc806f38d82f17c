from typing import Any

from django.core.management.base import BaseCommand

from events import services
from portal.shared import clock


class Command(BaseCommand):
    help = "Seal every day of the event log that is over, and drop those whose time is over."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        at = clock.now()
        for seal in services.seal_days(at=at):
            self.stdout.write(f"Sealed {seal}: {seal.events} events.")
        for seal in services.drop_expired_days(at=at):
            self.stdout.write(f"Dropped {seal}: {seal.events} events.")
