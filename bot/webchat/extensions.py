"""Methods that Telegram does not have: some about a chat of ours, always there; the rest in the demo and in tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.webchat.chats import Chats
from bot.webchat.errors import PageError, bad_request
from bot.webchat.faults import Faults
from bot.webchat.messages import Content
from bot.webchat.methods import Method
from bot.webchat.params import Params
from bot.webchat.people import Person

_HEADER_CHARACTERS = 200
_NAME_CHARACTERS = 64
_CHATS_AT_ONCE = 10_000


class Extensions:
    """Offers `methods` to be added to the Bot API's."""

    def __init__(self, chats: Chats, faults: Faults, shift: Callable[[float], None]) -> None:
        self._chats = chats
        self._faults = faults
        self._shift = shift

    def methods(self, *, all_of_them: bool) -> dict[str, Method]:
        """The methods by name."""
        always: dict[str, Method] = {
            "setChatHeader": self._set_header,
            "getChatSeen": self._seen,
            "forgetChat": self._forget,
            "createSignIn": self._create_sign_in,
            "requirePin": self._require_pin,
        }
        if not all_of_them:
            return always
        return {
            **always,
            "createChatSession": self._create_session,
            "createChats": self._create_chats,
            "addHistory": self._add_history,
            "setBlocked": self._set_blocked,
            "setDeactivated": self._set_deactivated,
            "reconnect": self._reconnect,
            "editAsUser": self._edit_as_user,
            "setFaults": self._set_faults,
            "getFaults": lambda _: dict(self._faults.struck),
            "getLedger": self._ledger,
            "setClockOffset": self._set_clock,
        }

    def _person(self, params: Params) -> Person:
        person = self._chats.people.get(params.number("chat_id"))
        if person is None:
            raise bad_request("chat not found")
        return person

    def _set_header(self, params: Params) -> bool:
        """{chat_id, title, subtitle}: who answers and by when; both empty: nothing above the chat."""
        person = self._person(params)
        title, subtitle = params.text("title").strip(), params.text("subtitle").strip()
        if max(len(title), len(subtitle)) > _HEADER_CHARACTERS:
            raise bad_request("header is too long")
        header = {"title": title, "subtitle": subtitle} if title or subtitle else None
        if header != person.header or not person.kept:
            self._chats.set_header(person.user_id, header)
        return True

    def _seen(self, params: Params) -> float:
        """{chat_id} → when somebody last looked at the open page of this chat, as a Unix time; 0 when nobody has."""
        person = self._person(params)
        found = self._chats.store.rows(
            "SELECT MAX(seen_at) AS at FROM session WHERE user_id = ? AND locked = 0", person.user_id
        )
        return float(found[0]["at"] or 0)

    def _forget(self, params: Params) -> bool:
        """{chat_id}: destroys the key and everything of this chat, on disk too; False when it is not there."""
        return self._chats.erase(params.number("chat_id"))

    def _create_sign_in(self, params: Params) -> dict[str, Any]:
        """{chat_id} → {token, expires_at}: opens this chat once, on one device, as `#in=token` behind its address.

        A new one takes the place of the one before.
        """
        person = self._person(params)
        with self._chats.store.tx():
            self._chats.people.keep(person.user_id)
            token, expires_at = self._chats.sign_ins.link(person.user_id, self._chats.now())
        return {"token": token, "expires_at": int(expires_at)}

    def _require_pin(self, params: Params) -> bool:
        """{chat_id, required}: if the page shows this chat only to devices with a PIN, and locks when left alone."""
        person = self._person(params)
        required = params.flag("required")
        if required != person.pin_needed:
            self._chats.require_pin(person.user_id, required)
        return True

    def _create_session(self, params: Params) -> dict[str, Any]:
        """{user_id?, first_name?, language_code?, started?} → {chat_id, session}; a known user gets another session."""
        user_id = params.number("user_id") or None
        person = self._chats.people.get(user_id) if user_id else None
        name, language = params.text("first_name").strip(), params.text("language_code").strip()
        if len(name) > _NAME_CHARACTERS or not re.fullmatch(r"[A-Za-z-]{0,16}", language):
            raise bad_request("wrong name or language")
        if person is None:
            person = self._chats.create(name=name or "Test", language=language or "da", kept=True, user_id=user_id)
        with self._chats.store.tx():
            if name or language:
                self._chats.people.set_profile(person, name=name or None, language=language or None)
            if params.flag("started"):
                self._chats.people.mark_started(person.user_id)
            session = self._chats.people.open_session(person.user_id, self._chats.now())
        return {"chat_id": person.user_id, "session": session}

    def _create_chats(self, params: Params) -> list[dict[str, Any]]:
        """{count, first_name?, language_code?, started?} → one {chat_id, session} each, in one transaction."""
        count = params.number("count")
        if not 1 <= count <= _CHATS_AT_ONCE:
            raise bad_request("wrong count")
        people, now = self._chats.people, self._chats.now()
        made = []
        with self._chats.store.tx():
            for number in range(1, count + 1):
                name = f"{params.text('first_name') or 'Test'} {number}"
                chat_id = people.create(now, name=name, language=params.text("language_code") or "da", kept=True)
                if params.flag("started"):
                    people.mark_started(chat_id)
                made.append({"chat_id": chat_id, "session": people.open_session(chat_id, now)})
        return made

    def _add_history(self, params: Params) -> int:
        """{chat_id, messages: [{mine, text, date}]} → how many: what was said before this chat stood here."""
        person = self._person(params)
        said = params.json("messages", "can't parse messages")
        if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
            raise bad_request("wrong messages")
        with self._chats.store.tx():
            for one in said:
                message = self._chats.messages.add(
                    person.user_id, Content(text=str(one["text"])), mine=bool(one["mine"]), date=int(one["date"])
                )
                if message.mine:
                    self._chats.messages.mark_received(person.user_id, message.message_id)
        return len(said)

    def _set_blocked(self, params: Params) -> bool:
        """{chat_id, blocked}: as if the person had blocked or unblocked the bot."""
        try:
            self._chats.set_blocked(self._person(params), params.flag("blocked"))
        except PageError:
            raise bad_request("user is deactivated") from None
        return True

    def _set_deactivated(self, params: Params) -> bool:
        """{chat_id, deactivated}: as if the person's account were gone, or back."""
        person = self._person(params)
        with self._chats.store.tx():
            self._chats.people.set_deactivated(person.user_id, params.flag("deactivated"))
        return True

    def _reconnect(self, params: Params) -> int:
        """{chat_id}: as if the person's app had lost its connection; presses without an answer go again. How many."""
        return self._chats.press_again(self._person(params))

    def _edit_as_user(self, params: Params) -> bool:
        """{chat_id, message_id, text}: as if the person had edited their message."""
        try:
            self._chats.rewrite(self._person(params), params.number("message_id"), params.text("text"))
        except PageError:
            raise bad_request("message can't be edited") from None
        return True

    def _set_faults(self, params: Params) -> bool:
        """{faults: [{kind, methods?, chat_id?, count?, probability?, retry_after?, delay?}], seed?}; [] ends them."""
        self._faults.set(params.json("faults", "wrong faults") or [], params.number("seed"))
        return True

    def _set_clock(self, params: Params) -> bool:
        """{seconds}: the server's clock, and what its pauses are measured by, run this far ahead of their own."""
        try:
            self._shift(float(params.text("seconds")))
        except ValueError:
            raise bad_request("wrong seconds") from None
        return True

    def _ledger(self, params: Params) -> dict[str, Any]:
        """{chat_id?} → {chats: {id: {entries, doubles}}}: what each person really saw, in order.

        Entries: {n, kind: mine|message|edit|delete|notice, message_id, at, …what was shown}. Doubles: numbers of the
        bot's messages that show the same as an earlier one.
        """
        wanted = params.number("chat_id")
        store = self._chats.store
        rows = store.rows("SELECT * FROM seen WHERE ? IN (0, user_id) ORDER BY n", wanted)
        chats: dict[str, dict[str, list[Any]]] = {}
        shown: dict[int, set[str]] = {}
        for row in rows:
            user_id = row["user_id"]
            body = store.unseal_json(user_id, "seen", row["kind"], "body", row["body"])
            chat = chats.setdefault(str(user_id), {"entries": [], "doubles": []})
            entry = {"n": row["n"], "kind": row["kind"], "message_id": row["message_id"], "at": row["at"]}
            chat["entries"].append(entry | body)
            if row["kind"] == "message":
                face = repr((body["text"], body["buttons"], body["photo"] is None, body["document"] is None))
                if face in shown.setdefault(user_id, set()):
                    chat["doubles"].append(row["message_id"])
                shown[user_id].add(face)
        return {"chats": chats}
