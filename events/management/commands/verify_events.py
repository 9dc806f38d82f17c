from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events import selectors, signing


def _head(written: str) -> tuple[int, str]:
    position, _colon, tag = written.partition(":")
    return int(position), tag


class Command(BaseCommand):
    help = "Prove the order, the contiguity and every seal of the event log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            type=_head,
            metavar="POSITION:TAG",
            help="a head that an earlier run printed: shows that nothing was cut off since",
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        found = selectors.verify(head=options["head"])
        if found.faults:
            told = [f"position {fault.position}: {fault.reason}" for fault in found.faults]
            raise CommandError("The log does not hold.\n" + "\n".join(told))
        self.stdout.write(
            f"The log holds: positions 1 to {found.head}, {found.events} events in {found.seals} "
            f"seals or not sealed yet ({found.unsealed}), {found.dropped} dropped under a seal.\n"
            f"Head: {found.head}:{found.tag}\n"
            f"Public key: {signing.current().public_key}"
        )
