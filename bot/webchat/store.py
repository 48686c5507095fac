"""The web chat's own SQLite file: one process, one connection, short transactions, every field of a person sealed.

Clear on disk: our own random chat ids, message numbers, times, states and counts. Sealed under the person's key: names,
texts, buttons, presses, headers, files, queued updates, devices, addresses for push. A person's key is random and
stored wrapped by a key derived from the master key; `erase` deletes key and rows and empties the write-ahead log.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from models.crypto import associated, blind, derive, new_key, seal, unseal

FILE_NAME = "webchat.sqlite3"
_KEYS_KEPT = 4096
_FIRST = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE person (
  user_id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL, profile BLOB NOT NULL, header BLOB,
  started INTEGER NOT NULL, blocked INTEGER NOT NULL DEFAULT 0, kept INTEGER NOT NULL,
  next_message INTEGER NOT NULL DEFAULT 1, changes INTEGER NOT NULL DEFAULT 0,
  created_at REAL NOT NULL, active_at REAL NOT NULL);
CREATE TABLE session (
  token_hash TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
  created_at REAL NOT NULL, seen_at REAL NOT NULL, locked INTEGER NOT NULL DEFAULT 0,
  wrong INTEGER NOT NULL DEFAULT 0, pin BLOB) WITHOUT ROWID;
CREATE INDEX session_user ON session (user_id);
CREATE TABLE message (
  user_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE, message_id INTEGER NOT NULL, mine INTEGER NOT NULL,
  date INTEGER NOT NULL, edit_date INTEGER, edited INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0,
  silent INTEGER NOT NULL DEFAULT 0, protected INTEGER NOT NULL DEFAULT 0, received INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL, client BLOB, body BLOB NOT NULL, pressed BLOB,
  PRIMARY KEY (user_id, message_id)) WITHOUT ROWID;
CREATE INDEX message_changed ON message (user_id, changed);
CREATE UNIQUE INDEX message_client ON message (user_id, client) WHERE client IS NOT NULL;
CREATE TABLE pending (
  n INTEGER PRIMARY KEY AUTOINCREMENT, update_id INTEGER NOT NULL UNIQUE,
  user_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE, queue TEXT NOT NULL, message_id INTEGER,
  expires_at REAL NOT NULL, payload BLOB NOT NULL);
CREATE INDEX pending_user ON pending (user_id);
CREATE INDEX pending_queue ON pending (queue, n);
CREATE INDEX pending_expiry ON pending (expires_at);
CREATE TABLE press (
  press_id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
  message_id INTEGER NOT NULL, at REAL NOT NULL, answered INTEGER NOT NULL DEFAULT 0, client BLOB NOT NULL);
CREATE UNIQUE INDEX press_client ON press (user_id, client);
CREATE TABLE file (
  file_id TEXT PRIMARY KEY, unique_id TEXT NOT NULL, user_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
  kind TEXT NOT NULL, size INTEGER NOT NULL, facts BLOB NOT NULL, content BLOB NOT NULL);
CREATE INDEX file_user ON file (user_id);
CREATE TABLE commands (
  scope TEXT NOT NULL, language TEXT NOT NULL, list TEXT NOT NULL, PRIMARY KEY (scope, language)) WITHOUT ROWID;
CREATE TABLE seen (
  n INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
  kind TEXT NOT NULL, message_id INTEGER, at REAL NOT NULL, body BLOB NOT NULL);
CREATE INDEX seen_user ON seen (user_id, n);
"""
# Devices, one-time sign-ins, web push, what a person uploads.
_SECOND = """
ALTER TABLE person ADD COLUMN pin_needed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN pushed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN device BLOB;
ALTER TABLE file ADD COLUMN mine INTEGER NOT NULL DEFAULT 0;
CREATE TABLE signin (
  code BLOB PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE, kind TEXT NOT NULL,
  expires_at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX signin_user ON signin (user_id);
CREATE TABLE push (
  token_hash TEXT PRIMARY KEY REFERENCES session ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE, endpoint BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX push_user ON push (user_id);
"""
#: Version n of the store is what the first n steps make, on an empty file or on an older one.
_STEPS = (_FIRST, _SECOND)


class StoreInUse(Exception):
    """Another process has this store open; a store belongs to one process."""


class Store:
    """The open file. Every method is short and runs on the event loop's thread; nothing awaits inside `tx`."""

    def __init__(self, folder: Path, master_key: bytes) -> None:
        """Opens or creates the store in `folder`, which is made when missing. Raises StoreInUse."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE_NAME
        self._root = derive(master_key, b"webchat")
        self._keys: dict[int, bytes] = {}
        self._lock = _only_one(folder / f"{FILE_NAME}.lock")
        try:
            self.db = sqlite3.connect(self.path, isolation_level=None)
            try:
                self._open()
            except BaseException:
                self.db.close()
                raise
        except BaseException:
            self._lock.close()
            raise

    def _open(self) -> None:
        self.db.row_factory = sqlite3.Row
        os.chmod(self.path, 0o600)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "busy_timeout=5000",
        ):
            self.db.execute(f"PRAGMA {pragma}").close()
        version = self.db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(_STEPS):
            raise ValueError(f"web chat store has version {version}, this program knows {len(_STEPS)}")
        for number, step in enumerate(_STEPS[version:], version + 1):
            self.db.executescript(f"BEGIN IMMEDIATE; {step} PRAGMA user_version={number}; COMMIT;")
        proof = self.secret("proof")
        if proof is None:
            self.set_secret("proof", b"webchat")

    def close(self) -> None:
        """Folds the write-ahead log into the file and lets go of it."""
        self._keys.clear()
        self.db.close()
        self._lock.close()

    @contextmanager
    def tx(self) -> Iterator[None]:
        """One transaction: all of it is on disk when the block ends, or nothing."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self.db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        found: sqlite3.Row | None = self.db.execute(sql, values).fetchone()
        return found

    def run(self, sql: str, *values: object) -> int:
        """Runs one statement; how many rows it touched."""
        return self.db.execute(sql, values).rowcount

    # What belongs to the bot, sealed under a key of the server.

    def secret(self, name: str) -> bytes | None:
        """A value kept for the bot itself, such as the webhook; raises Unreadable with a wrong master key."""
        row = self.row("SELECT value FROM meta WHERE name = ?", name)
        return None if row is None else unseal(self._root, row["value"], associated("webchat", "meta", name))

    def blind(self, *parts: str) -> bytes:
        """What is stored of a short secret of the server's own: found again, and not to be tried without the key."""
        return blind(self._root, *parts)

    def set_secret(self, name: str, value: bytes | None) -> None:
        """Keeps such a value, or forgets it with None."""
        if value is None:
            self.run("DELETE FROM meta WHERE name = ?", name)
            return
        blob = seal(self._root, value, associated("webchat", "meta", name))
        self.run("INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, blob)

    # What belongs to a person, sealed under that person's key.

    def fresh_key(self, user_id: int) -> bytes:
        """Makes a person's key; the wrapped form, to be stored."""
        key = new_key()
        self._remember(user_id, key)
        return seal(self._root, key, associated("webchat", "person", user_id, "wrapped"))

    def key(self, user_id: int) -> bytes:
        """A person's key; KeyError when there is none (any more)."""
        key = self._keys.get(user_id)
        if key is None:
            row = self.row("SELECT wrapped FROM person WHERE user_id = ?", user_id)
            if row is None:
                raise KeyError("no such person")
            key = unseal(self._root, row["wrapped"], associated("webchat", "person", user_id, "wrapped"))
            self._remember(user_id, key)
        return key

    def forget_key(self, user_id: int) -> None:
        """Drops a key from memory."""
        self._keys.pop(user_id, None)

    def _remember(self, user_id: int, key: bytes) -> None:
        while len(self._keys) >= _KEYS_KEPT:
            del self._keys[next(iter(self._keys))]
        self._keys[user_id] = key

    def seal(self, user_id: int, table: str, row: object, column: str, value: bytes) -> bytes:
        """Seals one field of one row."""
        return seal(self.key(user_id), value, associated("webchat", table, user_id, row, column))

    def unseal(self, user_id: int, table: str, row: object, column: str, blob: bytes) -> bytes:
        """Opens what `seal` made for the same place."""
        return unseal(self.key(user_id), blob, associated("webchat", table, user_id, row, column))

    def seal_json(self, user_id: int, table: str, row: object, column: str, value: object) -> bytes:
        """Seals a value as JSON."""
        clear = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return self.seal(user_id, table, row, column, clear)

    def unseal_json(self, user_id: int, table: str, row: object, column: str, blob: bytes) -> Any:
        """Opens such a value."""
        return json.loads(self.unseal(user_id, table, row, column, blob))

    def shred(self) -> None:
        """Empties the write-ahead log, so that what was deleted is nowhere on disk."""
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def copy_to(self, target: Path) -> None:
        """A consistent copy for a backup, everything in it still sealed. `target` must not exist. May take seconds."""
        other = sqlite3.connect(self.path)
        try:
            other.execute("VACUUM INTO ?", (str(target),))
        finally:
            other.close()


def _only_one(path: Path) -> IO[bytes]:
    lock = path.open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise StoreInUse("the web chat's store is open in another process") from None
    return lock
