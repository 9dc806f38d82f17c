"""Foreign keys by string: import-linter sees none of them, and each is an import in disguise."""

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db.models import Model

from tests.architecture.source import import_contracts, root_packages

# What Django brings and every app may point at.
FOR_ALL = {"auth", "contenttypes"}
Relation = tuple[str, str]


def relations_of(models: Iterable[type[Model]]) -> set[Relation]:
    """This will return (app, app it points at) for every forward relation."""
    return {
        (model._meta.app_label, field.related_model._meta.app_label)
        for model in models
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if field.is_relation and field.related_model
    }


def heights() -> dict[str, int]:
    """This will return the floor of each app by its label; the kernel is 0."""
    layers = import_contracts()["apps"]["layers"]
    return {
        package.strip().rpartition(".")[2]: height
        for height, layer in enumerate(reversed(layers))
        for package in layer.split("|")
    }


def private_models() -> dict[str, set[str]]:
    """This will return which apps' models each app must not see (contract public-faces)."""
    contract = import_contracts()["public-faces"]
    hidden = {module.partition(".")[0] for module in contract["forbidden_modules"]}
    return {source.rpartition(".")[2]: hidden for source in contract["source_modules"]}


def crossings(relations: Iterable[Relation]) -> list[str]:
    """This will name each relation that points up, sideways, or at a neighbour's models."""
    height, private = heights(), private_models()
    return [
        f"{source} points at {target}"
        for source, target in sorted(relations)
        if source != target
        and target not in FOR_ALL
        and (
            height.get(target, len(height)) >= height[source]
            or target in private.get(source, set())
        )
    ]


def our_relations() -> set[Relation]:
    ours = {package.rpartition(".")[2] for package in heights()} & set(apps.app_configs)
    return relations_of(m for m in apps.get_models() if m._meta.app_label in ours)


def test_point_at_lower_floors_only() -> None:
    assert crossings(our_relations()) == []


def test_are_found_where_they_are() -> None:
    found = our_relations()

    assert ("recovery", "catalog") in found
    assert ("recovery", "auth") in found
    assert {"events", "catalog", "recovery"} <= set(root_packages())


@pytest.mark.parametrize(
    "relation",
    [
        ("incidents", "slo"),
        ("recovery", "governance"),
        ("catalog", "slo"),
        ("events", "catalog"),
        ("incidents", "events"),
        ("slo", "resilience"),
        ("slo", "secrets_vault"),
        ("slo", "knox"),
    ],
)
def test_are_refused_when_one_is(relation: Relation) -> None:
    assert crossings([relation]) == ["{} points at {}".format(*relation)]


@pytest.mark.parametrize(
    "relation", [("slo", "catalog"), ("slo", "slo"), ("slo", "auth"), ("secrets_vault", "catalog")]
)
def test_are_accepted_when_one_is(relation: Relation) -> None:
    assert crossings([relation]) == []
