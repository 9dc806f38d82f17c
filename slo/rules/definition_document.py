"""What a document in YAML promises, whichever of the formats that we know it is in."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from catalog.rules.entries import Mistake
from catalog.rules.yaml_document import Place, read_documents
from slo.rules.definition import Definition, Definitions
from slo.rules.openslo_objects import is_openslo
from slo.rules.openslo_reading import read_openslo
from slo.rules.pyrra_reading import is_pyrra, read_pyrra
from slo.rules.sloth_reading import is_sloth, read_sloth
from slo.rules.spec_fields import Reading

MOST_OBJECTIVES = 1000


@dataclass(frozen=True, slots=True)
class Read:
    """`mistakes` is empty unless the document must be refused."""

    definitions: Definitions
    mistakes: tuple[Mistake, ...]


def read_definitions(text: str, *, default_service: str = "") -> Read:
    """This will return what the text promises, with every mistake in the order of the lines.

    The format of each document is told from what stands in it. `default_service` is whose
    an objective is that has no way to say so.
    """
    notebook: list[Mistake] = []
    reading = Reading()
    documents = list(_objects(read_documents(text, notebook=notebook)))
    openslo = [document for document in documents if is_openslo(document)]
    if openslo:
        read_openslo(openslo, reading)
    for document in documents:
        if document not in openslo:
            _read_other(document, reading, default_service)
    notebook.extend(_twice(reading.indicators, "indicator"))
    notebook.extend(_twice(reading.objectives, "objective"))
    if not notebook:
        notebook.extend(_wrong_amount(reading))
    mistakes = sorted(set(notebook), key=lambda m: (m.line, m.pointer, m.sentence))
    return Read(
        Definitions(
            services=tuple(reading.services),
            indicators=tuple(reading.indicators),
            objectives=tuple(reading.objectives),
            skipped=tuple(dict.fromkeys(reading.skipped)),
        ),
        tuple(mistakes),
    )


def _objects(documents: Iterable[Place]) -> Iterator[Place]:
    """A list is a document whose items stand by themselves."""
    for document in documents:
        yield from document.items() if document.is_list else [document]


def _read_other(document: Place, reading: Reading, default_service: str) -> None:
    if is_pyrra(document):
        read_pyrra(document, reading, default_service=default_service)
    elif is_sloth(document):
        read_sloth(document, reading)
    else:
        document.complain(
            "is none of OpenSLO (apiVersion: openslo/v1), Sloth (version: prometheus/v1) and "
            "Pyrra (apiVersion: pyrra.dev/v1alpha1)."
        )


def _twice(found: Sequence[Definition], noun: str) -> Iterator[Mistake]:
    counts = Counter(definition.slug for definition in found)
    for definition in found:
        if counts[definition.slug] > 1:
            pointer = definition.pointers.get("", "/")
            yield Mistake(pointer, 1, f"is one of several {noun}s called {definition.slug!r}.")


def _wrong_amount(reading: Reading) -> Iterator[Mistake]:
    count = len(reading.objectives)
    if not count and not reading.indicators and not reading.services:
        yield Mistake("/", 1, "holds no objective.")
    elif count > MOST_OBJECTIVES:
        sentence = f"holds {count} objectives; {MOST_OBJECTIVES} are read at once."
        yield Mistake("/", 1, sentence)
