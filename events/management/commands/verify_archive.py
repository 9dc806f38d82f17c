from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events import signing
from events.rules import archives


class Command(BaseCommand):
    help = "Check an archived day of the event log; needs the file and no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--public-key",
            default="",
            help="the trusted key, in hexadecimal; without it the file only agrees with itself",
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        try:
            found = archives.check(
                options["file"], is_signed=signing.is_signed, public_key=options["public_key"]
            )
        except archives.Broken as error:
            raise CommandError(f"{options['file']} does not hold. {error}") from error
        seal = found.seal
        self.stdout.write(
            f"{options['file']} holds: {seal.events} events of {seal.retention_class}, {seal.day}, "
            f"positions {seal.first_position} to {seal.last_position}, seal {seal.number}, "
            f"sealed {seal.sealed_at} with key {seal.public_key}."
        )
