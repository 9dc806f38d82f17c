"""docs/settings.md lists every environment variable, and no other."""

import ast
import re

import pytest

from tests.architecture.source import ROOT, Source, sources_under

READER = "portal.settings.environment"
# These read `<variable>_FILE` as well, so that a secret need not be in the environment.
READ_FILES = {"text", "url", "database", "secrets"}
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]*)` \|.*\| (yes|no) \|$", re.MULTILINE)


def variables_read(source: Source) -> dict[str, bool]:
    """This will return each variable with whether it may come from a file."""
    found = {}
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        module, _dot, reader = source.full_name(node.func).rpartition(".")
        name = node.args[0]
        if module == READER and isinstance(name, ast.Constant) and reader != "SettingRefused":
            found[str(name.value)] = reader in READ_FILES
    return found


def unguarded_reads(source: Source) -> list[str]:
    """This will name reads that go past the reader, which refuses wrong values in words."""
    return [
        f"{source.path}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute | ast.Name)
        if source.full_name(node) in {"os.environ", "os.getenv"}
    ]


def variables_listed(table: str) -> dict[str, bool]:
    return {name: from_file == "yes" for name, from_file in ROW.findall(table)}


def settings_sources() -> list[Source]:
    return list(sources_under(ROOT / "portal" / "settings"))


def test_lists_every_variable_that_is_read() -> None:
    read: dict[str, bool] = {}
    for source in settings_sources():
        read |= variables_read(source)

    listed = variables_listed((ROOT / "docs" / "settings.md").read_text(encoding="utf-8"))

    assert listed == read


def test_is_not_gone_past() -> None:
    past = [read for source in settings_sources() for read in unguarded_reads(source)]

    assert {read.partition(":")[0] for read in past} <= {"portal/settings/environment.py"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('from portal.settings import environment as env\nX = env.text("A", "")', {"A": True}),
        (
            "from portal.settings import environment as env\n"
            'X = env.flag("A", default=True) or env.url("B", schemes=())',
            {"A": False, "B": True},
        ),
        ('from portal.settings.environment import items\nX = items("A")', {"A": False}),
        ('raise env.SettingRefused("A", "", "")', {}),
    ],
)
def test_finds_what_is_read(text: str, found: dict[str, bool]) -> None:
    assert variables_read(Source("portal/settings/x.py", text)) == found


def test_finds_reads_that_go_past_the_reader() -> None:
    source = Source("portal/settings/x.py", 'import os\nX = os.environ["A"]\nY = os.getenv("B")')

    assert unguarded_reads(source) == ["portal/settings/x.py:2", "portal/settings/x.py:3"]


def test_finds_what_is_listed() -> None:
    table = "| Variable | Default | Means | File |\n|---|---|---|---|\n| `A_B` | x | y | yes |\n"

    assert variables_listed(table) == {"A_B": True}
