"""What a catalog file says, free of the format it was said in."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """`pointer` is a JSON pointer into the document, `line` counts from 1."""

    pointer: str
    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A slug that names another thing, and where the file names it."""

    slug: str
    pointer: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    """None is what the file does not say; an import leaves that as it is."""

    slug: str
    pointer: str
    line: int
    name: str | None = None
    description: str | None = None
    tier: int | None = None
    owner: Reference | None = None
    depends_on: tuple[Reference, ...] | None = None
    runbook: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamEntry:
    slug: str
    pointer: str
    line: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """All that was read. `mistakes` is empty unless the file must be refused.

    `skipped` says in sentences what was understood and has no place in the catalog.
    """

    services: tuple[ServiceEntry, ...] = ()
    teams: tuple[TeamEntry, ...] = ()
    skipped: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownThings:
    """What the catalog holds before the import. `team_names` is keyed by slug."""

    service_slugs: frozenset[str]
    team_names: Mapping[str, str]
