"""The table of kills in docs/reliability.md, made from the points and stories that the tests run.

`python -m tests.kill.table` prints it, `--write` puts it into the page.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.kill.points import POINTS, Point
from tests.kill.stories import STORIES, Story

PAGE = Path(__file__).parents[2] / "docs/reliability.md"
BEGIN, END = "<!-- kills -->", "<!-- /kills -->"


def table() -> str:
    """One line per point, one column per story."""
    head = ["No.", "Killed when", *(story.name for story in STORIES)]
    lines = [head, ["---"] * len(head)]
    lines += [[str(point.number), point.where, *(_cell(story, point) for story in STORIES)] for point in POINTS]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write() -> bool:
    """Put the table into the page. True when that changed it."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    made = f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"
    PAGE.write_text(made, encoding="utf-8")
    return made != page


def _cell(story: type[Story], point: Point) -> str:
    if point not in story.points():
        return "–"
    if point.letter == "none":
        return "once"
    state, seen, unknowns = story().fate(point)
    if state == "unsure":
        return "once, kept as unsure" if seen else "not at all, kept as unsure"
    if seen == 2:
        return "twice, the second marked" if story.kind == "message.reply" else "twice"
    return "once, marked" if unknowns and story.kind == "message.reply" else "once"


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        write()
    else:
        sys.stdout.write(table() + "\n")
