"""The pages that say which test holds which clause name tests that are there."""

from __future__ import annotations

import ast
import re

from tests.house.sources import TOP, tree

PAGE = "".join((TOP / "docs" / name).read_text(encoding="utf-8") for name in ("proof.md", "proof-desk.md"))
_TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
_STORY = re.compile(r"`(\w+\.toml)`")


def test_every_test_a_page_names_is_there() -> None:
    named = sorted(set(_TEST.findall(PAGE)))
    files = {path: TOP / "tests" / path for path, _ in named}
    there = {
        (path, one.name)
        for path, file in files.items() if file.is_file()
        for one in tree(file).body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    }  # fmt: skip
    assert [f"{path}::{name}" for path, name in named if (path, name) not in there] == []
    assert len(named) > 150


def test_every_story_a_page_names_is_there() -> None:
    named = sorted(set(_STORY.findall(PAGE)))
    assert [name for name in named if not (TOP / "tests/journeys" / name).is_file()] == []
    assert len(named) > 15


def test_every_clause_has_a_test() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| clause", "| ---"))]
    assert [line for line in lines if not (_TEST.search(line) or _STORY.search(line))] == []
    assert len(lines) > 100
