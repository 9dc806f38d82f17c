from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from events import bus, selectors
from events.bus import Command as BusCommand
from events.bus import Order
from events.rules.dead_letters import Chosen
from events.services.commands import DiscardDelivery, RedriveDelivery, RedriveParked
from events.services.questions import HowManyLetters
from portal.shared import clock

MOST_SHOWN = 50


class Command(BaseCommand):
    help = "List what was given up, let it be tried again, or give it up for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subscriber", default="")
        parser.add_argument("--type", default="", help="an event type, or a pattern like orders.*")
        parser.add_argument("--reason", default="", help="a part of the reason")
        parser.add_argument("--id", type=int, help="one dead letter instead of a choice")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--redrive", action="store_true", help="without --confirm, only counts")
        what.add_argument("--discard", action="store_true", help="needs --id and --note")
        parser.add_argument("--confirm", type=int, metavar="COUNT", help="how many are meant")
        parser.add_argument("--rate", type=float, help="how many a second")
        parser.add_argument("--note", default="")
        parser.add_argument("--user", default="", help="the account it is done for")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        chosen = Chosen(
            subscriber=options["subscriber"],
            event_type=options["type"],
            reason=options["reason"],
        )
        if options["discard"]:
            self._discard(options)
        elif options["redrive"] and options["id"]:
            command = RedriveDelivery(delivery=options["id"], note=options["note"])
            self._carry_out(command, options)
            self.stdout.write(f"Dead letter {options['id']} will be tried again now.")
        elif options["redrive"]:
            self._redrive_many(chosen, options)
        else:
            self._list(chosen)

    def _list(self, chosen: Chosen) -> None:
        letters = selectors.dead_letters(chosen).select_related("event")
        for letter in letters[:MOST_SHOWN]:
            self.stdout.write(
                f"{letter.pk}  {letter.event.event_type}  {letter.subscriber}  "
                f"{letter.attempts} attempts  {letter.reason}"
            )
        found = bus.ask(HowManyLetters(chosen=chosen), at=clock.now())
        self.stdout.write(f"{found.letters} dead letters, {found.behind} events wait behind them.")

    def _redrive_many(self, chosen: Chosen, options: dict[str, Any]) -> None:
        if options["confirm"] is None:
            found = bus.ask(HowManyLetters(chosen=chosen), at=clock.now())
            self.stdout.write(
                f"{found.letters} dead letters are meant, {found.behind} events follow. Nothing "
                f"was done; repeat with --confirm {found.letters}."
            )
            return
        command = RedriveParked(
            chosen=chosen,
            confirmed=options["confirm"],
            rate_per_second=options["rate"],
            note=options["note"],
        )
        count = self._carry_out(command, options)
        self.stdout.write(f"{count} dead letters are on their way again.")

    def _discard(self, options: dict[str, Any]) -> None:
        if not options["id"]:
            raise CommandError("Say which dead letter with --id; many at once are not discarded.")
        self._carry_out(DiscardDelivery(delivery=options["id"], note=options["note"]), options)
        self.stdout.write(f"Dead letter {options['id']} is given up.")

    def _carry_out(self, command: BusCommand, options: dict[str, Any]) -> Any:
        issuer = User.objects.filter(username=options["user"]).first()
        if issuer is None:
            raise CommandError("Name the account it is done for with --user.")
        return bus.execute(command, Order(at=clock.now(), issuer=issuer))
