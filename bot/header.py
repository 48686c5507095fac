"""The line above the web chat: the name of who answers and by when. Telegram has no place for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime

from telegram import Bot
from telegram.error import TelegramError

from locales import text
from locales.dates import when
from models.actions.letters import Taken
from models.queries.chat_header import header
from models.transactions import Scope


class Headers:
    """Tells the web chat server when a header has changed; best effort, beside the letters."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._told: dict[int, tuple[str, str]] = {}

    async def __call__(self, bot: Bot, taken: Taken) -> None:
        """After a letter went out: say who answers and by when, if that is news."""
        if taken.person_id is None or taken.municipality_id is None:
            return
        found = await header(Scope(taken.municipality_id), taken.person_id)
        title = text("chat.header.title", taken.language, name=found.name) if found.name else found.municipality
        subtitle = (
            text("chat.header.promise", taken.language, when=when(found.promised_at, self._now(), taken.language))
            if found.promised_at
            else found.municipality
        )
        if self._told.get(taken.chat_id) == (title, subtitle):
            return
        with contextlib.suppress(TelegramError):
            await bot.do_api_request(
                "setChatHeader", api_kwargs={"chat_id": taken.chat_id, "title": title, "subtitle": subtitle}
            )
            if len(self._told) > 10_000:
                self._told.clear()
            self._told[taken.chat_id] = (title, subtitle)
