"""Every screen of the chat as the web page shows it: axe, what sticks out and what is too small to press.

320 and 390 px wide, in light and dark.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from playwright.async_api import Browser

from tests.gallery.capture import Caught
from tests.webchat_page import scenes
from tests.webchat_page.conftest import PATIENCE, Site, browsing
from tests.webchat_page.looking import faults
from tests.webchat_page.stub import StubChat, serve

#: So many screens stand in one conversation: as many as the page shows at once.
_AT_ONCE = 40


async def faults_of(found: Sequence[Caught]) -> list[str]:
    """What is wrong with any of them, in words."""
    wrong = list[str]()
    async with browsing() as browser:
        for at in range(0, len(found), _AT_ONCE):
            wrong += await _looked_at(browser, found[at : at + _AT_ONCE])
    return wrong


async def _looked_at(browser: Browser, found: Sequence[Caught]) -> list[str]:
    chat = StubChat(now=int(time.time()), header=dict(scenes.METTE))
    for one in found:
        picture = {"url": one.picture, "width": 600, "height": 400, "alt": one.text[:60]} if one.picture else None
        file = {"url": "page/texts.js", "name": one.file, "size": 1000} if one.file else None
        rows = [[(label, "x") for label in row] for row in one.buttons]
        chat.say(one.text, *rows, photo=picture, document=file)
    runner, url = await serve(chat)
    context = await browser.new_context(locale="da-DK", reduced_motion="reduce", service_workers="block")
    context.set_default_timeout(PATIENCE * 4)
    try:
        page = await Site(url, context).open()
        shown = await page.locator(".message").count()
        assert shown == len(found), f"{shown} of {len(found)} screens stand on the page"
        kinds = f"{found[0].kind} … {found[-1].kind}"
        return [f"{kinds}: {name}: {some}" for name, some in (await faults(page)).items()]
    finally:
        await context.close()
        await runner.cleanup()
