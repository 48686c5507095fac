"""`hoert demo`: open the product, seed the invented world, give the personas their chats, serve both sides at once."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, replace
from datetime import date
from datetime import time as time_of_day
from pathlib import Path

from aiohttp import ClientSession, web

from hoert import BEGAN
from hoert.clock import Clock
from hoert.demo.page import DemoPage, slug
from hoert.demo.people import Cast, Persona, cast_from
from hoert.demo.plug import Plug
from hoert.demo.wire import bot_api
from hoert.demo.world import link_personas, seed
from hoert.logs import set_up
from hoert.serve import House, running, until_stopped
from locales import text
from models.actions.invented import deliver
from models.domain.localtime import instant
from models.queries.demo import said_so_far
from models.settings import Settings, load
from models.transactions import HOUSE, Scope

#: Seconds until what was sent has arrived at a phone that is not shown.
_ARRIVES_WITHIN = 2


async def run_demo(*, port: int, data: Path | None, start: date | None) -> int:
    """Run the demo until interrupted. Without `data` everything is in a folder that is gone afterwards."""
    set_up(os.environ.get("HOERT_LOG_LEVEL", "warning"), "text")
    folder = data or Path(tempfile.mkdtemp(prefix="hoert-demo-"))
    try:
        settings = _settings(folder, port)
        clock = Clock(folder / "clock.json")
        if start is not None and not (folder / "cast.json").exists():
            clock.start_at(instant(start, time_of_day(11)))

        plug = Plug()

        async def prepare(house: House) -> dict[str, web.Application]:
            cast = await populate(house, folder)
            # A phone of their own for each persona: its cookie lives under its own path, as on a phone of one's own.
            phones = {f"/phone/{slug(one)}": house.webchat.page() for one in cast.personas.values()}
            return {"/demo": DemoPage(house, cast, plug).application(), **phones}

        async with running(settings, clock, prepare=prepare, line=plug.line) as house:
            # Who reads that it is ready may stop it in the same breath, and then it stops in order.
            stopped = asyncio.create_task(until_stopped())
            arriving = asyncio.create_task(arrive(clock, plug))
            await asyncio.sleep(0)
            print(f"Hørt demo: {house.address}/demo/")
            print(f"Ready in {time.perf_counter() - BEGAN:.1f} s. Ctrl-C stops it.")
            sys.stdout.flush()
            await stopped
            arriving.cancel()
            await asyncio.gather(arriving, return_exceptions=True)
        return 0
    finally:
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)


async def arrive(clock: Clock, plug: Plug) -> None:
    """What is written at the desk to people whose phone is not shown arrives at theirs, while the plug is in."""
    while True:
        if plug.out_since is None:
            await deliver(HOUSE, now=clock.now())
        await asyncio.sleep(_ARRIVES_WITHIN)


def _settings(data: Path, port: int) -> Settings:
    """SQLite and keys in the demo's own folder, the web chat as the only channel, whatever the environment says."""
    # In a container only the container's own address is reachable: HOERT_BIND may say so. The port is the demo's.
    host = os.environ.get("HOERT_BIND", "127.0.0.1:0").rpartition(":")[0] or "127.0.0.1"
    return replace(load({"HOERT_BIND": f"{host}:{port}"}, demo=True, data_dir=data), telegram_token=None)


async def populate(house: House, folder: Path) -> Cast:
    """Seed an empty demo and give its personas their chats; a kept demo finds its cast again and goes on living."""
    kept = folder / "cast.json"
    if kept.exists():
        return cast_from(json.loads(kept.read_text(encoding="utf-8")))
    cast = await seed(house.clock.now())
    await link_personas(cast, await _open_chats(house, cast), house.clock.now())
    kept.write_text(json.dumps(asdict(cast), default=str), encoding="utf-8")
    return cast


async def _open_chats(house: House, cast: Cast) -> dict[str, int]:
    found: dict[str, int] = {}
    async with ClientSession() as session:
        for persona in cast.personas.values():
            if persona.linked:
                reply = await bot_api(
                    session,
                    house.settings,
                    house.bot_api,
                    "createChatSession",
                    {"first_name": persona.first_name, "language_code": persona.language, "started": True},
                )
                found[persona.person_id] = int(str(reply["chat_id"]))
                await _show_history(session, house, persona, found[persona.person_id])
    return found


async def _show_history(session: ClientSession, house: House, persona: Persona, chat_id: int) -> None:
    """The phone shows what the thread at the desk holds."""
    said = await said_so_far(Scope(persona.municipality_id), persona.person_id)
    messages = [
        {
            "mine": not one.author,
            "text": f"{text('chat.message.reply.from', persona.language, name=one.author)}\n{one.text}"
            if one.author
            else one.text,
            "date": int(one.at.timestamp()),
        }
        for one in said
    ]
    await bot_api(session, house.settings, house.bot_api, "addHistory", {"chat_id": chat_id, "messages": messages})
