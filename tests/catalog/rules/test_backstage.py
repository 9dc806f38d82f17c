"""Backstage's format: what of an entity the catalog keeps, and what it reports."""

import pytest

from catalog.rules.catalog_file import read_catalog_file
from catalog.rules.entries import CatalogFile, KnownThings, ServiceEntry

KNOWN = KnownThings(service_slugs=frozenset({"db-proxy"}), team_names={"shop": "Shop"})
HEAD = "apiVersion: backstage.io/v1alpha1\nkind: Component\n"


def read(text: str) -> CatalogFile:
    return read_catalog_file(text, known=KNOWN)


def component(metadata: str = "{name: a}", spec: str = "{type: service}") -> ServiceEntry:
    file = read(f"{HEAD}metadata: {metadata}\nspec: {spec}\n")
    assert file.mistakes == ()
    (service,) = file.services
    return service


def test_reads_a_component() -> None:
    service = component(
        "{name: a, title: The A, description: Does a.}",
        "{owner: 'group:default/shop', dependsOn: ['component:db-proxy']}",
    )

    assert (service.slug, service.name, service.description) == ("a", "The A", "Does a.")
    assert service.owner is not None
    assert service.owner.slug == "shop"
    assert [needed.slug for needed in service.depends_on or ()] == ["db-proxy"]


@pytest.mark.parametrize("spelling", ["shop", "group:shop", "default/shop", "Group:default/shop"])
def test_reads_each_spelling_of_an_owner(spelling: str) -> None:
    service = component(spec=f"{{owner: '{spelling}'}}")

    assert service.owner is not None
    assert service.owner.slug == "shop"


@pytest.mark.parametrize(
    ("metadata", "spec", "tier"),
    [
        ("{name: a, labels: {tier: '1'}}", "{}", 1),
        ("{name: a, labels: {example.com/tier: tier-2}}", "{}", 2),
        ("{name: a, annotations: {example.com/tier: 3}}", "{}", 3),
        ("{name: a, labels: {tier: '1'}}", "{lifecycle: experimental}", 1),
        ("{name: a}", "{lifecycle: experimental}", 4),
        ("{name: a}", "{lifecycle: production}", None),
    ],
)
def test_finds_the_tier(metadata: str, spec: str, tier: int | None) -> None:
    assert component(metadata, spec).tier == tier


@pytest.mark.parametrize(
    "metadata",
    [
        "{name: a, annotations: {example.com/runbook-url: 'https://r.example.com/a'}}",
        "{name: a, annotations: {runbook: 'https://r.example.com/a'}}",
        "{name: a, links: [{url: 'https://x.example.com'}, "
        "{url: 'https://r.example.com/a', title: The Runbook}]}",
        "{name: a, links: [{url: 'https://r.example.com/a', type: runbook}]}",
    ],
)
def test_finds_the_runbook(metadata: str) -> None:
    assert component(metadata).runbook == "https://r.example.com/a"


def test_takes_a_group_as_a_team() -> None:
    file = read(
        "kind: Group\nmetadata: {name: search}\nspec: {profile: {displayName: Search team}}\n"
    )

    (team,) = file.teams
    assert (team.slug, team.name) == ("search", "Search team")


def test_reports_what_has_no_place_in_the_catalog() -> None:
    file = read(
        "kind: API\nmetadata: {name: x}\n---\nkind: User\n---\nkind: API\n---\n"
        + HEAD
        + "metadata: {name: a}\n"
        "spec:\n  owner: user:alice\n  dependsOnn: []\n  dependsOn: ['resource:db']\n"
    )

    assert file.mistakes == ()
    assert file.skipped == (
        "2 of kind API",
        "1 of kind User",
        "line 13: spec.dependsOnn is not read",
        "line 12: the owner is a user; services are owned by groups",
        "line 14: a dependency on a resource",
    )


@pytest.mark.parametrize(
    ("text", "pointer", "line"),
    [
        ("apiVersion: x\n", "/", 1),
        ("kind: Component\nspec: {}\n", "/", 1),
        ("kind: Component\nmetadata: {name: a.b}\n", "/metadata/name", 2),
        ("kind: Component\nmetadata: [a]\n", "/metadata", 2),
        ("kind: Component\nmetadata: {name: a}\nspec: {owner: 'a:b:c'}\n", "/spec/owner", 3),
        ("kind: Component\nmetadata: {name: a}\nowner: b\n", "/owner", 3),
        (
            "kind: Component\nmetadata: {name: a, labels: {x.io/tier: gold}}\n",
            "/metadata/labels/x.io~1tier",
            2,
        ),
        ("kind: Group\nmetadata: {name: s}\n---\nkind: Group\nmetadata: {name: s}\n", "/1", 4),
        ("kind: Group\nmetadata: {name: s, title: SHOP}\n", "/", 1),
        ("kind: Component\nmetadata: {name: a}\n---\n- slug: b\n", "/1", 4),
    ],
)
def test_names_line_and_field_of_a_mistake(text: str, pointer: str, line: int) -> None:
    mistakes = read(text).mistakes

    assert (pointer, line) in [(mistake.pointer, mistake.line) for mistake in mistakes]
