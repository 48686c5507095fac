"""Laws 1, 2 and 3: who may import whom."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.house.sources import TOP, imported, place, project, python_files

#: Standard modules the rules may use: values, text and numbers; nothing that reads, waits, draws or asks the time.
PURE = {
    "__future__", "base64", "bisect", "calendar", "collections", "dataclasses", "datetime", "decimal", "enum",
    "fractions", "functools", "hashlib", "heapq", "hmac", "itertools", "json", "math", "operator", "re", "statistics",
    "string", "types", "typing", "unicodedata", "zoneinfo",
}  # fmt: skip
#: Whatever reaches a network. Deeds decide and commit; the edges speak.
NETWORK = {"aiohttp", "httpx", "requests", "socket", "ssl", "smtplib", "ftplib", "telegram", "http", "urllib.request"}


def test_every_import_contract_is_kept() -> None:
    linted = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=TOP,
        check=False,
        capture_output=True,
        text=True,
    )
    assert linted.returncode == 0, linted.stdout[-4000:]
    contracts = len(project()["tool"]["importlinter"]["contracts"])
    assert f"Contracts: {contracts} kept, 0 broken." in linted.stdout


def test_the_rules_import_only_values_text_and_numbers() -> None:
    found = {
        f"{place(path)} {name}"
        for path in python_files("models/domain")
        for name in imported(path).values()
        if name.partition(".")[0] not in PURE and not name.startswith("models.domain")
    }
    assert found == set()


def test_nothing_below_the_edges_reaches_a_network() -> None:
    found = {
        f"{place(path)} {name}"
        for path in python_files("models", "locales")
        for name in imported(path).values()
        if any(name == module or name.startswith(f"{module}.") for module in NETWORK)
    }
    assert found == set()


def test_no_module_has_a_name_that_says_nothing() -> None:
    hollow = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "stuff", "base"}
    assert [place(path) for path in python_files() if hollow & {path.stem, path.parent.name}] == []


def test_every_package_says_what_it_is() -> None:
    silent = [
        place(path)
        for path in python_files()
        if path.name == "__init__.py" and not path.read_text(encoding="utf-8").startswith('"""')
    ]
    assert silent == []
