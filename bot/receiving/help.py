"""*Help now* without a database: answered from a file, once, in both languages because we cannot look."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable
from pathlib import Path

from bot.receiving.api import BotApi
from bot.request import transport_of
from models.actions.inbox import Raw
from models.domain.messages import is_help

log = logging.getLogger("hoert.receiving")

_COMMANDS = ("/hjælp", "/hjaelp", "/help")


class OfflineHelp:
    """Shows help to whoever asks for it while their update cannot be kept. `answered`: the updates already served."""

    def __init__(self, name: str, api: BotApi, help_file: Path) -> None:
        self._name, self._api, self._help_file = name, api, help_file
        self.answered: set[int] = set()
        self._serving: set[int] = set()

    async def offer(self, batch: Iterable[Raw]) -> None:
        """Answer every request for help in the batch that nobody has answered yet. Never raises."""
        for raw in batch:
            if raw.update_id in self.answered | self._serving or raw.chat_id is None or not asks_for_help(raw):
                continue
            # The same update may be in hand more than once at this moment.
            self._serving.add(raw.update_id)
            try:
                text = await asyncio.to_thread(_help_text, self._help_file)
                status, _ = await self._api.call("sendMessage", {"chat_id": raw.chat_id, "text": text})
                if status == 200:
                    self.answered.add(raw.update_id)
            except Exception as exc:  # noqa: BLE001 (we tried; the update stays on Telegram's side)
                log.warning("receiving.help_failed", extra={"fault": transport_of(exc), "bot": self._name})
            finally:
                self._serving.discard(raw.update_id)


def asks_for_help(raw: Raw) -> bool:
    """Whether an update is a cry for the help screen: its button, its command, or the bare word."""
    if raw.kind == "callback_query":
        return bool(raw.payload["callback_query"].get("data") == "help")
    return raw.kind == "message" and (is_help(raw.text) or raw.text.strip().casefold().split("@")[0] in _COMMANDS)


def _help_text(path: Path) -> str:
    texts = json.loads(path.read_text(encoding="utf-8"))
    return f"{texts['da']}\n\n{texts['en']}"
