"""Taking a catalog file in, wholly or not at all."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.contrib.auth.models import User
from django.db import transaction

from catalog.errors import CatalogFileRefused
from catalog.models import Service, Team
from catalog.rules.catalog_file import read_catalog_file, teams_to_make
from catalog.rules.entries import CatalogFile, KnownThings, Mistake, ServiceEntry
from events import services as events
from events.contracts.catalog import ServicesImported
from portal.shared.errors import FieldError

# An operator mends a file from the top; the thousandth mistake helps nobody.
MISTAKES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """Slugs of services by what became of them; `skipped` holds sentences."""

    created: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[str, ...]
    teams_created: tuple[str, ...]
    teams_renamed: tuple[str, ...]

    @property
    def has_changed_anything(self) -> bool:
        return bool(self.created or self.updated or self.teams_created or self.teams_renamed)


class _Fate(Enum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@transaction.atomic
def import_catalog(
    *, text: str, source: str, acting_user: User | None, at: datetime
) -> ImportOutcome:
    """This will create and update the services and teams that the YAML text names.

    What the text does not say stays as it is, and nothing is ever deleted. Announces
    ServicesImported when anything changed. Raises CatalogFileRefused, naming the line of
    every mistake, and stores nothing then. `source` is what people call the file.
    """
    # In the order of slugs, so that two imports at once wait and do not deadlock.
    existing = {s.slug: s for s in Service.objects.select_for_update().order_by("slug")}
    teams = {t.slug: t for t in Team.objects.select_for_update().order_by("slug")}
    known = KnownThings(
        service_slugs=frozenset(existing),
        team_names={slug: team.name for slug, team in teams.items()},
    )
    file = read_catalog_file(text, known=known)
    if file.mistakes:
        raise _refusal(file.mistakes, source=source)

    teams_renamed = _rename_teams(file, teams)
    teams_created = _make_teams(file, teams, known=known)
    fates = _store_services(file, existing, teams)
    outcome = ImportOutcome(
        created=_with_fate(fates, _Fate.CREATED),
        updated=_with_fate(fates, _Fate.UPDATED),
        unchanged=_with_fate(fates, _Fate.UNCHANGED),
        skipped=file.skipped,
        teams_created=teams_created,
        teams_renamed=teams_renamed,
    )
    if outcome.has_changed_anything:
        _announce(outcome, source=source, acting_user=acting_user, at=at)
    return outcome


def _refusal(mistakes: tuple[Mistake, ...], *, source: str) -> CatalogFileRefused:
    count = len(mistakes)
    counted = "1 mistake" if count == 1 else f"{count} mistakes"
    shown = f", of which the first {MISTAKES_SHOWN} follow" if count > MISTAKES_SHOWN else ""
    return CatalogFileRefused(
        f"{source} has {counted}{shown}. Nothing was stored; mend the file and import it again.",
        fields=[
            FieldError(mistake.pointer, f"{source}, line {mistake.line}: {_named(mistake)}")
            for mistake in mistakes[:MISTAKES_SHOWN]
        ],
    )


def _named(mistake: Mistake) -> str:
    """The mistake as a sentence about its field: `/0/depends_on/1` is called depends_on."""
    steps = [step for step in mistake.pointer.split("/") if step]
    fields = [step for step in steps if not step.isdecimal()]
    if fields:
        return f"{'.'.join(fields)} {mistake.sentence}"
    return f"entry {int(steps[0]) + 1} {mistake.sentence}" if steps else f"it {mistake.sentence}"


def _rename_teams(file: CatalogFile, teams: dict[str, Team]) -> tuple[str, ...]:
    renamed = []
    for entry in file.teams:
        team = teams.get(entry.slug)
        if team is not None and entry.name and team.name != entry.name:
            team.name = entry.name
            team.save(update_fields=["name"])
            renamed.append(team.slug)
    return tuple(sorted(renamed))


def _make_teams(
    file: CatalogFile, teams: dict[str, Team], *, known: KnownThings
) -> tuple[str, ...]:
    wanted = teams_to_make(file, known=known)
    for slug, entry in wanted.items():
        # Another import may have made it since: its row is then as good as ours.
        teams[slug], _made = Team.objects.get_or_create(
            slug=slug, defaults={"name": entry.name or slug}
        )
    return tuple(sorted(wanted))


def _store_services(
    file: CatalogFile, existing: dict[str, Service], teams: dict[str, Team]
) -> dict[str, _Fate]:
    fates = {}
    for entry in file.services:
        values = _values_of(entry, teams)
        is_new = False
        if entry.slug not in existing:
            existing[entry.slug], is_new = Service.objects.get_or_create(
                slug=entry.slug, defaults={"name": entry.slug, **values}
            )
        fates[entry.slug] = _Fate.CREATED if is_new else _update(existing[entry.slug], values)
    # Last, because a service may depend on one that stands further down.
    for slug in _store_dependencies(file, existing):
        if fates[slug] is _Fate.UNCHANGED:
            fates[slug] = _Fate.UPDATED
    return fates


def _values_of(entry: ServiceEntry, teams: dict[str, Team]) -> dict[str, object]:
    """What the entry says, by field of the model; what it does not say is left out."""
    stated = {
        "name": entry.name,
        "description": entry.description,
        "tier": entry.tier,
        "owner": teams[entry.owner.slug] if entry.owner else None,
        "runbook_url": entry.runbook,
    }
    return {name: value for name, value in stated.items() if value is not None}


def _update(service: Service, values: dict[str, object]) -> _Fate:
    changed = [name for name, value in values.items() if getattr(service, name) != value]
    if not changed:
        return _Fate.UNCHANGED
    for name in changed:
        setattr(service, name, values[name])
    service.save(update_fields=changed)
    return _Fate.UPDATED


def _store_dependencies(file: CatalogFile, existing: dict[str, Service]) -> list[str]:
    """This will return the slugs of the services whose dependencies changed."""
    stated = [entry for entry in file.services if entry.depends_on is not None]
    stored = _stored_dependencies([existing[entry.slug].pk for entry in stated])
    changed = []
    for entry in stated:
        service = existing[entry.slug]
        wanted = {existing[needed.slug].pk for needed in entry.depends_on or ()}
        if wanted != stored.get(service.pk, set()):
            service.depends_on.set(wanted)
            changed.append(entry.slug)
    return changed


def _stored_dependencies(service_ids: list[int]) -> dict[int, set[int]]:
    stored: dict[int, set[int]] = {}
    for edge in Service.depends_on.through.objects.filter(from_service_id__in=service_ids):
        stored.setdefault(edge.from_service_id, set()).add(edge.to_service_id)
    return stored


def _with_fate(fates: dict[str, _Fate], fate: _Fate) -> tuple[str, ...]:
    return tuple(sorted(slug for slug, found in fates.items() if found is fate))


def _announce(
    outcome: ImportOutcome, *, source: str, acting_user: User | None, at: datetime
) -> None:
    events.announce(
        ServicesImported(
            source=source,
            created=list(outcome.created),
            updated=list(outcome.updated),
            at=at.isoformat(),
        ),
        at=at,
        actor=acting_user.get_username() if acting_user else "",
    )
