"""What the documents say is so: commands exist, links lead somewhere, the tables that scripts make are today's."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import TOP, python_files, tree

PAGES = sorted([*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")])
DECISIONS = sorted((TOP / "docs/decisions").glob("*.md"))
#: Fenced blocks and code spans: where a command stands.
CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)


def code(page: Path) -> str:
    """Everything a page sets as code, a piece a line."""
    return "\n".join(block or span for block, span in CODE.findall(page.read_text(encoding="utf-8")))


def test_the_readme_is_there_and_names_both_commands() -> None:
    assert {"make demo", "make test"} <= set(re.findall(r"make [a-z]+", code(TOP / "README.md")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_command_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", code(page))) - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_hoert_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"(?:^|\s|/)hoert ([a-z]+)", code(page), re.MULTILINE))
    assert named - verbs() == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    lost = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert lost == []


def test_every_file_the_architecture_names_exists() -> None:
    named = re.findall(
        r"`((?:models|tests|docs|bot|backend|hoert|locales)/[\w./-]+\.py)`", _text("docs/architecture.md")
    )
    assert [name for name in named if not (TOP / name).is_file()] == []
    assert len(named) >= 14


def test_every_law_has_its_line() -> None:
    numbers = re.findall(r"^\| (\d+) \| \S.*\| \S.*\|$", _text("docs/architecture.md"), re.MULTILINE)
    assert numbers == [str(number) for number in range(1, 15)]


@pytest.mark.parametrize(("maker", "page", "name"), [
    ("docs/floors.py", "docs/architecture.md", "floors"), ("docs/crisis.py", "docs/crisis.md", "crisis"),
])  # fmt: skip
def test_a_table_that_a_script_makes_is_todays(maker: str, page: str, name: str) -> None:
    made = subprocess.run([sys.executable, TOP / maker], check=True, capture_output=True, text=True).stdout
    stands = _text(page).partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]
    assert stands.strip() == made.strip(), f"run: python {maker} --write"


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [page.name[:4] for page in DECISIONS] == [f"{number:04d}" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_says_why_what_and_what_follows(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert text.startswith(f"# {page.name[:4]} · ")
    assert f"decisions/{page.name}" in _text("docs/architecture.md")


def verbs() -> set[str]:
    """The words the command line knows: every word it is written with, and all of the contract's until it is there."""
    files = [path for path in python_files("hoert") if "cli" in path.relative_to(TOP).as_posix()]
    if not files:
        return {"demo", "serve", "bot", "backend", "scheduler", "migrate", "doctor", "admin", "import", "invite",
                "figures", "export", "backup", "restore", "keys"}  # fmt: skip
    return {
        node.value
        for path in files
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _text(name: str) -> str:
    return (TOP / name).read_text(encoding="utf-8")
