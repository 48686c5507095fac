"""docs/operations.md is true: every event of the code has its line, every figure is there, every alarm its runbook."""

from __future__ import annotations

import ast
import re

from hoert.logs import EVENTS_OF_LIBRARIES
from hoert.metrics import HELP
from tests.house.sources import TOP, dotted, python_files, tree

PAGE = (TOP / "docs/operations.md").read_text(encoding="utf-8")
LEVELS = {"debug": "debug", "info": "info", "warning": "warning", "error": "error", "exception": "error",
          "critical": "critical"}  # fmt: skip
LOGGER = re.compile(r"(.*\.)?_?log(ger)?", re.IGNORECASE)
#: What Prometheus sees: counters carry their suffix.
SERIES = {f"{name}_total" if name in {"hoert_deliveries", "hoert_webhook_answers"} else name for name in HELP}


def events_of_the_code() -> set[tuple[str, str]]:
    """(event, level) of every log line of the house."""
    return {
        (str(node.args[0].value), LEVELS[node.func.attr])
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and LOGGER.fullmatch(dotted(node.func.value))
        and node.args
        and isinstance(node.args[0], ast.Constant)
    } | {(event, "error") for event in EVENTS_OF_LIBRARIES.values()}


def table() -> list[list[str]]:
    """The rows of the table of events, cell by cell."""
    body = PAGE.partition("<!-- events -->")[2].partition("<!-- /events -->")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.strip().splitlines()[2:]]


def test_every_event_has_its_line_in_the_table_and_no_line_is_of_an_event_that_is_gone() -> None:
    assert sorted((row[0].strip("`"), row[1]) for row in table()) == sorted(events_of_the_code())


def test_every_line_says_what_happened_and_what_to_do_and_they_are_in_order() -> None:
    assert [row for row in table() if len(row) != 4 or not all(row)] == []
    events = [row[0].strip("`") for row in table()]
    assert events == sorted(events)


def test_the_page_explains_every_figure_and_no_other() -> None:
    assert set(re.findall(r"^\| `(hoert_\w+)` \|", PAGE, re.MULTILINE)) == SERIES


def test_every_alarm_asks_for_figures_that_exist_and_has_its_runbook() -> None:
    rules = PAGE.partition("```yaml")[2].partition("```")[0]
    assert set(re.findall(r"\bhoert_\w+", rules)) - SERIES == set()
    alarms = re.findall(r"- alert: (\w+)", rules)
    assert re.findall(r"^### (\w+)$", PAGE, re.MULTILINE) == alarms
    assert set(re.findall(r"see (Hoert\w+)", PAGE)) - set(alarms) == set()
    assert len(re.findall(r"^ +expr: ", rules, re.MULTILINE)) == len(alarms)
