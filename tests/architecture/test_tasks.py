"""Celery's door is thin, and the clock rings only bells that exist."""

import ast
from collections.abc import Iterator, Mapping

import pytest

from portal.celery import app
from portal.settings.schedule import BEAT_SCHEDULE
from tests.architecture.source import Source, functions, product_sources

LONGEST_TASK = 10


def tasks(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for function in functions(source.tree):
        for decorator in function.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if source.full_name(called).rpartition(".")[2] in {"shared_task", "task"}:
                yield function


def fat_doors(source: Source) -> list[str]:
    """This will name each task that is long, or does not call exactly one service."""
    found = []
    for task in tasks(source):
        lines = (task.end_lineno or 0) - task.body[0].lineno + 1
        if lines > LONGEST_TASK:
            found.append(f"{source.path}: {task.name} has {lines} lines")
        calls = sum(_is_service_call(source, node) for node in ast.walk(task))
        if calls != 1:
            found.append(f"{source.path}: {task.name} makes {calls} service calls")
    return found


def _is_service_call(source: Source, node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and "services" in source.full_name(node.func).split(".")


def unknown_tasks(schedule: Mapping[str, Mapping[str, object]], known: set[str]) -> list[str]:
    return sorted(str(entry["task"]) for entry in schedule.values() if entry["task"] not in known)


def registered_tasks() -> set[str]:
    # Autodiscovery is lazy: without this, no task of any app is registered yet.
    app.loader.import_default_modules()
    return set(app.tasks)


def test_are_thin() -> None:
    doors = [source for source in product_sources() if list(tasks(source))]

    assert doors
    assert [found for source in doors for found in fat_doors(source)] == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("    services.a(at=clock.now())", []),
        ("    services.a()\n    services.b()", ["t.py: f makes 2 service calls"]),
        ("    paging.send()\n    a()", ["t.py: f makes 2 service calls"]),
        ("    x = 1", ["t.py: f makes 0 service calls"]),
        ("    services.a()\n" + "    x = 1\n" * 10, ["t.py: f has 11 lines"]),
    ],
)
def test_are_refused_when_one_is_fat(body: str, found: list[str]) -> None:
    imports = (
        "from celery import shared_task\n"
        "from slo import services\n"
        "from slo.services import paging\n"
        "from slo.services.other import a\n"
    )

    source = Source("t.py", f"{imports}@shared_task(name='slo.f')\ndef f():\n{body}\n")

    assert fat_doors(source) == found


def test_are_registered_under_the_names_that_beat_calls() -> None:
    assert unknown_tasks(BEAT_SCHEDULE, registered_tasks()) == []


def test_are_refused_when_beat_calls_one_that_is_not_there() -> None:
    schedule = {"a": {"task": "slo.forgotten"}, "b": {"task": "events.deliver_due_events"}}

    assert unknown_tasks(schedule, registered_tasks()) == ["slo.forgotten"]
