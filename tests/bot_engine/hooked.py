"""A webhook receiver served over TCP as the product serves it, and somebody who calls it as Telegram does."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.receiving import Journal, WebhookReceiver, replay, webhook_address
from bot.receiving.webhook import SECRET_HEADER
from models import crypto
from models.database import opened
from models.settings import load

MASTER = bytes(range(32))
KEY = crypto.derive(MASTER, b"journal")
SECRET = "a-Secret_of-64-characters".ljust(64, "7")


@asynccontextmanager
async def on_sqlite(template: Path, folder: Path) -> AsyncIterator[None]:
    """An open database, for what has nothing to do with which one it is."""
    shutil.copytree(template.parent, folder, ignore=lambda _, names: [name for name in names if name != template.name])
    async with opened(load({}, demo=True, data_dir=folder)):
        yield


class Hooked:
    """Serve with `async with`; `post` calls it. Calls of the Bot API go to `api_url`."""

    def __init__(
        self, folder: Path, api_url: str, now: Callable[[], datetime], help_file: Path, *, largest: int = 2**20,
        **more: Any,
    ) -> None:  # fmt: skip
        self.folder = folder / "journal"
        self.woken = 0
        self.journal = Journal(self.folder, KEY, largest=largest)
        given: dict[str, Any] = {"secrets": [SECRET], **more}
        self.receiver = WebhookReceiver(
            "telegram", api_url, now=now, on_received=self._wake, help_file=help_file, journal=self.journal, **given
        )

    def _wake(self) -> None:
        self.woken += 1

    async def __aenter__(self) -> Hooked:
        site = web.Application()
        site.add_subapp("/telegram", self.receiver.application())
        self._runner = web.AppRunner(site, access_log=None, lingering_time=0.2, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = int(self._runner.addresses[0][1])
        self.public = f"http://127.0.0.1:{self.port}"
        self.address = webhook_address(self.public, SECRET, api=self.public)
        self.path = self.address.removeprefix(self.public)
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._runner.cleanup()
        await self.receiver.close()
        self.journal.close()

    async def post(self, update: Any, *, path: str = "", secret: str | None = SECRET, **more: Any) -> int:
        """One call; the status."""
        status, _ = await self.answer(update, path=path, secret=secret, **more)
        return status

    async def answer(
        self, update: Any, *, path: str = "", secret: str | None = SECRET, method: str = "POST",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, str]:  # fmt: skip
        """One call; the status and what `Retry-After` says. `update`: an object, or bytes as they are."""
        body = update if isinstance(update, bytes) or hasattr(update, "__anext__") else json.dumps(update).encode()
        head = {"Content-Type": "application/json", **({SECRET_HEADER: secret} if secret is not None else {})}
        async with self._session.request(
            method, f"{self.public}{path or self.path}", data=body, headers={**head, **(headers or {})}
        ) as reply:
            assert await reply.read() == b""
            return reply.status, reply.headers.get("Retry-After", "")

    async def half(self, *, secret: str = SECRET, promised: int = 100, sent: bytes = b'{"up') -> Half:
        """Begin a call and stop in the middle of its body."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [
            f"POST {self.path} HTTP/1.1", "Host: x", "Content-Type: application/json", f"{SECRET_HEADER}: {secret}",
            f"Content-Length: {promised}", "", "",
        ]  # fmt: skip
        writer.write("\r\n".join(lines).encode() + sent)
        await writer.drain()
        return Half(reader, writer)

    def journalled(self) -> list[Any]:
        """What the journal holds, in order."""
        return [json.loads(kept.raw) for kept in replay(self.folder, KEY)]


class Half:
    """A call that was begun and not finished."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def status(self) -> int:
        """The status of the answer, when there is one."""
        line = await self._reader.readline()
        return int(line.split()[1])

    async def closed(self) -> None:
        """Wait until the other side has hung up."""
        while await self._reader.read(1024):
            continue

    async def finish(self, rest: bytes) -> None:
        """Send what is missing."""
        self._writer.write(rest)
        await self._writer.drain()

    async def leave(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()
