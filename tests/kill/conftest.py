import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from models.settings import Settings, load
from tests.kill.ledger import Ledger
from tests.kill.stage import Nursery, Stage, set_up
from tests.postgres import PostgresServer


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """One web chat for all kills: it outlives every victim."""
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    ledger.start()
    yield ledger
    assert ledger.stop() == (0, b"")


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """One mother of all victims."""
    nursery = Nursery()
    yield nursery
    assert nursery.close() == 0


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh migrated database under one of `tests.kill.table.ENGINES`; tests name which."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    environ = {"HOERT_BIND": "127.0.0.1:0"}
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), data / "hoert.sqlite3")
        yield load(environ, demo=True, data_dir=data)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    template = request.getfixturevalue("postgres_template")
    name = server.borrow(template)
    environ |= {
        "HOERT_DATABASE_URL": server.url(name),
        "HOERT_ENGINE": "procrastinate" if request.param == "procrastinate" else "embedded",
    }
    yield load(environ, demo=True, data_dir=data)
    server.give_back(name, template)


@pytest.fixture
async def stage(
    engine: Settings, ledger: Ledger, nursery: Nursery, tmp_path: Path, now: datetime
) -> AsyncIterator[Stage]:
    """A stage of its own for each test."""
    stage = await set_up(engine, ledger, nursery, tmp_path, now)
    yield stage
    for phone in stage.phones.values():
        await phone.web.close()
    assert stage.leaks() == []
