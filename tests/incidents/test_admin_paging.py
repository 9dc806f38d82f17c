"""Schedules, policies, contact methods, pages and reviews in the admin."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.test import Client

from incidents import services
from incidents.models import ContactMethod, EscalationPolicy, Incident, Schedule
from tests.cast import Cast
from tests.factories.incidents import (
    ContactMethodFactory,
    ScheduleFactory,
    ScheduleMemberFactory,
)
from tests.incidents.ladder import Ladder
from tests.incidents.receivers import Receiver, receiver

pytestmark = pytest.mark.django_db

Opened = Callable[..., Incident]
CONTACTS = "/admin/incidents/contactmethod/"
REVIEWS = "/admin/incidents/review/"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def grant(cast: Cast, *codenames: str) -> None:
    cast.bob.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


@pytest.mark.parametrize(
    "model",
    [
        "incident",
        "schedule",
        "escalationpolicy",
        "escalationlevel",
        "contactmethod",
        "page",
        "pageattempt",
        "review",
    ],
)
def test_every_list_and_page_opens(
    alice_browser: Client, ladder: Ladder, open_incident: Opened, at: datetime, model: str
) -> None:
    ScheduleMemberFactory.create()
    incident = open_incident()
    services.send_due_pages(at=at)
    services.resolve_incident(incident_id=incident.pk, resolved_by="tests", at=at)
    address = f"/admin/incidents/{model}/"

    row = apps.get_model("incidents", model).objects.latest("pk")

    assert alice_browser.get(f"{address}?q=a").status_code == 200
    assert f"{address}{row.pk}/change/" in text_of(alice_browser.get(address))
    assert alice_browser.get(f"{address}{row.pk}/change/").status_code == 200


def test_shows_who_is_on_call_in_red_when_unreachable(alice_browser: Client, cast: Cast) -> None:
    schedule = ScheduleFactory.create()
    page = f"/admin/incidents/schedule/{schedule.pk}/change/"
    assert "nobody" in text_of(alice_browser.get(page))

    ScheduleMemberFactory.create(schedule=schedule, user=cast.bob)
    assert "cannot be reached" in text_of(alice_browser.get(page))

    ContactMethodFactory.create(user=cast.bob)
    assert "cannot be reached" not in text_of(alice_browser.get(page))


def test_leads_from_a_policy_to_the_people_of_each_level(
    alice_browser: Client, ladder: Ladder
) -> None:
    page = f"/admin/incidents/escalationpolicy/{ladder.policy.pk}/change/"

    shown = text_of(alice_browser.get(page))

    for level in ladder.policy.levels.all():
        assert f"/admin/incidents/escalationlevel/{level.pk}/change/" in shown
    assert "L1 first-sev1 (5 min)" in shown


def inline(prefix: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    fields = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for index, row in enumerate(rows):
        fields |= {f"{prefix}-{index}-{name}": value for name, value in row.items()}
    return fields


@pytest.mark.parametrize(("zone", "is_accepted"), [("Europe/Berlin", True), ("Mars/Base", False)])
def test_makes_a_schedule_with_its_members(
    alice_browser: Client, cast: Cast, zone: str, is_accepted: bool
) -> None:
    alice_browser.post(
        "/admin/incidents/schedule/add/",
        {
            "slug": "nights",
            "name": "Nights",
            "time_zone": zone,
            "handoff_weekday": 0,
            "handoff_time": "09:00",
            "starts_on": "2026-03-02",
            **inline("members", [{"position": 1, "user": cast.bob.pk}]),
        },
    )

    assert Schedule.objects.filter(members__user=cast.bob).exists() == is_accepted


def test_makes_a_policy_with_its_levels_and_their_people(alice_browser: Client, cast: Cast) -> None:
    alice_browser.post(
        "/admin/incidents/escalationpolicy/add/",
        {
            "slug": "sev2",
            "name": "SEV2",
            "severity": "SEV2",
            "repeat_count": 2,
            **inline("levels", [{"position": 1, "ack_window_seconds": 300}]),
        },
    )
    level = EscalationPolicy.objects.get().levels.get()
    schedule = ScheduleFactory.create()

    def save_target(**row: Any) -> int:
        alice_browser.post(
            f"/admin/incidents/escalationlevel/{level.pk}/change/",
            {
                "policy": level.policy_id,
                "position": 1,
                "ack_window_seconds": 300,
                **inline("targets", [row]),
            },
        )
        return level.targets.count()

    assert save_target(schedule=schedule.pk, user=cast.bob.pk) == 0
    assert save_target(schedule=schedule.pk) == 1


@pytest.mark.parametrize(
    ("channel", "address", "is_accepted"),
    [
        ("webhook", "http://127.0.0.1:9/pages", True),
        ("webhook", "http://10.0.0.1/pages", False),
        ("webhook", "ftp://example.com/", False),
        ("webhook", "", False),
        ("email", "bob@example.com", True),
        ("email", "bob", False),
        ("console", "", True),
    ],
)
def test_refuses_an_address_that_can_never_work(
    alice_browser: Client, cast: Cast, channel: str, address: str, is_accepted: bool
) -> None:
    alice_browser.post(
        f"{CONTACTS}add/",
        {
            "user": cast.bob.pk,
            "channel": channel,
            "address": address,
            "position": 1,
            "is_active": "on",
        },
    )

    assert ContactMethod.objects.exists() == is_accepted


def test_sends_a_test_page_and_tells_how_it_went(
    alice_browser: Client, cast: Cast, server: Receiver
) -> None:
    contact = ContactMethodFactory.create(user=cast.bob, channel="webhook", address=server.url)
    button = f"{CONTACTS}{contact.pk}/verb/test-page/"

    assert "was taken (200)" in text_of(alice_browser.post(button, follow=True))

    server.status = 500
    assert "answered 500" in text_of(alice_browser.post(button, follow=True))


def test_shows_the_signing_secret_to_its_owner_only(client: Client, cast: Cast) -> None:
    grant(cast, "view_contactmethod", "change_contactmethod")
    url = "http://127.0.0.1:9/"
    own, other = (
        ContactMethodFactory.create(user=user, channel="webhook", address=url)
        for user in (cast.bob, cast.alice)
    )
    client.force_login(cast.bob)

    def press(contact: ContactMethod, verb: str) -> str:
        return text_of(client.post(f"{CONTACTS}{contact.pk}/verb/{verb}/", follow=True))

    assert "whsec_" in press(own, "show-secret")
    assert "whsec_" not in press(other, "show-secret")
    assert "Only alice and administrators" in press(other, "rotate-secret")


def test_completes_a_review_and_freezes_its_summary(
    alice_browser: Client, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()
    services.resolve_incident(incident_id=incident.pk, resolved_by="tests", at=at)
    page = f"{REVIEWS}{incident.review.pk}/change/"
    alice_browser.post(page, {"summary": "A lock was held."})

    alice_browser.post(f"{REVIEWS}{incident.review.pk}/verb/complete/")
    alice_browser.post(page, {"summary": "Changed later."})

    incident.review.refresh_from_db()
    assert incident.review.state == "completed"
    assert incident.review.completed_by == "alice"
    assert incident.review.summary == "A lock was held."
    assert "A lock was held." in text_of(alice_browser.get(page))


@pytest.mark.parametrize("model", ["page", "pageattempt"])
def test_lets_nobody_write_receipts_by_hand(alice_browser: Client, model: str) -> None:
    assert alice_browser.get(f"/admin/incidents/{model}/add/").status_code == 403


def test_a_contact_method_stays_with_its_person(
    cast: Cast, server: Receiver, client: Client
) -> None:
    grant(cast, "view_contactmethod", "change_contactmethod")
    contact = ContactMethodFactory.create(user=cast.alice, channel="webhook", address=server.url)
    client.force_login(cast.bob)
    form = {"user": cast.bob.pk, "channel": "webhook", "address": server.url, "position": 1}

    client.post(f"{CONTACTS}{contact.pk}/change/", {**form, "is_active": "on"})
    answer = client.post(f"{CONTACTS}{contact.pk}/verb/show-secret/", follow=True)

    contact.refresh_from_db()
    assert contact.user == cast.alice
    assert "whsec_" not in text_of(answer)
