import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from events import services
from events.api.serializers import PublishSerializer
from portal.shared import clock
from portal.shared.api.problems import field_errors
from portal.shared.errors import FieldError, InvalidInput

OPTIONS = {
    "stream": "what the event is about; facts of one stream keep their order",
    "priority": "1, 5 or 9",
    "expected_version": "version of the stream before the event; 0 for a new stream",
    "retention_class": "how long the event is kept",
    "schema_version": "of the payload",
    "correlation_id": "uuid that the event shares with what it belongs to",
    "causation_id": "uuid of the event that caused it",
    "occurred_at": "ISO 8601 with offset; now if left out",
}


class Command(BaseCommand):
    help = "Write a free-form event into the log, and print its id."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event_type", metavar="TYPE", help="as in orders.order.shipped")
        parser.add_argument("payload", metavar="JSON", help="a JSON object")
        for name, meaning in OPTIONS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", help=meaning)
        parser.add_argument("--actor", default="shell", help="who the event is by")

    def handle(self, *args: Any, **options: Any) -> None:
        said = {name: options[name] for name in OPTIONS if options[name] is not None}
        wanted = PublishSerializer(
            data={
                "event_type": options["event_type"],
                "payload": _payload_of(options["payload"]),
                **said,
            }
        )
        if not wanted.is_valid():
            raise InvalidInput("Nothing was stored.", fields=list(field_errors(wanted.errors)))
        at = clock.now()
        draft = wanted.draft(actor=options["actor"], at=at)
        event = services.publish_draft(draft, at=at, expected_version=wanted.expected)
        self.stdout.write(str(event.event_id))


def _payload_of(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            "The payload is not JSON.", fields=[FieldError("/payload", f"{error}.")]
        ) from error
