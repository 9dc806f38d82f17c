"""Taking in what a document promises, wholly or not at all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import yaml
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from catalog.models import Service
from catalog.services import import_catalog
from portal.shared.errors import FieldError
from slo.errors import DefinitionsClash, DefinitionsRefused, ObjectiveRefused
from slo.rules.definition import (
    Definition,
    Definitions,
    IndicatorDefinition,
    ObjectiveDefinition,
    Pointers,
    ServiceDefinition,
)
from slo.rules.definition_document import Read, read_definitions
from slo.services.stored_definitions import Fate, store_indicator, store_objective

# An author mends a document from the top; the thousandth mistake helps nobody.
MISTAKES_SHOWN = 100
_OF_BURN_WINDOWS = frozenset({"long_minutes", "short_minutes", "consumption"})


@dataclass(frozen=True, slots=True)
class Imported:
    """Slugs by what became of them, or would in a dry run; `skipped` holds sentences."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    indicators_created: tuple[str, ...]
    indicators_changed: tuple[str, ...]
    services_created: tuple[str, ...]
    skipped: tuple[str, ...]
    is_dry_run: bool


@dataclass(slots=True)
class _Storing:
    """What became of each definition, and what was wrong, while they are stored."""

    objectives: dict[str, Fate] = field(default_factory=dict)
    indicators: dict[str, Fate] = field(default_factory=dict)
    problems: list[FieldError] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)


def import_objectives(
    *,
    text: str,
    at: datetime,
    acting_user: User | None,
    create_services: bool = False,
    default_service: str = "",
    is_dry_run: bool = False,
) -> Imported:
    """This will create and change the objectives that an OpenSLO, Sloth or Pyrra document
    promises.

    What the document does not name stays as it is. A dry run stores nothing and says what
    would be done. Services that the catalog lacks are made if so asked; `default_service` is
    whose an objective is that has no way to say so. Raises DefinitionsRefused, naming every
    problem, and DefinitionsClash when somebody else stored the same at the same moment.
    """
    read = read_definitions(text, default_service=default_service)
    if read.mistakes:
        raise _refusal(_spelled(read))
    try:
        with transaction.atomic():
            imported = _store(
                read.definitions,
                at=at,
                acting_user=acting_user,
                create_services=create_services,
                is_dry_run=is_dry_run,
            )
            if is_dry_run:
                transaction.set_rollback(True)
    except IntegrityError as error:
        raise DefinitionsClash(
            "Somebody stored one of these at the same moment. Nothing was stored; import again."
        ) from error
    return imported


def _store(
    definitions: Definitions,
    *,
    at: datetime,
    acting_user: User | None,
    create_services: bool,
    is_dry_run: bool,
) -> Imported:
    missing = _missing_services(definitions)
    if missing and not create_services:
        raise _refusal(_unknown_services(definitions, missing))
    _create_services(missing, at=at, acting_user=acting_user)
    storing = _Storing()
    _store_indicators(definitions, storing)
    _store_objectives(definitions, storing)
    if storing.problems:
        raise _refusal(storing.problems)
    return Imported(
        created=_with_fate(storing.objectives, Fate.CREATED),
        changed=_with_fate(storing.objectives, Fate.CHANGED),
        unchanged=_with_fate(storing.objectives, Fate.UNCHANGED),
        indicators_created=_with_fate(storing.indicators, Fate.CREATED),
        indicators_changed=_with_fate(storing.indicators, Fate.CHANGED),
        services_created=tuple(service.slug for service in missing),
        skipped=definitions.skipped,
        is_dry_run=is_dry_run,
    )


def _all(definitions: Definitions) -> list[Definition]:
    return [*definitions.objectives, *definitions.indicators]


def _missing_services(definitions: Definitions) -> list[ServiceDefinition]:
    """The services that the catalog lacks, as the document describes them."""
    used = {definition.service for definition in _all(definitions)}
    described = {service.slug: service for service in definitions.services}
    wanted = used | described.keys()
    known = Service.objects.filter(slug__in=wanted).values_list("slug", flat=True)
    return [
        described.get(slug) or ServiceDefinition(slug=slug, name=slug)
        for slug in sorted(wanted - set(known))
    ]


def _unknown_services(
    definitions: Definitions, missing: Iterable[ServiceDefinition]
) -> list[FieldError]:
    described = {service.slug: service.pointer for service in definitions.services}
    places: dict[str, set[str]] = {
        service.slug: {described[service.slug]} if service.slug in described else set()
        for service in missing
    }
    for definition in _all(definitions):
        if definition.service in places:
            found = definition.pointers.get("service") or definition.pointers.get("", "/")
            places[definition.service].add(found)
    return [
        FieldError(
            pointer,
            f"The catalog has no service {slug!r}. Import it there, or ask for services to be "
            "created.",
        )
        for slug, pointers in places.items()
        for pointer in sorted(pointers)
    ]


def _create_services(
    missing: list[ServiceDefinition], *, at: datetime, acting_user: User | None
) -> None:
    """By the catalog's own verb, which tells the rest of the portal."""
    if not missing:
        return
    entries = [
        {"slug": service.slug, "name": service.name, "description": service.description}
        for service in missing
    ]
    import_catalog(
        text=yaml.safe_dump(entries, allow_unicode=True),
        source="an import of objectives",
        acting_user=acting_user,
        at=at,
    )


def _store_indicators(definitions: Definitions, storing: _Storing) -> None:
    """Composites last: they blend what stands anywhere in the document."""
    services = {service.slug: service for service in Service.objects.all()}
    for definition in sorted(definitions.indicators, key=lambda d: bool(d.components)):
        if storing.failed.intersection(slug for slug, _weight in definition.components):
            storing.failed.add(definition.slug)
            continue

        def store(definition: IndicatorDefinition = definition) -> Fate:
            return store_indicator(definition, service=services[definition.service])

        fate = _attempt(store, definition.pointers, storing)
        if fate is None:
            storing.failed.add(definition.slug)
        else:
            storing.indicators[definition.slug] = fate


def _store_objectives(definitions: Definitions, storing: _Storing) -> None:
    for definition in definitions.objectives:
        # What is wrong with its indicator was said already.
        if definition.indicator in storing.failed:
            continue

        def store(definition: ObjectiveDefinition = definition) -> Fate:
            return store_objective(definition)

        fate = _attempt(store, definition.pointers, storing)
        if fate is not None:
            storing.objectives[definition.slug] = fate


def _attempt(store: Callable[[], Fate], pointers: Pointers, storing: _Storing) -> Fate | None:
    """One definition, whose problems are noted so that all are told together."""
    try:
        with transaction.atomic():
            return store()
    except ObjectiveRefused as refused:
        errors = refused.fields or (FieldError("/", refused.detail),)
        storing.problems += [_in_document(error, pointers) for error in errors]
        return None


def _in_document(error: FieldError, pointers: Pointers) -> FieldError:
    """A field of a noun as a place in the document."""
    name = error.field.lstrip("/").partition("/")[0]
    if name in pointers:
        return FieldError(pointers[name], error.detail)
    if name in _OF_BURN_WINDOWS and "burn_windows" in pointers:
        return FieldError(pointers["burn_windows"], error.detail)
    detail = f"{name}: {error.detail}" if name else error.detail
    return FieldError(pointers.get("", "/"), detail)


def _spelled(read: Read) -> list[FieldError]:
    return [
        FieldError(mistake.pointer, f"Line {mistake.line}: it {mistake.sentence}")
        for mistake in read.mistakes
    ]


def _refusal(problems: list[FieldError]) -> DefinitionsRefused:
    count = len(problems)
    counted = "1 problem" if count == 1 else f"{count} problems"
    shown = f", of which the first {MISTAKES_SHOWN} follow" if count > MISTAKES_SHOWN else ""
    return DefinitionsRefused(
        f"The document has {counted}{shown}. Nothing was stored; mend it and import it again.",
        fields=problems[:MISTAKES_SHOWN],
    )


def _with_fate(fates: dict[str, Fate], fate: Fate) -> tuple[str, ...]:
    return tuple(sorted(slug for slug, found in fates.items() if found is fate))
