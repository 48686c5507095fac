"""The queue of updates for the bot: numbering, confirmation, expiry; and `getUpdates`.

Follows tdlib/telegram-bot-api: an update is confirmed only by an offset above its id (or by a 2xx of the webhook),
a negative offset drops all but the last n, an offset far beyond the tail counts as none, the same offset again
within half a second gives one update, within three seconds a short poll waits three seconds; of two waiting pollers
the older gets a 409.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.webchat import limits
from bot.webchat.errors import OTHER_POLLER, POLL_ENDED_BY_WEBHOOK, WEBHOOK_ACTIVE, ApiError, conflict
from bot.webchat.messages import Messages
from bot.webchat.store import Store
from bot.webchat.timer import Timer

ALL_KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "custom_event",
    "custom_query",
    "shipping_query",
    "pre_checkout_query",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "message_reaction",
    "message_reaction_count",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "purchased_paid_media",
    "managed_bot",
    "guest_message",
)
_NOT_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")
_FURTHEST_AHEAD = 10
_CONFLICT_PAUSE = 3.0


@dataclass(frozen=True, slots=True)
class Pending:
    """An update that the bot has not confirmed. `n` orders them; ids may jump."""

    n: int
    update_id: int
    queue: str
    expires_at: float
    update: dict[str, Any]


class UpdateQueue:
    """Rows of `pending`. `touched` is told whose ticks changed; `arrived` that there is something to fetch."""

    def __init__(self, store: Store, messages: Messages, touched: Callable[[set[int]], None]) -> None:
        self._store = store
        self._messages = messages
        self._touched = touched
        self.listeners: list[Callable[[], None]] = []

    def allowed(self) -> list[str] | None:
        """The kinds that the bot asked for, or None for Telegram's default."""
        blob = self._store.secret("allowed_updates")
        return None if blob is None else list(json.loads(blob))

    def set_allowed(self, kinds: object) -> None:
        """Keeps the wish for updates from now on. [] means the default; what is no list of words changes nothing."""
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            return
        wanted = {kind.lower() for kind in kinds}
        known = [kind for kind in ALL_KINDS if kind in wanted]
        if known == [kind for kind in ALL_KINDS if kind not in _NOT_BY_DEFAULT]:
            known = []
        if known != (self.allowed() or []):
            self._store.set_secret("allowed_updates", json.dumps(known).encode() if known else None)

    def add(
        self,
        user_id: int,
        kind: str,
        body: dict[str, Any],
        *,
        queue: str,
        now: float,
        kept: int,
        message_id: int | None = None,
    ) -> int | None:
        """Queues an update for `kept` seconds; its id, or None when not wanted or too big. Inside a transaction."""
        allowed = self.allowed()
        if kind not in allowed if allowed else kind in _NOT_BY_DEFAULT:
            return None
        update_id = self._next_id(now)
        update = {"update_id": update_id, kind: body}
        if _size({kind: body}) - 2 >= limits.UPDATE_BYTES:
            return None
        self._store.run(
            "INSERT INTO pending (update_id, user_id, queue, message_id, expires_at, payload)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            *(update_id, user_id, queue, message_id, now + kept),
            self._store.seal_json(user_id, "pending", update_id, "payload", update),
        )
        return update_id

    def _next_id(self, now: float) -> int:
        """The next number; after a week without updates, or at the very first, a random one."""
        row = self._store.row("SELECT value FROM meta WHERE name = 'next_update'")
        number, last = json.loads(row["value"]) if row else (0, 0.0)
        if row is None or now - last > limits.IDS_JUMP_AFTER:
            self._store.run("DELETE FROM pending WHERE expires_at <= ?", now)
            number = 100_000_000 + secrets.randbelow(900_000_000)
        self._store.run(
            "INSERT INTO meta VALUES ('next_update', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            json.dumps([number + 1, now]),
        )
        return int(number)

    def announce(self) -> None:
        """Tells whoever waits that something came; call after the commit."""
        for listener in self.listeners:
            listener()

    def count(self, now: float) -> int:
        """How many wait."""
        row = self._store.row("SELECT count(*) AS n FROM pending WHERE expires_at > ?", now)
        return 0 if row is None else int(row["n"])

    def drop(self, now: float) -> None:
        """Drops what has expired: nobody will ever confirm it."""
        self._store.run("DELETE FROM pending WHERE expires_at <= ?", now)

    def drop_all(self) -> None:
        """Forgets everything that waits, unconfirmed."""
        self._store.run("DELETE FROM pending")

    def fetch(self, offset: int, limit: int, now: float) -> list[dict[str, Any]]:
        """What `getUpdates` gives: confirms what is below the offset, drops what has expired."""
        confirmed: set[int] = set()
        with self._store.tx():
            self.drop(now)
            if offset < 0:
                self._keep_last(-offset)
            elif 0 < offset <= self._tail() + _FURTHEST_AHEAD:
                confirmed = self._confirm_below(offset)
        if confirmed:
            self._touched(confirmed)
        found: list[dict[str, Any]] = []
        left = limits.UPDATES_PER_POLL_BYTES
        for row in self._store.rows("SELECT update_id, user_id, payload FROM pending ORDER BY n LIMIT ?", limit):
            update = self._store.unseal_json(row["user_id"], "pending", row["update_id"], "payload", row["payload"])
            left -= 50 + _size(update)
            if left <= 0:
                break
            found.append(update)
        return found

    def _tail(self) -> int:
        row = self._store.row("SELECT value FROM meta WHERE name = 'next_update'")
        return 0 if row is None else int(json.loads(row["value"])[0])

    def _keep_last(self, kept: int) -> None:
        self._store.run("DELETE FROM pending WHERE n NOT IN (SELECT n FROM pending ORDER BY n DESC LIMIT ?)", kept)

    def _confirm_below(self, offset: int) -> set[int]:
        rows = self._store.rows("DELETE FROM pending WHERE update_id < ? RETURNING user_id, message_id", offset)
        return {
            row["user_id"]
            for row in rows
            if row["message_id"] is not None and self._messages.mark_received(row["user_id"], row["message_id"])
        }

    def confirm(self, n: int) -> None:
        """The webhook took this one."""
        touched: set[int] = set()
        with self._store.tx():
            for row in self._store.rows("DELETE FROM pending WHERE n = ? RETURNING user_id, message_id", n):
                if row["message_id"] is not None and self._messages.mark_received(row["user_id"], row["message_id"]):
                    touched.add(row["user_id"])
        self._touched(touched)

    def forget(self, n: int) -> None:
        """Drops one unconfirmed update."""
        self._store.run("DELETE FROM pending WHERE n = ?", n)

    def heads(self, now: float) -> list[Pending]:
        """The first update of every queue, oldest first; drops what has expired."""
        self.drop(now)
        rows = self._store.rows(
            "SELECT * FROM pending WHERE n IN (SELECT min(n) FROM pending GROUP BY queue) ORDER BY n"
        )
        return [
            Pending(
                row["n"],
                row["update_id"],
                row["queue"],
                row["expires_at"],
                self._store.unseal_json(row["user_id"], "pending", row["update_id"], "payload", row["payload"]),
            )
            for row in rows
        ]


def _size(update: dict[str, Any]) -> int:
    """Bytes on the wire: Telegram, too, writes whatever is not ASCII as \\u…"""
    return len(json.dumps(update, separators=(",", ":")))


class Poller:
    """`getUpdates` with long polling. One waits at a time."""

    def __init__(self, queue: UpdateQueue, now: Callable[[], float], timer: Timer) -> None:
        self._queue = queue
        self._now = now
        self._timer = timer
        self._released = False
        self._waiting: asyncio.Future[None] | None = None
        self._last: tuple[int | None, float] = (None, 0.0)
        self._next_conflict = 0.0
        self.webhook_active: Callable[[], bool] = lambda: False
        queue.listeners.append(self._wake)

    async def get_updates(self, offset: int, limit: int, seconds: int, allowed: object) -> list[dict[str, Any]]:
        """Waits up to `seconds` for updates; raises the 409s."""
        if self.webhook_active():
            raise await self._conflict(WEBHOOK_ACTIVE)
        limit = max(1, min(limit, limits.UPDATES_PER_POLL))
        seconds = max(0, min(seconds, limits.POLL_SECONDS))
        self._queue.set_allowed(allowed)
        started = self._timer.now()
        previous, at = self._last
        if offset == previous and seconds < 3 and started < at + 3.0:
            seconds = 3
        if offset == previous and started < at + 0.5:
            limit = 1
        self._last = (offset, started)
        found = self._queue.fetch(offset, limit, self._now())
        if not found and seconds:
            self.stop(OTHER_POLLER)
        while not found and not self._released and (left := started + seconds - self._timer.now()) > 0:
            await self._news(left)
            found = self._queue.fetch(offset, limit, self._now())
        return found

    async def _news(self, seconds: float) -> None:
        """Waits until something came or the time is over; raises the 409 of a poll that another one ended."""
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await waiting
        except TimeoutError:
            pass
        except ApiError as failure:
            raise await self._conflict(failure.description.removeprefix("Conflict: ")) from None
        finally:
            if self._waiting is waiting:
                self._waiting = None

    async def _conflict(self, text: str) -> ApiError:
        """The 409, later when one was given within three seconds."""
        now = self._timer.now()
        if now < self._next_conflict:
            await self._timer.sleep(_CONFLICT_PAUSE)
        else:
            self._next_conflict = now + _CONFLICT_PAUSE
        return conflict(text)

    def stop(self, text: str = POLL_ENDED_BY_WEBHOOK) -> None:
        """Ends the poll that waits, with a 409."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(conflict(text))
        self._waiting = None

    def release(self) -> None:
        """Lets the poll that waits answer with what there is; used at the end."""
        self._released = True
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
