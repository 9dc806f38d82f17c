from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from events import selectors
from events.errors import TypesUndeclared
from events.selectors import EventType


class Command(BaseCommand):
    help = "List the types of events, declared and seen in the log, with how often and when."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--undeclared", action="store_true", help="only types that nobody declares"
        )
        parser.add_argument(
            "--fail", action="store_true", help="end with exit code 1 when there are any"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = selectors.event_types(declared=False if options["undeclared"] else None)
        for seen in found.types:
            self.stdout.write(_told(seen))
        if not found.is_complete:
            self.stdout.write("There are more; these are the first by name.")
        undeclared = [seen.event_type for seen in found.types if not seen.is_declared]
        if options["fail"] and undeclared:
            raise TypesUndeclared(
                f"Declared nowhere: {', '.join(undeclared)}. Add a contract in events/contracts "
                "for what the portal is to rely on."
            )


def _told(seen: EventType) -> str:
    declared = "declared" if seen.is_declared else "undeclared"
    if seen.last_seen is None:
        return f"{seen.event_type}  {declared}, never seen"
    versions = ", ".join(map(str, seen.schema_versions))
    count = f"{seen.count}" if seen.is_count_exact else f"more than {seen.count}"
    return (
        f"{seen.event_type}  {declared}, version {versions}, {count} seen, "
        f"last {seen.last_seen:%Y-%m-%d %H:%M:%S} by {seen.last_actor or 'nobody named'}"
    )
