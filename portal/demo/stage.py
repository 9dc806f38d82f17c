"""What the story needs to stand on: a service, an objective, and two people on call."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import Service, Team
from incidents.models import (
    ContactMethod,
    EscalationLevel,
    EscalationPolicy,
    EscalationTarget,
    Schedule,
    ScheduleMember,
)
from incidents.services import reveal_signing_secret
from slo.models import BurnWindow, Indicator, Objective
from slo.rules.burn_rate import Counts
from slo.services import add_counts

SERVICE = "demo-shop"
# Five minutes between two levels are long to watch; the real default is in the policy SEV1.
SECONDS_UNTIL_LEVEL_TWO = 15
REQUESTS_PER_SECOND = 25
REQUESTS_A_MINUTE = 60 * REQUESTS_PER_SECOND
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Responder:
    """`path` is where this person's pages arrive at the receiver."""

    username: str
    first_name: str
    last_name: str
    path: str


FIRST = Responder("demo-first", "Level one", "(demo)", "/first")
SCHEDULES = ("demo-level-1", "demo-level-2")
SECOND = Responder("demo-second", "Level two", "(demo)", "/second")


@transaction.atomic
def set_stage(*, receiver: str, at: datetime) -> Objective:
    """This will make what is missing; a second demo finds the stage as it was left."""
    team, _new = Team.objects.get_or_create(slug="demo", defaults={"name": "Demo"})
    service, _new = Service.objects.get_or_create(
        slug=SERVICE,
        defaults={
            "name": "Demo shop",
            "description": "The small service that `make demo` runs.",
            "tier": Service.Tier.CRITICAL,
            "owner": team,
            "runbook_url": "https://runbooks.example.com/demo-shop",
        },
    )
    policy, _new = EscalationPolicy.objects.get_or_create(
        slug="demo-sev1",
        defaults={"name": "Demo SEV1", "severity": "SEV1", "team": team, "repeat_count": 2},
    )
    for position, responder in enumerate((FIRST, SECOND), start=1):
        window = SECONDS_UNTIL_LEVEL_TWO if position == 1 else 120
        level, _new = EscalationLevel.objects.get_or_create(
            policy=policy, position=position, defaults={"ack_window_seconds": window}
        )
        schedule = _put_on_call(responder, position, receiver=receiver, at=at)
        EscalationTarget.objects.get_or_create(level=level, schedule=schedule)
    return _promise(service, at=at)


def signing_secrets() -> dict[str, str]:
    """This will return the secret of each responder's webhook, by the path it leads to."""
    return {responder.path: _secret_of(responder) for responder in (FIRST, SECOND)}


def _secret_of(responder: Responder) -> str:
    contact = ContactMethod.objects.select_related("user").get(
        user__username=responder.username, channel=ContactMethod.Channel.WEBHOOK
    )
    return reveal_signing_secret(contact_method_id=contact.pk, acting_user=contact.user)


@transaction.atomic
def leave_stage() -> None:
    """This will take the two off duty: their receivers end with the demo."""
    ContactMethod.objects.filter(user__username__in=[FIRST.username, SECOND.username]).update(
        is_active=False
    )
    EscalationTarget.objects.filter(schedule__slug__in=SCHEDULES).delete()
    Schedule.objects.filter(slug__in=SCHEDULES).delete()


def _put_on_call(responder: Responder, position: int, *, receiver: str, at: datetime) -> Schedule:
    user, _new = User.objects.get_or_create(
        username=responder.username,
        defaults={"first_name": responder.first_name, "last_name": responder.last_name},
    )
    ContactMethod.objects.update_or_create(
        user=user,
        channel="webhook",
        defaults={"address": receiver + responder.path, "position": 1, "is_active": True},
    )
    schedule, is_new = Schedule.objects.get_or_create(
        slug=SCHEDULES[position - 1],
        defaults={
            "name": f"Demo level {position}",
            "time_zone": "UTC",
            "handoff_weekday": 0,
            "handoff_time": time(9, 0),
            "starts_on": at.date(),
        },
    )
    if is_new:
        ScheduleMember.objects.create(schedule=schedule, user=user, position=1)
    return schedule


def _promise(service: Service, *, at: datetime) -> Objective:
    """Alert windows of five and one minutes, so that the end of the burn is seen too."""
    indicator, _new = Indicator.objects.get_or_create(
        slug="demo-shop-availability",
        defaults={
            "name": "Demo shop availability",
            "service": service,
            "kind": Indicator.Kind.AVAILABILITY,
        },
    )
    objective, is_new = Objective.objects.get_or_create(
        slug="demo-shop-availability",
        defaults={
            "name": "Demo shop availability",
            "indicator": indicator,
            "target": Decimal("99.9"),
            "window_days": 1,
        },
    )
    if is_new:
        BurnWindow.objects.create(
            objective=objective,
            long_minutes=5,
            short_minutes=1,
            consumption=Decimal("0.05"),
            level="critical",
        )
        add_counts(counts=_healthy_day(indicator, until=at))
    return objective


def _healthy_day(indicator: Indicator, *, until: datetime) -> dict[tuple[int, datetime], Counts]:
    """A day of traffic before the first demo: without it, one failure would be the budget."""
    end = until.replace(second=0, microsecond=0)
    minutes = (end - timedelta(minutes=age) for age in range(1, MINUTES_A_DAY))
    return {
        (indicator.pk, minute): Counts(
            good=REQUESTS_A_MINUTE - (1 if minute.minute % 5 == 0 else 0),
            total=REQUESTS_A_MINUTE,
        )
        for minute in minutes
    }
