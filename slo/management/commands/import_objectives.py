from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.shared import clock
from slo import services
from slo.errors import DefinitionsRefused
from slo.services import Imported


class Command(BaseCommand):
    help = "Take objectives from a YAML file: OpenSLO v1, Sloth or Pyrra."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would be done; store nothing."
        )
        parser.add_argument(
            "--create-services", action="store_true", help="Create services the catalog lacks."
        )
        parser.add_argument(
            "--service", default="", help="Whose objectives are that do not say so (Pyrra)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        imported = services.import_objectives(
            text=_text_of(options["file"]),
            at=clock.now(),
            acting_user=None,
            create_services=options["create_services"],
            default_service=options["service"],
            is_dry_run=options["dry_run"],
        )
        if imported.is_dry_run:
            self.stdout.write("This is what would be done; nothing was stored.")
        self._tell(imported)

    def _tell(self, imported: Imported) -> None:
        for label, slugs in (
            ("Services created", imported.services_created),
            ("Indicators created", imported.indicators_created),
            ("Indicators changed", imported.indicators_changed),
            ("Created", imported.created),
            ("Changed", imported.changed),
        ):
            if slugs:
                self.stdout.write(f"{label}: {', '.join(slugs)}.")
        self.stdout.write(f"Unchanged: {len(imported.unchanged)}.")
        for sentence in imported.skipped:
            self.stdout.write(f"Skipped: {sentence}.")


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionsRefused(
            f"{file} is not UTF-8: byte {error.start} cannot be read. Save it as UTF-8."
        ) from error
    except OSError as error:
        raise DefinitionsRefused(f"{file} cannot be read: {error.strerror}.") from error
