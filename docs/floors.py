"""The table of docs/architecture.md: which floor of which journey stands. `--write` brings it up to date."""

from __future__ import annotations

import sys
from pathlib import Path

TOP = Path(__file__).parents[1]
PAGE = TOP / "docs" / "architecture.md"
BEGIN, END = "<!-- floors -->", "<!-- /floors -->"
NOUNS = (
    "consent", "messages", "offers", "feedback", "checkins", "panels", "alerts", "register", "figures", "staff",
    "rights", "casefile",
)  # fmt: skip
FLOORS: dict[str, tuple[str, ...]] = {
    "domain": ("models/domain/{}.py", "models/domain/{}/__init__.py"),
    "tables": ("models/tables/{}.py",),
    "actions": ("models/actions/{}.py", "models/actions/{}/__init__.py"),
    "queries": ("models/queries/{}.py", "models/queries/{}/__init__.py"),
    "bot": ("bot/{}.py", "bot/{}/__init__.py"),
    "backend": ("backend/pages/{}.py", "backend/pages/{}/__init__.py"),
    "tests": ("tests/**/test_{}.py", "tests/**/test_{}_*.py"),
}


def table() -> str:
    """The table in Markdown: a noun a row, a floor a column, ✓ where a file of that name stands."""
    rows = ["| |" + "|".join(f" {floor} " for floor in FLOORS) + "|", "|---|" + "|".join(":-:" for _ in FLOORS) + "|"]
    for noun in NOUNS:
        marks = ("✓" if _stands(noun, patterns) else "" for patterns in FLOORS.values())
        rows.append(f"| {noun} |" + "|".join(f" {mark} " if mark else " " for mark in marks) + "|")
    return "\n".join(rows)


def written() -> str:
    """The table as it stands in the page."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def write() -> None:
    """Put the table as it is now into the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")


def _stands(noun: str, patterns: tuple[str, ...]) -> bool:
    return any(True for pattern in patterns for _ in TOP.glob(pattern.format(noun)))


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    print(table())
