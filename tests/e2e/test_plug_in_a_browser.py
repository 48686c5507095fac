"""The demo's plug in a real browser: pulled, both sides write and wait; put in, both arrive, once and in order."""

from __future__ import annotations

import re
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, FrameLocator, Page, expect

from bot.webchat.server import WebChat, WebChatSettings
from models import crypto
from models.settings import load
from tests.e2e.conftest import SHOTS, Demo, open_demo, page_errors, say, shown, violations

FROM_AMINA = ("Kommer du i dag?", "Jeg står ved døren.")
FROM_METTE = ("Jeg er forsinket. Jeg kommer klokken 14.", "Gå bare ind imens.")
#: How wide the words of a choice are, and how much room the closed list has for them.
ROOM = """select => {
  const style = getComputedStyle(select), pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const arrow = 24, room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow;
  return [...select.options].filter((one) => pen.measureText(one.text).width > room).map((one) => one.text);
}"""


async def reply(desk: FrameLocator, words: str) -> None:
    """Write to the person whose thread is open at the desk."""
    await desk.locator("textarea[name=body]").first.fill(words)
    await desk.get_by_role("button", name="Send").first.click()
    await expect(desk.locator(".bubble").filter(has_text=words)).to_have_count(1)


async def pictures(page: Page, name: str) -> list[str]:
    """Keep the page on a desk and on a phone; what axe finds on either."""
    found = []
    for width, height in ((390, 844), (1280, 900)):
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_timeout(350)  # the plug moves for a quarter of a second
        found += await violations(page)
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        await page.screenshot(path=SHOTS / f"demo-plug-{name}-{width}.png", full_page=width == 390)
    return found


async def ledger(demo: Demo) -> list[dict[str, Any]]:
    """What everybody really saw, from the store the stopped demo left behind."""
    settings = load({}, demo=True, data_dir=demo.data)
    key = crypto.derive(settings.master_key, b"webchat server")
    chat = WebChat(WebChatSettings(demo.data, settings.webchat_token, master_key=key, extensions=True))
    await chat.start()
    try:
        async with TestClient(TestServer(chat.bot_api())) as client:
            answer = await client.post(f"/bot{settings.webchat_token}/getLedger", json={})
            chats = (await answer.json())["result"]["chats"]
    finally:
        await chat.close()
    return [entry for one in chats.values() for entry in one["entries"]]


async def test_with_the_plug_pulled_both_sides_wait_and_put_in_nothing_is_lost(demo: Demo, browser: Browser) -> None:
    SHOTS.mkdir(exist_ok=True)
    page_errors.clear()
    expect.set_options(timeout=20_000)
    page = await open_demo(browser, demo, 1280, 900)
    phone, desk = page.frame_locator("#phone"), page.frame_locator("#desk")
    await phone.get_by_role("textbox").wait_for()
    await desk.get_by_role("link", name=re.compile("Indbakke")).first.click()
    await desk.get_by_role("link", name=re.compile("Amina")).first.click()
    await page.screenshot(path=SHOTS / "demo-plug-in-1280.png")
    assert await page.get_by_label("Du er").evaluate(ROOM) == []

    await page.get_by_role("button", name="Træk stikket").click()
    await expect(page.get_by_text("Ude siden kl. 11")).to_be_visible()
    for words in FROM_AMINA:
        await say(phone, words)
        await expect(shown(phone, words)).to_be_visible()
    for words in FROM_METTE:
        await reply(desk, words)
    await expect(phone.locator(".mine .late")).to_have_text(["venter på at komme frem"] * 2)
    await expect(desk.locator(".delivery-waiting")).to_have_count(2)
    await expect(page.locator("#from-young")).to_have_text("2")
    await expect(page.locator("#from-hoert")).to_have_text("2")
    await expect(page.get_by_role("button", name="En dag frem")).to_be_disabled()
    assert await pictures(page, "out") == []

    # The page is loaded anew, and in the other language: the plug is still out, and what waited still waits.
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_text("Out since")).to_be_visible()
    await expect(page.locator("#from-young")).to_have_text("2")
    await expect(phone.locator(".mine .late")).to_have_count(2)
    await page.get_by_role("button", name="Plug it in").click()
    await expect(page.get_by_text("Everything has arrived")).to_be_visible(timeout=40_000)
    await expect(phone.locator(".mine .state.received").last).to_be_visible()
    await expect(phone.locator(".late")).to_have_count(0)
    for words in FROM_METTE:
        await expect(phone.locator(".theirs .text").filter(has_text=words)).to_have_count(1)
    await desk.get_by_role("link", name=re.compile("Indbakke")).first.click()
    await desk.get_by_role("link", name=re.compile("Amina")).first.click()
    await expect(desk.locator(".bubble").filter(has_text=FROM_AMINA[-1])).to_have_count(1)
    said = [
        words
        for words in await desk.locator(".bubble").all_inner_texts()
        if any(one in words for one in (*FROM_AMINA, *FROM_METTE))
    ]
    assert [[one for one in said if words in one] for words in (*FROM_METTE, *FROM_AMINA)] == [[one] for one in said]
    await expect(desk.locator(".delivery-waiting")).to_have_count(0)
    await expect(page.get_by_role("button", name="A day on")).to_be_enabled()
    await page.screenshot(path=SHOTS / "demo-plug-back-1280.png")
    assert page_errors == []

    await demo.stop()
    entries = await ledger(demo)
    assert [one["text"] for one in entries if one["kind"] == "mine"][-2:] == list(FROM_AMINA)
    replies = [one["text"].partition("\n")[2] for one in entries if one["kind"] == "message"]
    assert [one for one in replies if one in FROM_METTE] == list(FROM_METTE)
