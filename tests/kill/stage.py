"""A stage for one kill: a database with the cast linked, their phones, a nursery of victims, the truth afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.runner import BotRunner, Channel
from models.actions import inbox
from models.database import opened
from models.domain.people import YoungPerson
from models.settings import Settings
from models.tables.keys import vault
from models.tables.messages import Message
from models.transactions import HOUSE, Scope, Scoped, reading, rows
from tests.cast import Cast, invite_the_cast, link
from tests.kill.ledger import ROOT, Ledger
from tests.webchat.served import Phone

KILLED = -9
#: With these words begins everything that is written on this stage.
SAID = (
    "Spørgsmål", "Kan jeg", "Hvornår", "jeg vil", "Hvem er", "Er du", "Jeg ringer", "Nøglen", "Vi ses", "Ord ", "Svar "
)  # fmt: skip
#: Somebody who hangs for so long is lost.
PATIENCE = 60.0


class Nursery:
    """A process in which everything is imported; each plan is carried out by a fork of it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.kill.victim"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self._victim = 0

    async def begin(self, plan: dict[str, Any]) -> int:
        """Let a victim begin; its process id."""
        assert self._process.stdin is not None
        if self._victim:
            # A test that failed left its victim behind.
            os.kill(self._victim, signal.SIGKILL)
            await self.ended()
        self._process.stdin.write(json.dumps(plan).encode() + b"\n")
        self._process.stdin.flush()
        self._victim = int((await self._hear())["pid"])
        return self._victim

    async def ended(self) -> int:
        """Wait until it is gone; its exit status, negative for a signal. Who hangs is killed."""
        status = int((await self._hear())["exit"])
        self._victim = 0
        return status

    async def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        listening = asyncio.ensure_future(asyncio.to_thread(self._process.stdout.readline))
        if not (await asyncio.wait({listening}, timeout=PATIENCE))[0] and self._victim:
            os.kill(self._victim, signal.SIGKILL)
        heard: dict[str, Any] = json.loads(await listening)
        return heard

    def close(self) -> int:
        """End it; its exit status."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if self._victim:
            os.kill(self._victim, signal.SIGKILL)
        self._process.stdin.close()
        code = self._process.wait(20)
        self._process.stdout.close()
        return code


@dataclass
class Truth:
    """What the database says when everything has settled."""

    letters: list[dict[str, Any]]
    updates: list[dict[str, Any]]
    messages: dict[str, list[tuple[str, str]]]
    alerts: list[tuple[str, str]]
    answers: list[tuple[str, str]]
    threads: list[dict[str, Any]]


@dataclass
class Stage:
    """Everything one test needs."""

    settings: Settings
    ledger: Ledger
    nursery: Nursery
    folder: Path
    ahead: float
    cast: Cast
    people: dict[str, YoungPerson]
    phones: dict[str, Phone]
    deeds: list[dict[str, Any]] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)
    letters_before: int = 0

    @property
    def mark(self) -> Path:
        """Where a victim writes what it had in hand."""
        return self.folder / "mark"

    def now(self) -> datetime:
        """The clock of the stage: it began on a Tuesday at ten."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def plan(self, **more: Any) -> dict[str, Any]:
        """What a victim is told."""
        return {
            "environ": {
                "HOERT_BIND": "127.0.0.1:0",
                "HOERT_DATABASE_URL": self.settings.database_url,
                "HOERT_ENGINE": self.settings.engine,
            },
            "data_dir": str(self.settings.data_dir),
            "api": self.ledger.api,
            "token": self.ledger.token,
            "ahead": self.ahead,
            "deeds": self.deeds,
            "mark": str(self.mark),
            "log": str(self.folder / "log"),
            "until": "settled",
            **more,
        }

    def reply(self, name: str, words: str) -> dict[str, Any]:
        """A deed for a plan: their caseworker answers somebody. The same words are the same click."""
        return {"deed": "reply", "body": words, "key": words[:32], **self._desk(name)}

    def read(self, name: str) -> dict[str, Any]:
        """A deed for a plan: their caseworker reads what somebody wrote."""
        return {"deed": "read", **self._desk(name)}

    def _desk(self, name: str) -> dict[str, Any]:
        who = {"jonas": self.cast.siri, "astrid": self.cast.odd}.get(name, self.cast.mette)
        viewer = {"staff_id": who.staff_id, "municipality_id": who.municipality_id, "role": who.role, "name": who.name}
        return {"viewer": viewer, "person": self.people[name].person_id}

    async def kill(self, point: str, passage: int = 1, *, kind: str = "") -> int:
        """Let a victim run into a point; its exit status: KILLED, or 0 where it never came that way."""
        await self.begin(point, passage, kind=kind)
        return await self.nursery.ended()

    async def begin(self, point: str, passage: int = 1, *, kind: str = "") -> int:
        """The same without waiting for its end; its process id."""
        return await self.nursery.begin(self.plan(kill={"point": point, "passage": passage, "kind": kind}))

    async def settle(self) -> None:
        """Let a process without a killer go on from there until nothing is left to do."""
        await self.nursery.begin(self.plan())
        assert (await self.nursery.ended(), self.faults()) == (0, [])

    def faults(self) -> list[str]:
        """What the processes complained of."""
        log = self.folder / "log"
        return [line for line in log.read_text(encoding="utf-8").splitlines() if _complaint(line)]

    def leaks(self) -> list[str]:
        """What must never stand in a log and does: a token, or what somebody wrote."""
        log = self.folder / "log"
        said = log.read_text(encoding="utf-8") if log.exists() else ""
        return [word for word in (self.ledger.token.partition(":")[2], *SAID) if word in said]

    @asynccontextmanager
    async def at_home(self) -> AsyncIterator[BotRunner]:
        """The database open in this process, and a bot that is moved by hand."""
        async with opened(self.settings):
            channel = Channel("webchat", self.ledger.api, self.ledger.token)
            runner = BotRunner(
                [channel], now=self.now, real_now=self.now, help_file=self.folder / "help.json", poll=False
            )
            for application in runner.applications.values():
                await application.initialize()
            yield runner
            for application in runner.applications.values():
                await application.shutdown()

    async def pump(self, runner: BotRunner) -> None:
        """Receive, process and send what there is, by hand."""
        found = await self.ledger.call("getUpdates", timeout=5)
        await inbox.receive(HOUSE, "webchat", [inbox.read_raw(update) for update in found], now=self.now())
        await inbox.move_offset(HOUSE, "webchat", found[-1]["update_id"] + 1, now=self.now())
        await self.ledger.call("deleteWebhook", drop_pending_updates=True)
        await runner.dispatcher.drain()
        await runner.deliveries["webchat"].drain()

    async def remember(self, *, letters: int = 0) -> None:
        """From here on counts what is seen; so many letters were there before."""
        self.letters_before = letters
        for name, phone in self.phones.items():
            entries = await self.ledger.seen(phone.chat_id)
            self.before[name] = entries[-1]["n"] if entries else 0

    async def seen(self, name: str, *kinds: str) -> list[dict[str, Any]]:
        """What somebody saw since then."""
        return [
            entry
            for entry in await self.ledger.seen(self.phones[name].chat_id)
            if entry["n"] > self.before[name] and entry["kind"] in kinds
        ]

    async def truth(self) -> Truth:
        """Read everything."""
        async with opened(self.settings):
            return await _read(HOUSE, self.people)


async def set_up(settings: Settings, ledger: Ledger, nursery: Nursery, folder: Path, start: datetime) -> Stage:
    """The cast in a fresh database, everybody with a phone; Amina, Jonas and Leila in Randers, Astrid in Odsherred."""
    await ledger.call("deleteWebhook", drop_pending_updates=True)
    ahead = (start - datetime.now(UTC)).total_seconds()
    async with opened(settings):
        cast = await invite_the_cast(start)
        phones, people = {}, {}
        for name, who in (("amina", cast.mette), ("jonas", cast.siri), ("leila", cast.mette), ("astrid", cast.odd)):
            phones[name] = await ledger.phone(name.capitalize())
            people[name] = await link(
                Scope(who.municipality_id), getattr(cast, name), phones[name].chat_id, now=start,
                confirmed_by=who.staff_id,
            )  # fmt: skip
    stage = Stage(settings, ledger, nursery, folder, ahead, cast, people, phones)
    await stage.remember()
    return stage


@reading
async def _read(scope: Scoped, people: dict[str, YoungPerson]) -> Truth:
    names = {person.person_id: name for name, person in people.items()}
    written = defaultdict(list)
    for message in await Message.all().order_by("position"):
        opened_vault = await vault(message.municipality_id, message.person_id)
        words = opened_vault.open("message", "body", message.id, message.body_sealed)
        written[names[message.person_id]].append((message.direction, words))
    letters = await rows(
        "SELECT id, person_id, kind, letter_class, state, reason, unknowns, resent FROM letter ORDER BY id"
    )
    alerts = await rows("SELECT person_id, reason FROM alert ORDER BY id")
    answers = await rows("SELECT person_id, item FROM answer ORDER BY item")
    return Truth(
        letters=[{**row, "name": names.get(row["person_id"], ""), "resent": bool(row["resent"])} for row in letters],
        updates=await rows("SELECT update_id, state, tries, person_id FROM inbox_update ORDER BY id"),
        messages=dict(written),
        alerts=sorted((names[row["person_id"]], row["reason"]) for row in alerts),
        answers=[(names[row["person_id"]], row["item"]) for row in answers],
        threads=await rows("SELECT person_id, waiting_since, promised_at, version FROM thread"),
    )


def _complaint(line: str) -> bool:
    try:
        said = json.loads(line)
    except ValueError:
        return True
    return said["level"] in {"warning", "error", "critical"}
