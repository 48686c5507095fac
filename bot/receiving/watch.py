"""The watch over a webhook: set at the start, looked at once a minute, set again calmly where it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.receiving.api import BotApi, result_of
from bot.receiving.contact import Contact
from bot.receiving.keeping import ALLOWED
from bot.request import transport_of
from models.actions import receiving
from models.transactions import HOUSE

log = logging.getLogger("hoert.receiving")

EVERY = 60.0
_CONNECTIONS = 40
_BACK_OFF = (1, 5, 15, 60)
#: Somebody else may want this bot too: each time it is taken from us we wait longer before we take it back.
_LOST = (10, 60, 300)
#: An error older than this was not the last try: Telegram waits two minutes between tries at most.
_RECENT = timedelta(seconds=150)


@dataclass(frozen=True, slots=True)
class WebhookState:
    """What the last look said. `ours`: the webhook is set and is ours. `pending`: updates that wait at Telegram.

    `last_error_at`: when Telegram last could not deliver; `last_error_status`: the HTTP status it then got, if any.
    `checked_at` (the machine's clock) is None before the first look; `lost` counts how often it had to be set again.
    """

    ours: bool = False
    pending: int = 0
    last_error_at: datetime | None = None
    last_error_status: int | None = None
    checked_at: datetime | None = None
    lost: int = 0


class WebhookWatch:
    """Keeps one bot's webhook set and says how it is; `state` is for metrics and the doctor. Only a leader does so.

    `contact` is told while everything arrives; a gap is dealt with when what waited at Telegram has come in.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        address: str,
        secret: str,
        real_now: Callable[[], datetime],
        contact: Contact | None = None,
        leads: Callable[[], bool] = lambda: True,
        every: float = EVERY,
    ) -> None:
        self.name = name
        self.state = WebhookState()
        self._api = BotApi(url)
        self._address, self._secret = address, secret
        self._real_now, self._contact, self._leads, self._every = real_now, contact, leads, every
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End the watch; the webhook stays, and Telegram keeps what we do not take."""
        self._stopping.set()

    async def run(self) -> None:
        """Watch until stopped, whenever this process leads."""
        try:
            while not self._stopping.is_set():
                if self._leads():
                    await self._lead()
                else:
                    await self._pause(1)
        finally:
            await self._api.close()

    async def _lead(self) -> None:
        in_place, failures, taken = False, 0, 0
        if self._contact is not None:
            self._contact.forget()
        while self._leads() and not self._stopping.is_set():
            just_set = not in_place
            in_place = in_place or await self._set()
            info = await self._look() if in_place else None
            if info is None:
                failures += 1
                await self._pause(_BACK_OFF[min(failures, len(_BACK_OFF)) - 1])
                continue
            failures = 0
            in_place = await self._judge(info)
            if in_place:
                taken = taken if just_set else 0
                await self._pause(self._every)
            else:
                taken += 1
                await self._pause(_LOST[min(taken, len(_LOST)) - 1])

    async def _set(self) -> bool:
        """Tell Telegram where to call. What waits there is kept; the poll's offset means nothing from now on."""
        try:
            await receiving.start_over(HOUSE, self.name)
        except Exception as exc:  # noqa: BLE001 (the database may come later than we do)
            log.warning("receiving.no_database", extra={"fault": type(exc).__name__, "bot": self.name})
            return False
        reply = await self._ask(
            "setWebhook",
            {
                "url": self._address, "secret_token": self._secret, "allowed_updates": ALLOWED,
                "max_connections": _CONNECTIONS,
            },
        )  # fmt: skip
        if reply is not None:
            log.info("webhook.set", extra={"bot": self.name})
        return reply is not None

    async def _look(self) -> dict[str, Any] | None:
        reply = await self._ask("getWebhookInfo", {})
        return None if reply is None else result_of(reply)

    async def _judge(self, info: dict[str, Any]) -> bool:
        """Write down what was seen; whether the webhook is in place."""
        before, ours = self.state, info.get("url") == self._address
        at = info.get("last_error_date")
        error_at = datetime.fromtimestamp(at, UTC) if isinstance(at, int) else None
        pending = info.get("pending_update_count")
        self.state = WebhookState(
            ours=ours,
            pending=pending if isinstance(pending, int) else 0,
            last_error_at=error_at,
            last_error_status=_status(str(info.get("last_error_message"))),
            checked_at=self._real_now(),
            lost=before.lost + (not ours),
        )
        if not ours:
            reason = "elsewhere" if info.get("url") else "gone"
            log.error("webhook.lost", extra={"bot": self.name, "reason": reason, "waiting": self.state.pending})
            return False
        if error_at is not None and error_at != before.last_error_at:
            status = self.state.last_error_status
            log.warning("webhook.error", extra={"bot": self.name, "status": status, "waiting": self.state.pending})
        # While Telegram cannot reach us, that we reach Telegram is no contact.
        failing = self.state.pending > 0 and error_at is not None and self._real_now() - error_at < _RECENT
        if self._contact is not None and not failing:
            await self._contact.reached()
        return True

    async def _ask(self, method: str, data: dict[str, Any]) -> object | None:
        reply: object
        try:
            status, reply = await self._api.call(method, data)
        except Exception as exc:  # noqa: BLE001 (the text of such an error may carry the address, and so the token)
            log.warning("webhook.unreachable", extra={"fault": transport_of(exc), "bot": self.name, "method": method})
            return None
        if status != 200 or reply is None:
            log.warning("webhook.refused", extra={"status": status, "bot": self.name, "method": method})
            return None
        return reply

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


def _status(said: str) -> int | None:
    found = re.search(r"\b([1-5]\d\d)\b", said)
    return int(found[1]) if found else None
