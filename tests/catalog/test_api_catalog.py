"""The REST door of the catalog."""

import pytest
from django.contrib.auth.models import Permission
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Membership, Service
from tests.cast import Cast
from tests.factories.catalog import EnvironmentFactory, ServiceFactory, TeamFactory

pytestmark = pytest.mark.django_db

DOCUMENT = "\n- {slug: a, name: A, owner: shop}\n"


def test_shows_a_service_with_what_it_needs_and_what_needs_it(alice_api: APIClient) -> None:
    middle = ServiceFactory.create(slug="m", name="M", tier=1, owner=TeamFactory.create(slug="t"))
    middle.depends_on.add(ServiceFactory.create(slug="below"))
    ServiceFactory.create(slug="above").depends_on.add(middle)

    answer = alice_api.get("/api/catalog/services/m")

    assert answer.json() == {
        "slug": "m",
        "name": "M",
        "description": "",
        "tier": 1,
        "owner": "t",
        "depends_on": ["below"],
        "dependents": ["above"],
        "runbook_url": "",
    }


def test_filters_services(alice_api: APIClient) -> None:
    ServiceFactory.create(slug="a", tier=1, owner=TeamFactory.create(slug="t"))
    ServiceFactory.create(slug="b", tier=2)

    by_owner = alice_api.get("/api/catalog/services?owner=t").json()["results"]
    by_tier = alice_api.get("/api/catalog/services?tier=2").json()["results"]
    wrong = alice_api.get("/api/catalog/services?tier=gold")

    assert [row["slug"] for row in by_owner] == ["a"]
    assert [row["slug"] for row in by_tier] == ["b"]
    assert wrong.status_code == 400


@pytest.mark.parametrize("count", [2, 20])
def test_lists_services_with_as_many_queries_for_few_as_for_many(
    count: int, alice_api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, *others = [ServiceFactory.create(owner=TeamFactory.create()) for _ in range(count)]
    first.depends_on.set(others)

    # Count, page, dependencies, dependents.
    with django_assert_num_queries(4):
        answer = alice_api.get("/api/catalog/services")

    assert answer.json()["count"] == count


def test_lists_teams_with_their_members(
    alice_api: APIClient, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    team = TeamFactory.create(slug="t", name="T")
    Membership.objects.create(team=team, user=cast.bob, role=Membership.Role.LEAD)
    Membership.objects.create(team=TeamFactory.create(), user=cast.charlie)

    with django_assert_num_queries(3):
        teams = alice_api.get("/api/catalog/teams").json()["results"]

    assert {
        "slug": "t",
        "name": "T",
        "members": [{"username": "bob", "name": "", "role": "lead"}],
    } in teams


def test_lists_environments_in_the_order_of_promotion(alice_api: APIClient) -> None:
    EnvironmentFactory.create(slug="live", position=9, is_production=True)
    EnvironmentFactory.create(slug="trial", position=1)

    environments = alice_api.get("/api/catalog/environments").json()["results"]

    assert [row["slug"] for row in environments] == ["trial", "live"]


def test_imports_a_document_once_for_one_key(alice_api: APIClient) -> None:
    request = {"document": DOCUMENT, "source": "shop.yaml"}

    first = alice_api.post("/api/catalog/import", request, headers={"Idempotency-Key": "k"})
    second = alice_api.post("/api/catalog/import", request, headers={"Idempotency-Key": "k"})

    assert first.status_code == 200
    assert first.json()["created"] == ["a"]
    assert first.json()["teams_created"] == ["shop"]
    assert second.json() == first.json()
    assert second.headers["Idempotent-Replayed"] == "true"


def test_refuses_a_document_naming_its_lines(alice_api: APIClient) -> None:
    answer = alice_api.post("/api/catalog/import", {"document": "\n\n- {slug: a}\n"})

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:portal:problem:catalog-file-refused"
    assert answer.json()["errors"] == [
        {"pointer": "/0", "detail": "the document, line 3: entry 1 has no name."}
    ]
    assert not Service.objects.exists()


def test_imports_only_for_those_who_may(charlie_api: APIClient, cast: Cast) -> None:
    refused = charlie_api.post("/api/catalog/import", {"document": DOCUMENT})
    cast.charlie.user_permissions.add(Permission.objects.get(codename="import_services"))
    charlie_api.force_authenticate(type(cast.charlie).objects.get(pk=cast.charlie.pk))
    taken = charlie_api.post("/api/catalog/import", {"document": DOCUMENT})

    assert refused.status_code == 403
    assert taken.status_code == 200


@pytest.mark.parametrize("noun", ["services", "services/a", "teams", "environments"])
def test_shows_nothing_without_the_right_to_view(noun: str, charlie_api: APIClient) -> None:
    ServiceFactory.create(slug="a")

    assert charlie_api.get(f"/api/catalog/{noun}").status_code == 403
    assert APIClient().get(f"/api/catalog/{noun}").status_code == 401
