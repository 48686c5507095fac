"""A chat with the bot, offline: the real handlers, dispatcher, letters and delivery; only Telegram itself is played."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot
from telegram.error import TimedOut
from telegram.ext import ApplicationBuilder, ContextTypes
from telegram.request import BaseRequest, RequestData

from bot.app import register
from bot.context import App, Context
from bot.delivery import Delivery
from bot.dispatch import Dispatcher
from bot.fetching import Fetcher
from models.actions import inbox
from models.actions.inbox import read_raw
from models.tables.inbox import InboxUpdate
from models.tables.keys import chat_index
from models.transactions import HOUSE, Scope, Scoped, atomic
from tests import cast as casting
from tests.cast import Cast

BOT = "telegram"


@dataclass
class Shown:
    """One message in a chat as the young person sees it now."""

    message_id: int
    text: str
    rows: list[list[dict[str, str]]]
    silent: bool = False
    picture: bytes = b""

    file: tuple[str, str, bytes] | None = None  # way, name, content

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.rows for button in row]


class Telegram(BaseRequest):
    """Telegram's side of the wire: it knows a few methods and refuses everything else. `files`: what was sent to it."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.fetched: list[str] = []
        self.down = self.revoked = False
        self.chats: dict[int, list[Shown]] = {}
        self.ids = itertools.count(1000)
        self.answered: list[str] = []

    @property
    def read_timeout(self) -> float | None:
        return 5

    async def initialize(self) -> None:
        return None

    async def shutdown(self) -> None:
        return None

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        if "/file/" in url:
            self.fetched.append(url.rsplit("/", 1)[1])
            return 200, self.files[url.rsplit("/", 1)[1]]
        asked = dict(request_data.parameters) if request_data else {}
        if request_data is not None and request_data.multipart_data:
            method = url.rsplit("/send", 1)[1].lower()
            asked["file"] = (method, *next(iter(request_data.multipart_data.values()))[:2])
            asked["sent"] = dict(request_data.multipart_data)
        status, result = getattr(self, f"_{url.rsplit('/', 1)[1]}")(asked)
        body = {"ok": status == 200, "result": result}
        if status != 200:
            body = {"ok": False, "error_code": status, "description": result}
        return status, json.dumps(body).encode()

    def _getMe(self, asked: dict[str, Any]) -> tuple[int, Any]:  # noqa: N802
        return 200, {"id": 1, "is_bot": True, "first_name": "Hørt", "username": "hoert_bot"}

    def _getFile(self, asked: dict[str, Any]) -> tuple[int, Any]:  # noqa: N802
        file_id = asked["file_id"]
        if self.down:
            raise TimedOut
        if self.revoked:
            return 401, "Unauthorized"
        if file_id not in self.files:
            return 400, "Bad Request: wrong file_id or the file is temporarily unavailable"
        if len(self.files[file_id]) > 20 * 1024 * 1024:
            return 400, "Bad Request: file is too big"
        return 200, {"file_id": file_id, "file_unique_id": file_id, "file_path": file_id}

    def _answerCallbackQuery(self, asked: dict[str, Any]) -> tuple[int, Any]:  # noqa: N802
        self.answered.append(asked["callback_query_id"])
        return 200, True

    def _sendMessage(self, asked: dict[str, Any]) -> tuple[int, Any]:  # noqa: N802
        shown = Shown(next(self.ids), asked["text"], _rows(asked), bool(asked.get("disable_notification")))
        assert 0 < len(shown.text) <= 4096
        self.chats.setdefault(asked["chat_id"], []).append(shown)
        return 200, _message(asked["chat_id"], shown)

    def _sendDocument(self, asked: dict[str, Any]) -> tuple[int, Any]:  # noqa: N802
        shown = Shown(next(self.ids), asked.get("caption", ""), _rows(asked), file=asked["file"])
        self.chats.setdefault(int(asked["chat_id"]), []).append(shown)
        return 200, _message(int(asked["chat_id"]), shown)

    _sendVoice = _sendDocument  # noqa: N815

    def _sendPhoto(self, asked: dict[str, Any]) -> tuple[int, Any]:  # noqa: N802
        ((_, content, _),) = asked["sent"].values()
        shown = Shown(
            next(self.ids), asked.get("caption", ""), _rows(asked), picture=content, file=asked["file"]
        )  # fmt: skip
        assert len(shown.text) <= 1024
        self.chats.setdefault(int(asked["chat_id"]), []).append(shown)
        size = {"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}
        return 200, {**_message(int(asked["chat_id"]), shown), "photo": [size]}

    def _editMessageText(self, asked: dict[str, Any]) -> tuple[int, Any]:  # noqa: N802
        shown = next(one for one in self.chats[asked["chat_id"]] if one.message_id == asked["message_id"])
        if (shown.text, shown.rows) == (asked["text"], _rows(asked)):
            return 400, "Bad Request: message is not modified"
        shown.text, shown.rows = asked["text"], _rows(asked)
        return 200, _message(asked["chat_id"], shown)

    def _deleteMessages(self, asked: dict[str, Any]) -> tuple[int, Any]:  # noqa: N802
        wanted = asked["message_ids"]
        ids = set(json.loads(wanted) if isinstance(wanted, str) else wanted)
        self.chats[asked["chat_id"]] = [one for one in self.chats[asked["chat_id"]] if one.message_id not in ids]
        return 200, True


def _rows(asked: dict[str, Any]) -> list[list[dict[str, str]]]:
    markup = asked.get("reply_markup") or {"inline_keyboard": []}
    rows: list[list[dict[str, str]]] = (json.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
    for row in rows:
        for button in row:
            assert len(button["callback_data"].encode()) <= 64
    assert sum(map(len, rows)) <= 100
    return rows


def _message(chat_id: int, shown: Shown) -> dict[str, Any]:
    return {"message_id": shown.message_id, "date": 0, "chat": {"id": chat_id, "type": "private"}, "text": shown.text}


@dataclass
class World:
    """Everybody's chats with one bot, and a clock that only moves when it is told to."""

    cast: Cast
    now: datetime
    telegram: Telegram = field(default_factory=Telegram)
    application: App = field(init=False)
    dispatcher: Dispatcher = field(init=False)
    delivery: Delivery = field(init=False)
    fetcher: Fetcher = field(init=False)
    updates: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    chat_ids: itertools.count[int] = field(default_factory=lambda: itertools.count(7001))

    async def begin(self) -> None:
        """Build the application as in life, with Telegram's side played here."""
        bot_builder = ApplicationBuilder().token("1:x").updater(None).job_queue(None)
        self.application = (
            bot_builder.request(self.telegram)
            .get_updates_request(self.telegram)
            .context_types(ContextTypes(context=Context))
            .build()
        )
        register(self.application)
        await self.application.initialize()
        self.dispatcher = Dispatcher({BOT: self.application}, now=lambda: self.now)
        bot: Bot = self.application.bot
        self.fetcher = Fetcher({BOT: bot}, now=lambda: self.now)
        self.delivery = Delivery(BOT, bot, now=lambda: self.now, real_now=lambda: self.now, paced=False)

    async def end(self) -> None:
        """Close the application."""
        await self.application.shutdown()

    async def feed(self, payload: dict[str, Any]) -> None:
        """One update comes in, is processed, and what it caused is sent."""
        await inbox.receive(HOUSE, BOT, [read_raw(payload)], now=self.now)
        await self.settle()

    async def settle(self) -> None:
        """Process and send whatever waits. A handler that failed fails the test."""
        await self.dispatcher.drain()
        faults = await _faults(HOUSE)
        assert faults == [], faults
        await self.fetcher.drain()
        await self.delivery.drain()

    def later(self, **by: float) -> None:
        """Move the clock."""
        self.now += timedelta(**by)

    def stranger(self, *, language: str = "da") -> Talk:
        """A chat that has never been here."""
        return Talk(self, next(self.chat_ids), language)

    async def linked(self, person_id: str, *, confirmed: bool = True, **more: Any) -> Talk:
        """The chat of somebody of the cast who has joined."""
        talk = self.stranger(language=more.get("language", "da"))
        municipality = self.cast.odsherred if person_id == self.cast.astrid else self.cast.randers
        by = self.cast.mette.staff_id if confirmed else None
        await casting.link(
            Scope(municipality), person_id, talk.chat_id, now=self.now, bot=BOT, confirmed_by=by, **more
        )  # fmt: skip
        return talk


@dataclass
class Talk:
    """One chat, from the young person's side."""

    world: World
    chat_id: int
    language: str
    message_ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def shown(self) -> list[Shown]:
        """Everything the bot shows, oldest first."""
        return self.world.telegram.chats.get(self.chat_id, [])

    @property
    def texts(self) -> list[str]:
        """The texts, oldest first."""
        return [one.text for one in self.shown]

    @property
    def last(self) -> str:
        """The newest text."""
        return self.shown[-1].text

    @property
    def labels(self) -> list[str]:
        """The labels under the newest message."""
        return self.shown[-1].labels

    @property
    def index(self) -> str:
        """The blind index of the chat."""
        return chat_index(BOT, self.chat_id)

    def _who(self) -> dict[str, Any]:
        sender = {"id": self.chat_id, "is_bot": False, "first_name": "x", "language_code": self.language}
        return {"from": sender, "chat": {"id": self.chat_id, "type": "private", "first_name": "x"}, "date": 1}

    async def send(self, *, kind: str = "message", message_id: int | None = None, **content: Any) -> int:
        """Send a message with any content; returns its id."""
        number = next(self.message_ids) if message_id is None else message_id
        message = {"message_id": number, **self._who(), **content}
        await self.world.feed({"update_id": next(self.world.updates), kind: message})
        return number

    async def say(self, text: str) -> int:
        """Write something; a command is marked as Telegram marks it."""
        first = text.split(" ", maxsplit=1)[0]
        entities: dict[str, Any] = {}
        if text.startswith("/") and first.isascii():
            entities = {"entities": [{"type": "bot_command", "offset": 0, "length": len(first)}]}
        return await self.send(text=text, **entities)

    async def edit(self, message_id: int, text: str) -> None:
        """Edit something written before."""
        await self.send(kind="edited_message", message_id=message_id, text=text, edit_date=message_id + 5)

    def button(self, label: str) -> tuple[int, str]:
        """The newest button whose label contains `label`: (message id, its data)."""
        for one in reversed(self.shown):
            for row in one.rows:
                for button in row:
                    if label in button["text"]:
                        return one.message_id, button["callback_data"]
        raise AssertionError(f"no button says {label!r}; the newest are {self.labels}")

    async def press(self, label: str) -> None:
        """Press the newest button whose label contains `label`."""
        await self.press_data(*self.button(label))

    async def press_data(self, message_id: int, data: str) -> None:
        """Press a button that may not be on the screen any more, or never was."""
        number = next(self.world.updates)
        who = self._who()
        query = {
            "id": str(number),
            "from": who["from"],
            "message": {"message_id": message_id, "chat": who["chat"], "date": 1, "text": "x"},
            "chat_instance": "1",
            "data": data,
        }
        await self.world.feed({"update_id": number, "callback_query": query})

    async def membership(self, old: str, new: str) -> None:
        """Block the chat, or come back to it."""
        robot = {"id": 1, "is_bot": True, "first_name": "Hørt"}
        left = {"until_date": 0}
        change = {
            **self._who(),
            "old_chat_member": {"user": robot, "status": old, **(left if old == "kicked" else {})},
            "new_chat_member": {"user": robot, "status": new, **(left if new == "kicked" else {})},
        }
        await self.world.feed({"update_id": next(self.world.updates), "my_chat_member": change})


@atomic
async def _faults(scope: Scoped) -> list[str]:
    return [row.error for row in await InboxUpdate.exclude(error="")]


@atomic
async def count(scope: Scoped, /, table: Any, **which: Any) -> int:
    """How many rows a table has."""
    return int(await table.filter(**which).count())


@atomic
async def all_of(scope: Scoped, /, table: Any, **which: Any) -> list[Any]:
    """The rows of a table, oldest first where they have an order."""
    return list(await table.filter(**which))


__all__ = ["BOT", "Shown", "Talk", "World", "all_of", "count"]
