"""Many chats and many letters for them, and senders to send those: in this process, or in one of their own.

`python -m tests.bot_engine.crowd` is such a process: it reads its plan from the first line of its input, says "up", and
sends until its input ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.runner import BotRunner, Channel
from models.actions import register
from models.actions.letters_sending import call
from models.actions.register import Entry
from models.database import opened
from models.domain.delivery import LetterClass, priority
from models.domain.register import Aftercare, Group
from models.settings import Settings, load
from models.tables.consent import Link
from models.tables.fields import new_id
from models.tables.keys import PersonKey, chat_index, new_vault
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import Scoped, atomic, reading, rows
from tests.webchat.served import TOKEN

ROOT = Path(__file__).parents[2]
#: A channel of this name is paced, as Telegram is.
BOT = "telegram"


@atomic
async def gather(scope: Scoped, chat_ids: Sequence[int], *, caseworker: str, now: datetime) -> list[str]:
    """Put a young person on the register for each chat and tie the two; the ids of the links, in the same order."""
    municipality_id = scope.municipality_id or ""
    people, keys, links = [], [], []
    for number, chat_id in enumerate(chat_ids):
        key, row = await new_vault(municipality_id, new_id())
        entry = Entry(
            reference=f"C-{chat_id}", name=f"Person {number}", birth=date(2006, 1, 1), group=Group.PLACED,
            aftercare=Aftercare.NO, phone="", caseworker_id=caseworker, entered_on=now.date(),
        )  # fmt: skip
        link = Link(
            municipality_id=municipality_id, person_id=key.person_id, bot=BOT, chat_index=chat_index(BOT, chat_id),
            state="active", language="da", opened_at=now, seen_at=now, confirmed_at=now, confirmed_by_id=caseworker,
        )  # fmt: skip
        link.chat_sealed = key.seal("link", "chat", link.id, str(chat_id))
        link.words_sealed = key.seal("link", "words", link.id, "sol hav")
        people.append(register.build(key, entry, now))
        keys.append(row)
        links.append(link)
    await Person.bulk_create(people, batch_size=500)
    await PersonKey.bulk_create(keys, batch_size=500)
    await Link.bulk_create(links, batch_size=500)
    return [link.id for link in links]


@atomic
async def broadcast(
    scope: Scoped,
    link_ids: Sequence[str],
    *,
    key: str,
    now: datetime,
    kinds: Sequence[str] = ("help",),
    letter_class: LetterClass = LetterClass.BROADCAST,
    in_conversation: bool = False,
) -> int:
    """Post a letter of each kind to each chat, in the class of a broadcast unless told otherwise; returns how many."""
    links = {link.id: link for link in await Link.filter(municipality_id=scope.municipality_id, bot=BOT)}
    made = [
        Letter(
            municipality_id=links[one].municipality_id, person_id=links[one].person_id, link_id=one, bot=BOT,
            chat_index=links[one].chat_index, language="da", kind=kind, letter_class=letter_class.value,
            priority=priority(letter_class), rank=priority(letter_class), natural_key=f"{key}:{kind}:{one}",
            in_conversation=in_conversation, next_at=now, created_at=now,
        )
        for kind in kinds
        for one in link_ids
    ]  # fmt: skip
    await Letter.bulk_create(made, batch_size=500)
    await call(await Letter.filter(natural_key__startswith=f"{key}:").order_by("id"), now)
    return len(made)


@reading
async def states(scope: Scoped) -> dict[str, int]:
    """How many letters are in each state."""
    return {row["state"]: row["n"] for row in await rows("SELECT state, COUNT(*) AS n FROM letter GROUP BY state")}


@reading
async def left(scope: Scoped) -> int:
    """How many letters are not sent yet."""
    return int((await rows("SELECT COUNT(*) AS n FROM letter WHERE state <> 'sent'"))[0]["n"])


async def all_sent(scope: Scoped, seconds: float) -> bool:
    """Wait until no letter is left; False when that takes longer than so many seconds."""
    for _ in range(int(2 * seconds)):
        if await left(scope) == 0:
            return True
        await asyncio.sleep(0.5)
    return False


@reading
async def people(scope: Scoped, link_ids: Sequence[str]) -> dict[str, str]:
    """Whose each link is."""
    return {link.id: link.person_id for link in await Link.filter(id__in=link_ids)}


@reading
async def tried_again(scope: Scoped) -> int:
    """Tries of sent letters that were not the first."""
    return int((await rows("SELECT SUM(attempts - 1) AS n FROM letter WHERE state = 'sent'"))[0]["n"])


@reading
async def most_tries(scope: Scoped) -> int:
    """The most tries of any letter that were counted against it."""
    return int((await rows("SELECT MAX(attempts) AS n FROM letter"))[0]["n"])


@reading
async def out_of_order(scope: Scoped) -> list[int]:
    """Letters that arrived in their chat after one that was posted later: none, if order was kept."""
    found = await rows("SELECT id, chat_index, message_id FROM letter WHERE in_conversation AND state = 'sent'")
    chats: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in found:
        chats[row["chat_index"]].append((row["message_id"], row["id"]))
    return [
        later for seen in map(sorted, chats.values()) for (_, first), (_, later) in pairwise(seen)
        if later < first
    ]  # fmt: skip


def ledger_instants(ledger: dict[str, Any]) -> list[float]:
    """When the server took each message, in seconds, from what `getLedger` answers."""
    entries = (entry for chat in ledger["chats"].values() for entry in chat["entries"])
    return sorted(entry["at"] for entry in entries if entry["kind"] == "message")


def doubles(ledger: dict[str, Any]) -> list[int]:
    """Messages that a chat saw twice."""
    return [number for chat in ledger["chats"].values() for number in chat["doubles"]]


def most_in_a_second(instants: Sequence[float]) -> int:
    """The most of `instants` (sorted, in seconds) in any second that begins with one of them."""
    return max((bisect_left(instants, at + 1.0) - bisect_right(instants, at) + 1 for at in instants), default=0)


@asynccontextmanager
async def sending(api: str, now: Callable[[], datetime], help_file: Path) -> AsyncIterator[BotRunner]:
    """A bot of this process that only sends, for the server at `api`; at the end it has finished what was in hand."""
    runner = BotRunner([Channel(BOT, api, TOKEN)], now=now, real_now=now, help_file=help_file, poll=False)
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop()


@dataclass(slots=True)
class Sender:
    """A process of its own that sends."""

    process: asyncio.subprocess.Process

    async def up(self) -> None:
        """Returns when it sends."""
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            assert await self.process.stdout.readline() == b"up\n"

    async def stop(self) -> int:
        """Ask it to end and wait; its exit status."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        async with asyncio.timeout(30):
            await self.process.communicate()  # to the end of its pipe, which is closed then
        assert self.process.returncode is not None
        return self.process.returncode


async def sender(settings: Settings, api: str, ahead: timedelta, help_file: Path) -> Sender:
    """Start a process that sends from the same database; its clock is `ahead` of the machine's."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-m", "tests.bot_engine.crowd", cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    plan = {
        "database": settings.database_url, "engine": settings.engine, "key": settings.master_key.hex(),
        "data": str(settings.data_dir / "sender"), "api": api, "ahead": ahead.total_seconds(),
        "help_file": str(help_file),
    }  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(json.dumps(plan).encode() + b"\n")
    await process.stdin.drain()
    return Sender(process)


async def _main() -> None:
    plan = json.loads(await asyncio.to_thread(sys.stdin.readline))
    ahead = timedelta(seconds=plan["ahead"])
    environ = {"HOERT_DATABASE_URL": plan["database"], "HOERT_ENGINE": plan["engine"]}
    settings = replace(load(environ, demo=True, data_dir=Path(plan["data"])), master_key=bytes.fromhex(plan["key"]))
    async with opened(settings), sending(plan["api"], lambda: datetime.now(UTC) + ahead, Path(plan["help_file"])):
        sys.stdout.write("up\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main())
