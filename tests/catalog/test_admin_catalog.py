"""The catalog's pages in the admin."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from catalog.models import Membership, Service
from portal.shared import panels
from portal.shared.panels import Panel, PanelRequest
from portal.shared.registry import Registry
from tests.cast import Cast
from tests.factories.catalog import EnvironmentFactory, ServiceFactory, TeamFactory

pytestmark = pytest.mark.django_db


def address(service: Service) -> str:
    return reverse("admin:catalog_service_change", args=[service.pk])


@pytest.mark.parametrize("count", [1, 15])
def test_lists_services_with_as_many_queries_for_few_as_for_many(
    count: int, alice_browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    service = ServiceFactory.create(name="Checkout", tier=1, owner=TeamFactory.create())
    service.depends_on.set([ServiceFactory.create() for _ in range(count)])

    # Session, user, teams to filter by, two counts, the page.
    with django_assert_num_queries(6):
        page = alice_browser.get(reverse("admin:catalog_service_changelist"))

    assert "op-badge op-critical" in page.content.decode()


def test_shows_what_needs_a_service(alice_browser: Client) -> None:
    service = ServiceFactory.create()
    ServiceFactory.create(name="Storefront").depends_on.add(service)

    page = alice_browser.get(address(service)).content.decode()

    assert "Storefront" in page


def test_says_so_when_nothing_needs_a_service(alice_browser: Client) -> None:
    page = alice_browser.get(address(ServiceFactory.create())).content.decode()

    assert "Nothing in the catalog depends on this service." in page


def test_shows_the_panels_of_other_rooms(
    alice_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[PanelRequest] = []

    def source(request: PanelRequest) -> Panel:
        asked.append(request)
        return Panel("Burn <rate>", "shared/verb_bar.html", {"verbs": [{"url": "/burn"}]})

    monkeypatch.setattr(panels, "_panels", Registry("panel"))
    panels.register_panel("slo.burn", source)

    page = alice_browser.get(address(ServiceFactory.create(slug="a"))).content.decode()

    assert asked[0].service_slugs == ("a",)
    assert "Burn &lt;rate&gt;" in page
    assert 'href="/burn"' in page


def test_adds_a_service(alice_browser: Client) -> None:
    form = {"name": "A", "slug": "a", "tier": "2", "runbook_url": "runbooks.example.com/a"}

    answer = alice_browser.post(reverse("admin:catalog_service_add"), form)

    assert answer.status_code == 302
    assert Service.objects.get().runbook_url == "https://runbooks.example.com/a"


def test_keeps_the_slug_of_a_service(alice_browser: Client) -> None:
    service = ServiceFactory.create(slug="a")

    alice_browser.post(address(service), {"name": "Anew", "slug": "b", "tier": "2"})

    service.refresh_from_db()
    assert (service.name, service.slug) == ("Anew", "a")


def test_refuses_a_service_that_depends_on_itself(alice_browser: Client) -> None:
    service = ServiceFactory.create()

    page = alice_browser.post(
        address(service), {"name": "A", "tier": "2", "depends_on": [service.pk]}
    )

    assert "A service cannot depend on itself." in page.content.decode()
    assert not service.depends_on.exists()


def test_shows_teams_and_their_members(alice_browser: Client, cast: Cast) -> None:
    team = TeamFactory.create(name="Shop")
    Membership.objects.create(team=team, user=cast.bob)

    listed = alice_browser.get(reverse("admin:catalog_team_changelist"))
    page = alice_browser.get(reverse("admin:catalog_team_change", args=[team.pk]))

    assert "Shop" in listed.content.decode()
    assert "bob" in page.content.decode()


def test_lists_environments(alice_browser: Client) -> None:
    EnvironmentFactory.create(name="Live")

    page = alice_browser.get(reverse("admin:catalog_environment_changelist"))

    assert "Live" in page.content.decode()
