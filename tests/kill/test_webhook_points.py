"""SIGKILL at every point of a webhook call, then a clean start: Telegram comes again, and each update is one row.

1 before the body is read, 2 after it is read and before the commit, 3 after the commit and before the 200.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.receiving import replay, webhook_address
from bot.receiving.webhook import SECRET_HEADER
from models import crypto
from models.database import opened
from models.settings import Settings
from models.transactions import HOUSE, Scoped, reading, rows
from tests.bot_engine.script import written
from tests.kill.ledger import ROOT
from tests.kill.stage import KILLED, Nursery
from tests.kill.webhook_victim import POINTS

SECRET = "the-secret-of-this-stage".ljust(64, "_")
WORDS = ("Ord nul fra en ung", "Ord en fra en ung", "Ord to fra en ung")
#: How often the update in hand is in the journal in the end: twice where the first try had come that far.
JOURNALLED = {"headed": 1, "read": 1, "journalled": 2, "storing": 2, "stored": 2}


class WebhookNursery(Nursery):
    """A mother of victims that serve the webhook."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.kill.webhook_victim"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self._victim = 0
        assert self._process.stdout is not None
        assert json.loads(self._process.stdout.readline()) == {"ready": True}


@dataclass
class Telegram:
    """Somebody who calls as Telegram does: again and again, until there is a 200."""

    settings: Settings
    nursery: WebhookNursery
    plan: dict[str, Any]
    web: aiohttp.ClientSession

    async def begin(self, point: str = "", passage: int = 1) -> int:
        return await self.nursery.begin({**self.plan, "point": point, "passage": passage})

    async def post(self, update: dict[str, Any]) -> int:
        """The status; 0 when nobody answered. While nobody listens yet, it tries again."""
        api = f"http://127.0.0.1:{self.plan['port']}"
        address = webhook_address(api, SECRET, api=api)
        async with asyncio.timeout(30):
            while True:
                try:
                    async with self.web.post(address, json=update, headers={SECRET_HEADER: SECRET}) as answer:
                        return answer.status
                except aiohttp.ClientConnectorError:
                    await asyncio.sleep(0.02)
                except aiohttp.ClientError:
                    return 0

    async def rows(self) -> list[tuple[int, str]]:
        async with opened(self.settings):
            return await look(HOUSE)

    def journalled(self) -> list[int]:
        key = crypto.derive(self.settings.master_key, b"journal")
        return [json.loads(kept.raw)["update_id"] for kept in replay(self.settings.data_dir / "journal", key)]


@reading
async def look(scope: Scoped) -> list[tuple[int, str]]:
    return [(row["update_id"], row["state"]) for row in await rows("SELECT * FROM inbox_update ORDER BY id")]


@pytest.fixture(scope="session")
def webhook_nursery() -> Iterator[WebhookNursery]:
    """One mother of all victims."""
    nursery = WebhookNursery()
    yield nursery
    assert nursery.close() == 0


@pytest.fixture
async def telegram(
    settings: Settings, webhook_nursery: WebhookNursery, tmp_path: Path, now: datetime
) -> AsyncIterator[Telegram]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    plan = {
        "environ": {
            "HOERT_BIND": "127.0.0.1:0", "HOERT_DATABASE_URL": settings.database_url, "HOERT_ENGINE": settings.engine
        },
        "data_dir": str(settings.data_dir),
        "ahead": (now - datetime.now(UTC)).total_seconds(),
        "secret": SECRET,
        "port": port,
        "log": str(tmp_path / "log"),
    }  # fmt: skip
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as web:
        yield Telegram(settings, webhook_nursery, plan, web)
    said = (tmp_path / "log").read_text(encoding="utf-8")
    assert [line for line in said.splitlines() if json.loads(line)["level"] in {"warning", "error", "critical"}] == []
    assert [word for word in (*WORDS, SECRET) if word in said] == []


@pytest.mark.parametrize("point", POINTS)
async def test_a_kill_in_the_middle_of_a_call_loses_nothing_and_doubles_nothing(telegram: Telegram, point: str) -> None:
    updates = [written(number, 7001, words) for number, words in enumerate(WORDS)]
    await telegram.begin(point, passage=2)
    assert [await telegram.post(update) for update in updates[:2]] == [200, 0]
    assert await telegram.nursery.ended() == KILLED
    process = await telegram.begin()
    assert [await telegram.post(update) for update in updates[1:]] == [200, 200]
    os.kill(process, signal.SIGTERM)
    assert await telegram.nursery.ended() == 0
    assert await telegram.rows() == [(0, "new"), (1, "new"), (2, "new")]
    assert telegram.journalled() == [0, *[1] * JOURNALLED[point], 2]
