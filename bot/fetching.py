"""Fetching: what people send besides words is asked for after the commit, looked at, and kept sealed.

A row waits, somebody takes it in hand for a while, and what is fetched is committed with the row: whoever is killed in
between has kept nothing, and the file is fetched again when their time is over. Addresses of files hold the token, so
nothing of them is logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from models.actions import attachments
from models.actions.attachments import Ready, Waiting, make_ready
from models.domain import media
from models.domain.errors import Invalid
from models.engine import forget, on_expected
from models.transactions import HOUSE, Scope

log = logging.getLogger("hoert.fetching")

#: Files in hand at once: each may be twenty megabytes.
_AT_ONCE = 3
_IDLE = 2.0
_LAST_WORDS = 5.0


class Fetcher:
    """Fetches the files of some bots. Runs as a task; wakes at each commit that left one to fetch, and by itself."""

    def __init__(self, bots: Mapping[str, Bot], *, now: Callable[[], datetime]) -> None:
        self._bots = bots
        self._now = now
        self._wake = asyncio.Event()
        self._busy: set[asyncio.Task[None]] = set()
        self._stopping = self._looking = False

    def wake(self) -> None:
        """There may be something to fetch."""
        self._wake.set()

    def stop(self) -> None:
        """Take nothing new."""
        self._stopping = True
        self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is in hand at this moment."""
        return not (self._busy or self._looking or self._wake.is_set())

    async def run(self) -> None:
        """Fetch until stopped. A fault of the database or of one file never ends the loop."""
        on_expected(self.wake)
        try:
            while not self._stopping:
                self._looking = True
                self._wake.clear()
                await self._round()
                self._looking = False
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), _IDLE)
            await self._finish()
        finally:
            forget(self.wake)

    async def drain(self) -> int:
        """Fetch everything that is due now, for tests and the demo's clock; returns how many files were tried."""
        tried = 0
        while found := await attachments.claim(HOUSE, bots=tuple(self._bots), limit=_AT_ONCE, now=self._now()):
            for one in found:
                await self._one(one)
                tried += 1
        return tried

    async def _round(self) -> None:
        found: list[Waiting] = []
        free = _AT_ONCE - len(self._busy)
        if not free:
            return  # whoever ends wakes us
        try:
            found = await attachments.claim(HOUSE, bots=tuple(self._bots), limit=free, now=self._now())
        except Exception as exc:  # noqa: BLE001 (the loop must outlive the database)
            log.warning("fetching.round_failed", extra={"fault": type(exc).__name__})
        for one in found:
            task = asyncio.create_task(self._one(one))
            self._busy.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._wake.set()

    async def _finish(self) -> None:
        """What is nearly there may still be kept; the rest stays leased, and is fetched again."""
        if not self._busy:
            return
        _, late = await asyncio.wait(self._busy, timeout=_LAST_WORDS)
        for fetching in late:
            fetching.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _one(self, one: Waiting) -> None:
        try:
            await self._fetch(one)
        except Exception as exc:  # noqa: BLE001 (it stays leased, and is tried again)
            log.warning("fetching.failed", extra={"fault": type(exc).__name__, "file": one.attachment_id})

    async def _fetch(self, one: Waiting) -> None:
        scope, wait, gone = Scope(one.municipality_id), None, False
        try:
            await attachments.keep(scope, one.attachment_id, await self._get(one), now=self._now())
        except Invalid as refused:
            await attachments.refuse(scope, one.attachment_id, refused.code, now=self._now())
        except RetryAfter as error:
            wait = (
                error.retry_after if isinstance(error.retry_after, timedelta) else timedelta(seconds=error.retry_after)
            )
        except (BadRequest, Forbidden, InvalidToken) as error:
            # An address that ran out is answered like a token that is wrong: asked for anew, it works again.
            gone = True
            log.info("fetching.not_there", extra={"fault": type(error).__name__, "file": one.attachment_id})
        except TelegramError as error:
            log.info("fetching.not_reached", extra={"fault": type(error).__name__, "file": one.attachment_id})
        else:
            return
        await attachments.not_fetched(scope, one.attachment_id, gone=gone, wait=wait, now=self._now())

    async def _get(self, one: Waiting) -> Ready:
        try:
            file = await self._bots[one.bot].get_file(one.file_id)
        except BadRequest as error:
            if "too big" in error.message:
                raise Invalid("file_too_big", "file") from None
            raise
        except InvalidToken:
            # It is the token that is refused, not the file: with a new one it is there.
            raise NetworkError("token") from None
        if (file.file_size or 0) > media.LARGEST:
            raise Invalid("file_too_big", "file")
        content = bytes(await file.download_as_bytearray())
        return await asyncio.to_thread(make_ready, one.name, content)
