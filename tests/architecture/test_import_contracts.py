"""import-linter keeps the floors; each of its contracts is seen to break when it should."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, import_contracts, root_packages

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

# Contract, file, what is written at its end: each is a thing somebody will try one day.
PLANTS = [
    ("apps", "governance/services.py", "import recovery.selectors"),
    ("apps", "recovery/selectors.py", "def lazily():\n    import governance.selectors"),
    ("apps", "catalog/selectors.py", "import recovery.selectors"),
    ("apps", "portal/shared/clock.py", "import events.services"),
    ("apps", "recovery/services.py", "import portal.celery"),
    ("anatomy", "recovery/models.py", "import recovery.services"),
    ("anatomy", "recovery/rules/duration.py", "import recovery.models"),
    ("anatomy", "recovery/panels.py", "import recovery.admin"),
    ("anatomy", "recovery/utils.py", "import json"),
    ("anatomy-events", "events/storage/streams.py", "import events.services"),
    ("anatomy-events", "events/registry.py", "import events.selectors"),
    ("anatomy-events", "events/contracts/draft.py", "import events.rules.retry"),
    ("pure-rules", "recovery/rules/duration.py", "import django.utils.timezone"),
    ("pure-rules", "events/rules/retry.py", "import portal.shared.tasks"),
    ("public-faces", "recovery/services.py", "import events.models"),
    ("public-faces", "governance/services.py", "import resilience.models"),
    ("public-faces", "recovery/selectors.py", "import secrets_vault.models"),
    ("dashboard-reads", "portal/dashboard/planted.py", "import recovery.models"),
    ("dashboard-reads", "portal/dashboard/planted.py", "import recovery.services"),
]


def lint(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", *arguments],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def verdicts(answer: subprocess.CompletedProcess[str]) -> str:
    """The tool wraps long lines; the words are what counts."""
    return " ".join(answer.stdout.split())


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the packages and their contracts, to plant things in."""
    for package in root_packages():
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=lambda _folder, names: [n for n in names if not _is_read(n)],
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _is_read(name: str) -> bool:
    return name.endswith(".py") or ("." not in name and name != "__pycache__")


def test_keep_on_the_tree_as_it_is() -> None:
    answer = lint(ROOT)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "0 broken" in verdicts(answer)


def test_keep_on_the_copy_that_things_are_planted_in(tree: Path) -> None:
    assert lint(tree).returncode == 0


@pytest.mark.parametrize(("contract", "path", "planted"), PLANTS)
def test_break_on(contract: str, path: str, planted: str, tree: Path) -> None:
    with (tree / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{planted}\n")

    answer = lint(tree, "--contract", contract)

    assert answer.returncode == 1
    assert f"{import_contracts()[contract]['name']} BROKEN" in verdicts(answer)


def test_are_each_seen_to_break() -> None:
    assert {contract for contract, _path, _planted in PLANTS} == set(import_contracts())
