"""Starting, loading and checking one contestant: its own process, its own fresh folder, its own Bot API server."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.bot_api import TOKEN, BotApi
from benchmarks.durable_postgres import DurablePostgres
from benchmarks.measuring import ROOT, cpu_seconds, peak_megabytes
from benchmarks.people import COMMAND, ITEMS, PATIENCE, Run, Stalled, load, values_of
from models.domain.instruments.who5 import WHO5

FIRST_CHAT = 100_000
UPDATES = 6
#: Somebody nobody knows: they write before the bot starts, and the first answer they see ends its start.
STRANGER = 99_999
AIOGRAM = ROOT / ".venv-aiogram" / "bin" / "python"
_BOTS = Path(__file__).parent / "contestants"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is loaded: people and how many at once, without and with a round trip (milliseconds)."""

    people: int = 96
    at_once: int = 32
    far_people: int = 64
    far_at_once: int = 64
    round_trip: int = 40
    deliver_at_once: bool = False
    rest: float = 0.5

    @property
    def near(self) -> range:
        return range(FIRST_CHAT, FIRST_CHAT + self.people)

    @property
    def far(self) -> range:
        return range(self.near.stop, self.near.stop + self.far_people)

    @property
    def everybody(self) -> range:
        return range(FIRST_CHAT, self.far.stop)


@dataclass(frozen=True, slots=True)
class Measured:
    """One round of one contestant. `fault` says why there are no figures; then the rest means nothing."""

    near: Run
    far: Run
    cpu: float = 0.0
    calls: int = 0
    megabytes: float = 0.0
    start: float = 0.0
    fault: str = ""


@dataclass(slots=True)
class Contestant:
    """A bot that can be measured. `environ` is what Hørt's settings add; peers take arguments."""

    key: str
    name: str
    program: list[str]
    invited: bool = False
    stores: bool = True
    database: str = ""
    engine: str = ""


def peers() -> list[Contestant]:
    """T and A, whose answers lie in a SQLite file; F keeps none."""
    return [
        Contestant("F", "floor: nothing parsed, nothing stored", [sys.executable, str(_BOTS / "floor.py")],
                   stores=False),
        Contestant("T", "textbook PTB", [sys.executable, str(_BOTS / "textbook.py")]),
        Contestant("A", "aiogram 3", [str(AIOGRAM), str(_BOTS / "aiogram_bot.py")]),
    ]  # fmt: skip


def houses(engines: list[str]) -> list[Contestant]:
    """Hørt on SQLite, and on PostgreSQL with each engine ("" is what it takes by itself)."""
    program = [sys.executable, "-m", "benchmarks.contestants.hoert"]
    found = [Contestant("H", "Hørt, SQLite", program, invited=True, database="sqlite")]
    for engine in engines:
        name = f"Hørt, PostgreSQL, {engine}" if engine else "Hørt, PostgreSQL"
        found.append(
            Contestant(f"P{engine}", name, program, invited=True, database="postgres", engine=engine)
        )  # fmt: skip
    return found


class Arena:
    """The folder everything happens in: seeds made once, a copy for each round."""

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        self._folder, self._sizes = folder, sizes
        self._rounds = 0
        self.postgres: DurablePostgres | None = None
        self._texts = folder / "texts.json"
        options = [[option.code, option.label["da"]] for option in WHO5.items[0].options]
        items = [[item.key, item.text["da"]] for item in WHO5.items]
        self._texts.write_text(
            json.dumps({"items": items, "options": options, "thanks": "Tak."}, ensure_ascii=False), encoding="utf-8"
        )

    def close(self) -> None:
        if self.postgres is not None:
            self.postgres.stop()

    async def measure(self, contestant: Contestant) -> Measured:
        """One whole round. What goes wrong is in `fault`, never raised."""
        self._rounds += 1
        name = f"round{self._rounds}"
        data = self._folder / name
        api = BotApi()
        api.deliver_at_once = self._sizes.deliver_at_once
        await api.start()
        try:
            environ = await self._prepared(contestant, data, api)
            measured = await self._round(contestant, data, api, environ)
            if not measured.fault and contestant.stores:
                measured = replace(measured, fault=await self._wrong(contestant, data, environ))
            if measured.fault:
                log = (self._folder / f"{contestant.key}.log").read_text(encoding="utf-8", errors="replace")
                print(f"{contestant.name} said at the end:\n{log[-2000:]}", file=sys.stderr)
        finally:
            await api.close()
            if contestant.database == "postgres" and self.postgres is not None:
                self.postgres.drop(name)
            shutil.rmtree(data, ignore_errors=True)
        return measured

    async def _round(self, contestant: Contestant, data: Path, api: BotApi, environ: dict[str, str]) -> Measured:
        sizes, nothing = self._sizes, Run(0, 0.0)
        answered: list[float] = []
        api.say(STRANGER, COMMAND)
        api.chat(STRANGER).seen = lambda _: answered.append(time.perf_counter())
        began = time.perf_counter()
        async with self._running(contestant, data, api, environ) as process:
            pids = [process.pid]
            if contestant.database == "postgres" and self.postgres is not None:
                pids.append(self.postgres.pid)
            try:
                await self._settled(contestant, api, answered)
                api.calls.clear()
                before = cpu_seconds(*pids)
                near = await load(api, sizes.near, at_once=sizes.at_once, invited=contestant.invited)
                await asyncio.sleep(sizes.rest)  # what a reaction leaves behind is part of its price
                cpu = cpu_seconds(*pids) - before
                calls = sum(count for method, count in api.calls.items() if method != "getupdates")
                api.round_trip = sizes.round_trip / 1000
                far = await load(api, sizes.far, at_once=sizes.far_at_once, invited=contestant.invited)
                await asyncio.sleep(sizes.rest)
            except Stalled as stopped:
                return Measured(nothing, nothing, fault=f"somebody never got an answer ({stopped})")
            if api.spinning:
                return Measured(nothing, nothing, fault=f"{len(api.spinning)} buttons were left spinning")
            if api.refused:
                return Measured(nothing, nothing, fault="the server had to refuse calls: " + ", ".join(api.refused))
            start = answered[0] - began
            return Measured(near, far, cpu, calls, peak_megabytes(process.pid), start)

    async def _settled(self, contestant: Contestant, api: BotApi, answered: list[float]) -> None:
        """The bot is up and has answered, and whoever is invited can see it."""
        everybody = self._sizes.everybody if contestant.invited else range(0)
        for _ in range(int(PATIENCE / 0.05)):
            await asyncio.sleep(0.05)
            missing = sum(not api.chat(chat).messages for chat in everybody)
            if answered and not missing:
                await asyncio.sleep(self._sizes.rest)
                return
        raise Stalled(f"{missing} were never invited" if answered else "it did not answer after its start")

    async def _prepared(self, contestant: Contestant, data: Path, api: BotApi) -> dict[str, str]:
        if not contestant.database:
            data.mkdir()  # noqa: ASYNC240 (nothing runs yet)
            return {}
        seed = self._folder / f"seed-{contestant.database}"
        if not seed.exists():
            await self._seed(contestant, seed)
        shutil.copytree(seed, data)
        environ = self._environ(contestant, data) | {"HOERT_TELEGRAM_API": api.address}
        if contestant.database == "postgres" and self.postgres is not None:
            environ["HOERT_DATABASE_URL"] = self.postgres.create(data.name, "seed")
        return environ

    async def _seed(self, contestant: Contestant, seed: Path) -> None:
        environ = self._environ(contestant, seed)
        if contestant.database == "postgres":
            # Beside the other folders, which are closed to the user PostgreSQL runs as.
            self.postgres = DurablePostgres(Path(tempfile.mkdtemp(prefix="hoert-bench-pg-")))
            self.postgres.start()
            environ["HOERT_DATABASE_URL"] = self.postgres.create("seed")
        everybody = self._sizes.everybody
        await self._deed(contestant, environ, "seed", str(everybody.start), str(everybody.stop))

    def _environ(self, contestant: Contestant, data: Path) -> dict[str, str]:
        more = {"HOERT_ENGINE": contestant.engine} if contestant.engine else {}
        return {
            "PATH": os.environ.get("PATH", ""), "HOME": str(self._folder),
            "HOERT_DATA_DIR": str(data), "HOERT_MASTER_KEY": urlsafe_b64encode(bytes(range(32))).decode(),
            "HOERT_BIND": "127.0.0.1:0", "HOERT_TELEGRAM_TOKEN": TOKEN, **more,
        } | {name: value for name, value in os.environ.items() if name.startswith("HOERT_BENCH_")}  # fmt: skip

    async def _deed(self, contestant: Contestant, environ: dict[str, str], *deed: str) -> str:
        done = await asyncio.create_subprocess_exec(
            *contestant.program, *deed, env=environ, cwd=ROOT, stdout=subprocess.PIPE
        )
        said, _ = await done.communicate()
        if done.returncode != 0:
            raise RuntimeError(f"{contestant.name}: {deed[0]} ended with {done.returncode}")
        return said.decode()

    @asynccontextmanager
    async def _running(
        self, contestant: Contestant, data: Path, api: BotApi, environ: dict[str, str]
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        arguments = ["serve"] if contestant.database else [api.address, TOKEN, str(data), str(self._texts)]
        log = (self._folder / f"{contestant.key}.log").open("ab")
        with log:
            process = await asyncio.create_subprocess_exec(
                *contestant.program, *arguments, cwd=ROOT, env=environ or None, stdout=log, stderr=log
            )
            try:
                yield process
            finally:
                api.round_trip = 0.0
                if process.returncode is None:
                    process.send_signal(signal.SIGTERM)
                    try:
                        await asyncio.wait_for(process.wait(), 30)
                    except TimeoutError:
                        process.kill()
                        await process.wait()

    async def _wrong(self, contestant: Contestant, data: Path, environ: dict[str, str]) -> str:
        """What is not as it was pressed: an empty word when every answer is there once with its value."""
        expected = sorted(
            (chat, item, value)
            for chat in self._sizes.everybody
            for item, value in zip(ITEMS, values_of(chat), strict=True)
        )
        if contestant.database:
            said = json.loads(await self._deed(contestant, environ, "answers"))
            found = sorted((chat, item, value) for chat, item, value in said["answers"])
            if any(said["waiting"].values()):
                return f"something still waits: {said['waiting']}"
        else:
            with sqlite3.connect(data / "answers.sqlite3") as answers:
                found = sorted(answers.execute("SELECT chat, item, value FROM answer"))
        if found == expected:
            return ""
        missing, extra = len(set(expected) - set(found)), len(found) - len(set(found) & set(expected))
        return f"stored answers are not what was pressed: {missing} missing, {extra} wrong or double"
