"""The tree as the architecture tests read it: files, their syntax, their imports."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file; `path` is relative to the root, with forward slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @cached_property
    def imported(self) -> dict[str, str]:
        """What each imported name stands for: `clock` is `portal.shared.clock`."""
        names = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    names[name] = alias.name if alias.asname else name
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return names

    def full_name(self, node: ast.expr) -> str:
        """This will return the dotted name with imports resolved; empty for anything else."""
        if isinstance(node, ast.Name):
            return self.imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute) and (owner := self.full_name(node.value)):
            return f"{owner}.{node.attr}"
        return ""


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def import_contracts() -> dict[str, dict[str, Any]]:
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract for contract in contracts}


def root_packages() -> list[str]:
    return list(pyproject()["tool"]["importlinter"]["root_packages"])


def product_sources() -> list[Source]:
    """This will return every file of the portal, without migrations and tests."""
    return [
        source
        for package in root_packages()
        for source in sources_under(ROOT / package)
        if "migrations" not in Path(source.path).parts
    ]


def sources_under(folder: Path) -> Iterator[Source]:
    for file in sorted(folder.rglob("*.py")):
        yield Source(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """This will count a function's lines, from `def` to the last."""
    return (node.end_lineno or node.lineno) - node.lineno + 1
