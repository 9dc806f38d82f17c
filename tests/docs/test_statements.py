"""What the documents name is there: links, files, metrics, addresses, commands, make targets."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from portal.shared import metrics
from tests.architecture.source import ROOT
from tests.docs.examples import documents

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
QUOTED = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"[\w./-]*\w\.(?:py|md|css|js|html|toml|yaml|env)")
METRIC = re.compile(r"\bportal_[a-z_]+[a-z]\b")
ADDRESS = re.compile(r"(?:(?:GET|POST) )?(/api/[\w/-]+)")
COMMAND = re.compile(r"manage\.py ([a-z_]+)")
TARGET = re.compile(r"\bmake ([a-z]+)\b")
# Stands for a name, or for several.
PLACEHOLDER = re.compile(r"[<>…*]|NNNN")

each = pytest.mark.parametrize(
    "document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix()
)


def prose(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def quoted(document: Path) -> Iterator[str]:
    yield from QUOTED.findall(prose(document))


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@each
def test_links_lead_somewhere(document: Path) -> None:
    for link in LINK.findall(prose(document)):
        if link.startswith("https://"):
            continue
        path, _hash, wanted = link.partition("#")
        target = document.parent / path if path else document

        assert target.exists(), link
        if wanted:
            assert wanted in {anchor(h) for h in HEADING.findall(prose(target))}, link


@each
def test_files_that_are_named_are_there(document: Path) -> None:
    for name in quoted(document):
        if "/" not in name or not FILE.fullmatch(name) or PLACEHOLDER.search(name):
            continue
        inside = [document.parent, document.parent / "templates", ROOT]

        assert any((folder / name).exists() for folder in inside), name


@pytest.mark.django_db
@each
def test_metrics_that_are_named_are_exposed(document: Path) -> None:
    exposed = {metric.name for metric in metrics.registry.collect()}
    named = {name for text in quoted(document) for name in METRIC.findall(text)}

    assert named - exposed == set()


@pytest.mark.django_db
def test_every_metric_is_read_somewhere() -> None:
    texts = "".join(prose(document) for document in documents())
    exposed = {metric.name for metric in metrics.registry.collect()}

    assert exposed
    assert {name for name in exposed if name not in texts} == set()


@each
def test_addresses_that_are_named_are_answered(document: Path) -> None:
    for text in quoted(document):
        found = ADDRESS.match(text)
        if not found or PLACEHOLDER.search(text):
            continue
        try:
            match = resolve(found[1])
        except Resolver404:
            pytest.fail(found[1])

        assert "NoSuchEndpoint" not in str(match.func), found[1]


@each
def test_commands_and_targets_that_are_named_are_there(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    texts = list(quoted(document))

    assert {c for text in texts for c in COMMAND.findall(text)} <= set(get_commands())
    assert {t for text in texts for t in TARGET.findall(text)} <= targets


def test_makes_anchors_as_readers_see_them() -> None:
    assert anchor("Acknowledge, note, resolve") == "acknowledge-note-resolve"


@each
def test_nothing_is_left_to_be_filled_in(document: Path) -> None:
    assert re.findall(r"\b(?:MEASURE|TODO|TBD|FIXME)\b", prose(document)) == []
