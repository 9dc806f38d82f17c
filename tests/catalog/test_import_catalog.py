"""Taking a catalog file in: what is stored, what is told, and that it is all or nothing."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog import services
from catalog.errors import CatalogFileRefused
from catalog.models import Service, Team
from catalog.services import ImportOutcome
from events.models import Event
from tests.cast import Cast
from tests.factories.catalog import ServiceFactory, TeamFactory

pytestmark = pytest.mark.django_db

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def take_in(text: str, *, at: datetime, **others: Any) -> ImportOutcome:
    return services.import_catalog(
        text=text, source="services.yaml", acting_user=others.get("acting_user"), at=at
    )


def test_creates_services_with_their_owner_and_dependencies(at: datetime) -> None:
    text = "- {slug: a, name: A, tier: 1, owner: shop, depends_on: [b]}\n- {slug: b, name: B}\n"

    outcome = take_in(text, at=at)

    service = Service.objects.get(slug="a")
    assert service.owner == Team.objects.get(slug="shop")
    assert list(service.depends_on.values_list("slug", flat=True)) == ["b"]
    assert Service.objects.get(slug="b").tier == Service.Tier.NORMAL
    assert outcome.created == ("a", "b")
    assert outcome.teams_created == ("shop",)


def test_announces_what_changed(at: datetime, cast: Cast) -> None:
    ServiceFactory.create(slug="a", name="Old")

    take_in("- {slug: a, name: A}\n- {slug: b, name: B}\n", at=at, acting_user=cast.alice)

    event = Event.objects.get()
    assert event.event_type == "catalog.services.imported"
    assert event.actor == "alice"
    assert event.payload == {
        "source": "services.yaml",
        "created": ["b"],
        "updated": ["a"],
        "at": at.isoformat(),
    }


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda file: file.name)
def test_changes_nothing_the_second_time(file: Path, at: datetime) -> None:
    text = file.read_text(encoding="utf-8")
    first = take_in(text, at=at)

    second = take_in(text, at=at)

    assert first.created
    assert second.unchanged == first.created
    assert not second.has_changed_anything
    assert Event.objects.count() == 1


def test_leaves_alone_what_the_file_does_not_say(at: datetime) -> None:
    service = ServiceFactory.create(slug="a", tier=1, owner=TeamFactory.create(), description="x")
    service.depends_on.add(ServiceFactory.create(slug="b"))

    outcome = take_in(f"- {{slug: a, name: {service.name}}}\n", at=at)

    service.refresh_from_db()
    assert outcome.unchanged == ("a",)
    assert (service.tier, service.description) == (1, "x")
    assert service.owner is not None
    assert service.depends_on.count() == 1


def test_empties_what_the_file_says_is_empty(at: datetime) -> None:
    service = ServiceFactory.create(slug="a", name="A", runbook_url="https://r.example.com")
    service.depends_on.add(ServiceFactory.create(slug="b"))

    outcome = take_in('- {slug: a, name: A, runbook: "", depends_on: []}\n', at=at)

    service.refresh_from_db()
    assert outcome.updated == ("a",)
    assert service.runbook_url == ""
    assert not service.depends_on.exists()


def test_counts_a_changed_dependency_as_an_update(at: datetime) -> None:
    ServiceFactory.create(slug="a", name="A")
    ServiceFactory.create(slug="b", name="B")

    outcome = take_in("- {slug: a, name: A, depends_on: [b, b]}\n", at=at)

    assert outcome.updated == ("a",)
    assert Service.objects.get(slug="a").depends_on.get().slug == "b"


def test_renames_a_team_that_a_group_gives_another_name(at: datetime) -> None:
    team = TeamFactory.create(slug="shop", name="shop")

    outcome = take_in("kind: Group\nmetadata: {name: shop, title: The shop}\n", at=at)

    team.refresh_from_db()
    assert team.name == "The shop"
    assert outcome.teams_renamed == ("shop",)


def test_stores_nothing_of_a_file_with_a_mistake(at: datetime) -> None:
    text = "- {slug: a, name: A, owner: shop}\n- slug: b\n  name: B\n  tier: 9\n  owner: no good\n"

    with pytest.raises(CatalogFileRefused) as refusal:
        take_in(text, at=at)

    assert [error.field for error in refusal.value.fields] == ["/1/tier", "/1/owner"]
    assert refusal.value.fields[0].detail == (
        "services.yaml, line 4: tier must be 1, 2, 3 or 4 (1 is the most critical), not 9."
    )
    assert not Service.objects.exists()
    assert not Team.objects.exists()
    assert not Event.objects.exists()


def test_names_at_most_a_hundred_mistakes(at: datetime) -> None:
    with pytest.raises(CatalogFileRefused, match="has 150 mistakes, of which the first 100"):
        take_in("- 5\n" * 150, at=at)


def test_asks_the_database_no_more_for_a_catalog_twice_as_large(
    at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    text = "".join(f"- {{slug: s{n}, name: S, depends_on: []}}\n" for n in range(20))
    take_in(text, at=at)

    # Savepoint, services, teams, dependencies, release.
    with django_assert_num_queries(5):
        take_in(text, at=at)
