"""A bot's webhook over real TCP that writes down what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.webchat.webhook import SECRET_HEADER
from tests.webchat.served import Served


@dataclass
class Receiver:
    """A bot's webhook that writes down what came and answers as told."""

    url: str = ""
    came: list[tuple[float, str, Any]] = field(default_factory=list)
    answer: Callable[[Any], web.Response] = lambda _: web.Response()
    pause: float = 0.0
    hangs_up: bool = False
    at_once: int = 0
    most_at_once: int = 0

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.came.append((asyncio.get_running_loop().time(), request.headers.get(SECRET_HEADER, ""), update))
        if self.hangs_up and request.transport is not None:
            request.transport.close()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.pause)
        self.at_once -= 1
        return self.answer(update)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for _, _, update in self.came if "message" in update]

    async def until(self, count: int, seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while len(self.came) < count:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A webhook on a free port."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


async def pending(served: Served) -> int:
    """How many updates wait."""
    count: int = (await served.call("getWebhookInfo")).result["pending_update_count"]
    return count


async def drained(served: Served) -> None:
    """Returns when none waits."""
    async with asyncio.timeout(10):
        while await pending(served):
            await asyncio.sleep(0.02)


async def settled(served: Served) -> None:
    """Returns when every answer is written down and what was due has been tried."""
    quiet = 0
    async with asyncio.timeout(10):
        while quiet < 4:
            await asyncio.sleep(0.005)
            quiet = 0 if served.chat._parts().webhook._deliveries else quiet + 1
