"""What a catalog file in YAML holds, and every reason to refuse it.

A file that begins with a list is the portal's own format, one that begins with an entity
is Backstage's. All mistakes are found before anything is stored.
"""

from collections.abc import Iterator
from dataclasses import replace

from catalog.rules import backstage, service_list
from catalog.rules.entries import (
    CatalogFile,
    KnownThings,
    Mistake,
    ServiceEntry,
    TeamEntry,
)
from catalog.rules.yaml_document import Place, read_documents


def read_catalog_file(text: str, *, known: KnownThings) -> CatalogFile:
    """This will return what the file says, with every mistake in the order of the lines."""
    notebook: list[Mistake] = []
    documents = read_documents(text, notebook=notebook)
    if not documents and not notebook:
        notebook.append(Mistake("/", 1, "holds no service."))
    file = _read(documents)
    notebook.extend(_wrong_services(file, known=known))
    notebook.extend(_wrong_teams(file, known=known))
    return replace(file, mistakes=tuple(sorted(notebook, key=lambda mistake: mistake.line)))


def teams_to_make(file: CatalogFile, *, known: KnownThings) -> dict[str, TeamEntry]:
    """This will return the teams that the catalog lacks: declared, or only named as owner."""
    declared = {team.slug: team for team in file.teams}
    owners = {
        service.owner.slug: TeamEntry(
            slug=service.owner.slug, pointer=service.owner.pointer, line=service.owner.line
        )
        for service in reversed(file.services)
        if service.owner is not None
    }
    return {
        slug: team for slug, team in {**owners, **declared}.items() if slug not in known.team_names
    }


def _read(documents: list[Place]) -> CatalogFile:
    if not documents:
        return CatalogFile()
    first, *others = documents
    if backstage.is_entity(first):
        return backstage.read_entities(documents)
    if not first.is_list:
        first.complain(
            "must begin with a list of services, or with a Backstage entity "
            "(apiVersion, kind, metadata, spec)."
        )
        return CatalogFile()
    for other in others:
        other.complain("is a second document; a list of services stands alone in its file.")
    return CatalogFile(services=tuple(service_list.read_services(first)))


def _wrong_services(file: CatalogFile, *, known: KnownThings) -> Iterator[Mistake]:
    lines: dict[str, int] = {}
    for service in file.services:
        if service.slug in lines:
            yield Mistake(
                service.pointer,
                service.line,
                f"is the service {service.slug!r}, which stands on line "
                f"{lines[service.slug]} already.",
            )
        lines.setdefault(service.slug, service.line)
    slugs = known.service_slugs | lines.keys()
    for service in file.services:
        yield from _wrong_dependencies(service, slugs=slugs)


def _wrong_dependencies(service: ServiceEntry, *, slugs: frozenset[str]) -> Iterator[Mistake]:
    for needed in service.depends_on or ():
        if needed.slug == service.slug:
            yield Mistake(needed.pointer, needed.line, f"makes {needed.slug!r} need itself.")
        elif needed.slug not in slugs:
            yield Mistake(
                needed.pointer,
                needed.line,
                f"names {needed.slug!r}, which is neither in the file nor in the catalog.",
            )


def _wrong_teams(file: CatalogFile, *, known: KnownThings) -> Iterator[Mistake]:
    """A team's name is unique whatever its case, as the catalog stores it."""
    lines: dict[str, int] = {}
    names = {name.lower(): slug for slug, name in known.team_names.items()}
    for team in file.teams:
        if team.slug in lines:
            yield Mistake(
                team.pointer,
                team.line,
                f"is the team {team.slug!r}, which stands on line {lines[team.slug]} already.",
            )
        lines.setdefault(team.slug, team.line)
    renamed = [team for team in file.teams if team.slug in known.team_names and team.name]
    for team in [*renamed, *teams_to_make(file, known=known).values()]:
        name = team.name or team.slug
        holder = names.setdefault(name.lower(), team.slug)
        if holder != team.slug:
            yield Mistake(
                team.pointer, team.line, f"calls a team {name!r}, as team {holder!r} is called."
            )
