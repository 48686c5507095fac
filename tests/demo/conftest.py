"""The invented world, seeded once for each database and copied for each test."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from hoert.demo.people import Cast, World, cast_from
from hoert.demo.world import seed, world_of
from models.database import opened
from models.migrate import migrate
from models.settings import Settings, load
from models.transactions import HOUSE, Scoped, atomic
from tests.postgres import PostgresServer

T = TypeVar("T")

#: A Saturday in November: look.md's day. Hørt-5 is being asked, the office is closed.
SATURDAY = datetime(2026, 11, 21, 9, 40, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """A seeded database, its cast by way of JSON, and the world as it was told (kept from the seeding)."""

    settings: Settings
    cast: Cast
    world: World
    now: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class _Kept:
    folder: Path
    template: str
    cast: Cast
    world: World
    seconds: float


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The demo runs on SQLite (HOERT_TEST_ENGINES=all: it is looked at on PostgreSQL, too)."""
    if "seeded" in metafunc.fixturenames:
        everywhere = os.environ.get("HOERT_TEST_ENGINES") == "all"
        kinds = ["sqlite", "postgres"] if everywhere else ["sqlite"]
        metafunc.parametrize("seeded", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def seeded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> _Kept:
    folder = tmp_path_factory.mktemp("demo")
    environ, name = {}, ""
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        name = server.create()
        environ = {"HOERT_DATABASE_URL": server.url(name)}
    cast, world, seconds = asyncio.run(_seed(load(environ, demo=True, data_dir=folder)))
    return _Kept(folder, name, cast, world, seconds)


@pytest.fixture
def told_settings(seeded: _Kept, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    data = tmp_path / "data"
    shutil.copytree(seeded.folder, data)
    if not seeded.template:
        yield load({}, demo=True, data_dir=data)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create(seeded.template)
    yield load({"HOERT_DATABASE_URL": server.url(name)}, demo=True, data_dir=data)
    server.drop(name)


@pytest.fixture
async def told(seeded: _Kept, told_settings: Settings) -> AsyncIterator[Told]:
    """The seeded world, open in this process. The process does not remember it: it has been restarted, so to speak."""
    cast = cast_from(json.loads(json.dumps(asdict(seeded.cast), default=str)))
    async with opened(told_settings):
        yield Told(told_settings, cast, seeded.world, SATURDAY, seeded.seconds)


async def _seed(settings: Settings) -> tuple[Cast, World, float]:
    async with opened(settings, everywhere=False):
        await migrate(settings)
        began = time.perf_counter()
        cast = await seed(SATURDAY)
        seconds = time.perf_counter() - began
        return cast, await world_of(cast), seconds


async def in_house(work: Callable[[], Awaitable[T]]) -> T:
    """Read as the whole house: row-level security lets nobody else look across municipalities."""
    return await _in_house(HOUSE, work)


@atomic
async def _in_house(_scope: Scoped, work: Callable[[], Awaitable[T]]) -> T:
    return await work()
