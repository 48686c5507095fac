"""The server alone in a process of its own, killed and started again."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from tests.webchat.served import TOKEN

ROOT = Path(__file__).parents[2]


class Process:
    """`python -m bot.webchat` on free ports."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "token").write_text(f"{TOKEN}\n")
        self.ports: dict[str, int] = {}

    async def begin(self, *more: str) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-m", "bot.webchat", "--bot-port", "0", "--page-port", "0"),
            *("--data", str(self._folder / "data"), "--token-file", str(self._folder / "token"), "--extensions", *more),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            line = await self.process.stdout.readline()
        self.ports = json.loads(line) if line else {}

    async def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, bytes]:
        if self.ports:  # it came up; otherwise it is ending by itself
            self.process.send_signal(number)
        async with asyncio.timeout(20):
            _, errors = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, errors

    def bot(self) -> Bot:
        return Bot(TOKEN, base_url=f"http://127.0.0.1:{self.ports['bot_port']}/bot")

    async def page(self, session: aiohttp.ClientSession, path: str, **body: Any) -> Any:
        url = f"http://127.0.0.1:{self.ports['page_port']}/chat/api/{path}"
        async with session.post(url, json=body, headers={"X-Hoert": "1"}) as answer:
            assert answer.status == 200
            return await answer.json()


async def test_page_server_and_bot_meet_over_tcp_and_a_kill_loses_nothing(tmp_path: Path) -> None:
    server = Process(tmp_path)
    await server.begin()
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as phone:
            await server.page(phone, "start", payload="abc")
            async with server.bot() as bot:
                first = (await bot.get_updates(timeout=5))[0]
                assert first.message is not None
                await bot.send_message(first.message.chat.id, "hej")
                await server.page(phone, "messages", text="skrevet før strømmen gik", client_id="1")
            assert (await server.end(signal.SIGKILL))[0] == -signal.SIGKILL
            await server.begin()
            async with server.bot() as bot:
                second = await bot.get_updates(offset=first.update_id + 1, timeout=5)
                assert [u.message.text for u in second if u.message] == ["skrevet før strømmen gik"]
                await bot.send_message(first.message.chat.id, "jeg har den")
            url = f"http://127.0.0.1:{server.ports['page_port']}/chat/api/messages"
            async with phone.get(url) as answer:
                shown = [(m["text"], m["state"]) for m in (await answer.json())["messages"]]
        assert shown == [
            ("/start abc", "received"),
            ("hej", "received"),
            ("skrevet før strømmen gik", "sent"),
            ("jeg har den", "received"),
        ]
    finally:
        code, errors = await server.end()
    assert (code, errors) == (0, b"")


async def test_a_waiting_poll_does_not_hold_up_the_end(tmp_path: Path) -> None:
    server = Process(tmp_path)
    await server.begin()
    async with server.bot() as bot:
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await asyncio.sleep(0.3)
        loop = asyncio.get_running_loop()
        started = loop.time()
        code, errors = await server.end()
        assert (code, errors, loop.time() - started < 5) == (0, b"", True)
        assert await poll == ()


async def test_a_second_server_on_the_same_folder_refuses_with_a_plain_word(tmp_path: Path) -> None:
    first, second = Process(tmp_path), Process(tmp_path)
    await first.begin()
    await second.begin()
    code, errors = await second.end()
    assert (code, errors) == (2, b"StoreInUse: the web chat's store is open in another process\n")
    assert (await first.end())[0] == 0


@pytest.mark.parametrize("token", ["", "nonsense"])
async def test_a_wrong_token_file_is_refused(tmp_path: Path, token: str) -> None:
    server = Process(tmp_path)
    (tmp_path / "token").write_text(token)
    await server.begin()
    code, errors = await server.end()
    assert (code, errors) == (2, b"ValueError: a token is a number, a colon and 35 letters\n")
