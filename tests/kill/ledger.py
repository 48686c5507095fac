"""The web chat in a process of its own: what each person really saw outlives every victim."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp

from tests.webchat.served import TOKEN, Phone

ROOT = Path(__file__).parents[2]


class Ledger:
    """`python -m bot.webchat` with its methods for tests, on free ports."""

    def __init__(self, folder: Path) -> None:
        (folder / "token").write_text(TOKEN, encoding="utf-8")
        self._folder = folder
        self.token = TOKEN

    def start(self) -> None:
        """Starts the process and waits for its ports."""
        with (self._folder / "errors").open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "bot.webchat", "--bot-port", "0", "--page-port", "0",
                 "--data", str(self._folder / "data"), "--token-file", str(self._folder / "token"),
                 "--extensions", "--no-rates"],
                stdout=subprocess.PIPE, stderr=errors, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        assert self._process.stdout is not None
        ports = json.loads(self._process.stdout.readline())
        self.api = f"http://127.0.0.1:{ports['bot_port']}"
        self._page = f"http://127.0.0.1:{ports['page_port']}/chat/"

    def stop(self) -> tuple[int, bytes]:
        """Ends the process; its exit status and whatever it complained of."""
        self._process.terminate()
        code = self._process.wait(20)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code, (self._folder / "errors").read_bytes()

    async def call(self, method: str, /, **params: Any) -> Any:
        """One call of the Bot API, which must succeed."""
        address = f"{self.api}/bot{self.token}/{method}"
        async with aiohttp.ClientSession() as session, session.post(address, json=params) as answer:
            body = await answer.json()
        assert body["ok"], body
        return body["result"]

    async def phone(self, name: str) -> Phone:
        """The phone of somebody the bot may write to. Its session is the caller's to close."""
        made = await self.call("createChatSession", first_name=name, started=True)
        session = aiohttp.ClientSession(
            base_url=self._page, headers={"X-Hoert": "1"}, cookie_jar=aiohttp.CookieJar(unsafe=True)
        )
        phone = Phone(session, chat_id=made["chat_id"])
        await phone.post("session", session=made["session"])
        return phone

    async def seen(self, chat_id: int) -> list[dict[str, Any]]:
        """What the person saw, in order."""
        chats = (await self.call("getLedger", chat_id=chat_id))["chats"]
        return list(chats.get(str(chat_id), {"entries": []})["entries"])
