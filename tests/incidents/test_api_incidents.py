"""The incidents' door for automation."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from incidents import services
from incidents.models import Incident
from tests.cast import Cast
from tests.factories.catalog import ServiceFactory
from tests.incidents.ladder import Ladder

pytestmark = pytest.mark.django_db

Opened = Callable[..., Incident]
DECLARED = {
    "title": "Checkout is down",
    "description": "503 on every request",
    "severity": "SEV1",
    "detected_by": "a customer",
    "affected_services": ["checkout"],
}


@pytest.fixture(autouse=True)
def checkout(db: None) -> None:
    ServiceFactory.create(slug="checkout")


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


def test_declares_an_incident_and_pages(alice_api: APIClient, ladder: Ladder) -> None:
    answer = alice_api.post("/api/incidents", DECLARED)

    incident = Incident.objects.get()
    assert answer.status_code == 201
    assert answer.json()["reference"] == incident.reference
    assert answer.json()["services"] == ["checkout"]
    assert answer.json()["status"] == "triggered"
    assert answer.json()["escalation_policy"] == ladder.policy.slug
    assert incident.pages.count() == 1
    assert incident.timeline.earliest("id").via == "API"


def test_declares_once_for_an_idempotency_key(alice_api: APIClient) -> None:
    first, second = (
        alice_api.post("/api/incidents", DECLARED, headers={"Idempotency-Key": "k1"})
        for _call in range(2)
    )

    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"title": " "}, "/title"),
        ({"title": "x" * 201}, "/title"),
        ({"severity": "SEV5"}, "/severity"),
        ({"detected_by": ""}, "/detected_by"),
        ({"affected_services": ["checkout", "nowhere"]}, "/affected_services/1"),
        ({"affected_services": "checkout"}, "/affected_services"),
        ({"affected_services": [7, None]}, "/affected_services/1"),
        ({"title": "a\x00b"}, "/title"),
    ],
)
def test_names_the_field_that_is_wrong(
    alice_api: APIClient, changes: dict[str, Any], pointer: str
) -> None:
    answer = alice_api.post("/api/incidents", {**DECLARED, **changes})

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert pointer in pointers(answer)
    assert not Incident.objects.exists()


@pytest.mark.parametrize("field", ["title", "severity", "detected_by", "affected_services"])
def test_names_the_field_that_is_missing(alice_api: APIClient, field: str) -> None:
    body = {name: value for name, value in DECLARED.items() if name != field}

    answer = alice_api.post("/api/incidents", body)

    assert answer.status_code == 400
    assert pointers(answer) == [f"/{field}"]


def test_finds_an_incident_by_reference_and_by_uuid(
    alice_api: APIClient, open_incident: Opened
) -> None:
    incident = open_incident()

    for name in (incident.reference, incident.reference.lower(), incident.incident_id):
        answer = alice_api.get(f"/api/incidents/{name}")
        assert answer.status_code == 200
        assert answer.json()["reference"] == incident.reference


@pytest.mark.parametrize("name", ["INC-0", "INC-999999999999999999", "nothing", "on-cal"])
def test_does_not_find_what_is_not_there(alice_api: APIClient, name: str) -> None:
    answer = alice_api.get(f"/api/incidents/{name}")

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:portal:problem:unknown-incident"


def test_filters_the_list_newest_first(
    alice_api: APIClient, open_incident: Opened, at: datetime
) -> None:
    first, second = open_incident(severity="SEV2"), open_incident(severity="SEV1")
    first.services.add(ServiceFactory.create(slug="search"))
    services.resolve_incident(incident_id=second.pk, resolved_by="tests", at=at)

    def references(query: str) -> list[str]:
        return [row["reference"] for row in alice_api.get(query).json()["results"]]

    assert references("/api/incidents") == [second.reference, first.reference]
    assert references("/api/incidents?status=triggered") == [first.reference]
    assert references("/api/incidents?severity=SEV1") == [second.reference]
    assert references("/api/incidents?service=search") == [first.reference]
    assert alice_api.get("/api/incidents?severity=high").status_code == 400


@pytest.mark.parametrize("path", ["/api/incidents", "/api/incidents/{reference}/pages"])
def test_lists_in_a_number_of_queries_that_does_not_grow(
    alice_api: APIClient, ladder: Ladder, open_incident: Opened, cast: Cast, at: datetime, path: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert alice_api.get(path.format(reference=incident.reference)).status_code == 200
        return len(captured)

    incident = open_incident()
    before = queries()
    for _more in range(3):
        open_incident()
        services.page_again(incident_id=incident.pk, acting_user=cast.alice, at=at)

    assert queries() == before


def test_acknowledges(alice_api: APIClient, ladder: Ladder, open_incident: Opened) -> None:
    incident = open_incident()

    answer = alice_api.post(f"/api/incidents/{incident.reference}/acknowledge")

    assert answer.status_code == 200
    assert answer.json()["status"] == "acknowledged"
    assert answer.json()["acknowledged_by"] == "alice"


def test_says_who_acknowledged_before(
    alice_api: APIClient, open_incident: Opened, cast: Cast, at: datetime
) -> None:
    incident = open_incident()
    services.acknowledge_incident(incident_id=incident.pk, acting_user=cast.bob, at=at, via="admin")

    answer = alice_api.post(f"/api/incidents/{incident.reference}/acknowledge")

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:portal:problem:incident-already-acknowledged"
    assert "bob" in answer.json()["detail"]


def test_resolves_with_a_note_and_shows_the_review(
    alice_api: APIClient, open_incident: Opened
) -> None:
    incident = open_incident()
    base = f"/api/incidents/{incident.reference}"
    assert alice_api.get(f"{base}/review").status_code == 404

    answer = alice_api.post(f"{base}/resolve", {"note": "Rolled back."})

    assert answer.json()["status"] == "resolved"
    review = alice_api.get(f"{base}/review").json()
    assert review["state"] == "draft"
    assert review["timeline"][-1]["text"] == "Resolved by alice.\nRolled back."
    assert alice_api.post(f"{base}/resolve").status_code == 409


def test_notes_show_on_the_timeline(alice_api: APIClient, open_incident: Opened) -> None:
    base = f"/api/incidents/{open_incident().reference}"

    assert alice_api.post(f"{base}/notes", {"text": "Looking at it."}).status_code == 201
    refused = alice_api.post(f"{base}/notes", {"text": ""})

    entries = alice_api.get(f"{base}/timeline").json()["results"]
    assert [entry["kind"] for entry in entries][-1] == "note"
    assert pointers(refused) == ["/text"]


def test_shows_each_page_with_its_receipts(
    alice_api: APIClient, ladder: Ladder, open_incident: Opened, at: datetime
) -> None:
    incident = open_incident()
    services.send_due_pages(at=at)

    page = alice_api.get(f"/api/incidents/{incident.reference}/pages").json()["results"][0]

    assert (page["level"], page["responder"], page["channel"]) == (
        1,
        ladder.first.username,
        "console",
    )
    assert page["state"] == "sent"
    assert page["receipts"][0]["outcome"] == "accepted"


PATHS = [
    ("get", "/api/incidents"),
    ("post", "/api/incidents"),
    ("get", "/api/incidents/{reference}"),
    ("post", "/api/incidents/{reference}/acknowledge"),
    ("post", "/api/incidents/{reference}/resolve"),
    ("post", "/api/incidents/{reference}/notes"),
    ("get", "/api/incidents/{reference}/timeline"),
    ("get", "/api/incidents/{reference}/pages"),
    ("get", "/api/incidents/{reference}/review"),
    ("get", "/api/incidents/on-call"),
    ("get", "/api/incidents/escalation-policies"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_asks_who_calls_and_whether_they_may(
    charlie_api: APIClient, open_incident: Opened, method: str, path: str
) -> None:
    address = path.format(reference=open_incident().reference)

    assert getattr(charlie_api, method)(address, DECLARED).status_code == 403
    assert getattr(APIClient(), method)(address, DECLARED).status_code == 401


def test_lets_bob_read_what_he_has_the_right_to(cast: Cast, open_incident: Opened) -> None:
    cast.bob.user_permissions.add(Permission.objects.get(codename="view_incident"))
    api, base = APIClient(), f"/api/incidents/{open_incident().reference}"
    api.force_authenticate(cast.bob)

    assert api.get(base).status_code == 200
    assert api.get(f"{base}/timeline").status_code == 200
    assert api.get(f"{base}/pages").status_code == 403
    assert api.post(f"{base}/acknowledge").status_code == 403
