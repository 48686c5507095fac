"""A stage with a second server that stands for Telegram, rates and all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import aiohttp

from hoert.clock import Clock
from models.settings import Settings
from models.transactions import Scope
from tests import cast as casting
from tests.stage import Phone, Stage, on_stage
from tests.webchat.served import TOKEN, Served


class TwoChannels(Stage):
    """The web chat and Telegram at once."""

    telegram: Served

    async def settle(self) -> None:
        """Wait for what is still on the line of either channel, too."""
        servers = (self.house.webchat, self.telegram.chat)
        async with asyncio.timeout(20):
            while any(server.chats.updates.count(self.now().timestamp()) for server in servers):
                await asyncio.sleep(0.02)
        await super().settle()

    def new_telegram(self) -> Phone:
        """A phone with Telegram that the bot has never met."""
        web = aiohttp.ClientSession(
            base_url=f"http://127.0.0.1:{self.telegram.ports[1]}/chat/",
            headers={"X-Hoert": "1"},
            cookie_jar=aiohttp.CookieJar(unsafe=True),
        )
        self._open.append(web)
        return Phone(web, self)

    async def on_telegram(self, person_id: str, *, confirmed: bool = True, language: str = "da") -> tuple[Phone, int]:
        """Somebody's Telegram, linked; their chat there."""
        made = (
            await self.telegram.call("createChatSession", first_name="x", language_code=language, started=True)
        ).result
        municipality = self.cast.odsherred if person_id == self.cast.astrid else self.cast.randers
        await casting.link(
            Scope(municipality), person_id, made["chat_id"], now=self.now(), bot="telegram", language=language,
            confirmed_by=self.cast.mette.staff_id if confirmed else None,
        )  # fmt: skip
        phone = self.new_telegram()
        async with phone.web.post("api/session", json={"session": made["session"]}) as answer:
            assert answer.status == 200
        return phone, made["chat_id"]


@asynccontextmanager
async def two_channels(
    settings: Settings, now: datetime, folder: Path, *, enforce_rates: bool = True
) -> AsyncIterator[TwoChannels]:
    """The whole product on both channels at once, with the cast."""
    clock = Clock()
    clock.start_at(now)
    telegram = Served(folder, clock=lambda: clock.now().timestamp(), enforce_rates=enforce_rates)
    await telegram.begin()
    told = replace(settings, telegram_token=TOKEN, telegram_api=f"http://127.0.0.1:{telegram.ports[0]}")
    try:
        async with on_stage(told, now, kind=TwoChannels, clock=clock) as stage:
            assert isinstance(stage, TwoChannels)
            stage.telegram = telegram
            yield stage
    finally:
        await telegram.end()
