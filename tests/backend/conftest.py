"""Browsers at the desk: real HTTP against the real application, on either database."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from backend.app import create_app
from models.actions import staff
from models.domain.staff import Viewer
from models.settings import Settings
from models.transactions import HOUSE
from tests.cast import Cast

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class MovedClock:
    """A clock that stands until it is moved. The machine's clock stands with it."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def real_now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Page:
    """An answer as a browser has it."""

    status: int
    body: str
    headers: dict[str, str]

    @property
    def words(self) -> str:
        """What it says, without its markup."""
        bare = re.sub(r"(?s)<(script|style|svg|head).*?</\1>", " ", self.body)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", bare))).strip()

    @property
    def leads_to(self) -> str:
        """Where a redirect goes."""
        return self.headers.get("Location", "")


@dataclass
class Browser:
    """Somebody's browser."""

    client: TestClient
    csrf: str = ""
    pages: list[str] = field(default_factory=list)

    async def get(self, path: str, **headers: str) -> Page:
        async with self.client.get(path, allow_redirects=False, headers=headers) as answer:
            return Page(answer.status, await answer.text(), dict(answer.headers))

    async def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> Page:
        """Send a form as one of our own pages would."""
        return await self.send(path, {"csrf": self.csrf} | fields, SAME_ORIGIN | (headers or {}))

    async def send(self, path: str, fields: dict[str, str], headers: dict[str, str]) -> Page:
        """Send exactly this."""
        async with self.client.post(path, data=fields, headers=headers, allow_redirects=False) as answer:
            return Page(answer.status, await answer.text(), dict(answer.headers))

    async def learn_token(self) -> None:
        """Take the CSRF token from a page, as a form does."""
        found = re.search(r'name="csrf-token" content="([0-9a-f]*)"', (await self.get("/settings")).body)
        assert found is not None
        self.csrf = found.group(1)


OpenBrowser = Callable[..., Awaitable[Browser]]


@pytest.fixture
def clock(now: datetime) -> MovedClock:
    return MovedClock(now)


@pytest.fixture
async def server(database: Settings, clock: MovedClock) -> AsyncIterator[TestServer]:
    """The desk, served."""
    opened = TestServer(create_app(database, clock, bot_username="hoert_test_bot"))
    await opened.start_server()
    yield opened
    await opened.close()


@pytest.fixture
async def browser(server: TestServer, clock: MovedClock, database: Settings) -> AsyncIterator[OpenBrowser]:
    """Open a browser: signed in as somebody, or signed out."""
    clients: list[TestClient] = []

    async def open_browser(viewer: Viewer | None = None) -> Browser:
        client = TestClient(server, cookie_jar=CookieJar(unsafe=True))
        clients.append(client)
        opened = Browser(client)
        if viewer is not None:
            signed_in = await staff.open_session(HOUSE, viewer.staff_id, now=clock.real_now())
            client.session.cookie_jar.update_cookies({"hoert": signed_in.token}, server.make_url("/"))
            await opened.learn_token()
        return opened

    yield open_browser
    for client in clients:
        await client.session.close()


@pytest.fixture
async def mette(browser: OpenBrowser, cast: Cast) -> Browser:
    """Mette's browser, signed in."""
    return await browser(cast.mette)
