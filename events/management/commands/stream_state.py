import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from events import services
from events.rules import instants
from events.rules.folding import StreamState


class Command(BaseCommand):
    help = "Print what a stream adds up to, now or at an instant, or what changed up to another."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("stream", metavar="STREAM")
        parser.add_argument(
            "--at",
            metavar="INSTANT",
            help="At this version, or as of this moment: 12, 2026-03-02T12:00Z.",
        )
        parser.add_argument(
            "--diff-to",
            metavar="INSTANT",
            help="Print what changed up to this version or moment instead.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        before = self._state(options["stream"], options["at"])
        if not options["diff_to"]:
            self._tell_state(before)
            return
        until = instants.instant(options["diff_to"])
        difference = services.diff(options["stream"], before.version, until)
        for change in difference.changes:
            self.stdout.write(
                f"{change.kind:<8} {change.pointer}  "
                f"{_written(change.before)} -> {_written(change.after)}"
            )
        self.stdout.write(
            f"{len(difference.changes)} changes between the versions "
            f"{difference.before.version} and {difference.after.version}."
        )

    def _state(self, stream: str, at: str | None) -> StreamState:
        instant = instants.instant(at) if at else None
        if isinstance(instant, int):
            return services.state(stream, version=instant)
        return services.state(stream, at=instant)

    def _tell_state(self, state: StreamState) -> None:
        recorded = f", recorded at {state.recorded_at.isoformat()}" if state.recorded_at else ""
        self.stdout.write(f"{state.stream} at version {state.version}{recorded}.")
        if not state.is_complete:
            self.stdout.write("Retention has dropped events of it: this is what the rest says.")
        self.stdout.write(json.dumps(state.value, indent=2, ensure_ascii=False, sort_keys=True))


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
