from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.shared.errors import FieldError
from slo import selectors
from slo.errors import ExportRefused


class Command(BaseCommand):
    help = "Write objectives as YAML: OpenSLO v1, or rules of Prometheus."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["openslo", "prometheus"], default="openslo")
        parser.add_argument(
            "--objective",
            metavar="SLUG",
            action="append",
            default=[],
            help="Again for each; all active ones if left out.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = options["objective"]
        if options["format"] == "openslo":
            self.stdout.write(selectors.openslo_text(slugs), ending="")
            return
        text, left_out = selectors.prometheus_text(slugs)
        if slugs and left_out:
            raise ExportRefused(
                "Prometheus cannot keep all of these. Name the others, or leave the names out.",
                fields=[
                    FieldError(f"/{objective.slug}", objective.reason) for objective in left_out
                ],
            )
        self.stdout.write(text, ending="")
        for objective in left_out:
            self.stderr.write(f"Left out: {objective}")
