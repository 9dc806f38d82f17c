"""The pages of plans and drills, and the button that records a drill."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from recovery.models import Drill, Plan
from tests.cast import Cast
from tests.factories.recovery import DrillFactory, PlanFactory

pytestmark = pytest.mark.django_db

ANSWERS = {
    "started_at": "2026-03-02T09:00",
    "ended_at": "2026-03-02T10:00",
    "outcome": "passed",
    "measured_rto_minutes": "20.5",
    "measured_rpo_minutes": "",
    "note": "By hand.",
}


def verb_page(plan: Plan) -> str:
    return reverse("admin:recovery_plan_record_drill", args=[plan.pk])


def told(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_records_a_drill_from_the_button(alice_browser: Client, cast: Cast, at: datetime) -> None:
    plan = PlanFactory.create()

    with time_machine.travel(at, tick=False):
        answer = alice_browser.post(verb_page(plan), ANSWERS)

    drill = Drill.objects.get()
    assert told(answer) == ["The drill is recorded."]
    assert drill.started_at == at - timedelta(hours=3)
    assert (drill.measured_rto_seconds, drill.measured_rpo_seconds) == (1230, None)
    assert (drill.note, drill.recorded_by, drill.recorded_at) == ("By hand.", cast.alice, at)


def test_says_why_a_drill_is_refused(alice_browser: Client, at: datetime) -> None:
    plan = PlanFactory.create()

    with time_machine.travel(at, tick=False):
        answer = alice_browser.post(verb_page(plan), ANSWERS | {"ended_at": "2026-03-02T13:00"})

    assert "this is to come" in answer.content.decode()
    assert not Drill.objects.exists()


def test_asks_again_for_what_is_missing(alice_browser: Client) -> None:
    answer = alice_browser.post(verb_page(PlanFactory.create()), ANSWERS | {"started_at": ""})

    assert answer.status_code == 200
    assert "This field is required." in answer.content.decode()
    assert 'value="2026-03-02T10:00"' in answer.content.decode()


def test_acts_only_when_asked_to(alice_browser: Client) -> None:
    plan = PlanFactory.create()

    page = alice_browser.get(reverse("admin:recovery_plan_change", args=[plan.pk]))
    question = alice_browser.get(verb_page(plan))

    assert verb_page(plan) in page.content.decode()
    assert 'type="datetime-local"' in question.content.decode()
    assert not Drill.objects.exists()


def test_lets_only_those_record_who_may(cast: Cast, client: Client) -> None:
    plan = PlanFactory.create()
    cast.bob.user_permissions.add(Permission.objects.get(codename="view_plan"))
    client.force_login(cast.bob)

    page = client.get(reverse("admin:recovery_plan_change", args=[plan.pk]))

    assert verb_page(plan) not in page.content.decode()
    assert client.post(verb_page(plan), ANSWERS).status_code == 403
    assert not Drill.objects.exists()


def test_dates_a_new_plan_when_it_is_made(alice_browser: Client, at: datetime) -> None:
    form = {"slug": "new", "name": "New", "strategy": "pilot_light", "rto_seconds": 60}
    form |= {"rpo_seconds": 0, "test_every_days": 30}
    form |= {"drills-TOTAL_FORMS": 0, "drills-INITIAL_FORMS": 0}

    with time_machine.travel(at, tick=False):
        answer = alice_browser.post(reverse("admin:recovery_plan_add"), form)

    assert answer.status_code == 302
    assert Plan.objects.get().created_at == at


def test_lists_plans_with_targets_last_drill_and_what_is_overdue(
    alice_browser: Client, at: datetime
) -> None:
    plan = PlanFactory.create(name="Database", created_at=at - timedelta(days=400))
    DrillFactory.create(plan=plan, ended_at=at - timedelta(days=100), outcome="failed")
    PlanFactory.create(name="Files", created_at=at)

    with time_machine.travel(at, tick=False):
        answer = alice_browser.get(reverse("admin:recovery_plan_changelist"))

    page = answer.content.decode()
    assert "30 min" in page
    assert '<span class="op-badge op-high">failed</span>' in page
    assert "overdue since 2025-04-26" in page
    assert "never drilled" in page
    assert ">2026-05-31<" in page


def test_shows_drills_and_lets_nobody_edit_them(alice_browser: Client) -> None:
    drill = DrillFactory.create(note="It took a while.")

    plan_page = alice_browser.get(reverse("admin:recovery_plan_change", args=[drill.plan.pk]))
    drills = alice_browser.get(reverse("admin:recovery_drill_changelist"))
    page = reverse("admin:recovery_drill_change", args=[drill.pk])

    assert "It took a while." in plan_page.content.decode()
    assert "not measured" in drills.content.decode()
    assert alice_browser.post(page, {"outcome": "failed"}).status_code == 403
    assert alice_browser.get(reverse("admin:recovery_drill_add")).status_code == 403


def test_deletes_only_a_plan_that_was_never_drilled(alice_browser: Client) -> None:
    untried, drilled = PlanFactory.create(), DrillFactory.create().plan
    listed = reverse("admin:recovery_plan_changelist")
    delete = {"action": "delete_selected", "post": "yes"}

    alice_browser.post(listed, delete | {"_selected_action": [untried.pk]})
    alice_browser.post(listed, delete | {"_selected_action": [drilled.pk]})

    assert Plan.objects.get() == drilled
