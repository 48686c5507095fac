"""The whole product on a stage: phone and desk over real HTTP, the real PTB, the real web chat, a movable clock."""

from __future__ import annotations

import asyncio
import contextlib
import html
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from hoert.clock import Clock
from hoert.serve import House, running
from models.actions import staff
from models.domain.staff import Viewer
from models.settings import Settings
from models.transactions import HOUSE, Scope
from scheduler.jobs import run_all
from tests import cast as casting
from tests.cast import Cast, invite_the_cast

_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_NAME, _VALUE = re.compile(r'name="([^"]*)"'), re.compile(r'value="([^"]*)"')


@dataclass
class Phone:
    """Somebody's phone with the chat page open."""

    web: aiohttp.ClientSession
    stage: Stage
    numbers: itertools.count[int] = field(default_factory=itertools.count)
    chat_id: int = 0

    async def _post(self, path: str, **body: Any) -> Any:
        async with self.web.post(f"api/{path}", json=body) as answer:
            assert answer.status == 200, (answer.status, await answer.text())
            return await answer.json()

    async def open(self, token: str, language: str = "da") -> None:
        """Open an invitation link, or type a code at the door."""
        await self._post("start", payload=token, language=language)
        await self.stage.settle()

    async def say(self, text: str) -> None:
        """Write something and wait until Hørt has done what it does."""
        await self._post("messages", text=text, client_id=f"w{next(self.numbers)}")
        await self.stage.settle()

    async def messages(self) -> list[dict[str, Any]]:
        """Everything on the screen, oldest first."""
        async with self.web.get("api/messages?limit=100") as answer:
            found: list[dict[str, Any]] = (await answer.json())["messages"]
        return found

    async def from_hoert(self) -> list[str]:
        """The texts Hørt shows, oldest first."""
        return [one["text"] for one in await self.messages() if one["from"] == "bot" and not one["deleted"]]

    async def last(self) -> str:
        """The newest text Hørt shows."""
        return (await self.from_hoert())[-1]

    async def labels(self) -> list[str]:
        """The labels of the buttons under the newest message that has any."""
        for one in reversed(await self.messages()):
            if one["buttons"]:
                return [button["text"] for row in one["buttons"] for button in row]
        return []

    async def press(self, label: str, *, times: int = 1) -> None:
        """Press the newest button whose label contains `label`."""
        for one in reversed(await self.messages()):
            for row in one["buttons"] or []:
                for button in row:
                    if label in button["text"]:
                        for _ in range(times):
                            await self._post(
                                "presses", message_id=one["id"], data=button["data"],
                                client_id=f"p{next(self.numbers)}",
                            )  # fmt: skip
                        await self.stage.settle()
                        return
        raise AssertionError(f"no button says {label!r}; there are {await self.labels()}")


@dataclass
class Desk:
    """Somebody's browser at the desk, signed in."""

    web: aiohttp.ClientSession
    stage: Stage

    async def get(self, path: str, status: int = 200) -> str:
        """A page's HTML."""
        async with self.web.get(path, allow_redirects=False) as answer:
            body = await answer.text()
            assert answer.status == status, (path, answer.status)
            return body

    async def text(self, path: str) -> str:
        """What a page says, without its markup."""
        body = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", await self.get(path))
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))

    async def submit(
        self, page: str, action: str, status: int = 303, *, form: aiohttp.FormData | None = None, **fields: str
    ) -> str:
        """Send the form on `page` that posts to an address containing `action`, filled in. Returns where it leads.

        `form` has the fields of one that carries files.
        """
        body = await self.get(page)
        for found in re.findall(r"(?s)<form\b.*?</form>", body):
            target = html.unescape((re.search(r'action="([^"]*)"', found) or re.match("()", "")).group(1))
            if action not in target:
                continue
            hidden = {
                html.unescape(_NAME.search(one).group(1)): html.unescape((_VALUE.search(one) or [None, ""])[1])  # type: ignore[union-attr]
                for one in _HIDDEN.findall(found)
            }
            for name, value in hidden.items() if form is not None else ():
                form.add_field(name, value)
            async with self.web.post(
                target, data=form or hidden | fields, allow_redirects=False, headers={"Sec-Fetch-Site": "same-origin"}
            ) as answer:
                text = await answer.text()
                assert answer.status == status, (target, answer.status, text[:400])
                await self.stage.settle()
                return answer.headers.get("Location", "") if status == 303 else text
        raise AssertionError(f"no form on {page} posts to {action}")


class Stage:
    """Everything running, and whoever plays on it."""

    def __init__(self, house: House, cast: Cast) -> None:
        self.house = house
        self.cast = cast
        #: How long an update may wait to be fetched, in seconds; while the line is cut it waits for ever.
        self.patience = 30.0
        self._open: list[aiohttp.ClientSession] = []

    @property
    def clock(self) -> Clock:
        return self.house.clock

    def now(self) -> datetime:
        return self.house.clock.now()

    async def settle(self) -> None:
        """Wait until every update is processed and every due letter is sent."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.patience):
                while self.house.webchat.chats.updates.count(self.now().timestamp()):
                    await asyncio.sleep(0.02)
        await self.house.bots.settle()

    async def tick(self) -> None:
        """Let the clock's ticks read what is due, and wait until it is sent."""
        await run_all(self.clock.now(), self.clock.real_now())
        self.house.bots.fetcher.wake()
        for delivery in self.house.bots.deliveries.values():
            delivery.wake()
        await self.settle()

    async def later(self, **by: float) -> None:
        """Move the clock, then tick."""
        self.clock.move(timedelta(**by))
        await self.tick()

    def new_phone(self) -> Phone:
        """A phone that has never been here."""
        session = aiohttp.ClientSession(
            base_url=f"{self.house.address}/chat/",
            headers={"X-Hoert": "1"},
            cookie_jar=aiohttp.CookieJar(unsafe=True),
        )
        self._open.append(session)
        return Phone(session, self)

    async def phone(self, person_id: str, *, confirmed_by: Viewer | None = None, language: str = "da") -> Phone:
        """The phone of somebody of the cast who has joined."""
        made = await self.bot_api("createChatSession", first_name="x", language_code=language, started=True)
        municipality = self.cast.odsherred if person_id == self.cast.astrid else self.cast.randers
        await casting.link(
            Scope(municipality), person_id, made["chat_id"], now=self.now(), language=language,
            confirmed_by=confirmed_by.staff_id if confirmed_by else None,
        )  # fmt: skip
        phone = self.new_phone()
        phone.chat_id = made["chat_id"]
        async with phone.web.post("api/session", json={"session": made["session"]}) as answer:
            assert answer.status == 200
        return phone

    async def desk(self, viewer: Viewer) -> Desk:
        """The desk of somebody of the staff."""
        signed_in = await staff.open_session(HOUSE, viewer.staff_id, now=self.clock.real_now())
        session = aiohttp.ClientSession(
            base_url=self.house.address, cookies={"hoert": signed_in.token}, cookie_jar=aiohttp.CookieJar(unsafe=True)
        )
        self._open.append(session)
        return Desk(session, self)

    async def bot_api(self, method: str, **params: Any) -> Any:
        """Call the web chat server as a bot (extensions included)."""
        async with aiohttp.ClientSession() as session:
            url = f"{self.house.bot_api}/bot{self.house.settings.webchat_token}/{method}"
            async with session.post(url, json=params) as answer:
                body = await answer.json()
        assert body["ok"], body
        return body["result"]

    async def close(self) -> None:
        for session in self._open:
            await session.close()


@asynccontextmanager
async def on_stage(
    settings: Settings, now: datetime, *, kind: type[Stage] = Stage, clock: Clock | None = None
) -> AsyncIterator[Stage]:
    """The whole product with the cast, at `now`; ticks only come when the test says so.

    `kind` is another stage to play on; `clock` the clock to set, when somebody else keeps it too.
    """
    clock = clock or Clock()
    clock.start_at(now)
    async with running(settings, clock, tick=False) as house:
        stage = kind(house, await invite_the_cast(clock.now()))
        try:
            yield stage
        finally:
            await stage.close()
