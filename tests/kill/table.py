"""The tables of docs/reliability.md: kills by point and story, and the catalogue's faults 1 to 42 with their tests.

`python -m tests.kill.table` prints both, `--write` puts them into the page (what the last run said stays), `--run`
plays every test that carries a number first and writes what it came to.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tests.kill.points import POINTS, Point
from tests.kill.stories import STORIES, Story
from tests.kill.webhook_victim import POINTS as WEBHOOK_POINTS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reliability.md"
BEGIN, END = "<!-- kills -->", "<!-- /kills -->"
COVERED_BEGIN, COVERED_END = "<!-- faults -->", "<!-- /faults -->"
ENGINES = ("sqlite", "postgres", "procrastinate")

#: Groups A, B and C of the catalogue: what happens.
FAULTS = {
    1: "webhook: killed before the body is read", 2: "webhook: killed before the commit",
    3: "webhook: killed after the commit, before the 200", 4: "polling: killed before the commit",
    5: "polling: killed after the commit, before Telegram is told", 6: "killed with an update in hand",
    7: "killed inside a handler", 8: "killed after the effects are committed", 9: "killed before a letter is claimed",
    10: "killed after the claim, before anything is written", 11: "killed before the reply is read",
    12: "killed before the end is written down", 13: "SIGTERM under load", 14: "killed during a migration",
    15: "killed while keys are renewed", 16: "killed during an erasure", 17: "power cut",
    18: "the same update fifty times at once", 19: "updates in reverse order",
    20: "a press overtakes the message with the button", 21: "update ids jump down", 22: "an update id is used again",
    23: "the same press under a new id", 24: "503 for half an hour", 25: "what is no update of Telegram's",
    26: "updates nobody knows", 27: "an update that crashes whoever handles it", 28: "a second instance polls",
    29: "three minutes away: presses are lost", 30: "a day away: messages may be lost",
    31: "Telegram is down for an hour", 32: "a storm of 429", 33: "every third answer a page of HTML",
    34: "reset before or after delivery", 35: "read time-out with delivery",
    36: "no such name, no TLS, a wrong certificate", 37: "blocked in the middle of a check-in",
    38: "the account is gone", 39: "chat not found", 40: "the token is refused", 41: "4,097 and 12,000 characters",
    42: "not modified, too old: as good as done",
}  # fmt: skip
#: Tests whose numbers stand in their module.
_BY_NAME = {
    "test_a_kill_in_the_middle_of_a_call": frozenset(WEBHOOK_POINTS.values()),
    "test_a_kill_between_any_two_statements_of_a_migration": frozenset({14}),
    "test_a_kill_during_the_very_first_migration": frozenset({14}),
    "test_a_kill_during_a_renewal_of_keys": frozenset({15}),
    "test_a_kill_during_an_erasure": frozenset({16}),
    "test_after_a_power_cut": frozenset({17}),
    "test_after_postgres_was_killed_under_load": frozenset({17}),
}  # fmt: skip
_IN_A_NAME = re.compile(r"test_((?:\d{1,2}_)+)")
_IN_WORDS = re.compile(r"\b[A-G] (\d{1,2})(?: to (\d{1,2}))?(?!\d|,\d)|(?:^|; )(\d{1,2}): ")


def cases(*, everything: bool) -> Iterator[tuple[str, type[Story], Point]]:
    """What is played: all against all, or every point in half of its stories, on the engines in turn."""
    for number, point in enumerate(POINTS):
        told = [story for story in STORIES if point in story.points()]
        if everything:
            yield from ((engine, story, point) for story in told for engine in ENGINES)
            continue
        for turn, story in enumerate(told[number % 2 :: 2]):
            yield ENGINES[(number + turn) % len(ENGINES)], story, point


def table() -> str:
    """The kills: one line per point, one column per story."""
    head = ["No.", "Killed when", *(story.name for story in STORIES)]
    return _table(head, [[str(point.number), point.where, *(_cell(one, point) for one in STORIES)] for point in POINTS])


def numbers_in(name: str, words: str) -> set[int]:
    """The numbers of the catalogue that a test carries: in its name (`test_19_20_…`) or its docstring ("B 27.")."""
    found = {int(one) for one in "".join(_IN_A_NAME.findall(name)[:1]).split("_") if one}
    for first, last, alone in _IN_WORDS.findall(words):
        found |= set(range(int(first or alone), int(last or first or alone) + 1))
    return found


@cache
def covered() -> Mapping[int, tuple[str, ...]]:
    """By number, the tests that carry it, as pytest names them."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test_"):
                continue
            numbers = numbers_in(node.name, ast.get_docstring(node) or "")
            for beginning, more in _BY_NAME.items():
                numbers |= more if node.name.startswith(beginning) else set()
            for number in numbers:
                found[number].append(f"{path.relative_to(ROOT).as_posix()}::{node.name}")
    return {number: tuple(tests) for number, tests in found.items()}


def covered_table(results: Mapping[int, str]) -> str:
    """The faults: number, what, where its tests are, and what their last run came to."""
    lines = []
    for number, what in FAULTS.items():
        files = Counter(test.partition("::")[0].removeprefix("tests/") for test in covered().get(number, ()))
        lines.append([str(number), what, ", ".join(f"`{one}`" for one in files), results.get(number, "–")])
    return _table(["No.", "What happens", "Where in tests/", "Engines and result"], lines)


def play() -> dict[int, str]:
    """Run every test that carries a number; by number, on which engines it ran and what it came to."""
    tests = sorted({test for number, found in covered().items() if number in FAULTS for test in found})
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-n", "0", f"--junitxml={report}", *tests]
        subprocess.run(command, cwd=ROOT, check=False)
        ran = list(ET.parse(report).getroot().iter("testcase"))  # noqa: S314 (pytest wrote it just now)
    return {number: _result(number, ran) for number in FAULTS}


def _result(number: int, ran: list[ET.Element]) -> str:
    passed, failed = Counter[str](), 0
    for case in ran:
        name, _, cell = case.attrib["name"].partition("[")
        test = f"{case.attrib['classname'].replace('.', '/')}.py::{name}"
        if test not in covered().get(number, ()) or _elsewhere(number, name, cell):
            continue
        if len(case):
            failed += 1
            continue
        passed[next((engine for engine in ENGINES if engine in cell), "")] += 1
    where = ", ".join(engine for engine in ENGINES if passed[engine])
    said = f"{sum(passed.values())} passed" + (f", {failed} failed" if failed else "")
    return f"{where}: {said}" if where else said


def _elsewhere(number: int, name: str, cell: str) -> bool:
    """Whether this cell of a test with many points is of another number."""
    of_a_point = re.match(r"(\d+)-", cell)
    if name.startswith("test_a_kill_loses_nothing") and of_a_point:
        return int(of_a_point[1]) != number
    here = [point for point in WEBHOOK_POINTS if point in cell.removesuffix("]").split("-")]
    return bool(name.startswith("test_a_kill_in_the_middle") and here and WEBHOOK_POINTS[here[0]] != number)


def write(results: Mapping[int, str] | None = None) -> bool:
    """Put the tables into the page; without results what the last run said stays. True when that changed it."""
    page = PAGE.read_text(encoding="utf-8")
    shown = page.partition(COVERED_BEGIN)[2].partition(COVERED_END)[0].strip().splitlines()
    when = f"The tests ran on {datetime.now(UTC).date().isoformat()}."
    if results is None:
        lines = [line.strip("| ").split(" | ") for line in shown if re.match(r"\| \d", line)]
        results = {int(line[0]): line[-1] for line in lines}
        when = next((line for line in shown if line.startswith("The tests ran")), "The tests have not run yet.")
    made = _between(page, BEGIN, END, table())
    made = _between(made, COVERED_BEGIN, COVERED_END, f"{covered_table(results)}\n\n{when}")
    PAGE.write_text(made, encoding="utf-8")
    return made != page


def _between(page: str, begin: str, end: str, text: str) -> str:
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}"


def _table(head: list[str], lines: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *lines])


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
    if "--run" in sys.argv[1:]:
        write(play())
    elif "--write" in sys.argv[1:]:
        write()
    else:
        sys.stdout.write(f"{table()}\n\n{covered_table({})}\n")
