"""What a fresh portal pages by: schedules, a policy for each severity that pages, two groups."""

from dataclasses import dataclass
from datetime import datetime, time

from django.contrib.auth.models import User
from django.db import transaction

from incidents.models import (
    ContactMethod,
    EscalationLevel,
    EscalationPolicy,
    EscalationTarget,
    Schedule,
)
from incidents.services.groups import sow_groups

SCHEDULES = {
    "primary": "Primary",
    "secondary": "Secondary",
    "incident-commander": "Incident commander",
    "engineering-leadership": "Engineering leadership",
}
HANDOFF = time(9, 0)


@dataclass(frozen=True, slots=True)
class LevelDefault:
    minutes: int
    schedules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyDefault:
    severity: str
    repeat_count: int
    levels: tuple[LevelDefault, ...]


# SEV4 has none: nobody is paged for it.
POLICIES = (
    PolicyDefault(
        "SEV1",
        9,
        (
            LevelDefault(5, ("primary",)),
            LevelDefault(10, ("secondary", "incident-commander")),
            LevelDefault(15, ("engineering-leadership",)),
        ),
    ),
    PolicyDefault(
        "SEV2",
        9,
        (
            LevelDefault(10, ("primary",)),
            LevelDefault(20, ("secondary", "incident-commander")),
            LevelDefault(30, ("engineering-leadership",)),
        ),
    ),
    PolicyDefault("SEV3", 0, (LevelDefault(30, ("primary",)),)),
)


@transaction.atomic
def sow_defaults(at: datetime, operator: User | None) -> list[str]:
    """This will make what is missing; the operator is on call wherever nobody else is."""
    schedules = {slug: _schedule(slug, name, at) for slug, name in SCHEDULES.items()}
    made = [f"Schedule {slug}." for slug, (_schedule_row, new) in schedules.items() if new]
    rows = {slug: schedule for slug, (schedule, _new) in schedules.items()}
    if operator is not None:
        made += [
            sentence
            for schedule in rows.values()
            for sentence in _put_on_call_if_empty(schedule, operator)
        ]
        made += _contact_methods(operator)
    made += [sentence for policy in POLICIES for sentence in _policy(policy, rows)]
    return made + sow_groups()


def _schedule(slug: str, name: str, at: datetime) -> tuple[Schedule, bool]:
    return Schedule.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name,
            "time_zone": "UTC",
            "handoff_weekday": Schedule.Weekday.MONDAY,
            "handoff_time": HANDOFF,
            "starts_on": at.date(),
        },
    )


def _put_on_call_if_empty(schedule: Schedule, operator: User) -> list[str]:
    if schedule.members.exists():
        return []
    schedule.members.create(user=operator, position=1)
    return [f"{operator} is on call for {schedule.slug}."]


def _contact_methods(operator: User) -> list[str]:
    if operator.contact_methods.exists():
        return []
    ContactMethod.objects.create(user=operator, channel=ContactMethod.Channel.CONSOLE, position=1)
    if operator.email:
        ContactMethod.objects.create(
            user=operator,
            channel=ContactMethod.Channel.EMAIL,
            address=operator.email,
            position=2,
        )
    return [f"Contact methods of {operator}."]


def _policy(wanted: PolicyDefault, schedules: dict[str, Schedule]) -> list[str]:
    """A severity that has a common policy already keeps it, whatever its slug is."""
    if EscalationPolicy.objects.filter(team=None, severity=wanted.severity).exists():
        return []
    policy = EscalationPolicy.objects.create(
        slug=wanted.severity.lower(),
        name=f"{wanted.severity} default",
        severity=wanted.severity,
        repeat_count=wanted.repeat_count,
    )
    for position, level in enumerate(wanted.levels, start=1):
        row = EscalationLevel.objects.create(
            policy=policy, position=position, ack_window_seconds=level.minutes * 60
        )
        for slug in level.schedules:
            EscalationTarget.objects.create(level=row, schedule=schedules[slug])
    return [f"Escalation policy {policy.slug}."]
