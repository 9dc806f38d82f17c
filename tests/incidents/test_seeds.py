"""What a fresh portal pages by, and what a demo shows."""

from datetime import datetime, timedelta

import pytest

from incidents import selectors, services
from incidents.models import ContactMethod, EscalationPolicy, Incident, Page, Review, Schedule
from incidents.services import demo, seeds
from tests.cast import Cast
from tests.factories.catalog import ServiceFactory

pytestmark = pytest.mark.django_db


def test_makes_the_default_ladders(cast: Cast, at: datetime) -> None:
    seeds.sow_defaults(at, cast.alice)

    windows = {
        policy.severity: [
            (level.ack_window_seconds // 60, sorted(str(t) for t in level.targets.all()))
            for level in policy.levels.all()
        ]
        for policy in EscalationPolicy.objects.all()
    }
    both = ["Incident commander", "Secondary"]
    leaders = ["Engineering leadership"]
    assert windows == {
        "SEV1": [(5, ["Primary"]), (10, both), (15, leaders)],
        "SEV2": [(10, ["Primary"]), (20, both), (30, leaders)],
        "SEV3": [(30, ["Primary"])],
    }
    assert EscalationPolicy.objects.get(severity="SEV1").repeat_count == 9
    assert EscalationPolicy.objects.get(severity="SEV3").repeat_count == 0


def test_puts_the_operator_on_call_and_within_reach(cast: Cast, at: datetime) -> None:
    seeds.sow_defaults(at, cast.alice)

    rows = selectors.on_call_now(at=at)
    assert [(row.responder, row.is_reachable) for row in rows] == [("alice", True)] * 4
    channels = ContactMethod.objects.values_list("channel", "address")
    assert list(channels) == [("console", ""), ("email", "alice@example.com")]
    incident = services.create_incident("Down", "", "SEV1", "tests", [], at=at)
    assert incident.pages.count() == 2


def test_changes_nothing_the_second_time(cast: Cast, at: datetime) -> None:
    seeds.sow_defaults(at, cast.alice)
    EscalationPolicy.objects.filter(severity="SEV1").update(slug="ours", name="Ours")

    assert seeds.sow_defaults(at + timedelta(days=9), cast.alice) == []


def test_leaves_the_schedules_empty_without_an_operator(cast: Cast, at: datetime) -> None:
    seeds.sow_defaults(at, None)
    assert [row.responder for row in selectors.on_call_now(at=at)] == [""] * 4

    seeds.sow_defaults(at, cast.alice)
    assert {row.responder for row in selectors.on_call_now(at=at)} == {"alice"}


@pytest.fixture
def sown(cast: Cast, at: datetime) -> list[str]:
    for slug in ("storefront", "checkout", "payments", "search"):
        ServiceFactory.create(slug=slug, name=slug.title())
    seeds.sow_defaults(at, cast.alice)
    return demo.sow_demo(at, cast.alice)


def test_the_demo_has_a_month_of_past_incidents(sown: list[str], at: datetime) -> None:
    incidents = Incident.objects.all()

    assert incidents.count() == 5
    assert not incidents.open().exists()
    assert all(at - timedelta(days=31) < incident.opened_at < at for incident in incidents)
    assert Review.objects.filter(state=Review.State.COMPLETED).count() == 4
    assert selectors.overdue_rows(at=at) == []


def test_the_demo_pages_nobody(sown: list[str], at: datetime) -> None:
    assert not Page.objects.exists()
    assert services.send_due_pages(at=at) == 0


def test_the_demo_leaves_the_operator_on_call_this_week(sown: list[str], at: datetime) -> None:
    assert {row.responder for row in selectors.on_call_now(at=at)} == {"alice"}
    primary = Schedule.objects.get(slug="primary")
    assert selectors.duty_of(primary, at=at + timedelta(days=7)).responder is not None
    assert primary.members.count() == 5


def test_the_demo_is_made_once(sown: list[str], cast: Cast, at: datetime) -> None:
    assert len(sown) == 13
    assert demo.sow_demo(at + timedelta(days=1), cast.alice) == []


def test_the_demo_leaves_out_services_that_are_not_there(cast: Cast, at: datetime) -> None:
    demo.sow_demo(at, None)

    assert not Incident.objects.exists()
