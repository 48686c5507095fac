"""One real browser per module, one stub server and one fresh browser profile per test."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests import chromium
from tests.webchat_page import scenes
from tests.webchat_page.stub import StubChat, serve

FLAGS = [*chromium.FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
PATIENCE = 8000  # milliseconds


@dataclass(frozen=True, slots=True)
class Site:
    """Where the page is, and the profile it is opened in."""

    url: str
    context: BrowserContext

    async def open(self, suffix: str = "", path: str = "") -> Page:
        """Open the page and wait until something other than the waiting screen is on it."""
        page = await self.context.new_page()
        await page.goto(self.url + path + suffix)
        await page.wait_for_selector(
            "#chat:not([hidden]) #skeleton[hidden], .screen:not([hidden]):not(.waiting)", state="attached"
        )
        return page


@asynccontextmanager
async def browsing(*, whole: bool = False) -> AsyncIterator[Browser]:
    """A browser for a while, see `tests.chromium`."""
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=chromium.executable(whole=whole), args=FLAGS)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as opened:
        yield opened


@pytest.fixture
def chat() -> StubChat:
    """An open chat with a named caseworker and nothing said yet."""
    return StubChat(now=int(time.time()), header=dict(scenes.METTE))


@pytest_asyncio.fixture(loop_scope="module")
async def site(browser: Browser, chat: StubChat) -> AsyncIterator[Site]:
    """A phone of 390 by 844 with a Danish browser, and without motion, so that places can be measured."""
    runner, url = await serve(chat)
    context = await browser.new_context(
        viewport={"width": 390, "height": 844},
        locale="da-DK",
        timezone_id="Europe/Copenhagen",
        reduced_motion="reduce",
        service_workers="block",
    )
    context.set_default_timeout(PATIENCE)
    yield Site(url, context)
    await context.close()
    await runner.cleanup()
