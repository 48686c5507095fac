"""The clock's ticks: each reads what is due, a late one catches up, one that fails keeps nobody else from running."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from models.actions import checkins, clock
from models.queries.health import health
from models.settings import Settings
from models.tables.checkins import CheckIn, Rhythm
from models.tables.clock import Tick as TickRow
from models.transactions import HOUSE, Scope, atomic
from scheduler.jobs import TICKS, Tick, run, run_all
from scheduler.runner import Clockwork
from tests.cast import Cast, link


@atomic
async def ticked(scope: Scope) -> set[str]:
    return {row.name for row in await TickRow.all()}


@atomic
async def asked(scope: Scope, person_id: str) -> list[tuple[str, str]]:
    return [(row.instrument, row.state) for row in await CheckIn.filter(person_id=person_id).order_by("due_at")]


@atomic
async def next_due(scope: Scope, person_id: str) -> datetime:
    row = await Rhythm.get(person_id=person_id)
    assert isinstance(row.next_due_at, datetime)
    return row.next_due_at


async def test_every_tick_runs_to_its_end_and_says_so(cast: Cast, now: datetime) -> None:
    await run_all(now, datetime.now(UTC))
    assert await ticked(HOUSE) == {tick.name for tick in TICKS}


async def test_a_part_that_fails_keeps_no_other_part_from_running_and_leaves_no_heartbeat(
    cast: Cast, now: datetime
) -> None:
    ran: list[str] = []

    async def good(_now: datetime, _real: datetime) -> None:
        ran.append("good")

    async def bad(_now: datetime, _real: datetime) -> None:
        raise LookupError

    assert await run(Tick("mixed", 1, (bad, good)), now, now) is False
    assert ran == ["good"]
    assert await ticked(HOUSE) == set()


async def test_after_three_months_asleep_amina_is_asked_once_and_not_for_every_round_missed(
    cast: Cast, now: datetime
) -> None:
    await link(Scope(cast.randers), cast.amina, 11, now=now, purposes=["checkins"], confirmed_by=cast.mette.staff_id)
    later = now + timedelta(days=91)
    due = await next_due(HOUSE, cast.amina)
    assert now < due < later
    for _ in range(3):
        await run_all(later, datetime.now(UTC))
    assert len([one for one in await asked(HOUSE, cast.amina) if one[0] == "who5"]) <= 1
    assert await next_due(HOUSE, cast.amina) > later


async def test_two_clocks_ticking_at_once_ask_nobody_twice(cast: Cast, now: datetime) -> None:
    await link(Scope(cast.randers), cast.amina, 11, now=now, purposes=["checkins"], confirmed_by=cast.mette.staff_id)
    at = await next_due(HOUSE, cast.amina) + timedelta(minutes=5)
    await asyncio.gather(*(checkins.plan_due(HOUSE, now=at) for _ in range(4)))
    assert await asked(HOUSE, cast.amina) == [("who5", "due")]


async def test_the_clockwork_ticks_at_once_and_finishes_what_runs_before_it_stops(cast: Cast, now: datetime) -> None:
    clockwork = Clockwork(now=lambda: now, real_now=lambda: datetime.now(UTC))
    clockwork.start()
    for _ in range(200):
        await asyncio.sleep(0.05)
        if await ticked(HOUSE) == {tick.name for tick in TICKS}:
            break
    await clockwork.stop()
    assert await ticked(HOUSE) == {tick.name for tick in TICKS}


async def test_a_bots_sign_of_life_is_no_tick_of_the_clock(database: Settings, now: datetime) -> None:
    await clock.ran(HOUSE, "sweep", real_now=now)
    await clock.ran(HOUSE, "canary.update", real_now=now + timedelta(hours=1))
    assert (await health(HOUSE, now=now)).last_tick == now
