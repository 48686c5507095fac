"""H: Hørt as `hoert serve` runs it: receiver, dispatcher, letters, desk, web chat and clock in one process.

Three deeds: `seed` a fresh database with linked people who have been invited to a WHO-5 check-in, `serve` it until
SIGTERM, print the `answers` that are in it. Settings come from the environment, as they always do. Two things are not
as in life: the clock begins on a Tuesday at ten, because nobody is invited at night, and the pace that keeps us below
Telegram's 30 messages a second is lifted, because none of the others keeps one. HOERT_BENCH_PROFILE names a file for
a profile of the whole run.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, date, datetime, timedelta

from models.actions import letters, register, staff
from models.database import opened
from models.domain.register import Aftercare, Group
from models.domain.staff import Role, Viewer
from models.migrate import migrate
from models.queries import inbox
from models.settings import load
from models.tables.checkins import Answer, CheckIn
from models.tables.consent import Link
from models.tables.keys import vaults
from models.transactions import HOUSE, Scope, Scoped, atomic, reading
from tests import cast

#: Ten in the morning, in the weeks of a quarter in which the clock asks nobody for the figures.
TUESDAY = datetime(2026, 10, 6, 8, 0, tzinfo=UTC)


async def seed(chat_ids: range) -> None:
    """A municipality, a caseworker, and a person for each chat, linked and invited."""
    settings = load()
    async with opened(settings):
        await migrate(settings)
        await _people(HOUSE, chat_ids, TUESDAY - timedelta(minutes=10))


@atomic
async def _people(_: Scoped, chat_ids: range, now: datetime) -> None:
    here = Scope(
        await register.add_municipality(HOUSE, slug="bench", name="Bench Kommune", region="midtjylland", now=now)
    )
    caseworker = Viewer(
        await staff.add(here, email="a@example.org", name="Anna Dam", role=Role.CASEWORKER, now=now),
        here.municipality_id, Role.CASEWORKER, "Anna Dam",
    )  # fmt: skip
    for chat_id in chat_ids:
        entry = register.Entry(
            reference=f"B-{chat_id}", name="Noah Vind", birth=date(2007, 5, 1), group=Group.PLACED,
            aftercare=Aftercare.NO, caseworker_id=caseworker.staff_id, entered_on=date(2025, 1, 1),
        )  # fmt: skip
        person = await register.add_person(here, entry, now=now)
        await cast.link(here, person, chat_id, now=now, bot="telegram", confirmed_by=caseworker.staff_id)
        asked = await CheckIn.create(
            municipality_id=here.municipality_id, person_id=person, instrument="who5", version=1, period="2026-10-06",
            asked_by="clock", state="asked", due_at=now, asked_at=now, expires_at=now + timedelta(days=7),
        )  # fmt: skip
        await letters.post(here, "checkin.invite", person_id=person, key=f"checkin:{asked.id}", about=asked.id, now=now)


async def serve() -> None:
    """The whole product until it is told to stop."""
    from hoert.clock import Clock
    from hoert.logs import set_up
    from hoert.serve import running, until_stopped

    settings = load()
    set_up(settings.log_level, "json")
    clock = Clock()
    clock.start_at(TUESDAY)
    async with running(settings, clock) as house:
        delivery = house.bots.deliveries["telegram"]
        assert delivery._pace is not None
        delivery._pace = None
        await until_stopped()


async def answers() -> None:
    """Print every stored answer as [chat, item, value]; nothing may be waiting any more."""
    settings = load()
    async with opened(settings):
        waiting = {
            name: depth.waiting for name, depth in (await inbox.depth(HOUSE, now=TUESDAY + timedelta(hours=1))).items()
        }
        print(json.dumps({"answers": await _answers(HOUSE), "waiting": waiting}))


@reading
async def _answers(_: Scoped) -> list[list[object]]:
    links = await Link.all()
    known = {link.municipality_id: await vaults(link.municipality_id) for link in links[:1]}
    chats = {
        link.person_id: int(known[link.municipality_id][link.person_id].open("link", "chat", link.id, link.chat_sealed))
        for link in links
    }
    return [
        [
            chats[row.person_id], row.item,
            json.loads(known[row.municipality_id][row.person_id].open(
                "answer", "code", f"{row.check_in_id}:{row.item}", row.code_sealed
            )),
        ]
        for row in await Answer.all()
    ]  # fmt: skip


def main(deed: str, *rest: str) -> None:
    if os.environ.get("HOERT_BENCH_PROFILE") and deed == "serve":
        import cProfile

        profile = cProfile.Profile()
        profile.enable()
        asyncio.run(serve())
        profile.dump_stats(os.environ["HOERT_BENCH_PROFILE"])
        return
    if deed == "seed":
        asyncio.run(seed(range(int(rest[0]), int(rest[1]))))
    else:
        asyncio.run({"serve": serve, "answers": answers}[deed]())


if __name__ == "__main__":
    main(*sys.argv[1:])
