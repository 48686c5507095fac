"""Messages of a chat: rows, and the changes a page has not seen yet."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.webchat.store import Store
from models.crypto import blind


@dataclass(frozen=True, slots=True)
class Content:
    """What a message shows. `entities` and `buttons` are plain JSON; `text` is the caption when there is a file."""

    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    photo: dict[str, Any] | None = None
    document: dict[str, Any] | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `mine`: the person wrote it. `received`: the bot has confirmed it. `changed`: the page's cursor."""

    user_id: int
    message_id: int
    mine: bool
    date: int
    edit_date: int | None
    edited: bool
    deleted: bool
    silent: bool
    protected: bool
    received: bool
    changed: int
    content: Content
    pressed: str | None = None

    def offers(self, data: str) -> bool:
        """If a button with this data stands under it."""
        return any(button.get("data") == data for row in self.content.buttons for button in row)


class Messages:
    """Rows of `message`. Writes belong inside a transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self,
        user_id: int,
        content: Content,
        *,
        mine: bool,
        date: int,
        client_id: str | None = None,
        silent: bool = False,
        protected: bool = False,
    ) -> Message:
        """Adds a message under the next number of this chat."""
        row = self._store.row(
            "UPDATE person SET next_message = next_message + 1, changes = changes + 1, active_at = ? WHERE user_id = ?"
            " RETURNING next_message - 1 AS message_id, changes",
            *(date, user_id),
        )
        if row is None:
            raise KeyError("no such person")
        message_id, changed = row["message_id"], row["changes"]
        client = None if client_id is None else blind(self._store.key(user_id), "message", client_id)
        body = self._store.seal_json(user_id, "message", message_id, "body", asdict(content))
        self._store.run(
            "INSERT INTO message (user_id, message_id, mine, date, silent, protected, changed, client, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(user_id, message_id, mine, date, silent, protected, changed, client, body),
        )
        return Message(user_id, message_id, mine, date, None, False, False, silent, protected, False, changed, content)

    def get(self, user_id: int, message_id: int) -> Message | None:
        """The message, or None when there is none or it was deleted."""
        if not 0 < message_id < 1 << 62:
            return None
        row = self._store.row(
            "SELECT * FROM message WHERE user_id = ? AND message_id = ? AND NOT deleted", user_id, message_id
        )
        return None if row is None else self._message(row)

    def by_client(self, user_id: int, client_id: str) -> Message | None:
        """The message that a page already sent under this id."""
        client = blind(self._store.key(user_id), "message", client_id)
        row = self._store.row("SELECT * FROM message WHERE user_id = ? AND client = ?", user_id, client)
        return None if row is None else self._message(row)

    def edit(self, message: Message, content: Content, date: int, *, shown: bool) -> Message:
        """Changes what it shows; `shown`: the page says "edited". A press stays while its button does."""
        pressed = message.pressed if replace(message, content=content).offers(message.pressed or "") else None
        changed = self._next_change(message.user_id)
        body = self._store.seal_json(message.user_id, "message", message.message_id, "body", asdict(content))
        self._store.run(
            "UPDATE message SET body = ?, edit_date = ?, edited = max(edited, ?), changed = ?,"
            " pressed = CASE WHEN ? THEN pressed END WHERE user_id = ? AND message_id = ?",
            *(body, date, shown, changed, pressed is not None, message.user_id, message.message_id),
        )
        return replace(
            message,
            content=content,
            edit_date=date,
            edited=message.edited or shown,
            changed=changed,
            pressed=pressed,
        )

    def delete(self, message: Message) -> None:
        """Takes the content away; the number stays used, so that pages learn of it."""
        empty = self._store.seal_json(message.user_id, "message", message.message_id, "body", asdict(Content()))
        self._store.run(
            "UPDATE message SET body = ?, pressed = NULL, deleted = 1, changed = ?"
            " WHERE user_id = ? AND message_id = ?",
            *(empty, self._next_change(message.user_id), message.user_id, message.message_id),
        )

    def press(self, message: Message, data: str) -> None:
        """Remembers the button that was pressed."""
        blob = self._store.seal(message.user_id, "message", message.message_id, "pressed", data.encode())
        self._store.run(
            "UPDATE message SET pressed = ?, changed = ? WHERE user_id = ? AND message_id = ?",
            *(blob, self._next_change(message.user_id), message.user_id, message.message_id),
        )

    def mark_received(self, user_id: int, message_id: int) -> bool:
        """The bot has it; True when that is news."""
        row = self._store.row(
            "SELECT 1 FROM message WHERE user_id = ? AND message_id = ? AND mine AND NOT received", user_id, message_id
        )
        if row is None:
            return False
        self._store.run(
            "UPDATE message SET received = 1, changed = ? WHERE user_id = ? AND message_id = ?",
            *(self._next_change(user_id), user_id, message_id),
        )
        return True

    def cursor(self, user_id: int) -> int:
        """The number of the latest change in this chat."""
        row = self._store.row("SELECT changes FROM person WHERE user_id = ?", user_id)
        return 0 if row is None else int(row["changes"])

    def after(self, user_id: int, cursor: int, limit: int) -> tuple[list[Message], bool]:
        """Messages new or changed after a cursor, oldest change first; and if there are more."""
        rows = self._store.rows(
            "SELECT * FROM message WHERE user_id = ? AND changed > ? ORDER BY changed LIMIT ?",
            *(user_id, cursor, limit + 1),
        )
        return [self._message(row) for row in rows[:limit]], len(rows) > limit

    def before(self, user_id: int, message_id: int, limit: int) -> tuple[list[Message], bool]:
        """Messages older than a number that still exist, oldest first; and if there are older ones."""
        rows = self._store.rows(
            "SELECT * FROM message WHERE user_id = ? AND message_id < ? AND NOT deleted"
            " ORDER BY message_id DESC LIMIT ?",
            *(user_id, message_id, limit + 1),
        )
        return [self._message(row) for row in reversed(rows[:limit])], len(rows) > limit

    def _next_change(self, user_id: int) -> int:
        row = self._store.row("UPDATE person SET changes = changes + 1 WHERE user_id = ? RETURNING changes", user_id)
        if row is None:
            raise KeyError("no such person")
        return int(row["changes"])

    def _message(self, row: sqlite3.Row) -> Message:
        user_id, message_id = row["user_id"], row["message_id"]
        body = self._store.unseal_json(user_id, "message", message_id, "body", row["body"])
        pressed = None
        if row["pressed"] is not None:
            pressed = self._store.unseal(user_id, "message", message_id, "pressed", row["pressed"]).decode()
        return Message(
            user_id,
            message_id,
            bool(row["mine"]),
            row["date"],
            row["edit_date"],
            bool(row["edited"]),
            bool(row["deleted"]),
            bool(row["silent"]),
            bool(row["protected"]),
            bool(row["received"]),
            row["changed"],
            Content(**body),
            pressed,
        )
