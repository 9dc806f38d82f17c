"""Which versions may be registered, and what the admin lets one type in."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from governance.models import ApiVersion
from tests.factories.governance import ApiFactory, ApiVersionFactory

pytestmark = pytest.mark.django_db

SPRING, SUMMER = date(2026, 4, 1), date(2026, 7, 1)


def test_starts_as_a_draft() -> None:
    assert ApiVersionFactory.create().lifecycle == ApiVersion.Lifecycle.DRAFT


@pytest.mark.parametrize(
    "version",
    [
        {"lifecycle": "active"},
        {"lifecycle": "retired"},
        {"lifecycle": "sunset", "released_on": SPRING},
        {"lifecycle": "forgotten", "released_on": SPRING},
        {"released_on": SUMMER, "sunset_on": SPRING},
        {"released_on": SUMMER, "sunset_on": SUMMER},
    ],
    ids=str,
)
def test_refuses(version: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiVersionFactory.create(**version)


def test_refuses_a_version_that_the_api_has() -> None:
    first = ApiVersionFactory.create()

    with pytest.raises(IntegrityError), transaction.atomic():
        ApiVersionFactory.create(api=first.api, version=first.version)


@pytest.mark.parametrize(
    "version",
    [
        {"sunset_on": SUMMER},
        {"lifecycle": "active", "released_on": SPRING},
        {"lifecycle": "sunset", "released_on": SPRING, "sunset_on": SUMMER},
    ],
    ids=str,
)
def test_accepts(version: dict[str, Any]) -> None:
    assert ApiVersionFactory.create(**version).pk


def test_enters_a_draft_whatever_the_form_says(alice_browser: Client) -> None:
    answer = alice_browser.post(
        reverse("admin:governance_apiversion_add"),
        {
            "api": ApiFactory.create().pk,
            "version": "2.0",
            "lifecycle": "active",
            "released_on": "2026-04-01",
        },
    )

    assert answer.status_code == 302
    assert ApiVersion.objects.get().lifecycle == ApiVersion.Lifecycle.DRAFT


def test_lets_nobody_edit_or_delete_what_left_draft(alice_browser: Client) -> None:
    version = ApiVersionFactory.create(lifecycle="active", released_on=SPRING)
    page = reverse("admin:governance_apiversion_change", args=[version.pk])

    answer = alice_browser.post(
        page,
        {"api": version.api.pk, "version": "9.9", "lifecycle": "retired"}
        | {"released_on": "2020-01-01"},
    )
    deleted = alice_browser.post(
        reverse("admin:governance_apiversion_delete", args=[version.pk]), {"post": "yes"}
    )

    unchanged = ApiVersion.objects.get()
    assert (answer.status_code, deleted.status_code) == (302, 403)
    assert (unchanged.version, unchanged.lifecycle) == (version.version, "active")
    assert unchanged.released_on == SPRING


def test_colours_the_lifecycle_and_says_it_in_words(alice_browser: Client) -> None:
    ApiVersionFactory.create(lifecycle="sunset", released_on=SPRING, sunset_on=SUMMER)

    page = alice_browser.get(reverse("admin:governance_apiversion_changelist")).content.decode()

    assert '<span class="op-badge op-high">sunset</span>' in page


def test_lists_apis_and_client_types(alice_browser: Client) -> None:
    ApiFactory.create(name="Orders")

    page = alice_browser.get(reverse("admin:governance_api_changelist")).content.decode()
    client_types = alice_browser.get(reverse("admin:governance_clienttype_changelist"))

    assert "Orders" in page
    assert client_types.status_code == 200
