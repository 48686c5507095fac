"""Many letters at once: Telegram's full pace, no 429 of our own making, and a member of staff is not kept waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.actions import messages
from models.settings import Settings
from models.transactions import HOUSE, Scope, Scoped, reading, rows
from tests.bot_engine import crowd
from tests.bot_engine.conftest import Clock
from tests.bot_engine.script import until
from tests.cast import Cast, link
from tests.neighbours import Neighbours
from tests.webchat.served import Served

LETTERS = 120
PER_SECOND = 30.0
#: Besides its 5 %, a run this short has the first turn, the last call, and turns lost to slow commits; Procrastinate's
#: fetches feel that most. What other tests took of the cores is not counted. The soak holds the strict figure.
SLACK = {"embedded": 5.0, "procrastinate": 6.0}


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """A server that refuses what Telegram would."""
    served = Served(tmp_path / "chat", clock=time.time, enforce_rates=True)
    await served.begin()
    yield served
    await served.end()


def api(served: Served) -> str:
    return f"http://127.0.0.1:{served.ports[0]}"


async def chats(served: Served, count: int) -> list[int]:
    made = (await served.call("createChats", count=count, started=True)).result
    return [one["chat_id"] for one in made]


async def test_a_broadcast_takes_its_ideal_time_and_a_staff_reply_in_the_middle_leaves_at_once(
    database: Settings, cast: Cast, clock: Clock, served: Served, help_file: Path
) -> None:
    here = Scope(cast.randers)
    phone = await served.phone("Amina")
    await link(here, cast.amina, phone.chat_id, now=clock(), bot=crowd.BOT, confirmed_by=cast.mette.staff_id)
    several = 12
    found = await chats(served, LETTERS - 2 * several)
    links = await crowd.gather(here, found, caseworker=cast.siri.staff_id, now=clock())
    async with crowd.sending(api(served), clock, help_file):
        neighbours = Neighbours()
        await crowd.broadcast(here, links[several:], key="one", now=clock())
        await crowd.broadcast(
            here, links[:several], key="three", kinds=("help", "settings", "start"), now=clock(), in_conversation=True
        )
        await asyncio.sleep(2)
        thread = await messages.open_thread(cast.mette, cast.amina, now=clock())
        written, meanwhile = time.time(), Neighbours()
        await messages.reply(cast.mette, thread, "Jeg ringer i morgen.", version=0, key="k", now=clock())
        await until(lambda: crowd.left(HOUSE), 1)
        await until(lambda: replied(HOUSE), 20)
        waited = meanwhile.took()
        await until(lambda: _none(crowd.left(HOUSE)), 60)
        taken = neighbours.took()
    ledger = (await served.call("getLedger")).result
    reply = ledger["chats"][str(phone.chat_id)]["entries"]
    instants = crowd.ledger_instants(ledger)
    assert [entry["text"] for entry in reply] == ["Mette skriver:\nJeg ringer i morgen."]
    assert reply[0]["at"] - written - waited < 2
    assert len(instants) == LETTERS + 1
    assert instants[-1] - instants[0] - taken < 1.05 * LETTERS / PER_SECOND + SLACK[database.engine]
    assert crowd.most_in_a_second(instants) <= 31
    assert crowd.doubles(ledger) == []
    assert await crowd.out_of_order(HOUSE) == []


@reading
async def replied(scope: Scoped) -> bool:
    return bool(await rows("SELECT 1 FROM letter WHERE kind = 'message.reply' AND state = 'sent'"))


async def _none(count: object) -> bool:
    return await count == 0  # type: ignore[misc]
