"""The portal's own format: a list of services."""

from catalog.rules.entries import Reference, ServiceEntry
from catalog.rules.yaml_document import Place

KNOWN_FIELDS = ("slug", "name", "description", "tier", "owner", "depends_on", "runbook")


def read_services(document: Place) -> list[ServiceEntry]:
    """This will return the entries that could be read; mistakes go to the notebook."""
    entries = (_read_service(item) for item in document.items())
    return [entry for entry in entries if entry is not None]


def _read_service(item: Place) -> ServiceEntry | None:
    fields = item.fields()
    if not item.is_mapping:
        return None
    for field, place in fields.items():
        if field not in KNOWN_FIELDS:
            place.complain(f"is not a field of a service. Known: {', '.join(KNOWN_FIELDS)}.")
    for required in ("slug", "name"):
        if required not in fields:
            item.complain(f"has no {required}.")
    slug = fields["slug"].slug() if "slug" in fields else None
    name = _name(fields.get("name"))
    description = fields["description"].text() if "description" in fields else None
    tier = fields["tier"].tier() if "tier" in fields else None
    owner = fields["owner"].reference() if "owner" in fields else None
    depends_on = _references(fields["depends_on"]) if "depends_on" in fields else None
    runbook = fields["runbook"].web_address() if "runbook" in fields else None
    if slug is None:
        return None
    return ServiceEntry(
        slug=slug,
        pointer=item.pointer,
        line=item.line,
        name=name,
        description=description,
        tier=tier,
        owner=owner,
        depends_on=depends_on,
        runbook=runbook,
    )


def _name(place: Place | None) -> str | None:
    if place is None:
        return None
    name = place.text(longest=120)
    if name == "":
        place.complain("must not be empty.")
    return name


def _references(place: Place) -> tuple[Reference, ...]:
    found = (item.reference() for item in place.items())
    return tuple(reference for reference in found if reference is not None)
