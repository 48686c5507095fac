"""A web chat served over real TCP, with a clock that stands still, for the tests of this folder."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.webchat.server import WebChat, WebChatSettings

TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
MASTER_KEY = bytes(range(32))
NOON = 1_795_262_400.0  # 21 November 2026, 12:00 UTC


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + b"\x80" * width * 3 for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Clock:
    """Seconds since 1970, moved by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Phone:
    """A page in somebody's browser: cookies, the proof header, and the calls that the page makes."""

    web: aiohttp.ClientSession
    chat_id: int = 0
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def post(self, path: str, /, status: int = 200, headers: dict[str, str] | None = None, **body: Any) -> Any:
        async with self.web.post(f"api/{path}", json=body, headers=headers) as answer:
            assert (answer.status, await answer.text() if answer.status != status else "") == (status, "")
            return await answer.json()

    async def get(self, path: str, /, status: int = 200) -> Any:
        async with self.web.get(f"api/{path}") as answer:
            assert (answer.status, await answer.text() if answer.status != status else "") == (status, "")
            return await answer.json()

    async def write(self, text: str, status: int = 200, client_id: str | None = None) -> Any:
        return await self.post("messages", status, text=text, client_id=client_id or f"w{next(self.numbers)}")

    async def press(self, message_id: int, data: str, status: int = 200, client_id: str | None = None) -> Any:
        client_id = client_id or f"p{next(self.numbers)}"
        return await self.post("presses", status, message_id=message_id, data=data, client_id=client_id)

    async def upload(self, content: bytes, status: int = 200, **facts: Any) -> Any:
        """Hands a file in, as the page does."""
        form = aiohttp.FormData()
        facts = {"kind": "file", "name": "fil.bin", "mime": "", "client_id": f"u{next(self.numbers)}"} | facts
        form.add_field("facts", json.dumps(facts))
        form.add_field("file", io.BytesIO(content), filename="blob")
        async with self.web.post("api/uploads", data=form) as answer:
            assert (answer.status, await answer.text() if answer.status != status else "") == (status, "")
            return await answer.json()

    async def start(self, payload: str = "", language: str = "da") -> None:
        await self.post("start", payload=payload, language=language)

    async def messages(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(f"messages{query}"))["messages"]
        return found

    async def texts(self) -> list[str]:
        return [message["text"] for message in await self.messages()]


@dataclass
class Answer:
    """One raw answer of the Bot API."""

    status: int
    headers: Any
    body: Any

    @property
    def result(self) -> Any:
        assert (self.status, self.body.get("description")) == (200, None)
        return self.body["result"]

    @property
    def refusal(self) -> tuple[int, str]:
        assert (self.body["ok"], self.body["error_code"]) == (False, self.status)
        return self.status, self.body["description"]


class Served:
    """The server, and everybody who talks to it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.clock = Clock()
        self._settings: dict[str, Any] = {
            "clock": self.clock,
            "extensions": True,
            "enforce_rates": False,
            "master_key": MASTER_KEY,
            **settings,
        }
        self._ahead = 0.0
        self._sessions: list[aiohttp.ClientSession] = []
        self._bots: list[Bot] = []
        self._runners: list[web.AppRunner] = []
        self.ports = [0, 0]

    async def begin(self) -> None:
        self.chat = WebChat(WebChatSettings(self.folder, TOKEN, **self._settings))
        await self.chat.start()
        pages = web.Application()
        pages.add_subapp("/chat/", self.chat.page())
        for number, app in enumerate((self.chat.bot_api(), pages)):
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", self.ports[number]).start()
            self.ports[number] = runner.addresses[0][1]
            self._runners.append(runner)
        self.raw = aiohttp.ClientSession(base_url=f"http://127.0.0.1:{self.ports[0]}")
        self._sessions.append(self.raw)

    async def stop(self) -> None:
        self.chat.release()
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()
        await self.chat.close()

    async def restart(self, **settings: Any) -> None:
        """Ends the server and begins again on the same folder and ports."""
        await self.stop()
        self._settings |= settings
        await self.begin()

    async def end(self) -> None:
        for bot in self._bots:
            await bot.shutdown()
        for session in self._sessions:
            await session.close()
        await self.stop()

    async def call(self, method: str, /, **params: Any) -> Answer:
        async with self.raw.post(f"/bot{TOKEN}/{method}", json=params) as answer:
            return Answer(answer.status, answer.headers, json.loads(await answer.text()))

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        """getUpdates, each time with another limit, so that the rules for a repeated offset stay out of the way."""
        self.chat._parts().poller._last = (None, 0.0)
        found: list[dict[str, Any]] = (await self.call("getUpdates", **params)).result
        return found

    async def polled(self) -> None:
        """Returns when somebody waits for updates."""
        async with asyncio.timeout(5):
            while self.chat._parts().poller._waiting is None:
                await asyncio.sleep(0.005)

    async def later(self, seconds: float) -> None:
        """Moves the server's clock and what its pauses are measured by."""
        self._ahead += seconds
        await self.call("setClockOffset", seconds=self._ahead)

    async def bot(self, **timeouts: float) -> Bot:
        root = f"http://127.0.0.1:{self.ports[0]}"
        request = HTTPXRequest(connection_pool_size=8, read_timeout=timeouts.get("read", 10.0))
        bot = Bot(TOKEN, base_url=f"{root}/bot", base_file_url=f"{root}/file/bot", request=request)
        await bot.initialize()
        self._bots.append(bot)
        return bot

    def browser(self, **headers: str) -> Phone:
        """Somebody's browser that has never been here."""
        session = aiohttp.ClientSession(
            base_url=f"http://127.0.0.1:{self.ports[1]}/chat/",
            headers={"X-Hoert": "1", **headers},
            cookie_jar=aiohttp.CookieJar(unsafe=True),
        )
        self._sessions.append(session)
        return Phone(session)

    async def phone(self, name: str = "Amina", *, started: bool = True, **params: Any) -> Phone:
        """The phone of somebody the bot may write to."""
        made = (await self.call("createChatSession", first_name=name, started=started, **params)).result
        phone = self.browser()
        phone.chat_id = made["chat_id"]
        await phone.post("session", session=made["session"])
        return phone
