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
_DEACTIVATED = 2


@dataclass(frozen=True, slots=True)
class Person:
    """A chat user; `user_id` is also the chat's id. `kept` false: a stranger, who leaves nothing after a day.

    `deactivated`: the account is gone, which is also `blocked`. `pin_needed`: shown only to a device with a PIN.
    """

    user_id: int
    first_name: str
    language: str
    header: dict[str, str] | None
    started: bool
    blocked: bool
    kept: bool
    deactivated: bool = False
    pin_needed: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """One device's key to one chat. `token_hash` is what is stored; the token itself is only in the cookie.

    `bare`: the chat asks for a PIN and this device has none yet, so that it may only choose one.
    """

    token_hash: str
    user_id: int
    locked: bool
    has_pin: bool
    wrong: int
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """A session as its person sees it. `name` is what its browser called itself, such as "iphone safari"."""

    session: str
    name: str
    created_at: float
    seen_at: float
    has_pin: bool
    locked: bool


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
            bool(row["pin_needed"]),
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

    def set_pin_needed(self, user_id: int, needed: bool) -> None:
        """Whether a device must have a PIN to show this chat."""
        self._store.run("UPDATE person SET pin_needed = ?, kept = 1 WHERE user_id = ?", needed, user_id)

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

    def open_session(self, user_id: int, now: float, device: str = "") -> str:
        """A new session of a device; its token, which is nowhere stored."""
        token = secrets.token_urlsafe(32)
        hashed = token_hash(token)
        self._store.run(
            "INSERT INTO session (token_hash, user_id, created_at, seen_at, device) VALUES (?, ?, ?, ?, ?)",
            *(hashed, user_id, now, now, self._store.seal(user_id, "session", hashed, "device", device.encode())),
        )
        return token

    def session(self, token: str, now: float) -> Session | None:
        """The session behind a cookie, or None; ends one that was idle for too long, locks one left alone if asked."""
        hashed = token_hash(token)
        row = self._store.row(
            "SELECT session.*, pin_needed FROM session JOIN person USING (user_id) WHERE token_hash = ?", hashed
        )
        if row is None:
            return None
        idle, needed, has_pin = now - row["seen_at"], bool(row["pin_needed"]), row["pin"] is not None
        if idle > limits.SESSION_IDLE:
            self.end_session(hashed)
            return None
        locked = bool(row["locked"]) or (needed and has_pin and idle > limits.IDLE_LOCK)
        if idle > limits.SEEN_EVERY or locked != bool(row["locked"]):
            self._store.run("UPDATE session SET seen_at = ?, locked = ? WHERE token_hash = ?", now, locked, hashed)
        return Session(hashed, row["user_id"], locked, has_pin, row["wrong"], needed and not has_pin)

    def devices(self, user_id: int, now: float) -> list[Device]:
        """The devices that are in this chat, the latest first."""
        rows = self._store.rows(
            "SELECT * FROM session WHERE user_id = ? AND seen_at >= ? ORDER BY seen_at DESC, created_at DESC",
            *(user_id, now - limits.SESSION_IDLE),
        )
        return [
            Device(
                row["token_hash"],
                self._device(row),
                row["created_at"],
                row["seen_at"],
                row["pin"] is not None,
                bool(row["locked"]),
            )
            for row in rows
        ]

    def _device(self, row: sqlite3.Row) -> str:
        if row["device"] is None:  # from before devices had names
            return ""
        return self._store.unseal(row["user_id"], "session", row["token_hash"], "device", row["device"]).decode()

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
