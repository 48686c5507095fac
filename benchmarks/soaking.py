"""What the soaks of sending stand on: a web chat in a process of its own, a database of each engine, who sends."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.durable_postgres import DurablePostgres
from bot.help import write_help_file
from models.actions import letters
from models.database import opened
from models.migrate import migrate
from models.settings import Settings, load
from models.transactions import HOUSE
from tests.bot_engine import crowd
from tests.cast import Cast, invite_the_cast
from tests.webchat.served import TOKEN

ROOT = Path(__file__).parents[1]
ENGINES = ("sqlite", "postgres", "procrastinate")


def now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


class Telegram:
    """A web chat with Telegram's rates, in a process that can be away and come back to the same port."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "token").write_text(TOKEN, encoding="utf-8")
        self._folder, self._port = folder, 0
        self._process: asyncio.subprocess.Process | None = None

    @property
    def api(self) -> str:
        """The address of its Bot API."""
        return f"http://127.0.0.1:{self._port}"

    async def arrive(self) -> None:
        """Start, and wait until it listens."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.webchat", "--bot-port", str(self._port), "--page-port", "0",
            "--data", str(self._folder / "data"), "--token-file", str(self._folder / "token"), "--extensions",
            stdout=asyncio.subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        assert self._process.stdout is not None
        self._port = json.loads(await self._process.stdout.readline())["bot_port"]

    async def leave(self) -> None:
        """End: nobody listens at the port any more."""
        assert self._process is not None
        self._process.terminate()
        await self._process.wait()

    async def call(self, method: str, **params: Any) -> Any:
        """One call of the Bot API, which must succeed."""
        address = f"{self.api}/bot{TOKEN}/{method}"
        async with aiohttp.ClientSession() as session, session.post(address, json=params) as answer:
            body = await answer.json()
        assert body["ok"], body["description"]
        return body["result"]

    async def chats(self, count: int) -> list[int]:
        """People who have started the bot."""
        return [one["chat_id"] for one in await self.call("createChats", count=count, started=True)]


@asynccontextmanager
async def house(engine: str) -> AsyncIterator[tuple[Settings, Cast, Telegram, Path]]:
    """An empty installation on one engine, open in this process, its cast, a server, and the file with the help."""
    with tempfile.TemporaryDirectory(prefix="hoert-soak-") as name:
        folder = Path(name)
        # PostgreSQL may have to run as somebody else, who must get to its folder.
        os.chmod(name, 0o755)  # noqa: S103
        server, environ = None, {}
        if engine != "sqlite":
            (folder / "pg").mkdir()
            server = DurablePostgres(folder / "pg")
            server.start()
            environ = {"HOERT_DATABASE_URL": server.create("hoert"), "HOERT_ENGINE": _engine(engine)}
        telegram = Telegram(folder / "telegram")
        await telegram.arrive()
        settings = replace(load(environ, demo=True, data_dir=folder / "data"), telegram_token=TOKEN)
        help_file = folder / "help.json"
        write_help_file(help_file)
        try:
            async with opened(settings):
                await migrate(settings)
                yield settings, await invite_the_cast(now()), telegram, help_file
        finally:
            await telegram.leave()
            if server is not None:
                server.stop()


@asynccontextmanager
async def senders(settings: Settings, telegram: Telegram, help_file: Path) -> AsyncIterator[int]:
    """Whoever sends: this process where there can only be one, else two others. Yields how many."""
    ticking = asyncio.create_task(_tick())
    try:
        if settings.is_sqlite:
            async with crowd.sending(telegram.api, now, help_file):
                yield 1
            return
        others = [await crowd.sender(settings, telegram.api, timedelta(0), help_file) for _ in range(2)]
        for other in others:
            await other.up()
        yield len(others)
        ended = [await other.stop() for other in others]
        assert ended == [0, 0]
    finally:
        ticking.cancel()


async def _tick() -> None:
    """What the clock does every ten seconds for letters."""
    while True:
        await asyncio.sleep(10)
        await letters.sweep(HOUSE, now=now(), real_now=now())
        await letters.recall(HOUSE, now=now())


def _engine(name: str) -> str:
    return "procrastinate" if name == "procrastinate" else "embedded"
