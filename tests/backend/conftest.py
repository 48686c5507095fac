"""Browsers at the desk: real HTTP against the real application, on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer

from backend.app import create_app
from models.actions import api, staff
from models.domain.staff import Viewer
from models.settings import Settings
from models.transactions import HOUSE
from tests.backend.browsing import Browser, MovedClock, OpenBrowser, Story
from tests.backend.calling import OpenSystem, System
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
async def story(lived: Story) -> Story:
    return lived


@pytest.fixture
async def system(server: TestServer, clock: MovedClock) -> AsyncIterator[OpenSystem]:
    """Open a system: with a token of somebody's, or with none."""
    clients: list[TestClient] = []

    async def open_system(viewer: Viewer | None = None, *, read_only: bool = False) -> System:
        client = TestClient(server, cookie_jar=CookieJar(unsafe=True))
        clients.append(client)
        if viewer is None:
            return System(client, "")
        made = await api.make_token(
            viewer, "Fagsystem", expires_at=clock.real_now() + timedelta(days=30), read_only=read_only,
            now=clock.now(), real_now=clock.real_now(),
        )  # fmt: skip
        return System(client, made.token, made.token_id)

    yield open_system
    for client in clients:
        await client.session.close()
