from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import bot.app  # noqa: F401 (with it come all the screens)
from bot.help import write_help_file
from models.domain.people import YoungPerson
from models.transactions import Scope
from tests.bot_engine.script import Script
from tests.cast import Cast, link
from tests.conftest import NOW


class Clock:
    """Runs with the machine's time, from the instant at which a test begins; can be moved on."""

    def __init__(self) -> None:
        self._ahead = NOW - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def help_file(tmp_path: Path) -> Path:
    path = tmp_path / "help.json"
    write_help_file(path)
    return path


@pytest.fixture
async def script() -> AsyncIterator[Script]:
    """A Bot API that says what the test tells it to say."""
    async with Script() as made:
        yield made


@pytest.fixture
async def amina(cast: Cast, now: datetime) -> YoungPerson:
    return await link(Scope(cast.randers), cast.amina, 7001, now=now, bot="telegram", confirmed_by=cast.mette.staff_id)


@pytest.fixture
async def jonas(cast: Cast, now: datetime) -> YoungPerson:
    return await link(Scope(cast.randers), cast.jonas, 7002, now=now, bot="telegram", confirmed_by=cast.siri.staff_id)


@pytest.fixture
async def astrid(cast: Cast, now: datetime) -> YoungPerson:
    return await link(Scope(cast.odsherred), cast.astrid, 7003, now=now, bot="telegram", confirmed_by=cast.odd.staff_id)
