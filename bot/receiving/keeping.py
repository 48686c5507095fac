"""Keeping: updates on their way into the inbox, the same for both ways in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.receiving.help import OfflineHelp
from models.actions import inbox
from models.actions.inbox import Raw, read_raw
from models.transactions import HOUSE

#: The kinds of update we want; everything else Telegram keeps to itself.
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
_LARGEST_ID = 2**63 - 1


class Keeper:
    """Puts batches of one bot's updates into its inbox."""

    def __init__(self, name: str, *, now: Callable[[], datetime], help_now: OfflineHelp) -> None:
        self._name, self._now, self._help = name, now, help_now

    async def keep(self, batch: list[Raw]) -> int:
        """Commit a batch; returns how many of it were new. Raises what the database raises: then nothing is kept."""
        new = await inbox.receive(
            HOUSE, self._name, batch, now=self._now(), answered=frozenset(self._help.answered)
        )  # fmt: skip
        await self.mark(batch)
        return new

    async def mark(self, batch: list[Raw]) -> None:
        """Write down to whom help was shown while that took its time: their processing shows it no second time."""
        here = frozenset(raw.update_id for raw in batch) & self._help.answered
        if here:
            await inbox.mark_answered(HOUSE, self._name, here)


def is_update(update: object) -> bool:
    """Whether this is an update at all: an object with an id that a row can have."""
    if not isinstance(update, dict):
        return False
    number = update.get("update_id")
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _LARGEST_ID


def read(update: dict[str, Any]) -> Raw:
    """Take an update apart; one that has no shape we know is kept whole and holds nobody up."""
    try:
        raw = read_raw(update)
    except Exception:  # noqa: BLE001 (whatever it is, it is kept)
        return Raw(int(update["update_id"]), "unreadable", None, "", "", update)
    # What stands in a column or an index must be writable there; the payload is kept as it came.
    if not raw.kind.isidentifier() or not raw.kind.isascii() or not isinstance(raw.chat_id, int | None):
        return replace(raw, kind="unreadable", chat_id=None, message_key="", text="")
    return raw if raw.message_key.isascii() and raw.message_key.isprintable() else replace(raw, message_key="")
