"""F: what the measuring itself allows. A bot that parses next to nothing and stores nothing.

`calls` instead measures how many edits a second a Bot API server answers at all.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any


class Wire:
    """A few kept-alive connections to one Bot API server."""

    def __init__(self, api: str, token: str, connections: int) -> None:
        self._host, self._port = api.removeprefix("http://").split(":")
        self._path = f"/bot{token}/"
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        self._connections = connections

    async def open(self) -> None:
        for _ in range(self._connections):
            self._free.put_nowait(await asyncio.open_connection(self._host, int(self._port)))

    async def call(self, method: str, given: bytes) -> bytes:
        """One call; the body of its answer."""
        reader, writer = wire = await self._free.get()
        writer.write(
            f"POST {self._path}{method} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(given)}\r\n\r\n".encode()
            + given
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        self._free.put_nowait(wire)
        return body


async def bot(api: str, token: str, read: dict[str, Any]) -> None:
    """Check-ins as fast as they come."""
    shown = json.dumps(
        {"inline_keyboard": [[{"text": label, "callback_data": str(code)}] for code, label in read["options"]]}
    )
    items = [json.dumps(text) for _, text in read["items"]]
    thanks = json.dumps(read["thanks"])
    poll, wire = Wire(api, token, 1), Wire(api, token, 64)
    await poll.open()
    await wire.open()
    given: dict[int, list[int]] = {}
    tasks: set[asyncio.Task[Any]] = set()

    def later(method: str, body: str) -> None:
        task = asyncio.create_task(wire.call(method, body.encode()))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    offset = 0
    while True:
        found = json.loads(await poll.call("getUpdates", b'{"offset": %d, "timeout": 25}' % offset))["result"]
        for update in found:
            offset = update["update_id"] + 1
            query = update.get("callback_query")
            if query is None:
                chat = update["message"]["chat"]["id"]
                given[chat] = []
                later("sendMessage", f'{{"chat_id": {chat}, "text": {items[0]}, "reply_markup": {shown}}}')
                continue
            chat, message = query["from"]["id"], query["message"]["message_id"]
            given[chat].append(int(query["data"]))
            place = len(given[chat])
            later("answerCallbackQuery", f'{{"callback_query_id": "{query["id"]}"}}')
            face = f'"text": {items[place]}, "reply_markup": {shown}' if place < len(items) else f'"text": {thanks}'
            later("editMessageText", f'{{"chat_id": {chat}, "message_id": {message}, {face}}}')


async def calls(api: str, token: str, chats: list[int], count: int) -> None:
    """Print how many editMessageText a second are answered, eight at once."""
    wire = Wire(api, token, 8)
    await wire.open()
    keyboard = json.dumps({"inline_keyboard": [[{"text": str(n), "callback_data": str(n)}] for n in range(6)]})
    messages = {}
    for chat in chats:
        sent = json.loads(await wire.call("sendMessage", f'{{"chat_id": {chat}, "text": "0"}}'.encode()))
        messages[chat] = sent["result"]["message_id"]
    numbers = iter(range(count))

    async def one() -> None:
        for n in numbers:
            chat = chats[n % len(chats)]
            body = f'{{"chat_id":{chat},"message_id":{messages[chat]},"text":"{n + 1}","reply_markup":{keyboard}}}'
            assert json.loads(await wire.call("editMessageText", body.encode()))["ok"]

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(8)))
    print(count / (time.perf_counter() - began))


if __name__ == "__main__":
    if sys.argv[1] == "calls":
        asyncio.run(calls(sys.argv[2], sys.argv[3], json.loads(sys.argv[4]), int(sys.argv[5])))
    else:
        asyncio.run(bot(sys.argv[1], sys.argv[2], json.loads(Path(sys.argv[4]).read_text(encoding="utf-8"))))
