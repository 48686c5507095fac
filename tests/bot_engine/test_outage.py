"""Telegram is away, or says "not now": nobody hammers, nothing is lost or seen twice, and then everything goes out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot

from bot.delivery import Delivery
from bot.request import AiohttpRequest
from models.actions import messages
from models.domain.delivery import OUTAGE_PAUSES, LetterClass
from models.queries.messages import delivery as as_staff_see_it
from models.settings import Settings
from models.tables.outbox import BotState, Letter
from models.transactions import HOUSE, Scope, Scoped, reading, rows
from tests.bot_engine import crowd
from tests.bot_engine.conftest import Clock
from tests.bot_engine.script import until
from tests.cast import Cast, link
from tests.neighbours import Neighbours
from tests.webchat.served import TOKEN, Served

TEN_MINUTES = 600.0


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """A server that refuses what Telegram would."""
    served = Served(tmp_path / "chat", clock=time.time, enforce_rates=True)
    await served.begin()
    yield served
    await served.end()


def api(served: Served) -> str:
    return f"http://127.0.0.1:{served.ports[0]}"


async def crowd_of(served: Served, cast: Cast, count: int, clock: Clock) -> dict[int, str]:
    """Chats, and the link of each."""
    made = (await served.call("createChats", count=count, started=True)).result
    chats = [one["chat_id"] for one in made]
    links = await crowd.gather(Scope(cast.randers), chats, caseworker=cast.siri.staff_id, now=clock())
    return dict(zip(chats, links, strict=True))


def everything_sent() -> Callable[[], Any]:
    async def holds() -> bool:
        return await crowd.left(HOUSE) == 0

    return holds


@reading
async def tries(scope: Scoped) -> tuple[int, int]:
    """The most tries of any letter, and how many letters have failed at least once."""
    found = await rows(
        "SELECT MAX(attempts) AS most, SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END) AS n FROM letter"
    )
    return found[0]["most"], int(found[0]["n"] or 0)


@reading
async def frozen_for(scope: Scoped, clock: Clock) -> float:
    """For how many seconds the bot stands still from now; 0.0 when it does not."""
    state = await BotState.get(bot=crowd.BOT)
    return max(0.0, (state.frozen_until - clock()).total_seconds()) if state.frozen_until else 0.0


@reading
async def staff_see(scope: Scoped, about: str) -> str:
    found = as_staff_see_it(await Letter.filter(about=about))
    assert found is not None
    return found.state


async def arrivals(served: Served) -> list[tuple[float, int]]:
    """When each message came, and to whom, in the order of arrival."""
    chats = (await served.call("getLedger")).result["chats"]
    return sorted(
        (entry["at"], int(chat)) for chat, seen in chats.items() for entry in seen["entries"]
        if entry["kind"] == "message"
    )  # fmt: skip


async def test_what_waits_through_an_outage_goes_out_in_order_the_most_urgent_first_and_fast_enough(
    database: Settings, cast: Cast, clock: Clock, served: Served, help_file: Path
) -> None:
    """C 31."""
    here = Scope(cast.randers)
    phone = await served.phone("Amina")
    await link(here, cast.amina, phone.chat_id, now=clock(), bot=crowd.BOT, confirmed_by=cast.mette.staff_id)
    (desperate, desperate_link), *others = (await crowd_of(served, cast, 31, clock)).items()
    links = [one for _, one in others]
    async with crowd.sending(api(served), clock, help_file):
        await served.stop()
        count = await crowd.broadcast(
            here, links, key="notice", kinds=("help", "settings"), now=clock(), in_conversation=True
        )
        await asyncio.sleep(0.3)
        thread = await messages.open_thread(cast.mette, cast.amina, now=clock())
        said = await messages.reply(cast.mette, thread, "Jeg ringer i morgen.", version=0, key="k", now=clock())
        await crowd.broadcast(here, [desperate_link], key="crisis", now=clock(), letter_class=LetterClass.CRISIS)
        await asyncio.sleep(0.4)
        assert await staff_see(HOUSE, said) == "waiting"
        most, failed = await tries(HOUSE)
        assert most == 0
        assert 0 < failed <= 50
        neighbours = Neighbours()
        await served.begin()
        await until(everything_sent(), 60)
        taken = neighbours.took()
    came = await arrivals(served)
    ledger = (await served.call("getLedger")).result
    order = [chat for _, chat in came]
    assert order.index(desperate) < 6
    assert order.index(phone.chat_id) < 6
    assert (len(came), crowd.doubles(ledger), await crowd.out_of_order(HOUSE)) == (count + 2, [], [])
    assert (came[-1][0] - came[0][0] - taken) / count * 5000 < TEN_MINUTES


async def test_through_a_long_outage_the_bot_looks_every_half_minute_and_no_letter_loses_a_try(
    database: Settings, cast: Cast, clock: Clock, served: Served
) -> None:
    """C 31."""
    links = list((await crowd_of(served, cast, 3, clock)).values())
    await crowd.broadcast(Scope(cast.randers), links, key="notice", now=clock())
    await served.stop()
    request = AiohttpRequest()
    bot = Bot(TOKEN, base_url=f"{api(served)}/bot", request=request, get_updates_request=AiohttpRequest())
    await request.initialize()
    sender, ends, pauses = (
        Delivery(crowd.BOT, bot, now=clock, real_now=clock, paced=False),
        clock() + timedelta(minutes=20),
        [],
    )
    while clock() < ends:
        await sender.drain()
        pauses.append(await frozen_for(HOUSE, clock))
        clock.move(pauses[-1] + 0.1)
    wanted = [*OUTAGE_PAUSES, *[OUTAGE_PAUSES[-1]] * (len(pauses) - len(OUTAGE_PAUSES))]
    assert all(want - 2 < pause <= want for pause, want in zip(pauses, wanted, strict=True))
    assert (await tries(HOUSE))[0] == 0
    await served.begin()
    await sender.drain()
    await request.shutdown()
    assert await crowd.states(HOUSE) == {"sent": 3}


async def test_a_freeze_is_kept_to_the_second_by_every_process_and_by_the_one_that_comes_after(
    database: Settings, cast: Cast, clock: Clock, served: Served, help_file: Path
) -> None:
    """C 32."""
    # Beyond what a job waits for in its hand, so that the end of the freeze must be called by the engine.
    seconds = 4 if database.engine == "procrastinate" else 2
    links = list((await crowd_of(served, cast, 20, clock)).values())
    async with AsyncExitStack() as others:
        if not database.is_sqlite:
            other = await crowd.sender(database, api(served), clock() - datetime.now(UTC), help_file)
            others.push_async_callback(other.stop)
            await other.up()
        rule = {"kind": "429", "count": 1, "retry_after": seconds, "methods": ["sendMessage"]}
        await served.call("setFaults", faults=[rule])
        async with crowd.sending(api(served), clock, help_file):
            await crowd.broadcast(Scope(cast.randers), links, key="notice", now=clock())
            await until(lambda: frozen_for(HOUSE, clock))
            ends = time.time() + await frozen_for(HOUSE, clock)
        if database.engine == "embedded":
            await others.enter_async_context(crowd.sending(api(served), clock, help_file))
        await until(everything_sent(), 20)
    came = [at - ends for at, _ in await arrivals(served)]
    # What another process had in its hand when the 429 came is on its way.
    assert [at for at in came if -seconds + 1 < at < 0] == []
    assert 0 < next(at for at in came if at > 0) < 1
    assert (len(came), crowd.doubles((await served.call("getLedger")).result)) == (len(links), [])


async def test_in_a_storm_of_429_nothing_is_lost_and_nothing_seen_twice(
    database: Settings, cast: Cast, clock: Clock, served: Served, help_file: Path
) -> None:
    """C 32."""
    here = Scope(cast.randers)
    links = list((await crowd_of(served, cast, 10, clock)).values())
    rules = [
        {"kind": "429", "count": count, "retry_after": seconds, "probability": 0.15, "methods": ["sendMessage"]}
        for count, seconds in ((2, 1), (1, 2))
    ]
    await served.call("setFaults", faults=rules)
    async with crowd.sending(api(served), clock, help_file):
        await crowd.broadcast(here, links, key="notice", kinds=("help", "settings"), now=clock(), in_conversation=True)
        await until(everything_sent(), 30)
    ledger = (await served.call("getLedger")).result
    struck = (await served.call("getFaults")).result
    assert struck["429"] > 0
    assert len(crowd.ledger_instants(ledger)) == 2 * len(links)
    assert (crowd.doubles(ledger), await crowd.out_of_order(HOUSE)) == ([], [])


async def test_letters_to_one_chat_follow_each_other_at_once(
    database: Settings, cast: Cast, clock: Clock, served: Served, help_file: Path
) -> None:
    phone = await served.phone("Amina")
    await link(
        Scope(cast.randers), cast.amina, phone.chat_id, now=clock(), bot=crowd.BOT, confirmed_by=cast.mette.staff_id
    )
    thread = await messages.open_thread(cast.mette, cast.amina, now=clock())
    async with crowd.sending(api(served), clock, help_file):
        await asyncio.sleep(0.5)
        for number in range(3):
            await messages.reply(cast.mette, thread, f"Nummer {number}.", version=number, key=f"k{number}", now=clock())
        written = time.time()
        await until(everything_sent())
    came = await arrivals(served)
    assert len(came) == 3
    assert came[-1][0] - written < 2
