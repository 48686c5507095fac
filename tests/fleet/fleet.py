"""A fleet: bots, desks and clocks as processes of their own on one PostgreSQL, begun, killed and ended one by one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]
MASTER_KEY = bytes(range(40, 72))
#: How long a process may take to come up while the machine is busy, and how long to end after SIGTERM, in seconds.
PATIENCE, LAST_WORDS = 60.0, 30.0


@dataclass
class Member:
    """One process of the fleet. `address` is where it tells how it is."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    address: str = ""

    async def up(self) -> None:
        """Wait until it says where it serves. Raises AssertionError when it ended instead."""
        assert self.process.stdout is not None
        listening = asyncio.ensure_future(asyncio.to_thread(self.process.stdout.readline))
        if not (await asyncio.wait({listening}, timeout=PATIENCE))[0]:
            self.process.kill()
        said = (await listening).decode()
        assert said.startswith("Hørt"), (self.name, self.process.poll(), self.log.read_text(encoding="utf-8")[-2000:])
        self.address = said.split(": ", 1)[1].strip()

    def kill(self) -> None:
        """SIGKILL, and wait for its end."""
        self.process.kill()
        self.process.wait()
        self._close()

    async def end(self) -> int:
        """SIGTERM; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.ended(LAST_WORDS)

    async def ended(self, seconds: float = PATIENCE) -> int:
        """Wait until it ends by itself; its exit status. Who does not end in time is killed."""
        waiting = asyncio.ensure_future(asyncio.to_thread(self.process.wait))
        if not (await asyncio.wait({waiting}, timeout=seconds))[0]:
            self.process.kill()
        status = await waiting
        self._close()
        return status

    def events(self) -> list[str]:
        """What it has written to its log, event by event."""
        found = []
        for line in self.log.read_text(encoding="utf-8").splitlines():
            try:
                found.append(str(json.loads(line)["event"]))
            except (ValueError, KeyError):
                found.append(line)
        return found

    async def ready(self) -> bool:
        """Whether /readyz says yes."""
        try:
            async with aiohttp.ClientSession() as web, web.get(f"{self.address}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def _close(self) -> None:
        if self.process.stdout is not None:
            self.process.stdout.close()


@dataclass
class Fleet:
    """Everything that is started for one installation. `api` and `token`: of the web chat's server."""

    folder: Path
    database_url: str
    api: str
    token: str
    members: list[Member] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        """What an operator sets, and nothing of the machine's but the path."""
        (self.folder / "data").mkdir(mode=0o700, exist_ok=True)
        return {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(ROOT),
            "HOERT_DATA_DIR": str(self.folder / "data"),
            "HOERT_DATABASE_URL": self.database_url,
            "HOERT_MASTER_KEY": urlsafe_b64encode(MASTER_KEY).decode(),
            "HOERT_WEBCHAT_TOKEN": self.token,
            "HOERT_WEBCHAT_API": self.api,
            "HOERT_BIND": "127.0.0.1:0",
            "HOERT_LOG_FORMAT": "json",
        }

    def launch(self, verb: str, *, module: str = "hoert", **environ: str) -> Member:
        """Begin a process without waiting for it; `verb` of the command line, or the argument of another module."""
        name = f"{verb}-{len(self.members)}"
        log = self.folder / f"{name}.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", module, verb], stdout=subprocess.PIPE, stderr=errors, cwd=ROOT,
                env=self.environ | environ,
            )  # fmt: skip
        member = Member(name, process, log)
        self.members.append(member)
        return member

    async def begin(self, *verbs: str) -> list[Member]:
        """Begin processes side by side and wait until all are up."""
        made = [self.launch(verb) for verb in verbs]
        for member in made:
            await member.up()
        return made

    def kill(self) -> None:
        """Whoever is left."""
        for member in self.members:
            if member.process.poll() is None:
                member.kill()

    def complaints(self) -> list[str]:
        """Lines that are no log lines of ours: a traceback, a warning."""
        return [line for member in self.members for line in _foreign(member.log)]


def _foreign(log: Path) -> list[str]:
    found: list[str] = []
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            json.loads(line)["event"]
        except (ValueError, KeyError, TypeError):
            found.append(line)
    return found


async def seen(api: str, token: str, chat_id: int) -> list[dict[str, Any]]:
    """What a person saw, in order, from the ledger of the web chat's server."""
    async with (
        aiohttp.ClientSession() as web,
        web.post(f"{api}/bot{token}/getLedger", json={"chat_id": chat_id}) as answer,
    ):
        chats = (await answer.json())["result"]["chats"]
    return list(chats.get(str(chat_id), {"entries": []})["entries"])
