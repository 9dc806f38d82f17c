from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from catalog import services
from catalog.errors import CatalogFileRefused
from catalog.services import ImportOutcome
from portal.shared import clock


class Command(BaseCommand):
    help = "Take services and teams from a YAML file: our own list, or Backstage entities."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would change; store nothing."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        with transaction.atomic():
            outcome = services.import_catalog(
                text=_text_of(file), source=file.name, acting_user=None, at=clock.now()
            )
            transaction.set_rollback(options["dry_run"])
        if options["dry_run"]:
            self.stdout.write("This is what would change; nothing was stored.")
        self._tell(outcome)

    def _tell(self, outcome: ImportOutcome) -> None:
        for label, slugs in (
            ("Created", outcome.created),
            ("Updated", outcome.updated),
            ("Teams created", outcome.teams_created),
            ("Teams renamed", outcome.teams_renamed),
        ):
            if slugs:
                self.stdout.write(f"{label}: {', '.join(slugs)}.")
        self.stdout.write(f"Unchanged: {len(outcome.unchanged)}.")
        for sentence in outcome.skipped:
            self.stdout.write(f"Skipped: {sentence}.")


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogFileRefused(
            f"{file} is not UTF-8: byte {error.start} cannot be read. Save it as UTF-8."
        ) from error
    except OSError as error:
        raise CatalogFileRefused(f"{file} cannot be read: {error.strerror}.") from error
