"""Who is in Responders can work on an incident, and change no setting."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from rest_framework.test import APIClient

from incidents.admin.incidents import IncidentAdmin
from incidents.models import Incident
from incidents.services import seeds
from tests.cast import Cast
from tests.incidents.ladder import Ladder

pytestmark = pytest.mark.django_db

Opened = Callable[..., Incident]
ROOM = "/admin/incidents/incident/"


@pytest.fixture(autouse=True)
def sown(ladder: Ladder, at: datetime) -> None:
    seeds.sow_defaults(at, None)


def member_of(cast: Cast, name: str) -> User:
    cast.bob.groups.add(Group.objects.get(name=name))
    return cast.bob


@pytest.mark.parametrize("verb", [verb.name for verb in IncidentAdmin.verbs])
def test_a_responder_does_every_verb(
    verb: str, cast: Cast, client: Client, open_incident: Opened
) -> None:
    client.force_login(member_of(cast, "Responders"))
    incident = open_incident()
    before = incident.timeline.count()

    answer = client.post(f"{ROOM}{incident.pk}/verb/{verb}/", {"text": "x", "note": ""})

    assert answer.status_code == 302
    assert incident.timeline.count() > before


def test_a_responder_declares_and_resolves_by_api(cast: Cast) -> None:
    api = APIClient()
    api.force_authenticate(member_of(cast, "Responders"))
    report = {"title": "Down", "severity": "SEV1", "detected_by": "x", "affected_services": []}

    declared = api.post("/api/incidents", report)
    resolved = api.post(f"/api/incidents/{declared.json()['reference']}/resolve", {})

    assert (declared.status_code, resolved.status_code) == (201, 200)


def test_an_observer_sees_and_does_nothing(
    cast: Cast, client: Client, open_incident: Opened
) -> None:
    client.force_login(member_of(cast, "Observers"))
    incident = open_incident()

    seen = client.get(f"{ROOM}{incident.pk}/change/")
    done = client.post(f"{ROOM}{incident.pk}/verb/acknowledge/")
    declared = client.get(f"{ROOM}add/")

    assert seen.status_code == 200
    assert (done.status_code, declared.status_code) == (403, 403)


@pytest.mark.parametrize("group", ["Responders", "Observers"])
def test_neither_changes_a_setting(group: str, cast: Cast) -> None:
    member = member_of(cast, group)

    changed = {
        f"{action}_{model._meta.model_name}"
        for model in admin.site._registry
        for action in ("add", "change", "delete")
        if member.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}")
    }

    verbs = {"add_incident", "change_incident", "change_review"}
    assert changed == (verbs if group == "Responders" else set())
    assert not member.has_perm("incidents.view_contactmethod")


def test_a_group_keeps_the_rights_that_people_gave_it(at: datetime) -> None:
    Group.objects.get(name="Observers").permissions.clear()

    assert seeds.sow_defaults(at, None) == []
    assert not Group.objects.get(name="Observers").permissions.exists()
