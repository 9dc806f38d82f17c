"""manage.py says in one sentence what keeps it from starting."""

import subprocess
import sys

import pytest

from tests.architecture.source import ROOT


def test_names_the_package_that_is_missing_and_where_all_are() -> None:
    # Without site, no package is found: so it is outside .venv.
    done = subprocess.run(
        [sys.executable, "-S", "manage.py", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("The package django is not installed for ")
    assert "make install" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["check"], ["seed_defaults", "--help"]])
def test_runs_what_it_is_asked(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments, "--settings=portal.settings.test"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
