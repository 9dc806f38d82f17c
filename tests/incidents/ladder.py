"""The ladder of the tests: two levels, one reachable person each, five and ten minutes apart."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from incidents.models import ContactMethod, EscalationPolicy
from tests.factories.incidents import (
    ContactMethodFactory,
    EscalationLevelFactory,
    EscalationPolicyFactory,
    EscalationTargetFactory,
    ResponderFactory,
)


@dataclass(frozen=True)
class Ladder:
    """`first` has the first five minutes, `second` the next ten; then both once more."""

    policy: EscalationPolicy
    first: User
    second: User


def make_responder(username: str, *, channel: str = "console", address: str = "") -> User:
    responder = ResponderFactory.create(username=username)
    ContactMethodFactory.create(user=responder, channel=channel, address=address)
    return responder


def make_ladder(*, severity: str = "SEV1", repeat_count: int = 1) -> Ladder:
    policy = EscalationPolicyFactory.create(severity=severity, repeat_count=repeat_count)
    people = [make_responder(f"{name}-{severity.lower()}") for name in ("first", "second")]
    for position, (person, seconds) in enumerate(zip(people, (300, 600), strict=True), start=1):
        level = EscalationLevelFactory.create(
            policy=policy, position=position, ack_window_seconds=seconds
        )
        EscalationTargetFactory.create(level=level, user=person)
    return Ladder(policy=policy, first=people[0], second=people[1])


def silence(person: User) -> None:
    """Nobody can reach this person any more."""
    ContactMethod.objects.filter(user=person).update(is_active=False)
