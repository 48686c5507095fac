"""Receiving: an update is on our disk before Telegram is told that it arrived. Never PTB's Updater (docs/decisions).

Also the last resort: *help now* is answered from a file when the database is slow or gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.request import transport_of
from models.actions import inbox
from models.actions.inbox import Raw, read_raw
from models.domain.messages import is_help
from models.transactions import HOUSE

log = logging.getLogger("hoert.receiving")

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
_LONG_POLL = 25
_PATIENCE = 3.0
_BACK_OFF = (0.5, 1, 2, 5, 10, 30)
_CONFLICT = 10.0
_HELP_COMMANDS = ("/hjælp", "/hjaelp", "/help")


class Receiver:
    """Polls one bot for updates and puts them on disk. The offset moves only after the commit."""

    def __init__(
        self, name: str, url: str, *, now: Callable[[], datetime], on_received: Callable[[], None], help_file: Path
    ) -> None:
        self.name = name
        self._url = url  # carries the token: never logged, never shown
        self._now = now
        self._on_received = on_received
        self._help_file = help_file
        self._stopping = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None
        self._answered: set[int] = set()
        self._unkept = 0
        self.conflict = False

    def stop(self) -> None:
        """End the poll; what was fetched and not committed is fetched again next time."""
        self._stopping.set()

    async def run(self) -> None:
        """Receive until stopped."""
        async with aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar()) as self._session:
            offset = await self._first_offset()
            failures = 0
            while not self._stopping.is_set():
                updates = await self._unless_stopped(self._fetch(offset, _LONG_POLL))
                if updates is None:
                    failures += 1
                    await self._pause(_CONFLICT if self.conflict else _BACK_OFF[min(failures, len(_BACK_OFF)) - 1])
                    continue
                failures = 0
                if updates:
                    offset = await self._keep(updates, offset)

    async def _first_offset(self) -> int:
        while not self._stopping.is_set():
            try:
                return await inbox.offset(HOUSE, self.name)
            except Exception as exc:  # noqa: BLE001 (the database may come later than we do)
                log.warning("receiving.no_database", extra={"fault": type(exc).__name__, "bot": self.name})
                await self._pause(1)
        return 0

    async def _keep(self, updates: list[dict[str, Any]], offset: int) -> int:
        """Commit a batch; returns the offset to ask for next: the same as before when it could not be committed.

        While the database is away, what comes meanwhile is looked at too (not confirmed): somebody may ask for help.
        """
        batch = [_read(update) for update in updates]
        work = asyncio.ensure_future(self._commit(batch))
        while not (await asyncio.wait({work}, timeout=_PATIENCE))[0]:
            await self._help_without_database(batch)
            newer = None if self._stopping.is_set() else await self._fetch(offset, 0)
            await self._help_without_database([_read(update) for update in newer or []])
        try:
            await work
        except Exception as exc:  # noqa: BLE001 (nothing is acknowledged; the batch is fetched and tried again)
            log.warning("receiving.not_kept", extra={"fault": type(exc).__name__, "bot": self.name})
            await self._help_without_database(batch)
            await self._pause(_BACK_OFF[min(self._unkept, len(_BACK_OFF) - 1)])
            self._unkept += 1
            return offset
        self._unkept = 0
        self._on_received()
        return batch[-1].update_id + 1

    async def _commit(self, batch: list[Raw]) -> None:
        await inbox.receive(HOUSE, self.name, batch, now=self._now(), answered=frozenset(self._answered))
        # Help may have been shown while that took its time.
        here = frozenset(raw.update_id for raw in batch) & self._answered
        if here:
            await inbox.mark_answered(HOUSE, self.name, here)
        await inbox.move_offset(HOUSE, self.name, batch[-1].update_id + 1, now=self._now())
        self._answered -= here

    async def _fetch(self, offset: int, seconds: int) -> list[dict[str, Any]] | None:
        """What waits on Telegram's side; None when it cannot be had. `seconds`: how long to wait for the first."""
        try:
            status, reply = await self._call(
                "getUpdates", {"offset": offset, "timeout": seconds, "limit": 100, "allowed_updates": ALLOWED}
            )
        except Exception as exc:  # noqa: BLE001 (the text of such an error may carry the address, and so the token)
            log.warning("receiving.unreachable", extra={"fault": transport_of(exc), "bot": self.name})
            return None
        self.conflict = status == 409
        found = reply.get("result") if status == 200 and isinstance(reply, dict) else None
        if not isinstance(found, list) or not all(_is_update(update) for update in found):
            log.warning("receiving.refused", extra={"status": status, "bot": self.name})
            return None
        return found

    async def _call(self, method: str, data: dict[str, Any]) -> tuple[int, Any]:
        assert self._session is not None  # noqa: S101
        timeout = aiohttp.ClientTimeout(sock_connect=5, sock_read=_LONG_POLL + 10)
        async with self._session.post(
            f"{self._url}/{method}", json=data, timeout=timeout, allow_redirects=False
        ) as response:
            body = await response.read()
            with contextlib.suppress(ValueError, RecursionError):
                return response.status, json.loads(body)
            return response.status, None

    async def _help_without_database(self, batch: list[Raw]) -> None:
        """Answer every request for help in the batch from the file, once; in both languages, because we cannot look."""
        for raw in batch:
            if raw.update_id in self._answered or raw.chat_id is None or not _asks_for_help(raw):
                continue
            try:
                text = await asyncio.to_thread(_help_text, self._help_file)
                status, _ = await self._call("sendMessage", {"chat_id": raw.chat_id, "text": text})
                if status == 200:
                    self._answered.add(raw.update_id)
            except Exception as exc:  # noqa: BLE001 (we tried; the update stays on Telegram's side)
                log.warning("receiving.help_failed", extra={"fault": transport_of(exc), "bot": self.name})

    async def _unless_stopped(self, fetch: Any) -> list[dict[str, Any]] | None:
        work, stop = asyncio.ensure_future(fetch), asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not work.done():
            # Only the poll is cancelled, never the database: an unconfirmed update is simply fetched again.
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
            return None
        return await work  # type: ignore[no-any-return]

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


def _is_update(update: object) -> bool:
    return isinstance(update, dict) and isinstance(update.get("update_id"), int)


def _read(update: dict[str, Any]) -> Raw:
    """Take an update apart; one that has no shape we know is kept whole and holds nobody up."""
    try:
        return read_raw(update)
    except Exception:  # noqa: BLE001 (whatever it is, it is kept)
        return Raw(int(update["update_id"]), "unreadable", None, "", "", update)


def _asks_for_help(raw: Raw) -> bool:
    if raw.kind == "callback_query":
        return bool(raw.payload["callback_query"].get("data") == "help")
    return raw.kind == "message" and (is_help(raw.text) or raw.text.strip().casefold().split("@")[0] in _HELP_COMMANDS)


def _help_text(path: Path) -> str:
    texts = json.loads(path.read_text(encoding="utf-8"))
    return f"{texts['da']}\n\n{texts['en']}"
