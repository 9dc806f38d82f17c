"""Limits are stored, refused when they make no sense, and shipped once."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from portal.shared import seeds
from resilience import services
from resilience.models import Bulkhead
from tests.factories.resilience import BulkheadFactory

pytestmark = pytest.mark.django_db

LIMITS = ["max_concurrent", "max_queue", "timeout_seconds"]


@pytest.mark.parametrize("limit", LIMITS)
def test_refuses_a_limit_of_zero_in_words(limit: str) -> None:
    bulkhead = BulkheadFactory.build(**{limit: 0})

    with pytest.raises(ValidationError) as refusal:
        bulkhead.full_clean()

    assert "least one" in refusal.value.message_dict[limit][0]


@pytest.mark.parametrize("limit", LIMITS)
def test_keeps_a_limit_of_zero_out_of_the_database(limit: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BulkheadFactory.create(**{limit: 0})


def test_ships_the_four_defaults(at: datetime) -> None:
    made = services.seed_default_bulkheads(at, None)

    assert len(made) == 4
    assert set(
        Bulkhead.objects.values_list("slug", "max_concurrent", "max_queue", "timeout_seconds")
    ) == {
        ("database", 20, 50, 30),
        ("llm", 10, 100, 60),
        ("external_api", 15, 50, 30),
        ("file_ops", 5, 20, 20),
    }


def test_leaves_limits_alone_that_somebody_edited(at: datetime) -> None:
    BulkheadFactory.create(slug="llm", max_concurrent=3)

    made = services.seed_default_bulkheads(at, None)

    assert len(made) == 3
    assert Bulkhead.objects.get(slug="llm").max_concurrent == 3
    assert services.seed_default_bulkheads(at, None) == []


def test_lists_the_limits_and_claims_no_live_state(alice_api: APIClient) -> None:
    BulkheadFactory.create(slug="database", name="Database", max_concurrent=20)

    answer = alice_api.get("/api/resilience/bulkheads")

    assert answer.status_code == 200
    assert answer.json()["results"] == [
        {
            "slug": "database",
            "name": "Database",
            "max_concurrent": 20,
            "max_queue": 1,
            "timeout_seconds": 1,
        }
    ]
    assert alice_api.get("/api/resilience/bulkheads/database").json()["max_concurrent"] == 20
    assert alice_api.get("/api/resilience/bulkheads/nothing").status_code == 404


def test_shows_nobody_the_limits_without_the_right(charlie_api: APIClient) -> None:
    answer = charlie_api.get("/api/resilience/bulkheads")

    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_edits_limits_in_the_admin_and_never_the_slug(alice_browser: Client) -> None:
    bulkhead = BulkheadFactory.create(slug="database")
    page = reverse("admin:resilience_bulkhead_change", args=[bulkhead.pk])

    answer = alice_browser.post(
        page,
        {"slug": "other", "name": "Database", "max_concurrent": 7, "max_queue": 8}
        | {"timeout_seconds": 9},
    )

    bulkhead.refresh_from_db()
    assert answer.status_code == 302
    assert (bulkhead.slug, bulkhead.max_concurrent) == ("database", 7)
    assert (bulkhead.max_queue, bulkhead.timeout_seconds) == (8, 9)


def test_says_in_the_form_why_a_limit_is_refused(alice_browser: Client) -> None:
    answer = alice_browser.post(
        reverse("admin:resilience_bulkhead_add"),
        {"slug": "new", "name": "New", "max_concurrent": 0, "max_queue": 1, "timeout_seconds": 1},
    )

    assert answer.status_code == 200
    assert "At least one call must be able to run." in answer.content.decode()
    assert not Bulkhead.objects.exists()


def test_are_shipped_with_every_portal(at: datetime) -> None:
    seeds.sow_defaults(at=at, operator=None)

    assert Bulkhead.objects.count() == 4
