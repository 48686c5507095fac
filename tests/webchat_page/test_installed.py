"""The page on the phone: its service worker in a real browser, without a network, and when something comes."""

import asyncio
import json
import re
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.webchat import page_files
from models.domain.helplines import HELPLINES
from tests.webchat_page import scenes
from tests.webchat_page.conftest import PATIENCE, Site, browsing
from tests.webchat_page.looking import AXE, violations
from tests.webchat_page.stub import PAGE, StubChat, serve

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    found[name] = (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname);
  }
  return found;
}"""
#: What can be rung from anywhere without a network; a line that is only a page cannot.
NATIONAL = [line for line in HELPLINES if line.regions is None and line.dial]


@dataclass(frozen=True, slots=True)
class Phone(Site):
    """A phone and the way to the server, which may be cut: a browser's own offline switch spares service workers."""

    chat: StubChat
    runners: list[web.AppRunner]

    async def cut(self) -> None:
        await self.runners.pop().cleanup()

    async def mend(self) -> None:
        self.runners.append((await serve(self.chat, int(self.url.split(":")[2].split("/")[0])))[0])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A whole Chromium: the headless shell shows no notices."""
    async with browsing(whole=True) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def phone(browser: Browser, chat: StubChat) -> AsyncIterator[Phone]:
    """A phone whose browser may keep a service worker and show notices."""
    runner, url = await serve(chat)
    runners = [runner]
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="da-DK")
    context.set_default_timeout(PATIENCE)
    await context.grant_permissions(["notifications"])
    yield Phone(url, context, chat, runners)
    await context.close()
    for one in runners:
        await one.cleanup()


async def settled(phone: Phone) -> Page:
    """The page, open, with its service worker in charge."""
    page = await phone.open()
    await page.evaluate(
        """async () => {
          await navigator.serviceWorker.ready;
          const ends = Date.now() + 8000;
          while (!navigator.serviceWorker.controller) {
            if (Date.now() > ends) throw new Error("no service worker took charge");
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }"""
    )
    return page


async def until(page: Page, true: str) -> None:
    """Returns when an expression, which may wait, has come true."""
    async with asyncio.timeout(8):
        while not await page.evaluate(f"async () => {true}"):
            await asyncio.sleep(0.05)


async def pushed(context: BrowserContext, page: Page) -> Any:
    """A push without content arrives; what the phone then shows."""
    session = await context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    await session.send("ServiceWorker.enable")
    async with asyncio.timeout(8):
        while not found:
            await asyncio.sleep(0.02)
    origin = re.sub(r"/chat/$", "", page.url)
    await session.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": found[0], "data": ""})
    return await page.evaluate(
        """async () => {
          const mine = await navigator.serviceWorker.ready;
          const ends = Date.now() + 8000;
          let shown = [];
          while (!shown.length) {
            if (Date.now() > ends) throw new Error("the phone shows nothing");
            await new Promise((resolve) => setTimeout(resolve, 50));
            shown = await mine.getNotifications();
          }
          const told = shown.map((one) => [one.title, one.body, one.icon !== ""]);
          shown.forEach((one) => one.close());
          return told;
        }"""
    )


async def test_without_a_network_there_are_numbers_to_call_and_a_clock_and_nothing_else_is_kept(
    phone: Phone, chat: StubChat
) -> None:
    scenes.long_thread(chat)
    page = await settled(phone)
    await page.reload()
    kept = await page.evaluate(KEPT)
    assert list(kept) == [f"hoert-shell-{version(page_files.worker())}"]
    assert sorted(*kept.values()) == sorted(
        f"/chat/{path}"
        for path in [
            "offline.html",
            *(f"page/offline.{end}" for end in ("css", "js")),
            *(f"page/neutral.{end}" for end in ("html", "css", "js", "svg")),
            *("page/icon.svg", "page/icon-192.png"),
        ]
    )
    await phone.cut()
    away = await phone.context.new_page()
    await away.goto(phone.url)
    await expect(away.get_by_role("heading", name="Du er offline")).to_be_visible()
    await expect(away.get_by_role("heading", name="You are offline")).to_be_attached()
    assert (
        await away.locator("a.call").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
        == [f"tel:{line.dial}" for line in NATIONAL] * 2
    )
    for language in ("da", "en"):
        words = await away.locator("li span").all_inner_texts()
        assert {line.about[language] for line in NATIONAL if line.about and line.dial != "112"} <= set(words)
    await away.evaluate(f"() => {{ {AXE} }}")
    for scheme in ("light", "dark"):
        for width in (320, 390):
            await away.set_viewport_size({"width": width, "height": 640})
            await away.emulate_media(color_scheme=scheme)
            assert (scheme, width, await violations(away)) == (scheme, width, [])
    await page.get_by_role("button", name="Luk hurtigt").click()
    await expect(page.get_by_role("heading", name="Stopur")).to_be_visible()
    await phone.mend()
    await page.goto(phone.url)
    await expect(page.get_by_role("heading", name="Her er låst")).to_be_visible()


def version(worker: str) -> str:
    """The version that a service worker carries."""
    found = re.search(r'VERSION = "([0-9a-f]{12})"', worker)
    assert found is not None
    return found[1]


async def test_a_new_version_takes_over_and_the_old_one_is_gone(
    phone: Phone, chat: StubChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await settled(phone)
    (old,) = await page.evaluate(KEPT)
    newer = page_files.worker().replace(version(page_files.worker()), "0123456789ab")
    monkeypatch.setattr(page_files, "worker", lambda: newer)
    await page.reload()
    await until(page, f"!(await caches.has('{old}'))")
    assert list(await page.evaluate(KEPT)) == ["hoert-shell-0123456789ab"]


async def test_a_notice_says_the_same_short_words_and_leaves_when_the_chat_is_opened(
    phone: Phone, chat: StubChat
) -> None:
    page = await settled(phone)
    assert await pushed(phone.context, page) == [["Der er noget til dig i Hørt", "", True]]
    chat.language = "en"
    chat.pin_needed = chat.locked = True
    assert await pushed(phone.context, page) == [["There is something for you", "", False]]


async def test_signing_out_leaves_nothing_of_the_page_on_the_phone(phone: Phone, chat: StubChat) -> None:
    chat.devices = [{"id": "a", "name": "", "here": True, "seen_at": 0}]
    page = await settled(phone)
    await page.click("#menu")
    await page.get_by_role("button", name="Mine enheder").click()
    await page.get_by_role("button", name="Log ud på denne enhed").click()
    await expect(page.get_by_role("heading", name="Du er logget ud")).to_be_visible()
    await until(page, "(await navigator.serviceWorker.getRegistrations()).length === 0")
    await until(page, "(await caches.keys()).length === 0")
    assert await page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


async def test_the_manifest_is_whole_and_its_pictures_are_what_it_says() -> None:
    manifest = json.loads((PAGE / "manifest.webmanifest").read_text("utf-8"))
    assert {"id", "name", "short_name", "start_url", "scope", "display", "lang", "icons"} <= set(manifest)
    assert {(one["sizes"], one["purpose"]) for one in manifest["icons"]} == {
        ("any", "any"),
        ("192x192", "any"),
        ("512x512", "any"),
        ("192x192", "maskable"),
        ("512x512", "maskable"),
    }
    for icon in manifest["icons"][1:]:
        content = (PAGE / icon["src"]).read_bytes()
        assert "x".join(map(str, struct.unpack(">II", content[16:24]))) == icon["sizes"]
