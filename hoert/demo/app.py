"""`hoert demo`: open the product, seed the invented world, give the personas their chats, serve the page with both sides."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path

from aiohttp import ClientSession, web

from hoert.clock import Clock
from hoert.demo.page import DemoPage, slug
from hoert.demo.world import Cast, cast_from, link_personas, seed
from hoert.logs import set_up
from hoert.serve import House, running, until_stopped
from models.settings import Settings


async def run_demo(*, port: int, data: Path | None, start: date | None) -> int:
    """Run the demo until interrupted. Without `data` everything is in a folder that is gone afterwards."""
    from hoert.cli import demo_settings, noon_of

    began = time.perf_counter()
    set_up(os.environ.get("HOERT_LOG_LEVEL", "warning"), "text")
    folder = data or Path(tempfile.mkdtemp(prefix="hoert-demo-"))
    try:
        settings = demo_settings(folder, port)
        clock = Clock(folder / "clock.json")
        if start is not None and not (folder / "cast.json").exists():
            clock.start_at(noon_of(start))

        async def prepare(house: House) -> dict[str, web.Application]:
            cast = await populate(house, folder)
            # A phone of their own for each persona: its cookie lives under its own path, as on a phone of one's own.
            phones = {f"/phone/{slug(one)}": house.webchat.page() for one in cast.personas}
            return {"/demo": DemoPage(house, cast).application(), **phones}

        async with running(settings, clock, prepare=prepare) as house:
            print(f"Hørt demo: {house.address}/demo/")
            print(f"Ready in {time.perf_counter() - began:.1f} s. Ctrl-C stops it.")
            sys.stdout.flush()
            await until_stopped()
        return 0
    finally:
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)


async def populate(house: House, folder: Path) -> Cast:
    """Seed an empty demo and give its personas their chats; a kept demo finds its cast again."""
    kept = folder / "cast.json"
    if kept.exists():
        return cast_from(json.loads(kept.read_text(encoding="utf-8")))
    cast = await seed(house.clock.now())
    await link_personas(cast, await _open_chats(house, cast), house.clock.now())
    kept.write_text(json.dumps(asdict(cast)), encoding="utf-8")
    return cast


async def bot_api(
    session: ClientSession, settings: Settings, address: str, method: str, data: dict[str, object]
) -> dict[str, object]:
    """One call to the web chat server's Bot API, over TCP like everybody else's."""
    async with session.post(f"{address}/bot{settings.webchat_token}/{method}", json=data) as response:
        body = await response.json()
    if not body.get("ok"):
        raise RuntimeError(f"the web chat server refused {method}")
    return dict(body["result"])


async def _open_chats(house: House, cast: Cast) -> dict[str, int]:
    found: dict[str, int] = {}
    async with ClientSession() as session:
        for persona in cast.personas:
            if persona.linked:
                reply = await bot_api(
                    session,
                    house.settings,
                    house.bot_api,
                    "createChatSession",
                    {"first_name": persona.first_name, "language_code": persona.language, "started": True},
                )
                found[persona.person_id] = int(str(reply["chat_id"]))
    return found
