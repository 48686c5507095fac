"""A storm: PostgreSQL dies every 5 to 40 seconds, bots every 10 to 30, three of ten answers of the Bot API are faults,
20 messages a second and staff who answer. Then calm, and the reckoning: what was written, what is kept, what was seen.

`--minutes` says how long (1 unless told), `--rate` how many messages a second. Exit 1 when anything was lost, out of
order, seen unmarked twice, or in a foreign chat.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measuring import ROOT, machine, table, write_marked
from models.actions import messages, register, staff
from models.database import opened
from models.domain.errors import Stale
from models.domain.register import Aftercare, Group
from models.domain.staff import Role, Viewer
from models.migrate import migrate
from models.queries.messages import conversation
from models.settings import load
from models.transactions import HOUSE, Scope
from tests.cast import link
from tests.fleet.fleet import Fleet, Member
from tests.fleet.mortal import MortalPostgres
from tests.fleet.reckoning import Person, Reckoned, reckon, waiting
from tests.kill.ledger import Ledger
from tests.webchat.served import Phone

CASEWORKERS = {"randers": ("Mette Holm", "Siri Kjær", "Lars Bech"), "odsherred": ("Odd Fjord", "Bodil Vang")}
PEOPLE = 100
#: What is wrong with three of ten calls that speak to somebody; and with the polling.
SPEAKING = (
    ("429", 0.02), ("500", 0.04), ("502", 0.06), ("502_after", 0.05), ("reset_before", 0.06), ("reset_after", 0.06),
    ("timeout_after", 0.01),
)  # fmt: skip
POLLING = (("502", 0.1), ("reset_before", 0.1), ("reset_after", 0.1))
#: How long everything may take to come to rest once it is calm, in seconds.
CALM = 420.0


class Storm:
    """Everything that is going on. Counts what it did."""

    def __init__(self, fleet: Fleet, postgres: MortalPostgres, ledger: Ledger, seed: int) -> None:
        self._fleet, self._postgres, self._ledger = fleet, postgres, ledger
        self._dice = random.Random(seed)
        self.people: list[Person] = []
        self.phones: dict[str, Phone] = {}
        self.viewers: dict[str, Viewer] = {}
        self.done: Counter[str] = Counter()
        self._calm = asyncio.Event()
        self._crew: dict[str, Member] = {}
        self._busy: dict[str, asyncio.Lock] = {}
        self._numbers = iter(range(10**9))

    async def invent(self, count: int) -> None:
        """Two municipalities with their staff, and people with phones."""
        now = datetime.now(UTC)
        long_ago = now - timedelta(days=400)
        found: list[tuple[Scope, Viewer]] = []
        for slug, names in CASEWORKERS.items():
            place = Scope(
                await register.add_municipality(
                    HOUSE, slug=slug, name=f"{slug.capitalize()} Kommune", region="midtjylland", phone="1", now=long_ago
                )
            )
            for name in names:
                email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
                staff_id = await staff.add(place, email=email, name=name, role=Role.CASEWORKER, now=long_ago)
                found.append((place, Viewer(staff_id, place.municipality_id, Role.CASEWORKER, name)))
        for number in range(count):
            place, viewer = found[number % len(found)]
            entry = register.Entry(
                reference=f"S-{number}", name=f"Person {number}", birth=date(2006, 1, 1), group=Group.PLACED,
                aftercare=Aftercare.NO, phone="", caseworker_id=viewer.staff_id, entered_on=date(2025, 1, 1),
            )  # fmt: skip
            person_id = await register.add_person(place, entry, now=long_ago)
            name = f"p{number}"
            phone = self.phones[name] = await self._ledger.phone(name)
            await link(place, person_id, phone.chat_id, now=now, confirmed_by=viewer.staff_id)
            self.people.append(Person(name, phone.chat_id, person_id, viewer.name.split(maxsplit=1)[0]))
            self.viewers[name], self._busy[name] = viewer, asyncio.Lock()

    async def rage(self, seconds: float, rate: float) -> None:
        """The storm itself."""
        await self._faults(stormy=True)
        crew = [asyncio.create_task(self._keep_up(verb)) for verb in ("bot", "bot", "scheduler", "scheduler")]
        await asyncio.sleep(8)
        work = [self._every(1 / rate, self._write), self._every(10 / rate, self._reply), self._every(2.0, self._read)]
        work += [self._kill_postgres(), self._kill_bots()]
        tasks = [asyncio.create_task(one) for one in work]
        await asyncio.sleep(seconds)
        self._calm.set()
        await asyncio.gather(*tasks)
        await self._faults(stormy=False)
        self._crew_tasks = crew

    async def settle(self) -> float:
        """Wait until nothing is left to do; how many seconds that took."""
        began = time.monotonic()
        quiet = 0
        while quiet < 3 and time.monotonic() - began < CALM:
            await asyncio.sleep(0.5)
            quiet = quiet + 1 if await waiting(HOUSE) == (0, 0) else 0
        return time.monotonic() - began

    async def end(self) -> list[int]:
        """SIGTERM to everybody; their exit statuses."""
        for task in self._crew_tasks:
            task.cancel()
        await asyncio.gather(*self._crew_tasks, return_exceptions=True)
        return list(await asyncio.gather(*(member.end() for member in self._crew.values())))

    async def _faults(self, *, stormy: bool) -> None:
        speaking = [{"kind": kind, "probability": share, "delay": 40} for kind, share in SPEAKING]
        polling = [{"kind": kind, "probability": share, "methods": ["getUpdates"]} for kind, share in POLLING]
        if not stormy:
            self.done.update({f"fault {kind}": n for kind, n in (await self._ledger.call("getFaults")).items()})
        await self._ledger.call("setFaults", faults=[*speaking, *polling] if stormy else [])

    async def _every(self, seconds: float, deed: Any) -> None:
        """Do it at this rate, each in a task of its own; wait for all of them in the end."""
        tasks: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        at = loop.time()
        while not self._calm.is_set():
            task = asyncio.create_task(deed())
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            at += seconds
            await asyncio.sleep(max(0.0, at - loop.time()))
        await asyncio.gather(*tasks)

    async def _write(self) -> None:
        person = self._dice.choice(self.people)
        async with self._busy[person.name]:
            words = f"Ord {next(self._numbers)} fra {person.name}?"
            await self.phones[person.name].write(words)
            person.words.append(words)

    async def _reply(self) -> None:
        person = self._dice.choice([one for one in self.people if one.words] or self.people)
        words = f"Svar {next(self._numbers)} til {person.name}."
        await self._deed(person, words)

    async def _read(self) -> None:
        await self._deed(self._dice.choice(self.people), None)

    async def _deed(self, person: Person, words: str | None) -> None:
        """What a caseworker does; while there is no database they try again."""
        viewer = self.viewers[person.name]
        async with self._busy[f"{person.name}"]:
            while True:
                try:
                    now = datetime.now(UTC)
                    thread = await messages.open_thread(viewer, person.person_id, now=now)
                    version = (await conversation(viewer, person.person_id)).version
                    if words is None:
                        await messages.read(viewer, thread, position=version, now=now)
                    else:
                        await messages.reply(viewer, thread, words, version=version, key=words, now=now)
                        person.replies.append(words)
                except Stale:
                    continue
                except Exception:  # noqa: BLE001 (the database is away: whoever clicks, clicks again)
                    self.done["clicks that found no database"] += 1
                    await asyncio.sleep(0.5)
                else:
                    return

    async def _kill_postgres(self) -> None:
        while not await self._pause(5, 40):
            await asyncio.to_thread(self._postgres.die)
            await asyncio.sleep(self._dice.uniform(0, 2))
            await asyncio.to_thread(self._postgres.rise)
            self.done["PostgreSQL killed"] += 1

    async def _kill_bots(self) -> None:
        while not await self._pause(10, 30):
            alive = [one for one in self._crew.values() if one.name.startswith("bot") and one.process.poll() is None]
            if alive:
                self._dice.choice(alive).process.kill()
                self.done["bots killed"] += 1

    async def _pause(self, least: float, most: float) -> bool:
        """Wait; whether it is calm meanwhile."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._calm.wait(), self._dice.uniform(least, most))
        return self._calm.is_set()

    async def _keep_up(self, verb: str) -> None:
        """Start it, and again when it ends."""
        mine = ""
        while True:
            if mine:
                status = self._crew[mine].process.returncode
                del self._crew[mine]
                if status != -9:
                    self.done[f"{verb} ended by itself ({status})"] += 1
                    await asyncio.sleep(1)
            member = self._fleet.launch(verb)
            mine = member.name
            self._crew[mine] = member
            while member.process.poll() is None:  # noqa: ASYNC110 (somebody else's end has no event)
                await asyncio.sleep(0.1)


async def run(minutes: float, rate: float, seed: int, folder: Path) -> tuple[str, list[str]]:
    """The whole storm in a folder of its own; the table, and whatever must not be."""
    postgres, ledger = MortalPostgres(folder / "pg"), Ledger(folder / "chat")
    postgres.start()
    ledger.start()
    fleet = Fleet(folder, postgres.create("storm"), ledger.api, ledger.token)
    try:
        async with opened(load(fleet.environ, data_dir=folder / "here")):
            settings = load(fleet.environ, data_dir=folder / "here")
            await migrate(settings)
            storm = Storm(fleet, postgres, ledger, seed)
            await storm.invent(PEOPLE)
            await storm.rage(minutes * 60, rate)
            took = await storm.settle()
            statuses = await storm.end()
            shown = (await ledger.call("getLedger"))["chats"]
            found = await reckon(HOUSE, storm.people, shown)
            for phone in storm.phones.values():
                await phone.web.close()
    finally:
        fleet.kill()
        ledger.stop()
        postgres.stop()
    if statuses != [0] * len(statuses):
        found.violations.append(f"exit statuses after SIGTERM: {statuses}")
    said: Counter[str] = Counter()
    for member in fleet.members:
        said.update(event for event in member.events() if not event.startswith("library"))
    print("events: " + ", ".join(f"{event} {count}" for event, count in said.most_common(25)))
    return _table(minutes, rate, storm, found, took, folder), found.violations


def _table(minutes: float, rate: float, storm: Storm, found: Reckoned, took: float, folder: Path) -> str:
    lines = [("minutes of storm", f"{minutes:g}"), ("messages a second", f"{rate:g}")]
    lines += [(name, str(count)) for name, count in sorted(storm.done.items())]
    lines += [(name, str(count)) for name, count in found.figures.items()]
    lines += [("seconds until nothing was left to do", f"{took:.1f}"), ("violations", str(len(found.violations)))]
    return f"{machine(folder)}\n\n{table(['what', 'how many'], lines)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", action="store_true", help="leave the folder with the logs")
    parser.add_argument("--write", action="store_true", help="put the table into docs/reliability.md")
    given, _ = parser.parse_known_args()
    logging.disable(logging.CRITICAL)
    print(f"seed {given.seed}")
    folder = Path(tempfile.mkdtemp(prefix="hoert-storm-"))
    folder.chmod(0o755)  # PostgreSQL runs as somebody else where we are root
    for name in ("pg", "chat"):
        (folder / name).mkdir()
    shown, violations = asyncio.run(run(given.minutes, given.rate, given.seed, folder))
    print(shown)
    for line in violations[:50]:
        print(f"VIOLATION {line}")
    if given.write:
        write_marked("storm", shown, ROOT / "docs/reliability.md")
    if given.keep:
        print(folder)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
