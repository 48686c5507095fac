"""One-time ways into a chat that exists: a link from the bot, and a code shown on a device that is already in."""

from __future__ import annotations

import re
import secrets

from bot.webchat import limits
from bot.webchat.store import Store

#: No vowels and nothing that looks like something else.
_LETTERS = "23456789BCDFGHJKMNPQRTVWXZ"
_CODE = re.compile(rf"[{_LETTERS}]{{{limits.CODE_CHARACTERS}}}")


class SignIns:
    """Rows of `signin`: only a keyed hash is kept, each works once and not for long, and a newer one ends the older."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def link(self, user_id: int, now: float) -> tuple[str, float]:
        """A token for a link, and when it ends. In a transaction."""
        return self._make(user_id, "link", secrets.token_urlsafe(32), now + limits.LINK_LIVES)

    def code(self, user_id: int, now: float) -> tuple[str, float]:
        """A code that can be typed, and when it ends. In a transaction."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(limits.CODE_CHARACTERS))
        return self._make(user_id, "code", code, now + limits.CODE_LIVES)

    def _make(self, user_id: int, kind: str, secret: str, ends: float) -> tuple[str, float]:
        self._store.run("DELETE FROM signin WHERE user_id = ? AND kind = ?", user_id, kind)
        self._store.run("INSERT INTO signin VALUES (?, ?, ?, ?)", self._blind(secret), user_id, kind, ends)
        return secret, ends

    def whose(self, given: str, now: float) -> int | None:
        """The chat that this opens, or None; it stays as it is."""
        row = self._store.row("SELECT * FROM signin WHERE code = ?", self._blind(given))
        return None if row is None or row["expires_at"] <= now else int(row["user_id"])

    def use_up(self, given: str) -> None:
        """It has opened the chat and never will again. In a transaction."""
        self._store.run("DELETE FROM signin WHERE code = ?", self._blind(given))

    def drop(self, now: float) -> None:
        """Forgets those whose time is over."""
        self._store.run("DELETE FROM signin WHERE expires_at <= ?", now)

    def _blind(self, given: str) -> bytes:
        typed = re.sub(r"[\s-]", "", given).upper()
        return self._store.blind("signin", typed if _CODE.fullmatch(typed) else given)
