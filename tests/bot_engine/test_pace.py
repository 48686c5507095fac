"""Turns to send: even, shared, the most urgent first; nobody waits for ever and nothing is saved up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from bot.pace import Pace
from models.actions import letters
from models.domain.delivery import BETWEEN
from models.settings import Settings
from models.transactions import HOUSE, Scoped, atomic, drain, execute
from tests.bot_engine import crowd
from tests.bot_engine.conftest import Clock

APART = BETWEEN.total_seconds()
BROADCAST, CRISIS = 5, 0


@pytest.fixture
async def pace(database: Settings, clock: Clock) -> AsyncIterator[Pace]:
    pace = Pace("telegram", real_now=clock)
    yield pace
    await pace.close()


async def turns(pace: Pace, count: int, rank: int = BROADCAST) -> list[float]:
    """So many waiters at once: when each had its turn."""

    async def one() -> float:
        await pace.turn(rank)
        return time.monotonic()

    return sorted(await asyncio.gather(*(one() for _ in range(count))))


@atomic
async def rename(scope: Scoped, old: str, new: str) -> None:
    await execute(f"ALTER TABLE {old} RENAME TO {new}")


async def test_two_processes_share_the_turns(pace: Pace, clock: Clock) -> None:
    other = Pace("telegram", real_now=clock)
    found = await asyncio.gather(turns(pace, 12), turns(other, 12))
    await other.close()
    instants = sorted([*found[0], *found[1]])
    assert instants[-1] - instants[0] >= 22 * APART
    assert crowd.most_in_a_second([2 * at for at in instants]) <= 18
    assert max(found[0][0], found[1][0]) < min(found[0][-1], found[1][-1])


async def test_what_was_made_ready_too_late_takes_another_turn_and_does_not_leave_with_those_of_others(
    pace: Pace, clock: Clock
) -> None:
    other = Pace("telegram", real_now=clock)
    left: list[float] = []

    async def slow(one: Pace) -> None:
        turn = await one.turn(BROADCAST)
        await asyncio.sleep(0.6)
        await one.door(BROADCAST, turn)
        left.append(time.monotonic())

    await asyncio.gather(*(slow(one) for one in (pace, other) for _ in range(12)))
    await other.close()
    assert max(left) - min(left) >= 22 * APART
    assert crowd.most_in_a_second(sorted(2 * at for at in left)) <= 18


async def test_two_bots_do_not_wait_for_one_another(pace: Pace, clock: Clock) -> None:
    other = Pace("webchat", real_now=clock)
    began = time.monotonic()
    await asyncio.gather(turns(pace, 10), turns(other, 10))
    await other.close()
    assert time.monotonic() - began < 19 * APART


async def test_the_most_urgent_gets_the_next_turn_then_whoever_asked_first(pace: Pace) -> None:
    order: list[str] = []

    async def one(name: str, rank: int) -> None:
        await pace.turn(rank)
        order.append(name)

    waiting = [asyncio.create_task(one(f"notice {number}", BROADCAST)) for number in range(6)]
    while len(order) < 2:
        await asyncio.sleep(0.005)
    waiting.append(asyncio.create_task(one("crisis", CRISIS)))
    await asyncio.gather(*waiting)
    assert order == ["notice 0", "notice 1", "crisis", "notice 2", "notice 3", "notice 4", "notice 5"]


async def test_who_waits_no_longer_costs_the_others_no_turn(pace: Pace) -> None:
    gone = [asyncio.create_task(pace.turn(CRISIS)) for _ in range(20)]
    began = time.monotonic()
    stayed = asyncio.create_task(turns(pace, 4))
    await asyncio.sleep(0)
    for one in gone:
        one.cancel()
    await stayed
    assert time.monotonic() - began < 10 * APART
    assert [one.cancelled() for one in gone] == [True] * 20


async def test_a_turn_given_back_goes_to_the_next_at_once(pace: Pace, clock: Clock) -> None:
    await letters.reserve(HOUSE, "telegram", 60, real_now=clock())
    waiting = asyncio.create_task(turns(pace, 1))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    given = time.monotonic()
    pace.give_back()
    assert (await waiting)[0] - given < 0.2


async def test_turns_that_nobody_used_are_not_saved_up(pace: Pace) -> None:
    gone = [asyncio.create_task(pace.turn(BROADCAST)) for _ in range(6)]
    await asyncio.sleep(0.02)
    for one in gone:
        one.cancel()
    await asyncio.gather(*gone, return_exceptions=True)
    await asyncio.sleep(8 * APART)
    found = await turns(pace, 8)
    assert found[-1] - found[0] >= 6 * APART


async def test_while_the_database_is_away_nobody_sends_and_when_it_is_back_everybody_does(pace: Pace) -> None:
    await rename(HOUSE, "bot_state", "away")
    waiting = asyncio.create_task(turns(pace, 3))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await rename(HOUSE, "away", "bot_state")
    async with asyncio.timeout(3):
        await waiting


async def test_closed_everybody_is_let_go_and_nothing_runs_on(pace: Pace) -> None:
    await rename(HOUSE, "bot_state", "away")
    before = asyncio.all_tasks()
    waiting = [asyncio.create_task(pace.turn(BROADCAST)) for _ in range(3)]
    await asyncio.sleep(0.1)
    await pace.close()
    assert await asyncio.gather(*waiting, return_exceptions=True) != []
    assert [one.cancelled() for one in waiting] == [True] * 3
    await drain()  # what was in hand in the database is undone there, not torn off
    assert asyncio.all_tasks() - before == set()
    with pytest.raises(asyncio.CancelledError):
        await pace.turn(CRISIS)


async def test_what_is_ready_leaves_evenly_however_long_it_took(pace: Pace) -> None:
    left: list[float] = []

    async def one(number: int) -> None:
        turn = await pace.turn(BROADCAST)
        await asyncio.sleep(0.08 * (number % 2))
        await pace.door(BROADCAST, turn)
        left.append(time.monotonic())

    await asyncio.gather(*(one(number) for number in range(12)))
    assert min(later - first for first, later in pairwise(left)) > 0.03
