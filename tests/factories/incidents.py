from datetime import UTC, date, datetime, time

from django.contrib.auth.models import User
from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory

from incidents.models import (
    ContactMethod,
    EscalationLevel,
    EscalationPolicy,
    EscalationTarget,
    Incident,
    Schedule,
    ScheduleMember,
)


class ResponderFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = Sequence(lambda n: f"responder-{n}")
    email = Sequence(lambda n: f"responder-{n}@example.com")


class ContactMethodFactory(DjangoModelFactory[ContactMethod]):
    class Meta:
        model = ContactMethod

    user = SubFactory(ResponderFactory)
    channel = ContactMethod.Channel.CONSOLE


class ScheduleFactory(DjangoModelFactory[Schedule]):
    class Meta:
        model = Schedule

    slug = Sequence(lambda n: f"schedule-{n}")
    name = Sequence(lambda n: f"Schedule {n}")
    time_zone = "UTC"
    handoff_weekday = 0
    handoff_time = time(9, 0)
    starts_on = date(2026, 1, 5)


class ScheduleMemberFactory(DjangoModelFactory[ScheduleMember]):
    class Meta:
        model = ScheduleMember

    schedule = SubFactory(ScheduleFactory)
    user = SubFactory(ResponderFactory)
    position = Sequence(lambda n: n + 1)


class EscalationPolicyFactory(DjangoModelFactory[EscalationPolicy]):
    class Meta:
        model = EscalationPolicy

    slug = Sequence(lambda n: f"policy-{n}")
    name = Sequence(lambda n: f"Policy {n}")
    severity = "SEV1"


class EscalationLevelFactory(DjangoModelFactory[EscalationLevel]):
    class Meta:
        model = EscalationLevel

    policy = SubFactory(EscalationPolicyFactory)
    position = 1
    ack_window_seconds = 300


class EscalationTargetFactory(DjangoModelFactory[EscalationTarget]):
    class Meta:
        model = EscalationTarget

    level = SubFactory(EscalationLevelFactory)
    user = SubFactory(ResponderFactory)


class IncidentFactory(DjangoModelFactory[Incident]):
    """An open incident that pages nobody; to see it paged, call the service instead."""

    class Meta:
        model = Incident

    title = Sequence(lambda n: f"Incident {n}")
    severity = "SEV1"
    detected_by = "tests"
    opened_at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
