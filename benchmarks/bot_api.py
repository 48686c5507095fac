"""A Bot API server that costs next to nothing, so that what is measured is the bot: the same for every contestant.

It knows what a check-in needs (getUpdates, sendMessage, editMessageText, answerCallbackQuery) and answers `true` to the
rest. It refuses what Telegram refuses there: an edit that changes nothing, a message or a button press it does not
know, callback data above 64 bytes, a second poller. `round_trip` seconds pass for every call, half before it takes
effect and half before its answer is read; so an update takes half of it to arrive, and an edit half of it to be seen.
With `deliver_at_once` polls are spared: updates arrive without delay.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "1234567890:" + "B" * 35
_BOT = {"id": 1234567890, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
_DATE = 1795341600
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CALL = re.compile(rb"(?:GET|POST) /bot([^/ ]+)/([A-Za-z0-9_]+)")


class Refused(Exception):
    """An answer with ok=false."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code, self.description = code, description


@dataclass(slots=True)
class Shown:
    """A message of the bot as it stands on the phone: its text, and each button's data by its label."""

    text: str
    buttons: dict[str, str]
    raw_markup: Any


@dataclass(slots=True)
class Chat:
    """One person's chat. `seen` is called with the message id whenever something new can be seen."""

    messages: dict[int, Shown] = field(default_factory=dict)
    seen: Callable[[int], None] | None = None


class BotApi:
    """The server's state and its listening socket. `round_trip` may be changed while it runs."""

    def __init__(self) -> None:
        self.round_trip = 0.0
        self.deliver_at_once = False
        self.calls: Counter[str] = Counter()
        self.chats: dict[int, Chat] = {}
        self.spinning: set[str] = set()
        self.refused: Counter[str] = Counter()
        self.address = ""
        self._numbers = itertools.count(1)
        self._update_ids = itertools.count(1000)
        self._pending: list[dict[str, Any]] = []
        self._poller: tuple[_Connection, int, asyncio.TimerHandle] | None = None
        self._server: asyncio.Server | None = None
        self._open: set[_Connection] = set()

    async def start(self) -> None:
        """Listen on a free port of this machine."""
        self._server = await asyncio.get_running_loop().create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Stop listening and hang up."""
        if self._poller is not None:
            self._poller[2].cancel()
        if self._server is not None:
            self._server.close()
            for one in list(self._open):
                one.hang_up()
            await self._server.wait_closed()

    def opened(self, connection: _Connection) -> None:
        self._open.add(connection)

    def closed(self, connection: _Connection) -> None:
        """A connection is gone; a poll that waited on it waits no more."""
        self._open.discard(connection)
        if self._poller is not None and self._poller[0] is connection:
            self._poller[2].cancel()
            self._poller = None

    # --- what people do ---------------------------------------------------------------------------------------------

    def chat(self, chat_id: int) -> Chat:
        return self.chats.setdefault(chat_id, Chat())

    def say(self, chat_id: int, text: str) -> None:
        """Somebody writes; a word with a slash in front is a command."""
        body = self._message(chat_id, next(self._numbers), {"from": self._person(chat_id), "text": text})
        if text.startswith("/"):
            body["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
        self._arrive({"message": body})

    def press(self, chat_id: int, message_id: int, data: str) -> None:
        """Somebody presses a button; it spins until the bot answers the press."""
        pressed = str(next(self._numbers) + 10**9)
        self.spinning.add(pressed)
        shown = self.chats[chat_id].messages[message_id]
        message = self._message(
            chat_id, message_id, {"from": _BOT, "text": shown.text, "reply_markup": shown.raw_markup}
        )
        self._arrive(
            {
                "callback_query": {
                    "id": pressed,
                    "from": self._person(chat_id),
                    "message": message,
                    "chat_instance": str(chat_id),
                    "data": data,
                }
            }
        )

    def _person(self, chat_id: int) -> dict[str, Any]:
        return {"id": chat_id, "is_bot": False, "first_name": "x", "language_code": "da"}

    def _message(self, chat_id: int, message_id: int, more: dict[str, Any]) -> dict[str, Any]:
        chat = {"id": chat_id, "type": "private", "first_name": "x"}
        return {"message_id": message_id, "date": _DATE, "chat": chat, **more}

    def _arrive(self, update: dict[str, Any]) -> None:
        self._pending.append({"update_id": next(self._update_ids)} | update)
        if self._poller is not None:
            connection, limit, timer = self._poller
            timer.cancel()
            self._poller = None
            connection.answer(self._pending[:limit])

    # --- what the bot calls -----------------------------------------------------------------------------------------

    def call(self, connection: _Connection, token: str, method: str, given: dict[str, Any]) -> None:
        """Carry out one call and answer it, or keep a poll waiting."""
        self.calls[method] += 1
        try:
            if token != TOKEN:
                raise Refused(401, "Unauthorized")
            if method == "getupdates":
                self._poll(connection, given)
                return
            deed = getattr(self, f"_{method}", None)
            result = deed(given) if deed is not None else True
        except Refused as refusal:
            self.refused[refusal.description] += 1
            connection.refuse(refusal)
        else:
            connection.answer(result)

    def _poll(self, connection: _Connection, given: dict[str, Any]) -> None:
        offset, limit = int(given.get("offset") or 0), int(given.get("limit") or 100)
        if self._poller is not None:
            raise Refused(409, "Conflict: terminated by other getUpdates request")
        if offset > 0:
            self._pending = [update for update in self._pending if update["update_id"] >= offset]
        seconds = float(given.get("timeout") or 0)
        if self._pending or seconds <= 0:
            connection.answer(self._pending[:limit])
        else:
            timer = asyncio.get_running_loop().call_later(seconds, self._nothing_came)
            self._poller = (connection, limit, timer)

    def _nothing_came(self) -> None:
        if self._poller is not None:
            connection, self._poller = self._poller[0], None
            connection.answer([])

    def _getme(self, _: dict[str, Any]) -> dict[str, Any]:
        more = dict.fromkeys(("can_join_groups", "can_read_all_group_messages", "supports_inline_queries"), False)
        return {**_BOT, **more}

    def _sendmessage(self, given: dict[str, Any]) -> dict[str, Any]:
        chat_id, message_id = int(given["chat_id"]), next(self._numbers)
        return self._show(chat_id, message_id, _shown(given))

    def _editmessagetext(self, given: dict[str, Any]) -> dict[str, Any]:
        chat_id, message_id = int(given["chat_id"]), int(given["message_id"])
        before = self.chats[chat_id].messages.get(message_id) if chat_id in self.chats else None
        if before is None:
            raise Refused(400, "Bad Request: message to edit not found")
        after = _shown(given)
        if after == before:
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        return self._show(chat_id, message_id, after)

    def _show(self, chat_id: int, message_id: int, shown: Shown) -> dict[str, Any]:
        chat = self.chat(chat_id)
        chat.messages[message_id] = shown
        if chat.seen is not None:
            chat.seen(message_id)
        more = {"reply_markup": shown.raw_markup} if shown.raw_markup else {}
        return self._message(chat_id, message_id, {"from": _BOT, "text": shown.text, **more})

    def _answercallbackquery(self, given: dict[str, Any]) -> bool:
        pressed = str(given["callback_query_id"])
        if pressed not in self.spinning:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.spinning.discard(pressed)
        return True


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive and a length, which is what Bot API clients speak."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._buffer = b""
        self._half = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._api.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (the protocol's signature)
        self._transport = None
        self._api.closed(self)

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[: end + 2]
            length = _LENGTH.search(head)
            stop = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < stop:
                return
            body, self._buffer = self._buffer[end + 4 : stop], self._buffer[stop:]
            self._request(head, body)

    def _request(self, head: bytes, body: bytes) -> None:
        call = _CALL.match(head)
        if call is None or b"chunked" in head:
            self._write(404, {"ok": False, "error_code": 404, "description": "Not Found"})
            return
        token, method, given = call[1].decode(), call[2].decode().lower(), _given(head, body)
        self._half = 0.0 if method == "getupdates" and self._api.deliver_at_once else self._api.round_trip / 2
        if self._half:
            asyncio.get_running_loop().call_later(self._half, self._api.call, self, token, method, given)
        else:
            self._api.call(self, token, method, given)

    def answer(self, result: Any) -> None:
        self._later(200, {"ok": True, "result": result})

    def refuse(self, refusal: Refused) -> None:
        self._later(refusal.code, {"ok": False, "error_code": refusal.code, "description": refusal.description})

    def _later(self, status: int, said: dict[str, Any]) -> None:
        if self._half:
            asyncio.get_running_loop().call_later(self._half, self._write, status, said)
        else:
            self._write(status, said)

    def _write(self, status: int, said: dict[str, Any]) -> None:
        if self._transport is None:
            return
        body = json.dumps(said, separators=(",", ":")).encode()
        self._transport.write(
            b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (status, len(body), body)
        )


def _given(head: bytes, body: bytes) -> dict[str, Any]:
    """The parameters of a call: JSON, or a form whose objects are JSON."""
    if not body:
        return {}
    if b"application/json" in head:
        found: dict[str, Any] = json.loads(body)
        return found
    if b"multipart/form-data" in head:
        boundary = b"--" + head.split(b"boundary=")[1].split(b"\r\n")[0].strip(b'"')
        parts = [part.split(b"\r\n\r\n", 1) for part in body.split(boundary)[1:-1]]
        return {part[0].split(b'name="')[1].split(b'"')[0].decode(): part[1][:-2].decode() for part in parts}
    return dict(parse_qsl(body.decode()))


def _shown(given: dict[str, Any]) -> Shown:
    markup = given.get("reply_markup") or None
    if isinstance(markup, str):
        markup = json.loads(markup)
    buttons = {}
    for row in (markup or {}).get("inline_keyboard", ()):
        for button in row:
            if len(button.get("callback_data", "").encode()) > 64:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
            buttons[button["text"]] = button.get("callback_data", "")
    return Shown(str(given["text"]), buttons, markup)
