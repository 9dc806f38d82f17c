"""Only doors read the clock; what is below them is told the time."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import Source, functions, product_sources

INSIDE = {"services", "selectors", "models", "providers", "rules", "errors"}
CLOCKS = {
    "portal.shared.clock.now",
    "django.utils.timezone.now",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
}
# Where a row is stamped with the moment it is written, which no caller can know.
STAMPS = {
    "events/services/publishing.py: append reads the clock",
    "events/services/delivery.py: _mark_delivered reads the clock",
    "slo/services/recording.py: _begun reads the clock",
}


def is_inside(source: Source) -> bool:
    """This will tell whether the file lies below the doors of an app."""
    return bool(INSIDE & set(Path(source.path).with_suffix("").parts))


def clock_reads(source: Source) -> list[str]:
    """This will name each function that reads the clock other than as `at or clock.now()`."""
    granted = {
        id(value.func)
        for node in ast.walk(source.tree)
        for value in _substitutes_for_at(node)
        if isinstance(value, ast.Call)
    }
    reads = {
        node.lineno
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name | ast.Attribute)
        if source.full_name(node) in CLOCKS and id(node) not in granted
    }
    return sorted({f"{source.path}: {_place(source, line)} reads the clock" for line in reads})


def _substitutes_for_at(node: ast.AST) -> list[ast.expr]:
    """What stands behind `at or …` and behind `at if … else …`."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and _is_at(node.values[0]):
        return node.values[1:]
    if isinstance(node, ast.IfExp) and _is_at(node.body):
        return [node.orelse]
    return []


def _is_at(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "at"


def _place(source: Source, line: int) -> str:
    around = [f for f in functions(source.tree) if f.lineno <= line <= (f.end_lineno or 0)]
    return max(around, key=lambda function: function.lineno).name if around else "the module"


def test_is_read_by_doors_only() -> None:
    inside = [source for source in product_sources() if is_inside(source)]

    found = {read for source in inside for read in clock_reads(source)}

    assert found == STAMPS


@pytest.mark.parametrize(
    "text",
    [
        "from portal.shared import clock\ndef f():\n    return clock.now()",
        "from portal.shared.clock import now\ndef f(at=None):\n    return now() or at",
        "from django.utils import timezone\ndef f(by=timezone.now): ...",
        "from datetime import datetime, UTC\ndef f():\n    return datetime.now(tz=UTC)",
        "import datetime\ndef f():\n    return datetime.date.today()",
        "from portal.shared import clock\ndef f(since):\n    return since or clock.now()",
        "from portal.shared import clock\ndef f(at):\n    return clock.now() if at else at",
    ],
)
def test_is_noticed_when_read_inside(text: str) -> None:
    assert clock_reads(Source("slo/services.py", text)) == ["slo/services.py: f reads the clock"]


@pytest.mark.parametrize(
    "text",
    [
        "from portal.shared import clock\ndef f(at=None):\n    return at or clock.now()",
        "from portal.shared.clock import now\ndef f(at):\n    return at if at else now()",
        "import time\ndef f():\n    return time.monotonic()",
        "def f(at):\n    return at",
    ],
)
def test_may_stand_in_for_a_moment_that_was_not_given(text: str) -> None:
    assert clock_reads(Source("slo/services.py", text)) == []


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("slo/services.py", True),
        ("slo/services/traffic.py", True),
        ("slo/rules/burn.py", True),
        ("portal/shared/services.py", True),
        ("slo/tasks.py", False),
        ("slo/api/views.py", False),
        ("portal/shared/clock.py", False),
    ],
)
def test_is_looked_for_below_the_doors(path: str, inside: bool) -> None:
    assert is_inside(Source(path, "")) is inside
