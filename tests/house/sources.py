"""Reading the house's own source for the tests of its laws."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[2]
PACKAGES = ("hoert", "bot", "backend", "scheduler", "models", "locales")


def python_files(*folders: str) -> list[Path]:
    """Every Python file of the named folders (of all packages when none is named), migrations left out."""
    return sorted(
        path
        for folder in folders or PACKAGES
        for path in (TOP / folder).rglob("*.py")
        if "migrations" not in path.parts
    )


@cache
def tree(path: Path) -> ast.Module:
    """The parsed source of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    """ "models/crypto.py:12", for a failing test to name."""
    line = getattr(node, "lineno", None)
    return f"{path.relative_to(TOP)}{'' if line is None else f':{line}'}"


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """Every call below a node."""
    return (found for found in ast.walk(node) if isinstance(found, ast.Call))


def dotted(node: ast.AST) -> str:
    """The dotted name of an expression ("asyncio.wait_for"), "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


@cache
def imported(path: Path) -> dict[str, str]:
    """What a file imports, at any depth: local name -> full dotted name."""
    names: dict[str, str] = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def kept_files() -> list[Path]:
    """Every file that is or would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TOP,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted(path for name in listed.split("\0") if name and (path := TOP / name).is_file())


def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
