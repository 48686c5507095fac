"""What a kept file may hold: nothing of one machine, nothing unfinished, nothing too long to be read in one go."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.sources import TOP, kept_files

#: Split so that this file does not contain what it looks for.
MACHINE = re.compile(r"/work" + r"/|/far" + r"m/|/roo" + r"t/|/tm" + r"p/[a-z]")
UNFINISHED = re.compile(
    "TO" + "DO|FIX" + "ME|XX" + "X|Not" + r"Implemented(Error)?|assert Tru" + r"e *$|pytest\.mark\.(ski" + "p|xfail)",
    re.MULTILINE,
)
MADE_ELSEWHERE = re.compile(r"(vendor|migrations|lock)")
LONGEST = 450


def test_no_kept_file_knows_a_path_of_one_machine() -> None:
    exempt = re.compile(r"\.lock$|^tests/.*fixtures/")
    found = [_name(path) for path in kept_files() if not exempt.search(_name(path)) and MACHINE.search(_text(path))]
    assert found == []


def test_nothing_unfinished_is_kept() -> None:
    found = [
        _name(path)
        for path in kept_files()
        if path.suffix in {".py", ".html", ".js"} and "vendor" not in path.parts and UNFINISHED.search(_text(path))
    ]
    assert found == []


def test_no_file_is_longer_than_one_reading() -> None:
    long = {
        _name(path): lines
        for path in kept_files()
        if path.suffix in {".py", ".html", ".js"}
        and not MADE_ELSEWHERE.search(_name(path))
        and (lines := len(_text(path).splitlines())) > LONGEST
    }
    assert long == {}


def test_continuous_integration_runs_the_newcomers_test_command() -> None:
    assert re.search(r"^timeout .* make test ", _text(TOP / ".ci/run"), re.MULTILINE)
    assert (TOP / ".ci/run").stat().st_mode & 0o111 == 0o111


def test_the_licence_is_the_whole_mozilla_public_licence() -> None:
    text = _text(TOP / "LICENSE")
    assert re.findall(r"^[* ]*(\d+)\. [A-Z]", text, re.MULTILINE) == [str(number) for number in range(1, 11)]
    assert 'Exhibit B - "Incompatible With Secondary Licenses" Notice' in text


def _name(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
