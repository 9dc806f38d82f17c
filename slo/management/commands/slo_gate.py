import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.shared import clock
from slo import selectors
from slo.rules.gate import Risk

REFUSED = 1
UNKNOWN = 2


class Command(BaseCommand):
    help = (
        "Tell whether a change of a service may go now, and why. Ends with 0 when it may, "
        "1 when it may not, 2 when the service is not known."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("service", help="slug of the service")
        parser.add_argument(
            "--risk",
            choices=[risk.value for risk in Risk],
            default=Risk.NORMAL.value,
            help="a risky change wants a reserve of the budget (default: normal)",
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        found = selectors.gate(options["service"], risk=Risk(options["risk"]), at=clock.now())
        self.stdout.write(found.summary)
        for reason, detail in found.explained:
            self.stdout.write(f"{'refused' if reason.refuses else 'warning'}: {detail}")
        if not found.verdict.is_allowed:
            sys.exit(REFUSED)
