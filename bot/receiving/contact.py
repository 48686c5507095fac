"""When did we last have Telegram, and what is due after a gap: presses live there for 150 seconds, messages a day."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from models.actions import receiving
from models.transactions import HOUSE

log = logging.getLogger("hoert.receiving")

#: The contact is written down this often at most.
_HEARTBEAT = timedelta(seconds=20)
#: So long what came in after a gap is left to be processed before anything is asked again.
_SETTLE = timedelta(seconds=30)


class Contact:
    """Contact with one bot's server: told of each success, it notices a gap and lets the deeds for it be done, once.

    `now` is Hørt's clock, `real_now` the machine's: a gap is time that really passed. Contact means that Telegram was
    reached *and* the database could write it down; while either is away the gap grows.
    """

    def __init__(
        self,
        name: str,
        *,
        now: Callable[[], datetime],
        real_now: Callable[[], datetime],
        heartbeat: timedelta = _HEARTBEAT,
        settle: timedelta = _SETTLE,
    ) -> None:
        self._name, self._now, self._real_now = name, now, real_now
        self._heartbeat, self._settle = heartbeat, settle
        self._last: datetime | None = None
        self._known = False
        self._back_at: datetime | None = None

    @property
    def gap_since(self) -> datetime | None:
        """Since when (the machine's clock) a gap lasts or waits to be dealt with; None where there is none."""
        return self._last if self._back_at is not None else None

    def moment(self) -> datetime:
        """The contact to write down beside an offset: not before a gap was dealt with may it look as if none was."""
        return self.gap_since or self._real_now()

    def remember(self, last: datetime | None) -> None:
        """What the database says of the last contact."""
        self._last, self._known, self._back_at = last, True, None

    def forget(self) -> None:
        """Another process may have led meanwhile: ask the database again."""
        self._last, self._known, self._back_at = None, False, None

    async def reached(self) -> None:
        """Telegram answered just now. Never raises: what could not be written down is tried at the next contact."""
        try:
            await self._reached()
        except Exception as exc:  # noqa: BLE001 (receiving goes on, the gap stays open)
            log.warning("receiving.contact_not_kept", extra={"fault": type(exc).__name__, "bot": self._name})

    async def _reached(self) -> None:
        if not self._known:
            self.remember((await receiving.standing(HOUSE, self._name)).contact_at)
        real = self._real_now()
        if self._last is not None and real - self._last > receiving.PRESSES_LIVE:
            await self._after_gap(self._last, real)
        elif self._last is None or real - self._last >= self._heartbeat:
            await receiving.reached(HOUSE, self._name, real_now=real)
            self._last = real

    async def _after_gap(self, last: datetime, real: datetime) -> None:
        if self._back_at is None:
            self._back_at = real
            log.warning("receiving.gap", extra={"seconds": round((real - last).total_seconds()), "bot": self._name})
        if real - self._back_at < self._settle:
            return
        now = self._now()
        done = await receiving.after_gap(
            HOUSE, self._name, since=now - (real - last), until=now - (real - self._back_at), now=now, real_now=real
        )
        self._last, self._back_at = real, None
        log.warning("receiving.gap_dealt_with", extra={"count": done.asked_again, "bot": self._name})
        if done.told:
            log.error("receiving.messages_may_be_lost", extra={"count": done.told, "bot": self._name})
