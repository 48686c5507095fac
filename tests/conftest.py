"""Fixtures of the whole suite: a fresh migrated database for each test, on SQLite and on a real PostgreSQL alike."""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import os
import re
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import hypothesis
import pytest

from hoert.logs import JsonFormatter
from models.database import opened
from models.migrate import migrate
from models.settings import Settings, load
from tests.cast import Cast
from tests.once import made_once
from tests.postgres import PostgresServer
from tests.quick import hash_quickly, remember_models
from tests.snapshots import Snapshot, on_postgres, on_sqlite

if TYPE_CHECKING:
    from tests.stage import Stage

hash_quickly()
remember_models()
# Properties are tried with 40 examples; the soak's hundred takes half a minute more of a core.
if os.environ.get("HOERT_TEST_ENGINES") != "all":
    hypothesis.settings.register_profile("part", hypothesis.settings(), max_examples=40)
    hypothesis.settings.load_profile("part")

#: A Tuesday in November, ten in the morning in Copenhagen: the office is open, Hørt-5 is being asked.
NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


#: What must never stand in a log line: the cast's names, what they write in the tests, the shape of a bot's token.
CANARIES = re.compile(
    r"Amina|Jonas|Leila|Astrid|Noah|Freja|Yusuf|Haddad|Birk|Fjeld|3\. august|Hej Mette|ikke leve|Hemmelig"
    r"|[0-9]{8,10}:[A-Za-z0-9_-]{35}"
)


class _Canary(logging.Handler):
    """Formats every record as Hørt does in production and keeps the names of loggers that let something slip."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._formatter = JsonFormatter()
        self.slipped: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self._formatter.format(record)
        if CANARIES.search(line):
            self.slipped.append(f"{record.name}: {record.msg!s:.60}")


@pytest.fixture(autouse=True)
def nothing_personal_in_any_log_line() -> Iterator[None]:
    """Law 10 over the whole suite: whatever a test does, no log line carries a name, a message or a token."""
    canary, root = _Canary(), logging.getLogger()
    root.addHandler(canary)
    yield
    root.removeHandler(canary)
    assert canary.slipped == []


@pytest.fixture
def now() -> datetime:
    """The instant at which a test begins."""
    return NOW


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run have in common."""
    own = tmp_path_factory.getbasetemp()
    common = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    common.mkdir(mode=0o700, exist_ok=True)
    return common


@pytest.fixture(scope="session")
def sqlite_template(shared: Path) -> Path:
    """A migrated, empty SQLite database, copied for each test."""

    def migrated(folder: Path) -> Path:
        asyncio.run(_migrate(load({}, demo=True, data_dir=folder)))
        return folder / "hoert.sqlite3"

    return made_once(shared, "template", migrated)


_MIGRATED = "migrated"


@pytest.fixture(scope="session")
def postgres(shared: Path) -> Iterator[PostgresServer]:
    """A real PostgreSQL for the whole run, one for each worker, with a migrated database in it."""

    def migrated(folder: Path) -> Path:
        first = PostgresServer()
        first.start()
        environ = {"HOERT_DATABASE_URL": first.url(first.create(name=_MIGRATED))}
        asyncio.run(_migrate(load(environ, demo=True, data_dir=folder)))
        return first.put_away(folder)

    server = PostgresServer()
    server.start(made_once(shared, "postgres", migrated))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """A migrated, empty PostgreSQL database, cloned for each test."""
    return _MIGRATED


#: Where the engine matters, tests run with Procrastinate; elsewhere it would only be the same PostgreSQL again.
#: HOERT_TEST_ENGINES=all runs everything on all three, one process on PostgreSQL among them.
_ENGINE_MATTERS = tuple(
    f"tests/{part}"
    for part in (
        "actions/test_letters", "actions/test_inbox", "bot_engine/test_delivery", "bot_engine/test_dispatch",
        "bot_engine/test_outage", "bot_engine/test_scale", "bot_engine/test_sending_faults", "journeys/test_checkin",
        "journeys/test_help", "journeys/test_joining", "journeys/test_message", "journeys/test_offer",
        "journeys/test_two_channels",
    )
)  # fmt: skip

#: Deeds, and what stands above them, ask the database the same on every engine: each of these tests is played on one of
#: them, always the same: a third on PostgreSQL, where a test takes twice the time, the others on SQLite.
_ONE_IS_ENOUGH = tuple(
    f"tests/{part}/" for part in ("actions", "backend", "bot", "demo", "hoert", "journeys", "scheduler")
)
#: Deeds that rest on what a database itself must hold: locks, triggers, row-level security, what a deletion leaves.
_ON_BOTH = tuple(
    f"tests/actions/test_{part}"
    for part in ("erasure", "letters_", "rotation", "scope", "sealed", "trail", "weekly_cap")
)


def _kinds(path: str) -> list[str]:
    """The engines a test is played on; `path` is its file and name."""
    matters = path.startswith(_ENGINE_MATTERS)
    every = ["sqlite", "postgres", "procrastinate"]
    if os.environ.get("HOERT_TEST_ENGINES") == "all":
        return every
    if path.startswith(_ONE_IS_ENOUGH) and not path.startswith(_ON_BOTH):
        return [("procrastinate" if matters else "postgres") if crc32(path.encode()) % 8 == 0 else "sqlite"]
    return ["sqlite", "procrastinate"] if matters else ["sqlite", "postgres"]


#: Tests that mostly wait (for processes to die, pages to paint, lines to be cut): they begin first, beside those that
#: count, on two of the workers.
_WAIT = (
    ("benchmarks/", "fleet/", "kill/", "hoert/", "production/", "bot_engine/test_sending_faults"),
    ("e2e/", "webchat_page/", "faithful/", "bot_engine/test_outage", "bot_engine/test_scale", "bot_engine/test_pace"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Lay the tests so that each of several workers, who take equal parts of the list, begins with what suits it."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers <= len(_WAIT):
        return
    parts: list[list[pytest.Item]] = [[] for _ in range(workers)]
    rest = []
    for item in items:
        path = item.nodeid.removeprefix("tests/")
        part = next((number for number, prefixes in enumerate(_WAIT) if path.startswith(prefixes)), None)
        (rest if part is None else parts[part]).append(item)
    size = -(-len(items) // workers)
    for part in parts:
        room = max(0, size - len(part))
        part.extend(rest[:room])
        del rest[:room]
    items[:] = [item for part in parts for item in part] + rest


def pytest_collection() -> None:
    """While thousands of tests are collected nothing becomes waste."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What is there now stays to the end: half a million objects that are not looked through again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many checks the tests have made that count theirs (`record_property("checks", …)`), wherever they ran."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            if name == "checks":
                what, many = value
                terminalreporter.write_line(f"{what}: {many:,} checks")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "settings" not in metafunc.fixturenames:
        return
    for mark in metafunc.definition.iter_markers("parametrize"):
        if mark.args[0] == "settings":
            return  # the test says itself on which
    metafunc.parametrize("settings", _kinds(metafunc.definition.nodeid), indirect=True)


#: What many tests begin with beside the cast: the fixture's name, where it is that, and who makes it.
_LIVED = {
    "world": (("tests/actions/", "tests/models/"), "tests.actions.world:live"),
    "story": (("tests/backend/",), "tests.backend.browsing:tell_story"),
}
#: What was put back into the database of the test that runs.
_PUT_BACK = pytest.StashKey[Snapshot]()


@pytest.fixture(scope="session")
def snapshots() -> dict[tuple[str, str], Snapshot]:
    """What was made already, by engine and name."""
    return {}


def _snapshot(request: pytest.FixtureRequest, engine: str) -> Snapshot | None:
    """What the test begins with, made by the first that asks; None for one that begins with nobody."""
    asked, path = request.fixturenames, request.node.nodeid
    lived = next((name for name, (where, _) in _LIVED.items() if name in asked and path.startswith(where)), "")
    if "cast" not in asked:
        return None
    known: dict[tuple[str, str], Snapshot] = request.getfixturevalue("snapshots")
    if (engine, lived) not in known:
        module, _, name = _LIVED[lived][1].partition(":") if lived else ("", "", "")
        make = getattr(importlib.import_module(module), name) if lived else None
        if engine == "sqlite":
            template = request.getfixturevalue("sqlite_template")
            took = partial(on_sqlite, template, make=make, now=NOW)
        else:
            server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
            took = partial(on_postgres, server, template, make=make, now=NOW)
        known[engine, lived] = made_once(request.getfixturevalue("shared"), f"{engine}-{lived or 'cast'}", took)
    return known[engine, lived]


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh migrated database that nobody has open yet, with whatever the test begins with in it."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    environ = {"HOERT_BIND": f"127.0.0.1:{_free_port()}"}
    begins = _snapshot(request, "sqlite" if request.param == "sqlite" else "postgres")
    if begins is not None:
        request.node.stash[_PUT_BACK] = begins
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), data / "hoert.sqlite3")
        if begins is not None:
            begins.put_back(data)
        yield load(environ, demo=True, data_dir=data)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    template = request.getfixturevalue("postgres_template")
    name = server.borrow(template)
    if begins is not None:
        begins.put_back(data, server, name)
    environ["HOERT_ENGINE"] = "procrastinate" if request.param == "procrastinate" else "embedded"
    yield load(environ | {"HOERT_DATABASE_URL": server.url(name)}, demo=True, data_dir=data)
    server.give_back(name, template)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Settings]:
    """The same, open in this process."""
    async with opened(settings):
        yield settings


@pytest.fixture
async def cast(database: Settings, request: pytest.FixtureRequest) -> Cast:
    """The cast: Amina, Jonas and Leila; Mette, Siri, Lars and Per; Odd and Astrid from another municipality."""
    return request.node.stash[_PUT_BACK].cast


@pytest.fixture
async def lived(cast: Cast, request: pytest.FixtureRequest) -> Any:
    """What the cast has lived through already, where the test asks for `world` or `story`."""
    return request.node.stash[_PUT_BACK].made


async def _migrate(settings: Settings) -> None:
    async with opened(settings, everywhere=False):
        await migrate(settings)


@pytest.fixture
async def stage(settings: Settings, now: datetime) -> AsyncIterator[Stage]:
    """The whole product on a stage, on either database."""
    from tests.stage import on_stage  # the whole product is heavy: only tests that play it import it

    async with on_stage(settings, now) as open_stage:
        yield open_stage


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
