from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from portal.shared import clock
from portal.shared.errors import FieldError
from slo import selectors, services
from slo.errors import MomentRefused
from slo.models import Correction
from slo.rules.request_validation import moment

MOST_SHOWN = 50


class Command(BaseCommand):
    help = "Take time out of error budgets, give it back, or list what was taken out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        enter = verbs.add_parser("enter", help="take time out, of the past too")
        whose = enter.add_mutually_exclusive_group(required=True)
        whose.add_argument("--objective", default="", help="slug")
        whose.add_argument("--service", default="", help="slug; all its objectives")
        enter.add_argument("--reason", required=True)
        enter.add_argument("--starts-at", required=True, help="2026-03-02T12:00:00Z")
        enter.add_argument("--minutes", required=True, type=int)
        enter.add_argument("--recurrence", default="", help="an RRULE; once if left out")
        enter.add_argument("--time-zone", default="UTC", help="whose clock it recurs by")
        enter.add_argument("--user", required=True, help="the account it is done for")
        withdraw = verbs.add_parser("withdraw", help="give the time back, of the past too")
        withdraw.add_argument("correction", type=int)
        withdraw.add_argument("--user", required=True, help="the account it is done for")
        verbs.add_parser("list", help="the newest, withdrawn ones too")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        match options["verb"]:
            case "enter":
                self._enter(options)
            case "withdraw":
                self._withdraw(options)
            case _:
                for correction in selectors.all_corrections()[:MOST_SHOWN]:
                    self.stdout.write(_line(correction))

    def _enter(self, options: dict[str, Any]) -> None:
        entered = services.enter_correction(
            wanted=services.TimeTakenOut(
                objective=options["objective"],
                service=options["service"],
                reason=options["reason"],
                starts_at=_moment(options["starts_at"]),
                duration_minutes=options["minutes"],
                recurrence=options["recurrence"],
                time_zone=options["time_zone"],
            ),
            acting_user=_user(options["user"]),
            at=clock.now(),
        )
        self.stdout.write(f"Entered: {_line(entered)}")

    def _withdraw(self, options: dict[str, Any]) -> None:
        withdrawn = services.withdraw_correction(
            correction_id=options["correction"],
            acting_user=_user(options["user"]),
            at=clock.now(),
        )
        self.stdout.write(f"Withdrawn: {_line(withdrawn)}")


def _line(correction: Correction) -> str:
    whose = correction.objective or correction.service
    recurs = f"  {correction.recurrence} {correction.time_zone}" if correction.recurrence else ""
    state = "withdrawn" if correction.withdrawn_at else "in force"
    return (
        f"{correction.pk}  {state}  {whose.slug if whose else ''}  "
        f"{correction.starts_at:%Y-%m-%dT%H:%M%z}  {correction.duration_minutes} min{recurs}  "
        f"{correction.reason}"
    )


def _moment(text: str) -> datetime:
    found = moment(text)
    if found is None:
        raise MomentRefused(
            "The start cannot be read.",
            fields=[FieldError("/starts_at", "Use a time with its offset: 2026-03-02T12:00:00Z.")],
        )
    return found


def _user(name: str) -> User:
    found = User.objects.filter(username=name, is_active=True).first()
    if found is None:
        raise CommandError(f"There is no active account {name!r}. Name one with --user.")
    return found
