from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.shared import services


class Command(BaseCommand):
    help = "Make a token for the API and print it. It is shown once and cannot be read again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument(
            "--expires-in-days", type=int, metavar="N", help="Without it, it does not expire."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        days: int | None = options["expires_in_days"]
        token = services.issue_api_token(
            username=options["username"],
            expires_in=None if days is None else timedelta(days=days),
        )
        self.stdout.write(token)
