"""Each benchmark, tiny: it runs, contestants finish, and what was stored is what was pressed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measuring import write_marked
from tests.house.sources import TOP

BENCHMARKS = sorted(path.stem for path in (TOP / "benchmarks").glob("bench_*.py"))
#: Of five contestants each time a peer and Hørt on PostgreSQL. aiogram takes six seconds to start, three times a round;
#: that it plays our server's journeys is held by tests/faithful.
FEWER = {} if os.environ.get("HOERT_TEST_ENGINES") == "all" else {"bench_checkin": ["--only", "TP"]}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_tiny_run_ends_with_figures_and_without_a_fault(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--quick", *FEWER.get(name, [])],
        cwd=TOP, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert (done.returncode, re.findall(r".* no figures: .*", done.stdout)) == (0, []), done.stderr[-4000:]


def test_every_table_has_its_place_in_the_page() -> None:
    page = (TOP / "docs/performance.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^<!-- (\w+) -->$", page, re.MULTILINE)) == sorted(
        name.removeprefix("bench_") for name in BENCHMARKS
    )


def test_a_table_is_written_between_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- checkin -->\nold\n<!-- /checkin -->\nafter\n", encoding="utf-8")
    write_marked("checkin", "new", page)
    assert page.read_text(encoding="utf-8") == "before\n<!-- checkin -->\nnew\n<!-- /checkin -->\nafter\n"


def test_a_table_without_a_place_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing here\n", encoding="utf-8")
    with pytest.raises(ValueError, match="has no place marked checkin"):
        write_marked("checkin", "new", page)
