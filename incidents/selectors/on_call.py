from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Prefetch, QuerySet

from incidents.models import ContactMethod, EscalationLevel, Schedule, ScheduleMember
from incidents.rules.rotation import Rotation, turn_at


@dataclass(frozen=True, slots=True)
class Duty:
    """Who has a schedule at a moment. Nobody: no member, or the schedule has not begun."""

    schedule: Schedule
    responder: User | None
    until: datetime | None
    next_responder: User | None


@dataclass(frozen=True, slots=True)
class OnCallRow:
    """`responder` is blank when nobody is on call; reachable is who can be paged."""

    schedule_slug: str
    schedule_name: str
    responder: str
    until: datetime | None
    next_responder: str
    is_reachable: bool


def shown_name(user: User) -> str:
    return user.get_full_name() or user.get_username()


def all_schedules() -> QuerySet[Schedule]:
    members = ScheduleMember.objects.select_related("user").order_by("position", "id")
    return Schedule.objects.prefetch_related(Prefetch("members", members)).order_by("name")


def duty_of(schedule: Schedule, *, at: datetime) -> Duty:
    """This will return who has the schedule; its members are best prefetched."""
    members = [member.user for member in schedule.members.all()]
    turn = turn_at(
        Rotation(
            time_zone=schedule.time_zone,
            starts_on=schedule.starts_on,
            handoff_weekday=schedule.handoff_weekday,
            handoff_time=schedule.handoff_time,
            member_count=len(members),
        ),
        at,
    )
    if turn is None:
        return Duty(schedule=schedule, responder=None, until=None, next_responder=None)
    return Duty(
        schedule=schedule,
        responder=members[turn.member],
        until=turn.ends_at,
        next_responder=members[turn.next_member] if len(members) > 1 else None,
    )


def on_call_now(*, at: datetime) -> list[OnCallRow]:
    """This will return one row a schedule, whoever has it at that moment."""
    duties = [duty_of(schedule, at=at) for schedule in all_schedules()]
    reachable = reachable_user_ids(duty.responder for duty in duties if duty.responder)
    return [
        OnCallRow(
            schedule_slug=duty.schedule.slug,
            schedule_name=duty.schedule.name,
            responder=shown_name(duty.responder) if duty.responder else "",
            until=duty.until,
            next_responder=shown_name(duty.next_responder) if duty.next_responder else "",
            is_reachable=bool(duty.responder and duty.responder.pk in reachable),
        )
        for duty in duties
    ]


def contact_methods_of(users: Iterable[User]) -> QuerySet[ContactMethod]:
    """This will return the ways to reach them; somebody deactivated cannot be reached."""
    return (
        ContactMethod.objects.filter(
            user__in=[user.pk for user in users], user__is_active=True, is_active=True
        )
        .select_related("user")
        .order_by("user", "position", "id")
    )


def reachable_user_ids(users: Iterable[User]) -> set[int]:
    return set(contact_methods_of(users).order_by().values_list("user_id", flat=True))


def responders_of(level: EscalationLevel, *, at: datetime) -> list[User]:
    """This will return the people a level means at that moment, each once."""
    targets = level.targets.select_related("user").prefetch_related(
        Prefetch("schedule", all_schedules())
    )
    found: dict[int, User] = {}
    for target in targets.order_by("id"):
        responder = duty_of(target.schedule, at=at).responder if target.schedule else target.user
        if responder is not None:
            found.setdefault(responder.pk, responder)
    return list(found.values())
