"""Browsers at the desk: real HTTP against the real application, on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from backend.app import create_app
from models.actions import staff
from models.domain.staff import Viewer
from models.settings import Settings
from models.transactions import HOUSE
from tests.backend.browsing import Browser, MovedClock, OpenBrowser, Story, tell_story
from tests.cast import Cast


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


@pytest.fixture
async def story(cast: Cast, now: datetime) -> Story:
    return await tell_story(cast, now)
