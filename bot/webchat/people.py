"""Chat users and the sessions of their pages."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
from dataclasses import dataclass

from bot.webchat import limits
from bot.webchat.store import Store
from models.crypto import token_hash

_LOWEST_ID = 1_000_000_000
_HIGHEST_ID = 1 << 40
_SEEN_EVERY = 60
_DEACTIVATED = 2


@dataclass(frozen=True, slots=True)
class Person:
    """A chat user; `user_id` is also the chat's id. `kept` false: a stranger, who leaves nothing after a day.

    `deactivated`: the account is gone, which is also `blocked`.
    """

    user_id: int
    first_name: str
    language: str
    header: dict[str, str] | None
    started: bool
    blocked: bool
    kept: bool
    deactivated: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """One page's key to one chat. `token_hash` is what is stored; the token itself is only in the cookie."""

    token_hash: str
    user_id: int
    locked: bool
    has_pin: bool
    wrong: int


class People:
    """Rows of `person` and `session`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, now: float, *, name: str, language: str, kept: bool, user_id: int | None = None) -> int:
        """A new chat user; the id (random unless given). ValueError when a given id is taken. In a transaction."""
        if user_id is not None and self._store.row("SELECT 1 FROM person WHERE user_id = ?", user_id):
            raise ValueError("taken")
        while user_id is None:
            drawn = _LOWEST_ID + secrets.randbelow(_HIGHEST_ID - _LOWEST_ID)
            if not self._store.row("SELECT 1 FROM person WHERE user_id = ?", drawn):
                user_id = drawn
        wrapped = self._store.fresh_key(user_id)
        profile = self._store.seal_json(user_id, "person", "-", "profile", {"name": name, "language": language})
        self._store.run(
            "INSERT INTO person (user_id, wrapped, profile, started, kept, created_at, active_at)"
            " VALUES (?, ?, ?, 0, ?, ?, ?)",
            *(user_id, wrapped, profile, kept, now, now),
        )
        return user_id

    def get(self, user_id: int) -> Person | None:
        """The chat user, or None."""
        if not 0 < user_id < 1 << 62:
            return None
        row = self._store.row("SELECT * FROM person WHERE user_id = ?", user_id)
        return None if row is None else self._person(row)

    def _person(self, row: sqlite3.Row) -> Person:
        user_id = row["user_id"]
        profile = self._store.unseal_json(user_id, "person", "-", "profile", row["profile"])
        header = None
        if row["header"] is not None:
            header = self._store.unseal_json(user_id, "person", "-", "header", row["header"])
        return Person(
            user_id,
            profile["name"],
            profile["language"],
            header,
            bool(row["started"]),
            bool(row["blocked"]),
            bool(row["kept"]),
            row["blocked"] == _DEACTIVATED,
        )

    def set_profile(self, person: Person, *, name: str | None = None, language: str | None = None) -> None:
        """Changes the name or the language."""
        profile = {"name": person.first_name if name is None else name, "language": language or person.language}
        blob = self._store.seal_json(person.user_id, "person", "-", "profile", profile)
        self._store.run("UPDATE person SET profile = ? WHERE user_id = ?", blob, person.user_id)

    def set_header(self, user_id: int, header: dict[str, str] | None) -> None:
        """What stands above the chat; a chat with a header is no stranger's."""
        blob = None if header is None else self._store.seal_json(user_id, "person", "-", "header", header)
        self._store.run("UPDATE person SET header = ?, kept = 1 WHERE user_id = ?", blob, user_id)

    def keep(self, user_id: int) -> None:
        """Marks a chat as no stranger's."""
        self._store.run("UPDATE person SET kept = 1 WHERE user_id = ?", user_id)

    def mark_started(self, user_id: int) -> None:
        """From now on the bot may write to this person."""
        self._store.run("UPDATE person SET started = 1 WHERE user_id = ?", user_id)

    def mark_active(self, user_id: int, now: float) -> None:
        """Something was said in this chat."""
        self._store.run("UPDATE person SET active_at = ? WHERE user_id = ?", now, user_id)

    def set_blocked(self, user_id: int, blocked: bool) -> None:
        """The person closed or opened the chat for the bot."""
        self._store.run("UPDATE person SET blocked = ? WHERE user_id = ?", blocked, user_id)

    def set_deactivated(self, user_id: int, deactivated: bool) -> None:
        """The person's account is gone, or back."""
        self._store.run("UPDATE person SET blocked = ? WHERE user_id = ?", deactivated * _DEACTIVATED, user_id)

    def erase(self, user_id: int) -> bool:
        """Deletes the key and everything of this person; False when there was nobody. Inside a transaction."""
        self._store.run("DELETE FROM commands WHERE scope = ?", f"chat:{user_id}")
        gone = self._store.run("DELETE FROM person WHERE user_id = ?", user_id) > 0
        self._store.forget_key(user_id)
        return gone

    def stale_strangers(self, now: float) -> list[int]:
        """Chats that the bot never linked to anybody and in which nothing was said for a day."""
        oldest = now - limits.STRANGER_LIVES
        rows = self._store.rows("SELECT user_id FROM person WHERE NOT kept AND active_at < ?", oldest)
        return [row["user_id"] for row in rows]

    # Sessions

    def open_session(self, user_id: int, now: float) -> str:
        """A new session; its token, which is nowhere stored."""
        token = secrets.token_urlsafe(32)
        self._store.run(
            "INSERT INTO session (token_hash, user_id, created_at, seen_at) VALUES (?, ?, ?, ?)",
            *(token_hash(token), user_id, now, now),
        )
        return token

    def session(self, token: str, now: float) -> Session | None:
        """The session behind a cookie, or None; ends one that was idle for too long."""
        hashed = token_hash(token)
        row = self._store.row("SELECT * FROM session WHERE token_hash = ?", hashed)
        if row is None:
            return None
        if now - row["seen_at"] > limits.SESSION_IDLE:
            self.end_session(hashed)
            return None
        if now - row["seen_at"] > _SEEN_EVERY:
            self._store.run("UPDATE session SET seen_at = ? WHERE token_hash = ?", now, hashed)
        return Session(hashed, row["user_id"], bool(row["locked"]), row["pin"] is not None, row["wrong"])

    def end_session(self, hashed: str) -> None:
        """Ends it at once."""
        self._store.run("DELETE FROM session WHERE token_hash = ?", hashed)

    def lock(self, session: Session, locked: bool) -> None:
        """Locks or opens it; wrong tries are forgotten when it opens."""
        self._store.run(
            "UPDATE session SET locked = ?, wrong = CASE WHEN ? THEN wrong ELSE 0 END WHERE token_hash = ?",
            *(locked, locked, session.token_hash),
        )

    def count_try(self, session: Session) -> int:
        """Counts one try at the PIN before it is checked, so that parallel tries count too; how many by now."""
        row = self._store.row(
            "UPDATE session SET wrong = wrong + 1 WHERE token_hash = ? RETURNING wrong", session.token_hash
        )
        return limits.PIN_TRIES + 1 if row is None else int(row["wrong"])

    def pin_blob(self, session: Session) -> bytes | None:
        """The sealed PIN hash, or None."""
        row = self._store.row("SELECT pin FROM session WHERE token_hash = ?", session.token_hash)
        if row is None or row["pin"] is None:
            return None
        return self._store.unseal(session.user_id, "session", session.token_hash, "pin", row["pin"])

    def set_pin(self, session: Session, hashed: bytes | None) -> None:
        """Keeps a PIN hash made by `hash_pin`, or none."""
        blob = None
        if hashed is not None:
            blob = self._store.seal(session.user_id, "session", session.token_hash, "pin", hashed)
        self._store.run("UPDATE session SET pin = ?, wrong = 0 WHERE token_hash = ?", blob, session.token_hash)


def hash_pin(pin: str) -> bytes:
    """Salt (16 bytes) and scrypt hash (32 bytes). About 50 ms: run it in a thread."""
    salt = os.urandom(16)
    return salt + _scrypt(pin, salt)


def pin_fits(pin: str, hashed: bytes) -> bool:
    """If this is the PIN. About 50 ms: run it in a thread."""
    return hmac.compare_digest(_scrypt(pin, hashed[:16]), hashed[16:])


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=1 << 14, r=8, p=1, dklen=32)
