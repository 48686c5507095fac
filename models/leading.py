"""One leader among many processes: PostgreSQL's advisory lock on a connection of its own, held while it lives.

An economy, not a lock on correctness: every deed stays right when two lead for a moment. On SQLite there is one
process, and it leads.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

import psycopg

from models.database import direct
from models.settings import Settings

log = logging.getLogger("hoert.leading")

_LOOK = 2.0
_SPACE = 0x48C3  # the first half of the lock's number: ours


class Leader:
    """Stands for election to one office until stopped."""

    def __init__(self, settings: Settings, office: str) -> None:
        self._settings = settings
        self._office = office
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._task: asyncio.Task[None] | None = None
        self._leads = settings.is_sqlite

    def leads(self) -> bool:
        """Whether this process leads now."""
        return self._leads

    async def start(self) -> None:
        """Stand for election from now on; who is alone leads when this returns."""
        if self._settings.is_sqlite:
            return
        with contextlib.suppress(psycopg.Error):
            await self._try()
        self._task = asyncio.create_task(self._stand())

    async def stop(self) -> None:
        """Step down: another may lead at once."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._leads = False
        await self._close()

    async def _stand(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            try:
                await self._try()
            except Exception as exc:  # noqa: BLE001 (whatever the driver says may carry the address)
                log.warning("leading.lost", extra={"fault": type(exc).__name__, "office": self._office})
                self._leads = False
                await self._close()

    async def _try(self) -> None:
        if self._connection is None:
            self._connection = await direct(self._settings)
        if self._leads:
            await self._connection.execute("SELECT 1")
            return
        found = await self._connection.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_SPACE, self._office])
        row = await found.fetchone()
        self._leads = bool(row and row[0])
        if self._leads:
            log.info("leading.elected", extra={"office": self._office})

    async def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(Exception):
                await self._connection.close()
            self._connection = None
