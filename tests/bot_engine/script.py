"""A Bot API that follows a script: what `getUpdates` answers, one after the other, and a note of whatever was asked."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.webchat.faults import reset

TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOpQQrr"
RESET = "reset"
Turn = list[Any] | int | str | bytes
_numbers = itertools.count(1)


class Script:
    """Serve with `async with`. When the script is at its end, `getUpdates` waits."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.asked: list[int] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        #: Called at each `getUpdates`, before it answers; what it returns is noted.
        self.look: Callable[[], Awaitable[Any]] | None = None
        self.looked: list[Any] = []
        #: The status with which everything else is answered.
        self.status = 200
        #: Everything else is answered only when this is set.
        self.hold: asyncio.Event | None = None
        self._over = asyncio.Event()

    async def __aenter__(self) -> Script:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.api = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.url = f"{self.api}/bot{TOKEN}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        await self._runner.cleanup()

    def sent(self, method: str) -> list[dict[str, Any]]:
        """What was asked of one method."""
        return [given for name, given in self.calls if name == method]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method, given = request.match_info["method"], await request.json()
        if method != "getUpdates":
            self.calls.append((method, given))
            if self.hold is not None:
                await self.hold.wait()
            me = {"id": 1, "is_bot": True, "first_name": "Hørt", "username": "hoert_bot"}
            result = me if method == "getMe" else True
            return web.json_response({"ok": self.status == 200, "result": result}, status=self.status)
        self.asked.append(given["offset"])
        if self.look is not None:
            self.looked.append(await self.look())
        turn: Turn = self.turns.pop(0) if self.turns else RESET if await self._end(given) else []
        if isinstance(turn, bytes):
            return web.Response(body=turn)
        if isinstance(turn, int):
            return web.json_response({"ok": False, "error_code": turn, "description": "x"}, status=turn)
        if isinstance(turn, str):
            return reset(request)
        return web.json_response({"ok": True, "result": turn})

    async def _end(self, given: dict[str, Any]) -> bool:
        """Nothing more is scripted: a long poll waits for the end, a short one has nothing."""
        if given["timeout"]:
            await self._over.wait()
        return bool(given["timeout"])


def written(update_id: int, chat_id: int, words: str, **more: Any) -> dict[str, Any]:
    """An update: somebody wrote."""
    who = {"id": chat_id, "is_bot": False, "first_name": "X", "language_code": "da"}
    chat = {"id": chat_id, "type": "private", "first_name": "X"}
    message = {"message_id": update_id, "date": 1_795_000_000, "chat": chat, "from": who, "text": words}
    if words.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(words.split(maxsplit=1)[0])}]
    return {"update_id": update_id, "message": {**message, **more}}


def pressed(update_id: int, chat_id: int, data: str) -> dict[str, Any]:
    """An update: somebody pressed a button."""
    message = written(1, chat_id, "en skærm")["message"]
    return {
        "update_id": update_id,
        "callback_query": {
            "id": f"press{update_id}", "from": message["from"], "chat_instance": "1", "message": message, "data": data
        },
    }  # fmt: skip


async def until(holds: Callable[[], Any], seconds: float = 10.0) -> None:
    """Wait until something holds. Raises TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        while True:
            found = holds()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            await asyncio.sleep(0.01)
