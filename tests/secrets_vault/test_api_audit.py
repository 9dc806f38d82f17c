"""GET /api/config/secrets/audit"""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from secrets_vault.models import SecretAccess
from tests.factories.secrets_vault import SecretAccessFactory

pytestmark = pytest.mark.django_db

AUDIT = "/api/config/secrets/audit"


def test_is_an_empty_page_as_long_as_nothing_was_accessed(alice_api: APIClient) -> None:
    answer = alice_api.get(AUDIT)

    assert answer.status_code == 200
    assert answer.json() == {"count": 0, "next": None, "previous": None, "results": []}


def test_gives_the_newest_first_in_pages(alice_api: APIClient, at: datetime) -> None:
    for hours in (1, 3, 2):
        SecretAccessFactory.create(at=at - timedelta(hours=hours), actor=f"{hours} h ago")

    page = alice_api.get(AUDIT, {"page_size": 2}).json()

    assert [access["actor"] for access in page["results"]] == ["1 h ago", "2 h ago"]
    assert page["count"] == 3
    assert page["next"]


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("actor", "bob"),
        ("action", SecretAccess.Action.ROTATE),
        ("secret", "other-secret"),
        ("environment", "staging"),
        ("outcome", SecretAccess.Outcome.DENIED),
    ],
)
def test_filters_by(field: str, wanted: str, alice_api: APIClient) -> None:
    SecretAccessFactory.create()
    SecretAccessFactory.create(**{"secret_name" if field == "secret" else field: wanted})

    results = alice_api.get(AUDIT, {field: wanted}).json()["results"]

    assert [access[field] for access in results] == [wanted]


def test_takes_since_in_and_leaves_until_out(alice_api: APIClient, at: datetime) -> None:
    for minutes in range(4):
        SecretAccessFactory.create(at=at + timedelta(minutes=minutes), actor=str(minutes))

    results = alice_api.get(
        AUDIT,
        {
            "since": (at + timedelta(minutes=1)).isoformat(),
            "until": (at + timedelta(minutes=3)).isoformat(),
        },
    ).json()["results"]

    assert [access["actor"] for access in results] == ["2", "1"]


def test_refuses_a_filter_value_it_does_not_know(alice_api: APIClient) -> None:
    answer = alice_api.get(AUDIT, {"action": "peek"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/action"


def test_answers_nobody_without_the_right(charlie_api: APIClient) -> None:
    assert charlie_api.get(AUDIT).status_code == 403


def test_cannot_be_written(alice_api: APIClient, alice_browser: Client) -> None:
    access = SecretAccessFactory.create()
    page = reverse("admin:secrets_vault_secretaccess_delete", args=[access.pk])

    assert alice_api.post(AUDIT, {}).status_code == 405
    assert alice_browser.post(page, {"post": "yes"}).status_code == 403
    assert SecretAccess.objects.get() == access
