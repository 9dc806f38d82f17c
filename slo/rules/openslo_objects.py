"""The objects of an OpenSLO document, by kind and name, and what they say of themselves."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from catalog.rules.yaml_document import Place
from slo.rules.spec_fields import Fields, Reading, below, required, slug_of, spelled_value

API_VERSION = "openslo/v1"
# What OpenSLO has no field for is said by annotations, which it leaves to each product.
OURS = "operations-portal/"
OUR_TYPE = "OperationsPortal"
OBJECT_FIELDS = ("apiVersion", "kind", "metadata", "spec")
KINDS = (
    "SLO", "SLI", "AlertPolicy", "AlertCondition", "AlertNotificationTarget", "DataSource",
    "Service",
)  # fmt: skip
METADATA_FIELDS = ("name", "displayName", "annotations")


@dataclass(frozen=True, slots=True)
class SpecObject:
    """One object: a document, or one that stands within another. `body` is where its spec is."""

    place: Place
    body: Place
    name: Place | None
    metadata: Fields
    spec: Fields

    def annotation(self, name: str) -> Place | None:
        return below(self.metadata, "annotations").get(OURS + name)


@dataclass(slots=True)
class Bundle:
    """Every object that stands by itself, by kind and name as they are written."""

    named: dict[tuple[str, str], SpecObject] = field(default_factory=dict)

    def of_kind(self, kind: str) -> Iterable[SpecObject]:
        return (found for (known, _name), found in self.named.items() if known == kind)

    def find(self, kind: str, reference: Place) -> SpecObject | None:
        """This will return the object that is meant, or write down that there is none."""
        name = spelled_value(reference)
        if name is None:
            return None
        found = self.named.get((kind, name))
        if found is None:
            reference.complain(f"names the {kind} {name[:60]!r}, which is not in the document.")
        return found


def is_openslo(document: Place) -> bool:
    fields = document.fields() if document.is_mapping else {}
    version = spelled_value(fields["apiVersion"]) if "apiVersion" in fields else None
    return (version or "").startswith("openslo")


def gathered(documents: Iterable[Place]) -> Bundle:
    """This will sort the objects; those of other kinds and versions are mistakes."""
    bundle = Bundle()
    for document in documents:
        _gather(document, bundle)
    return bundle


def report_unread_metadata(bundle: Bundle, reading: Reading) -> None:
    for found in bundle.named.values():
        reading.report_unread(found.metadata, METADATA_FIELDS)
        for name, place in below(found.metadata, "annotations").items():
            if not name.startswith(OURS):
                reading.skip(place)


def object_within(place: Place) -> SpecObject:
    """This will read an object that stands within another, whose name may be missing."""
    fields = place.fields()
    metadata = below(fields, "metadata")
    body = fields.get("spec", place)
    return SpecObject(place, body, metadata.get("name"), metadata, below(fields, "spec"))


def slug_of_object(found: SpecObject) -> str | None:
    return slug_of(found.name) if found.name else None


def _gather(document: Place, bundle: Bundle) -> None:
    fields = document.fields()
    kind_place = required(document, fields, "kind")
    version = spelled_value(fields["apiVersion"]) if "apiVersion" in fields else ""
    if version != API_VERSION:
        place = fields.get("apiVersion", document)
        place.complain(f"is {version or 'missing'}; only {API_VERSION} is read.")
        return
    kind = spelled_value(kind_place) if kind_place else None
    if kind_place is None or kind is None:
        return
    if kind not in KINDS:
        kind_place.complain(f"must be one of {', '.join(KINDS)}, not {kind[:60]!r}.")
        return
    _keep(document, kind, bundle)


def _keep(document: Place, kind: str, bundle: Bundle) -> None:
    """One without a name is kept all the same, so that its other mistakes are told too."""
    found = object_within(document)
    name = spelled_value(found.name) if found.name else None
    if found.name is None or name is None:
        if found.name is None:
            document.complain("has no metadata.name.")
        bundle.named[kind, document.pointer] = found
        return
    first = bundle.named.setdefault((kind, name), found)
    if first is not found:
        found.name.complain(
            f"is the {kind} {name!r}, which stands on line {first.place.line} already."
        )
