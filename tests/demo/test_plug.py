"""The demo's plug: what is written on both sides of it waits, and arrives once and in order when it is back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.request import transport_of
from hoert.clock import Clock
from hoert.demo.page import DemoPage
from hoert.demo.people import Cast
from hoert.demo.plug import Plug
from hoert.serve import House, running
from models.settings import Settings
from tests.cast import invite_the_cast
from tests.stage import Stage

#: A Monday, the office open: nothing waits for quiet hours.
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Visitor:
    """Somebody with the demo's page open."""

    def __init__(self, stage: Stage, browser: aiohttp.ClientSession) -> None:
        self.stage = stage
        self._web = browser

    async def plug(self) -> dict[str, Any]:
        """What the page says about the plug."""
        async with self._web.get("state?language=da") as answer:
            found: dict[str, Any] = (await answer.json())["plug"]
        return found

    async def post(self, path: str, **body: Any) -> int:
        """Press something; the status of the answer."""
        async with self._web.post(path, json=body) as answer:
            return answer.status

    async def arrived(self) -> dict[str, Any]:
        """The plug once nothing waits any more; as it is after ten seconds when something does."""
        for _ in range(200):
            state = await self.plug()
            if not state["from_young"] + state["from_hoert"]:
                break
            await asyncio.sleep(0.05)
        await self.stage.settle()
        return await self.plug()


@asynccontextmanager
async def visited(settings: Settings) -> AsyncIterator[Visitor]:
    """The whole product with the plug in its wire, and the demo's page."""
    clock, plug = Clock(), Plug()
    clock.start_at(MONDAY)

    async def prepare(house: House) -> dict[str, web.Application]:
        return {"/demo": DemoPage(house, Cast({}, {}, {}, "", "", 1, MONDAY), plug).application()}

    async with running(settings, clock, tick=False, prepare=prepare, line=plug.line) as house:
        stage = Stage(house, await invite_the_cast(clock.now()))
        stage.patience = 0.2
        async with aiohttp.ClientSession(base_url=f"{house.address}/demo/") as browser:
            try:
                yield Visitor(stage, browser)
            finally:
                await stage.close()


async def test_both_sides_wait_while_the_plug_is_out_and_all_arrives_once_and_in_order(settings: Settings) -> None:
    async with visited(settings) as visitor:
        stage = visitor.stage
        mette = stage.cast.mette
        phone = await stage.phone(stage.cast.amina, confirmed_by=mette)
        desk = await stage.desk(mette)
        thread = f"/inbox/{stage.cast.amina}"
        assert await visitor.plug() == {
            "in": True, "since": None, "since_words": "", "from_young": 0, "from_hoert": 0,
        }  # fmt: skip

        assert [await visitor.post("plug", **{"in": False}) for _ in range(2)] == [200, 200]
        for words in ("Er du der?", "Jeg er ved døren.", "Jeg venter her."):
            await phone.say(words)
        for words in ("Jeg kommer klokken 14.", "Gå bare ind."):
            await desk.submit(thread, "/reply", body=words)
        out = await visitor.plug()
        assert (out["in"], out["from_young"], out["from_hoert"]) == (False, 3, 2)
        assert out["since_words"] == "Ude siden kl. 10."
        assert await phone.from_hoert() == []
        assert [one["state"] for one in await phone.messages()] == ["sent"] * 3
        assert (await desk.text(thread)).count("Venter på at blive sendt") == 2

        # Pulled again, or asked to move the clock: all stays as it is.
        assert await visitor.post("plug", **{"in": False}) == 200
        before = stage.now()
        assert await visitor.post("clock", by="day") == 409
        assert stage.now() - before < timedelta(minutes=1)
        assert await visitor.plug() == out

        assert [await visitor.post("plug", **{"in": True}) for _ in range(2)] == [200, 200]
        assert await visitor.arrived() == {
            "in": True, "since": None, "since_words": "", "from_young": 0, "from_hoert": 0,
        }  # fmt: skip
        mine = [(one["text"], one["state"]) for one in await phone.messages() if one["from"] == "me"]
        assert mine == [
            ("Er du der?", "received"), ("Jeg er ved døren.", "received"), ("Jeg venter her.", "received"),
        ]  # fmt: skip
        ledger = next(iter((await stage.bot_api("getLedger"))["chats"].values()))
        replies = [one["text"] for one in ledger["entries"] if one["kind"] == "message" and "skriver:" in one["text"]]
        assert replies == ["Mette skriver:\nJeg kommer klokken 14.", "Mette skriver:\nGå bare ind."]
        said = await desk.text(thread)
        order = [said.rindex(words) for words in ("Er du der?", "Jeg er ved døren.", "Jeg venter her.")]
        assert order == sorted(order)
        assert (said.count("Venter på at blive sendt"), said.count("sendt to gange")) == (0, 0)


async def test_what_is_no_plug_is_refused(settings: Settings) -> None:
    async with visited(settings) as visitor:
        assert [await visitor.post("plug", **{"in": wrong}) for wrong in ("no", None, 0)] == [400, 400, 400]
        assert (await visitor.plug())["in"] is True


@pytest.fixture
async def far_end() -> AsyncIterator[str]:
    """A server at the other end of the wire, that says hello; yields its address."""

    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def _asked(browser: aiohttp.ClientSession, address: str) -> str:
    try:
        async with browser.get(address) as answer:
            return await answer.text()
    except aiohttp.ClientError as error:
        return transport_of(error)


async def test_a_pulled_wire_lets_nothing_even_begin(far_end: str) -> None:
    plug = Plug()
    async with plug.line(far_end) as address, aiohttp.ClientSession() as browser:
        heard = [await _asked(browser, address)]
        await plug.pull(MONDAY)
        # The connection that was kept open is gone too: certainly not sent, never "perhaps".
        heard += [await _asked(browser, address), await _asked(browser, address)]
        await plug.pull(MONDAY + timedelta(hours=1))
        assert plug.out_since == MONDAY
        assert [await plug.put_in(), await plug.put_in()] == [True, False]
        heard.append(await _asked(browser, address))
    assert heard == ["hello", "connect", "connect", "hello"]


async def test_nobody_else_is_given_the_wires_port_while_it_is_out(far_end: str) -> None:
    plug = Plug()
    async with plug.line(far_end) as address:
        await plug.pull(MONDAY)
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", int(address.rpartition(":")[2])))


async def test_a_wire_to_nowhere_breaks_what_is_sent_along_it() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        async with (
            Plug().line(f"http://127.0.0.1:{nobody.getsockname()[1]}") as address,
            aiohttp.ClientSession() as browser,
        ):
            assert await _asked(browser, address) == "reset"
