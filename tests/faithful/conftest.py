from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

import hoert.parts
from bot.runner import Channel
from models.settings import Settings, load
from tests.faithful.aiograms import Aiogram
from tests.faithful.tap import Tap, tapped
from tests.stage import Stage, on_stage

Curtain = Callable[[str], AbstractAsyncContextManager[Stage]]


@pytest.fixture(scope="session")
def aiogram() -> Iterator[Aiogram]:
    """One process for all: to import aiogram takes longer than any of these tests."""
    process = Aiogram()
    yield process
    assert process.close() == 0


class PatientStage(Stage):
    """A stage that also waits for what is still on the line."""

    async def settle(self) -> None:
        async with asyncio.timeout(20):
            while self.house.webchat.chats.updates.count(self.now().timestamp()):
                await asyncio.sleep(0.02)
        await super().settle()


@pytest.fixture
async def tap(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tap]:
    """A tap on the line between the bot and its server, on every stage to come."""
    async with tapped() as tap:
        real = hoert.parts.channels

        def through(settings: Settings, webchat_api: str) -> list[Channel]:
            tap.target = webchat_api
            return real(settings, tap.address)

        monkeypatch.setattr(hoert.parts, "channels", through)
        yield tap


@pytest.fixture
def curtain(tmp_path: Path, sqlite_template: Path, now: datetime) -> Curtain:
    """Opens a stage of its own by name. What is said on the line does not depend on the database: SQLite is enough."""

    @asynccontextmanager
    async def opened(name: str) -> AsyncIterator[Stage]:
        data = tmp_path / name
        data.mkdir(mode=0o700)
        shutil.copy(sqlite_template, data / "hoert.sqlite3")
        async with on_stage(
            load({"HOERT_BIND": "127.0.0.1:0"}, demo=True, data_dir=data), now, kind=PatientStage
        ) as stage:
            yield stage

    return opened
