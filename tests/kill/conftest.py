from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from models.settings import Settings
from tests.kill.ledger import Ledger
from tests.kill.stage import Nursery, Stage, set_up


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
async def stage(
    settings: Settings, ledger: Ledger, nursery: Nursery, tmp_path: Path, now: datetime
) -> AsyncIterator[Stage]:
    """A stage of its own for each test."""
    stage = await set_up(settings, ledger, nursery, tmp_path, now)
    yield stage
    for phone in stage.phones.values():
        await phone.web.close()
    assert stage.leaks() == []
