"""Polling: asking one bot's server for updates. The offset moves only after the commit."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.receiving.api import BotApi, result_of
from bot.receiving.contact import Contact
from bot.receiving.help import OfflineHelp
from bot.receiving.keeping import ALLOWED, Keeper, is_update, read
from bot.request import transport_of
from models.actions import inbox, receiving
from models.actions.inbox import Raw
from models.transactions import HOUSE

log = logging.getLogger("hoert.receiving")

_LONG_POLL = 25
_PATIENCE = 3.0
_BACK_OFF = (0.5, 1, 2, 5, 10, 30)
_CONFLICT = 10.0
_NOT_LEADING = 1.0
#: After a week without updates Telegram counts from anywhere, and an old offset in the middle of what waits would
#: confirm what nobody has read: then we begin with the oldest there is.
_NUMBERS_HOLD = timedelta(days=6)


class Receiver:
    """Polls one bot for updates and puts them on disk.

    `leads`: of several processes only one may poll; the others wait. `contact` notices gaps; without one nobody does.
    `conflict` is set while somebody else receives for this bot (409): we step back and never fight.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        now: Callable[[], datetime],
        on_received: Callable[[], None],
        help_file: Path,
        leads: Callable[[], bool] = lambda: True,
        contact: Contact | None = None,
    ) -> None:
        self.name = name
        self._api = BotApi(url)
        self._now = now
        self._on_received = on_received
        self._leads = leads
        self._contact = contact
        self._help = OfflineHelp(name, self._api, help_file)
        self._keeper = Keeper(name, now=now, help_now=self._help)
        self._stopping = asyncio.Event()
        self._unkept = 0
        self._unhooked = False
        self.conflict = False

    def stop(self) -> None:
        """End the poll; what was fetched and not committed is fetched again next time."""
        self._stopping.set()

    async def run(self) -> None:
        """Receive until stopped, whenever this process leads."""
        try:
            while not self._stopping.is_set():
                if self._leads():
                    await self._lead()
                else:
                    await self._pause(_NOT_LEADING)
        finally:
            await self._api.close()

    async def _lead(self) -> None:
        """Receive until stopped or no longer leading. Begins where the database says: another may have led before."""
        offset = await self._first_offset()
        failures = 0
        self._unhooked = False
        while self._going_on():
            if not self._unhooked:
                self._unhooked = await self._without_webhook()
            updates = await self._unless_stopped(self._fetch(offset, _LONG_POLL))
            if updates is None:
                failures += 1
                await self._pause(_CONFLICT if self.conflict else _BACK_OFF[min(failures, len(_BACK_OFF)) - 1])
                continue
            failures = 0
            if self._contact is not None:
                await self._contact.reached()
            if updates and self._leads():
                offset = await self._keep(updates, offset)

    def _going_on(self) -> bool:
        return self._leads() and not self._stopping.is_set()

    async def _first_offset(self) -> int:
        while self._going_on():
            try:
                stood = await receiving.standing(HOUSE, self.name)
            except Exception as exc:  # noqa: BLE001 (the database may come later than we do)
                log.warning("receiving.no_database", extra={"fault": type(exc).__name__, "bot": self.name})
                await self._pause(1)
                continue
            if self._contact is not None:
                self._contact.remember(stood.contact_at)
            late = stood.contact_at is not None and self._now() - stood.contact_at > _NUMBERS_HOLD
            return 0 if late else stood.next_offset
        return 0

    async def _without_webhook(self) -> bool:
        """Take away a webhook that is set: Telegram keeps what it has not delivered. True once there surely is none."""
        try:
            status, reply = await self._api.call("getWebhookInfo", {})
            if status == 200 and result_of(reply).get("url"):
                log.warning("receiving.webhook_taken_away", extra={"bot": self.name})
                status, _ = await self._api.call("deleteWebhook", {"drop_pending_updates": False})
        except Exception as exc:  # noqa: BLE001 (tried again before the next poll; that poll says 409 meanwhile)
            log.warning("receiving.unreachable", extra={"fault": transport_of(exc), "bot": self.name})
            return False
        return status == 200

    async def _keep(self, updates: list[dict[str, Any]], offset: int) -> int:
        """Commit a batch; returns the offset to ask for next: the same as before when it could not be committed.

        While the database is away, what comes meanwhile is looked at too (not confirmed): somebody may ask for help.
        """
        batch = [read(update) for update in updates]
        work = asyncio.ensure_future(self._commit(batch))
        while not (await asyncio.wait({work}, timeout=_PATIENCE))[0]:
            await self._help.offer(batch)
            newer = None if self._stopping.is_set() else await self._fetch(offset, 0)
            await self._help.offer([read(update) for update in newer or []])
        try:
            await work
        except Exception as exc:  # noqa: BLE001 (nothing is acknowledged; the batch is fetched and tried again)
            log.warning("receiving.not_kept", extra={"fault": type(exc).__name__, "bot": self.name})
            await self._help.offer(batch)
            await self._pause(_BACK_OFF[min(self._unkept, len(_BACK_OFF) - 1)])
            self._unkept += 1
            return offset
        self._unkept = 0
        self._on_received()
        return batch[-1].update_id + 1

    async def _commit(self, batch: list[Raw]) -> None:
        await self._keeper.keep(batch)
        moment = self._contact.moment() if self._contact is not None else self._now()
        await inbox.move_offset(HOUSE, self.name, batch[-1].update_id + 1, now=moment)
        # Whoever was shown help while the offset moved.
        await self._keeper.mark(batch)
        self._help.answered -= {raw.update_id for raw in batch}

    async def _fetch(self, offset: int, seconds: int) -> list[dict[str, Any]] | None:
        """What waits on Telegram's side; None when it cannot be had. `seconds`: how long to wait for the first."""
        try:
            status, reply = await self._api.call(
                "getUpdates",
                {"offset": offset, "timeout": seconds, "limit": 100, "allowed_updates": ALLOWED},
                patience=_LONG_POLL + 10,
            )
        except Exception as exc:  # noqa: BLE001 (the text of such an error may carry the address, and so the token)
            log.warning("receiving.unreachable", extra={"fault": transport_of(exc), "bot": self.name})
            return None
        if status == 409:
            self._step_back(reply)
            return None
        found = reply.get("result") if status == 200 and isinstance(reply, dict) else None
        if not isinstance(found, list) or not all(is_update(update) for update in found):
            log.warning("receiving.refused", extra={"status": status, "bot": self.name})
            return None
        if self.conflict:
            log.warning("receiving.conflict_over", extra={"bot": self.name})
        self.conflict = False
        return found

    def _step_back(self, reply: object) -> None:
        """Somebody else receives for this bot. Said once, until we have it to ourselves again."""
        if self.conflict:
            return
        self.conflict = True
        said = str(reply.get("description")) if isinstance(reply, dict) else ""
        reason = "webhook" if "webhook" in said.lower() else "another_process"
        log.error("receiving.conflict", extra={"bot": self.name, "reason": reason})

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
