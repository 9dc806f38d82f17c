"""A month of incidents to look at, declared as a demo. Nobody is paged for any of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from catalog.models import Service
from incidents.models import ContactMethod, Incident, Schedule
from incidents.services.incidents import (
    acknowledge_incident,
    add_note,
    introduce,
    resolve_incident,
)
from incidents.services.reviews import complete_review

PEOPLE = {
    "maya": ("Maya", "Okafor"),
    "jonas": ("Jonas", "Weber"),
    "aiko": ("Aiko", "Tanaka"),
    "samira": ("Samira", "Haddad"),
}
ROTATIONS = {
    "primary": ("maya", "jonas", "aiko", "samira"),
    "secondary": ("jonas", "aiko", "samira", "maya"),
    "incident-commander": ("samira", "maya"),
    "engineering-leadership": ("aiko",),
}
DETECTED_BY = "demo"


@dataclass(frozen=True, slots=True)
class PastIncident:
    """`acknowledged` and `resolved` are minutes after the opening."""

    days_ago: int
    hour: int
    title: str
    severity: str
    services: tuple[str, ...]
    responder: str
    acknowledged: int
    resolved: int
    notes: tuple[tuple[int, str], ...]
    is_reviewed: bool = True


PAST = (
    PastIncident(
        days_ago=27,
        hour=2,
        title="Checkout answers 503 after the connection pool is used up",
        severity="SEV1",
        services=("checkout", "payments"),
        responder="maya",
        acknowledged=3,
        resolved=48,
        notes=(
            (9, "Every connection to the payments database is waiting for one lock."),
            (21, "A report started by hand holds the lock; stopping it."),
            (33, "Connections are back; watching the error rate."),
        ),
    ),
    PastIncident(
        days_ago=19,
        hour=14,
        title="Search latency above its objective during the reindex",
        severity="SEV3",
        services=("search",),
        responder="jonas",
        acknowledged=11,
        resolved=95,
        notes=((20, "The reindex runs with twice the usual threads; halving them."),),
    ),
    PastIncident(
        days_ago=12,
        hour=17,
        title="Card payments of one bank are refused",
        severity="SEV2",
        services=("payments",),
        responder="aiko",
        acknowledged=4,
        resolved=131,
        notes=(
            (12, "Only one issuer is affected; the gateway confirms trouble on their side."),
            (60, "Customers are shown the other ways to pay."),
        ),
    ),
    PastIncident(
        days_ago=6,
        hour=9,
        title="Storefront shows yesterday's prices",
        severity="SEV2",
        services=("storefront",),
        responder="samira",
        acknowledged=2,
        resolved=37,
        notes=((10, "The cache was not emptied at the end of the import; emptying it now."),),
    ),
    PastIncident(
        days_ago=2,
        hour=22,
        title="Storefront answers slowly from one region",
        severity="SEV3",
        services=("storefront", "search"),
        responder="maya",
        acknowledged=7,
        resolved=64,
        notes=((15, "One of three proxies drops packets; taking it out."),),
        is_reviewed=False,
    ),
)


@transaction.atomic
def sow_demo(at: datetime, operator: User | None) -> list[str]:
    """This will make the demo's people and their past incidents, each once."""
    people = {}
    made = []
    for username, (first, last) in PEOPLE.items():
        people[username], is_new = _person(username, first, last)
        made += [f"{first} {last} (demo)."] if is_new else []
    made += [
        f"{slug} rotates among the demo's people."
        for slug, usernames in ROTATIONS.items()
        if _join_rotation(slug, [people[username] for username in usernames])
    ]
    for number, past in enumerate(PAST, start=1):
        made += _past_incident(f"demo:{number}", past, people[past.responder], at=at)
    return made


def _person(username: str, first: str, last: str) -> tuple[User, bool]:
    user, is_new = User.objects.get_or_create(
        username=username,
        defaults={
            "first_name": first,
            "last_name": last,
            "email": f"{username}.demo@example.com",
        },
    )
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        ContactMethod.objects.create(user=user, channel=ContactMethod.Channel.CONSOLE)
    return user, is_new


def _join_rotation(slug: str, users: list[User]) -> bool:
    """Puts them behind whoever is there: the operator keeps this week."""
    schedule = Schedule.objects.filter(slug=slug).first()
    if schedule is None or schedule.members.filter(user__in=users).exists():
        return False
    last = max((member.position for member in schedule.members.all()), default=0)
    for position, user in enumerate(users, start=last + 1):
        schedule.members.create(user=user, position=position)
    return True


def _past_incident(
    cause_key: str, past: PastIncident, responder: User, *, at: datetime
) -> list[str]:
    services = list(Service.objects.filter(slug__in=past.services).order_by("slug"))
    if not services or Incident.objects.filter(cause_key=cause_key).exists():
        return []
    day = at - timedelta(days=past.days_ago)
    opened_at = day.replace(hour=past.hour, minute=14, second=9, microsecond=0)
    incident = Incident.objects.create(
        title=past.title,
        severity=past.severity,
        detected_by=DETECTED_BY,
        cause_key=cause_key,
        opened_at=opened_at,
    )
    introduce(incident, services, actor=DETECTED_BY, at=opened_at, via="demo")
    _carry_through(incident, past, responder)
    return [f"{incident.reference} of {past.days_ago} days ago."]


def _carry_through(incident: Incident, past: PastIncident, responder: User) -> None:
    def after(minutes: int) -> datetime:
        return incident.opened_at + timedelta(minutes=minutes)

    acknowledge_incident(
        incident_id=incident.pk, acting_user=responder, at=after(past.acknowledged), via="demo"
    )
    for minutes, text in past.notes:
        add_note(
            incident_id=incident.pk,
            text=text,
            acting_user=responder,
            at=after(minutes),
            via="demo",
        )
    resolved = resolve_incident(
        incident_id=incident.pk, acting_user=responder, at=after(past.resolved), via="demo"
    )
    if past.is_reviewed:
        complete_review(
            review_id=resolved.review.pk,
            acting_user=responder,
            at=after(past.resolved + 1440),
            via="demo",
        )
