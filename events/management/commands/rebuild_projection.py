from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from events import services
from portal.shared import clock


class Command(BaseCommand):
    help = "Build a projection anew beside the live one, which is read until it has caught up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--user", default="", help="the account it is done for")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        at = clock.now()
        row = services.rebuild_projection(name=options["name"], acting_user=options["user"], at=at)
        self.stdout.write(f"Generation {row.building_generation} of {row} is being built.")
