"""What happens in a chat: a person writes, presses, blocks; the bot sends, edits, deletes. One transaction per deed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from bot.webchat import entities, limits, shapes
from bot.webchat.errors import NOT_MODIFIED, QUERY_TOO_OLD, PageError, bad_request, forbidden
from bot.webchat.live import Live
from bot.webchat.messages import Content, Message, Messages
from bot.webchat.people import People, Person, Session
from bot.webchat.signins import SignIns
from bot.webchat.store import Store
from bot.webchat.updates import UpdateQueue
from models.crypto import blind


class Chats:
    """Deeds of both sides, on one store. `ledger` true also records what each person really saw.

    `noticed` is told who was sent something that is not silent, `erased` who is gone.
    """

    def __init__(self, store: Store, bot: shapes.Bot, now: Callable[[], float], *, ledger: bool) -> None:
        self.store = store
        self.bot = bot
        self.now = now
        self.people = People(store)
        self.messages = Messages(store)
        self.sign_ins = SignIns(store)
        self.live = Live()
        self.noticed: Callable[[int], None] = lambda _: None
        self.erased: Callable[[int], None] = lambda _: None
        self.updates = UpdateQueue(store, self.messages, self._touched)
        self._ledger = ledger

    def _touched(self, user_ids: set[int]) -> None:
        for user_id in user_ids:
            self.live.changed(user_id, self.messages.cursor(user_id))

    def _saw(self, kind: str, user_id: int, message_id: int | None, body: dict[str, Any]) -> None:
        if self._ledger:
            blob = self.store.seal_json(user_id, "seen", kind, "body", body)
            self.store.run(
                "INSERT INTO seen (user_id, kind, message_id, at, body) VALUES (?, ?, ?, ?, ?)",
                *(user_id, kind, message_id, self.now(), blob),
            )

    # The person's side

    def create(self, *, name: str, language: str, kept: bool, user_id: int | None = None) -> Person:
        """A new chat user, with nothing said yet."""
        with self.store.tx():
            made = self.people.create(self.now(), name=name, language=language, kept=kept, user_id=user_id)
        return self.person(made)

    def person(self, user_id: int) -> Person:
        """The chat user; KeyError when gone."""
        found = self.people.get(user_id)
        if found is None:
            raise KeyError("no such person")
        return found

    def write(self, person: Person, text: str, client_id: str | None) -> Message:
        """The person writes. The same `client_id` again gives the same message and nothing new."""
        if client_id is not None:
            before = self.messages.by_client(person.user_id, client_id)
            if before is not None:
                return before
        if person.blocked:
            raise PageError(409, "blocked")
        shown = entities.plain(text)
        if not shown.text:
            raise PageError(400, "empty")
        if len(shown.text) > limits.TEXT_CHARACTERS:
            raise PageError(400, "too_long")
        with self.store.tx():
            message = self._say(person, Content(shown.text, shown.json()), client_id)
        self._arrived(person.user_id)
        return message

    def hand_in(self, person: Person, text: str, client_id: str, keep: Callable[[], dict[str, Any]]) -> Message:
        """The person sends a file, kept by `keep`, which gives its facts. `text` is the caption."""
        if person.blocked:
            raise PageError(409, "blocked")
        shown = entities.plain(text)
        if len(shown.text) > limits.CAPTION_CHARACTERS:
            raise PageError(400, "too_long")
        with self.store.tx():
            facts = keep()
            photo, document = (None, facts) if "kind" in facts else (facts, None)
            content = Content(shown.text, shown.json(), photo=photo, document=document)
            message = self._say(person, content, client_id)
        self._arrived(person.user_id)
        return message

    def _say(self, person: Person, content: Content, client_id: str | None) -> Message:
        now = self.now()
        message = self.messages.add(person.user_id, content, mine=True, date=int(now), client_id=client_id)
        self.people.mark_started(person.user_id)
        self._queue_message("message", message, person, now)
        self._saw("mine", person.user_id, message.message_id, {"text": content.text})
        return message

    def rewrite(self, person: Person, message_id: int, text: str) -> Message:
        """The person edits a message of their own."""
        message = self.messages.get(person.user_id, message_id)
        shown = entities.plain(text)
        if message is None or not message.mine or not shown.text:
            raise PageError(400, "not_editable")
        now = self.now()
        with self.store.tx():
            edited = self.messages.edit(message, Content(shown.text, shown.json()), int(now), shown=True)
            self._queue_message("edited_message", edited, person, now)
        self._arrived(person.user_id)
        return edited

    def _queue_message(self, kind: str, message: Message, person: Person, now: float) -> None:
        self.updates.add(
            person.user_id,
            kind,
            shapes.message(message, person, self.bot),
            queue=f"c{person.user_id}",
            now=now,
            kept=limits.MESSAGE_KEPT,
            message_id=message.message_id,
        )

    def press(self, person: Person, message_id: int, data: str, client_id: str) -> None:
        """The person presses a button. The same `client_id` again is nothing new; another one is a new update."""
        if person.blocked:
            raise PageError(409, "blocked")
        message = self.messages.get(person.user_id, message_id)
        if message is None or not message.offers(data):
            raise PageError(404, "no_such_button")
        client = blind(self.store.key(person.user_id), "press", client_id)
        if self.store.row("SELECT 1 FROM press WHERE user_id = ? AND client = ?", person.user_id, client):
            return
        with self.store.tx():
            self._press(person, message, data, client)
            self.messages.press(message, data)
        self._arrived(person.user_id)

    def press_again(self, person: Person) -> int:
        """The person's app is back on the net: what it pressed in vain goes again, as new presses. How many."""
        with self.store.tx():
            rows = self.store.rows(
                "DELETE FROM press WHERE user_id = ? AND NOT answered RETURNING at, message_id, client", person.user_id
            )
            latest = {row["message_id"]: row["client"] for row in sorted(rows, key=tuple)}
            again = 0
            for number, client in latest.items():
                message = self.messages.get(person.user_id, number)
                if message is not None and message.pressed:
                    self._press(person, message, message.pressed, client)
                    again += 1
        self._arrived(person.user_id)
        return again

    def _press(self, person: Person, message: Message, data: str, client: bytes) -> None:
        now = self.now()
        press_id = 1 + secrets.randbelow((1 << 62) - 1)
        query = {
            "id": str(press_id),
            "from": shapes.user(person),
            "message": shapes.message(message, person, self.bot, pressed_from=True),
            "chat_instance": str(int.from_bytes(blind(self.store.key(person.user_id), "chat")[:7], "big")),
            "data": data,
        }
        self.store.run("DELETE FROM press WHERE at < ?", now - limits.MESSAGE_KEPT)
        self.store.run(
            "INSERT INTO press (press_id, user_id, message_id, at, client) VALUES (?, ?, ?, ?, ?)",
            *(press_id, person.user_id, message.message_id, now, client),
        )
        self.people.mark_active(person.user_id, now)
        queue = f"p{person.user_id}"
        self.updates.add(person.user_id, "callback_query", query, queue=queue, now=now, kept=limits.CALLBACK_KEPT)

    def set_blocked(self, person: Person, blocked: bool) -> None:
        """The person blocks or unblocks the bot, which is told with `my_chat_member`."""
        if person.deactivated:
            raise PageError(409, "blocked")
        if person.blocked == blocked:
            return
        now = self.now()
        was, becomes = ("member", "kicked") if blocked else ("kicked", "member")
        change = {
            "chat": shapes.chat(person),
            "from": shapes.user(person),
            "date": int(now),
            "old_chat_member": self._membership(was),
            "new_chat_member": self._membership(becomes),
        }
        with self.store.tx():
            self.people.set_blocked(person.user_id, blocked)
            self.updates.add(
                person.user_id,
                "my_chat_member",
                change,
                queue=f"m{person.user_id}",
                now=now,
                kept=limits.MESSAGE_KEPT,
            )
        self.updates.announce()

    def _membership(self, status: str) -> dict[str, Any]:
        member = {"user": self.bot.user(), "status": status}
        return {**member, "until_date": 0} if status == "kicked" else member

    def require_pin(self, user_id: int, required: bool) -> None:
        """From now on the page asks this person's devices for a PIN, or no longer. Pages that are open look again."""
        with self.store.tx():
            self.people.set_pin_needed(user_id, required)
        self.live.close_person(user_id)

    def sign_in(self, secret: str, device: str, session: Session | None, *, replace: bool) -> str:
        """Opens the chat of a one-time link or code on a device, in place of its `session`; the new session's token.

        With `replace` false a device that is in another chat is asked first: nobody shall write to the wrong people.
        """
        now = self.now()
        user_id = self.sign_ins.whose(secret, now)
        if user_id is None:
            raise PageError(404, "no_such_sign_in")
        if session is not None and session.user_id != user_id and not replace:
            raise PageError(409, "other_chat")
        with self.store.tx():
            self.sign_ins.use_up(secret)
            if session is not None:
                self.people.end_session(session.token_hash)
            token = self.people.open_session(user_id, now, device)
        if session is not None:
            self.live.close_session(session.token_hash)
        return token

    def end_sessions(self, sessions: list[str]) -> None:
        """Signs devices out."""
        with self.store.tx():
            for session in sessions:
                self.people.end_session(session)
        for session in sessions:
            self.live.close_session(session)

    def erase(self, user_id: int) -> bool:
        """Destroys a person's key and everything of theirs; False when there was nobody."""
        with self.store.tx():
            gone = self.people.erase(user_id)
        if gone:
            self.store.shred()
        self.live.close_person(user_id)
        self.erased(user_id)
        return gone

    def sweep(self) -> int:
        """Erases strangers whose day is over, and one-time ways in whose time is; how many strangers."""
        self.sign_ins.drop(self.now())
        stale = self.people.stale_strangers(self.now())
        return sum(self.erase(user_id) for user_id in stale)

    # The bot's side

    def reachable(self, chat_id: int | None) -> Person:
        """The person behind a chat id to whom the bot may write, or Telegram's refusal."""
        person = None if chat_id is None else self.people.get(chat_id)
        if person is None:
            raise bad_request("chat not found")
        if person.deactivated:
            raise forbidden("user is deactivated")
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not person.started:
            raise forbidden("bot can't initiate conversation with a user")
        return person

    def send(self, person: Person, content: Content, *, silent: bool, protected: bool) -> Message:
        """The bot sends a message."""
        with self.store.tx():
            message = self.messages.add(
                person.user_id, content, mine=False, date=int(self.now()), silent=silent, protected=protected
            )
            self._saw("message", person.user_id, message.message_id, {**asdict(content), "silent": silent})
        self._shown(person.user_id)
        if not silent:
            self.noticed(person.user_id)
        return message

    def own_message(self, person: Person, message_id: int, what: str) -> Message:
        """A message of the bot in this chat, or "… not found"."""
        message = self.messages.get(person.user_id, message_id)
        if message is None:
            raise bad_request(f"{what} not found")
        if message.mine:
            raise bad_request("message can't be edited")
        return message

    def edit(self, person: Person, message: Message, content: Content) -> Message:
        """The bot changes a message; refused when nothing would change."""
        if content == message.content:
            raise bad_request(NOT_MODIFIED)
        shown = replace(content, buttons=[]) != replace(message.content, buttons=[])
        with self.store.tx():
            edited = self.messages.edit(message, content, int(self.now()), shown=shown)
            self._saw("edit", person.user_id, message.message_id, asdict(content))
        self._shown(person.user_id)
        return edited

    def delete(self, person: Person, message_id: int) -> None:
        """The bot deletes a message, its own or the person's, not older than two days."""
        message = self.messages.get(person.user_id, message_id)
        if message is None:
            raise bad_request("message to delete not found")
        if self.now() - message.date > limits.DELETE_WITHIN:
            raise bad_request("message can't be deleted for everyone")
        with self.store.tx():
            self.messages.delete(message)
            for file in (message.content.photo, message.content.document):
                if file is not None:
                    self.store.run("DELETE FROM file WHERE file_id = ?", file["file_id"])
            self._saw("delete", person.user_id, message_id, {})
        self._shown(person.user_id)

    def answer(self, press_id: int, text: str, alert: bool) -> None:
        """The bot answers a press, once, within its time."""
        row = self.store.row("SELECT * FROM press WHERE press_id = ? AND NOT answered", press_id)
        if row is None or self.now() - row["at"] > limits.CALLBACK_KEPT:
            raise bad_request(QUERY_TOO_OLD)
        with self.store.tx():
            self.store.run("UPDATE press SET answered = 1 WHERE press_id = ?", press_id)
            if text:
                self._saw("notice", row["user_id"], row["message_id"], {"text": text, "alert": alert})
        if text:
            self.live.tell(row["user_id"], "notice", {"text": text, "alert": alert})

    def set_header(self, user_id: int, header: dict[str, str] | None) -> None:
        """What stands above the chat on our page."""
        with self.store.tx():
            self.people.set_header(user_id, header)
        self.live.tell(user_id, "header", dict(header or {"title": "", "subtitle": ""}))

    def _shown(self, user_id: int) -> None:
        self.live.changed(user_id, self.messages.cursor(user_id))

    def _arrived(self, user_id: int) -> None:
        self._shown(user_id)
        self.updates.announce()
