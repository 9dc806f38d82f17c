"""Backstage's format: catalog-info.yaml, one entity a document.

A Component becomes a service and a Group a team; every other kind, and every relation to
one, is reported as skipped. Namespaces are left out: the portal has one.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from catalog.rules.entries import CatalogFile, Reference, ServiceEntry, TeamEntry
from catalog.rules.yaml_document import Place

ENTITY_FIELDS = ("apiVersion", "kind", "metadata", "spec", "relations", "status")
# What a Component or a Group may say without the portal having a place for it. A field
# that is in neither tuple may be a slip of the pen, so it is reported.
_COMPONENT_SPEC = {
    "type", "lifecycle", "owner", "system", "subcomponentOf", "providesApis", "consumesApis",
    "dependsOn",
}  # fmt: skip
_GROUP_SPEC = {"type", "profile", "parent", "children", "members"}
_ENTITY_REFERENCE = re.compile(r"(?:(?P<kind>[^:/]+):)?(?:[^:/]+/)?(?P<name>[^:/]+)")


@dataclass(slots=True)
class _Reading:
    services: list[ServiceEntry] = field(default_factory=list)
    teams: list[TeamEntry] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    other_kinds: Counter[str] = field(default_factory=Counter)


def is_entity(document: Place) -> bool:
    return document.is_mapping and bool({"apiVersion", "kind"} & document.fields().keys())


def read_entities(documents: list[Place]) -> CatalogFile:
    """This will return what the entities say; mistakes go to the notebook."""
    reading = _Reading()
    for document in documents:
        _read_entity(document, reading)
    kinds = [f"{count} of kind {kind}" for kind, count in sorted(reading.other_kinds.items())]
    return CatalogFile(
        services=tuple(reading.services),
        teams=tuple(reading.teams),
        skipped=(*kinds, *reading.skipped),
    )


def _read_entity(document: Place, reading: _Reading) -> None:
    fields = document.fields()
    if not document.is_mapping:
        return
    for name, place in fields.items():
        if name not in ENTITY_FIELDS:
            place.complain(f"is not a field of an entity. Known: {', '.join(ENTITY_FIELDS)}.")
    if "kind" not in fields:
        document.complain("has no kind.")
        return
    kind = fields["kind"].text(longest=80)
    if kind == "Component":
        _read_component(document, fields, reading)
    elif kind == "Group":
        _read_group(document, fields, reading)
    elif kind is not None:
        reading.other_kinds[kind] += 1


def _read_component(document: Place, fields: dict[str, Place], reading: _Reading) -> None:
    metadata = _below(fields, "metadata")
    spec = _below(fields, "spec")
    slug = _entity_name(document, metadata)
    _report_unread(spec, known=_COMPONENT_SPEC, reading=reading)
    owner = _owner(spec, reading)
    depends_on = _dependencies(spec, reading)
    name = _title(metadata.get("title"))
    description = metadata["description"].text() if "description" in metadata else None
    tier = _tier(metadata, spec)
    runbook = _runbook(metadata)
    if slug is None:
        return
    reading.services.append(
        ServiceEntry(
            slug=slug,
            pointer=document.pointer or "/",
            line=document.line,
            name=name,
            description=description,
            tier=tier,
            owner=owner,
            depends_on=depends_on,
            runbook=runbook,
        )
    )


def _read_group(document: Place, fields: dict[str, Place], reading: _Reading) -> None:
    metadata = _below(fields, "metadata")
    spec = _below(fields, "spec")
    slug = _entity_name(document, metadata)
    _report_unread(spec, known=_GROUP_SPEC, reading=reading)
    profile = _below(spec, "profile")
    name = _title(profile.get("displayName") or metadata.get("title"))
    if slug is not None:
        reading.teams.append(
            TeamEntry(slug=slug, pointer=document.pointer or "/", line=document.line, name=name)
        )


def _below(fields: dict[str, Place], name: str) -> dict[str, Place]:
    return fields[name].fields() if name in fields else {}


def _entity_name(document: Place, metadata: dict[str, Place]) -> str | None:
    if "name" not in metadata:
        document.complain("has no metadata.name.")
        return None
    return metadata["name"].slug()


def _title(place: Place | None) -> str | None:
    return (place.text(longest=120) or None) if place else None


def _report_unread(spec: dict[str, Place], *, known: set[str], reading: _Reading) -> None:
    reading.skipped.extend(
        f"line {place.line}: spec.{name} is not read"
        for name, place in spec.items()
        if name not in known
    )


def _owner(spec: dict[str, Place], reading: _Reading) -> Reference | None:
    if "owner" not in spec:
        return None
    kind, reference = _entity_reference(spec["owner"], default_kind="group")
    if reference is not None and kind != "group":
        reading.skipped.append(
            f"line {reference.line}: the owner is a {kind}; services are owned by groups"
        )
        return None
    return reference


def _dependencies(spec: dict[str, Place], reading: _Reading) -> tuple[Reference, ...] | None:
    if "dependsOn" not in spec:
        return None
    found = []
    for item in spec["dependsOn"].items():
        kind, reference = _entity_reference(item, default_kind="component")
        if reference is None:
            continue
        if kind == "component":
            found.append(reference)
        else:
            reading.skipped.append(f"line {item.line}: a dependency on a {kind}")
    return tuple(found)


def _entity_reference(place: Place, *, default_kind: str) -> tuple[str, Reference | None]:
    """`[kind:][namespace/]name`; the kind in lower case."""
    text = place.text(longest=200)
    if text is None:
        return default_kind, None
    parts = _ENTITY_REFERENCE.fullmatch(text)
    if parts is None:
        place.complain(f"must be a reference such as {default_kind}:default/name, not {text!r}.")
        return default_kind, None
    kind = (parts["kind"] or default_kind).lower()
    if kind != default_kind:
        return kind, Reference(parts["name"], place.pointer, place.line)
    return kind, place.reference_to(parts["name"])


def _tier(metadata: dict[str, Place], spec: dict[str, Place]) -> int | None:
    """A label or annotation `tier` or `<prefix>/tier`; else experimental means 4."""
    for source in ("labels", "annotations"):
        for name, place in _below(metadata, source).items():
            if _last_part(name) == "tier":
                return _spelled_tier(place)
    if "lifecycle" in spec and spec["lifecycle"].text() == "experimental":
        return 4
    return None


def _spelled_tier(place: Place) -> int | None:
    if not place.is_text:
        return place.tier()
    spelled = re.fullmatch(r"(?:tier[-_ ]?)?([1-4])", place.text() or "", re.IGNORECASE)
    if spelled is None:
        place.complain('must be "1", "2", "3" or "4" (1 is the most critical).')
        return None
    return int(spelled[1])


def _runbook(metadata: dict[str, Place]) -> str | None:
    """An annotation `runbook` or `<prefix>/runbook-url`; else the first link that is one."""
    for name, place in _below(metadata, "annotations").items():
        if _last_part(name) in {"runbook", "runbook-url"}:
            return place.web_address()
    links = metadata["links"].items() if "links" in metadata else []
    for link in links:
        fields = link.fields()
        named = (fields[name].text() or "" for name in ("type", "title") if name in fields)
        if "url" in fields and any("runbook" in text.lower() for text in named):
            return fields["url"].web_address()
    return None


def _last_part(name: str) -> str:
    return name.rpartition("/")[2]
