"""Names, sizes and habits that no linter of ours looks at."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import (
    ROOT,
    Source,
    functions,
    length,
    product_sources,
    sources_under,
)

DRAWERS = {"utils", "util", "helpers", "common", "manager", "managers", "misc"}
LONGEST_FUNCTION = 60
LONGEST_FILE = 400
LONGEST_TEST_FILE = 300


def drawers(source: Source) -> list[str]:
    """This will name a file or folder that is called after no idea."""
    parts = Path(source.path).with_suffix("").parts
    return [source.path] if DRAWERS & set(parts) else []


def oversized(source: Source, *, longest_file: int) -> list[str]:
    found = [
        f"{source.path}: {function.name} has {length(function)} lines"
        for function in functions(source.tree)
        if length(function) > LONGEST_FUNCTION
    ]
    if source.lines > longest_file:
        found.append(f"{source.path} has {source.lines} lines")
    return found


def hidden_writes(source: Source) -> list[str]:
    """This will name `save` overrides, and signal receivers outside the wiring."""
    found = [
        f"{source.path}:{function.lineno} overrides save"
        for cls in ast.walk(source.tree)
        if isinstance(cls, ast.ClassDef)
        for function in cls.body
        if isinstance(function, ast.FunctionDef) and function.name == "save"
    ]
    if Path(source.path).name == "apps.py":
        return found
    return found + [
        f"{source.path}:{function.lineno} receives a signal"
        for function in functions(source.tree)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call)
        and source.full_name(decorator.func) == "django.dispatch.receiver"
    ]


# A killed process and its successor have no clock that a test could turn.
WAITS_FOR_REAL_PROCESSES = "tests/faults/processes.py"


def sleeps(source: Source) -> list[str]:
    return [
        f"{source.path}:{node.lineno} sleeps"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and source.full_name(node.func) == "time.sleep"
    ]


def test_has_no_drawer() -> None:
    assert [found for source in product_sources() for found in drawers(source)] == []


@pytest.mark.parametrize(
    "path", ["slo/utils.py", "slo/rules/helpers.py", "slo/common/x.py", "slo/manager.py"]
)
def test_refuses_a_drawer(path: str) -> None:
    assert drawers(Source(path, "")) == [path]


def test_keeps_functions_and_files_readable() -> None:
    found = [o for s in product_sources() for o in oversized(s, longest_file=LONGEST_FILE)]

    assert found == []


def test_keeps_tests_readable() -> None:
    tests = list(sources_under(ROOT / "tests"))

    assert [o for s in tests for o in oversized(s, longest_file=LONGEST_TEST_FILE)] == []


def test_refuses_what_is_too_long() -> None:
    long = Source("a.py", "def f():\n" + "    x = 1\n" * 60 + "\n" * 340)

    assert oversized(long, longest_file=LONGEST_FILE) == [
        "a.py: f has 61 lines",
        "a.py has 401 lines",
    ]


def test_writes_only_where_it_says() -> None:
    assert [found for source in product_sources() for found in hidden_writes(source)] == []


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        (
            "slo/models.py",
            "class A(Model):\n    def save(self): ...",
            ["slo/models.py:2 overrides save"],
        ),
        (
            "slo/subscribers.py",
            "from django.dispatch import receiver\n@receiver(post_save)\ndef f(): ...",
            ["slo/subscribers.py:3 receives a signal"],
        ),
        (
            "slo/subscribers.py",
            "import django.dispatch\n@django.dispatch.receiver(s)\ndef f(): ...",
            ["slo/subscribers.py:3 receives a signal"],
        ),
        ("slo/apps.py", "from django.dispatch import receiver\n@receiver(s)\ndef f(): ...", []),
        ("slo/services.py", "def save(row): ...", []),
    ],
)
def test_tells_a_hidden_write(path: str, text: str, found: list[str]) -> None:
    assert hidden_writes(Source(path, text)) == found


def test_never_sleeps_in_a_test() -> None:
    tests = [s for s in sources_under(ROOT / "tests") if s.path != WAITS_FOR_REAL_PROCESSES]

    assert [found for source in tests for found in sleeps(source)] == []


@pytest.mark.parametrize(
    "text", ["import time\ntime.sleep(1)", "from time import sleep as wait\nwait(1)"]
)
def test_tells_a_sleep(text: str) -> None:
    assert sleeps(Source("tests/x.py", text)) == ["tests/x.py:2 sleeps"]
