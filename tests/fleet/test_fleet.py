"""Many processes on one PostgreSQL: whoever dies, the others go on; whoever is asked to end, ends well."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from models.actions import messages
from models.queries.messages import conversation
from models.transactions import HOUSE, Scoped, reading, rows
from tests.bot_engine.script import until
from tests.fleet.conftest import Harbour

FLEET = ("bot", "bot", "backend", "backend", "scheduler", "scheduler")


async def test_a_fleet_serves_goes_on_when_anybody_dies_and_ends_in_order(harbour: Harbour) -> None:
    amina = await harbour.join("amina")
    members = await harbour.fleet.begin(*FLEET)
    bots, clocks = members[:2], members[4:]
    for member in members:
        await until(member.ready, 20)

    await amina.write("Kan jeg få hjælp til min husleje?")
    await until(lambda: saw(harbour, 1))
    await reply(harbour, "Jeg ringer i morgen.")
    await until(lambda: saw(harbour, 2))
    # Who dies with something in hand holds it up until its lease ends; tests/kill tells of that.
    await until(lambda: at_rest(HOUSE))

    # Whoever polls is killed: the other polls within seconds, and nothing is missing or twice.
    polls = [bot for bot in bots if "leading.elected" in bot.events()]
    assert len(polls) == 1
    polls[0].kill()
    await amina.write("Er der nogen?")
    await until(lambda: saw(harbour, 3), 20)

    # So does the clock: the second one ticks when the first is gone.
    ticks = [clock for clock in clocks if "leading.elected" in clock.events()]
    assert len(ticks) == 1
    ticks[0].kill()
    gone = datetime.now(UTC)
    await until(lambda: ticked(HOUSE, gone), 20)

    left = [member for member in members if member.process.poll() is None]
    assert len(left) == 4
    assert await asyncio.gather(*(member.end() for member in left)) == [0] * 4
    shown = await harbour.shown("amina")
    assert (len(shown), shown[1]) == (3, "Mette skriver:\nJeg ringer i morgen.")
    assert await states(HOUSE) == [("done", 1), ("done", 1)]


async def test_the_web_chat_is_a_process_of_its_own_too(harbour: Harbour) -> None:
    webchat = harbour.fleet.launch("webchat", HOERT_WEBCHAT_BIND="127.0.0.1:0")
    await webchat.up()
    await until(webchat.ready, 20)
    assert await webchat.end() == 0


async def saw(harbour: Harbour, count: int) -> bool:
    return len(await harbour.shown("amina")) == count


async def reply(harbour: Harbour, words: str) -> None:
    """Mette answers Amina at the desk."""
    mette, person = harbour.cast.mette, harbour.people["amina"].person_id
    now = datetime.now(UTC)
    thread = await messages.open_thread(mette, person, now=now)
    version = (await conversation(mette, person)).version
    await messages.reply(mette, thread, words, version=version, key=words, now=now)


@reading
async def ticked(scope: Scoped, since: datetime) -> bool:
    """Whether somebody has let the quickest tick run since then."""
    return bool(await rows("SELECT 1 AS x FROM tick WHERE name = 'sweep' AND ran_at > ?", int(since.timestamp() * 1e6)))


@reading
async def at_rest(scope: Scoped) -> bool:
    """Whether nobody has anything in hand."""
    jobs = "SELECT 1 FROM procrastinate_jobs WHERE task_name <> 'canary'"
    letters = "SELECT 1 FROM letter WHERE state IN ('queued', 'waiting', 'sending')"
    return not await rows(f"SELECT 1 AS x WHERE EXISTS ({jobs}) OR EXISTS ({letters})")


@reading
async def states(scope: Scoped) -> list[tuple[str, int]]:
    return [(row["state"], row["tries"]) for row in await rows("SELECT state, tries FROM inbox_update ORDER BY id")]
