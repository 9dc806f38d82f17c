from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events import bus
from events.bus import Order
from events.rules.replays import Choice
from events.services.commands import ReplayEvents
from events.services.replaying import LIMIT
from portal.shared import clock


def _moment(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    return at if timezone.is_aware(at) else timezone.make_aware(at)


class Command(BaseCommand):
    help = "Give events to their handlers again; without --keep, only to tell what would happen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--type", default="", help="an event type, or a pattern like orders.*")
        parser.add_argument("--stream", default="")
        parser.add_argument("--from", type=int, dest="from_position", metavar="POSITION")
        parser.add_argument("--to", type=int, dest="to_position", metavar="POSITION")
        parser.add_argument("--since", type=_moment, help="recorded at this time or later")
        parser.add_argument("--until", type=_moment, help="recorded before this time")
        parser.add_argument("--subscriber", default="", help="one handler instead of all")
        parser.add_argument("--limit", type=int, default=LIMIT)
        parser.add_argument("--keep", action="store_true", help="needs --confirm and --user")
        parser.add_argument("--confirm", type=int, metavar="COUNT", help="deliveries meant")
        parser.add_argument("--allow", action="append", default=[], help="an effect: http, events")
        parser.add_argument("--user", default="", help="the account it is done for")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        issuer = User.objects.filter(username=options["user"]).first()
        if options["keep"] and issuer is None:
            raise CommandError("Name the account it is done for with --user.")
        command = ReplayEvents(
            choice=Choice(
                event_type=options["type"],
                stream=options["stream"],
                since=options["since"],
                until=options["until"],
                from_position=options["from_position"],
                to_position=options["to_position"],
            ),
            subscriber=options["subscriber"],
            keep=options["keep"],
            confirmed=options["confirm"],
            effects=tuple(options["allow"]),
            limit=options["limit"],
        )
        self._print(bus.execute(command, Order(at=clock.now(), issuer=issuer)))

    def _print(self, told: dict[str, Any]) -> None:
        self.stdout.write(
            f"{told['events']} events, {told['deliveries']} deliveries: {told['done']} done, "
            f"{told['failed']} failed, {told['blocked']} blocked."
        )
        for name in ("writes", "announced", "effects"):
            for what, count in sorted(told[name].items()):
                self.stdout.write(f"  {name}: {what} {count} times")
        for one in told["troubles"]:
            self.stdout.write(
                f"  #{one['position']} {one['event_type']} → {one['subscriber']}: {one['error']}"
            )
        if told["next_position"]:
            self.stdout.write(f"Stopped at the limit; go on with --from {told['next_position']}.")
        if not told["kept"]:
            self.stdout.write(
                f"Nothing was kept; to keep it, repeat with --keep --confirm {told['deliveries']}."
            )
