"""docs/decisions/README.md lists every decision, and no other."""

import re
from pathlib import Path

from tests.architecture.source import ROOT

LINK = re.compile(r"^\| \[\d{4}\]\((\d{4}-[a-z0-9-]+\.md)\) \|", re.MULTILINE)


def unlisted(folder: Path) -> set[str]:
    """This will name what is either a file or a line in the index, and not both."""
    index = (folder / "README.md").read_text(encoding="utf-8")
    files = {file.name for file in folder.glob("*.md")} - {"README.md"}
    return files ^ set(LINK.findall(index))


def test_are_all_listed() -> None:
    assert unlisted(ROOT / "docs" / "decisions") == set()


def test_are_named_when_file_or_line_is_missing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("| [0002](0002-b.md) | B | accepted |", encoding="utf-8")
    (tmp_path / "0001-a.md").touch()

    assert unlisted(tmp_path) == {"0001-a.md", "0002-b.md"}
