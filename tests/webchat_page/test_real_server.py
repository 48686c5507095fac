"""The page in front of the web chat it is made for: the stub must not have taught it anything that is not so."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, expect

from bot.webchat.server import WebChat, WebChatSettings
from tests.webchat_page.conftest import PATIENCE
from tests.webchat_page.stub import PAGE

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot's side of the chat, by the Bot API; and the address of the page."""

    web: aiohttp.ClientSession
    url: str

    async def call(self, method: str, **parameters: Any) -> Any:
        async with self.web.post(f"/bot{TOKEN}/{method}", json=parameters) as answer:
            found = await answer.json()
            assert (answer.status, found.get("description")) == (200, None)
            return found["result"]

    async def update(self, offset: int = 0) -> Any:
        """The next update: what the person has just done."""
        return (await self.call("getUpdates", offset=offset, timeout=5, limit=1))[0]


async def listen(app: web.Application) -> tuple[web.AppRunner, int]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, int(runner.addresses[0][1])


@pytest_asyncio.fixture(loop_scope="module")
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    settings = WebChatSettings(tmp_path, TOKEN, master_key=bytes(32), clock=time.time, extensions=True)
    chat = WebChat(settings)
    await chat.start()
    pages = web.Application()
    pages.add_subapp("/chat/", chat.page())
    (first, bot_port), (second, page_port) = await listen(chat.bot_api()), await listen(pages)
    async with aiohttp.ClientSession(base_url=f"http://127.0.0.1:{bot_port}") as session:
        yield Bot(session, f"http://127.0.0.1:{page_port}/chat/")
    chat.release()
    await first.cleanup()
    await second.cleanup()
    await chat.close()


@pytest_asyncio.fixture(loop_scope="module")
async def phone(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="da-DK")
    context.set_default_timeout(PATIENCE)
    yield context
    await context.close()


async def test_a_whole_visit_from_the_invitation_to_the_lock(bot: Bot, phone: BrowserContext) -> None:
    page = await phone.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(f"{bot.url}#start=invitation-1")
    await page.get_by_role("button", name="Start").click()
    said = await bot.update()
    chat = said["message"]["chat"]["id"]
    assert said["message"]["text"] == "/start invitation-1"
    await expect(page.locator(".mine .text")).to_have_text(["Start"])

    keyboard = {
        "inline_keyboard": [[{"text": "Hele tiden", "callback_data": "a5"}, {"text": "Aldrig", "callback_data": "a0"}]]
    }
    asked = await bot.call("sendMessage", chat_id=chat, text="1 af 5", reply_markup=keyboard)
    await page.get_by_role("button", name="Hele tiden").dblclick()
    pressed = await bot.update(said["update_id"] + 1)
    assert pressed["callback_query"]["data"] == "a5"
    await expect(page.get_by_role("button", name="Hele tiden (valgt)")).to_be_visible()
    await bot.call("answerCallbackQuery", callback_query_id=pressed["callback_query"]["id"], text="Tak")
    await expect(page.locator("#toast")).to_have_text("Tak")
    await bot.call(
        "editMessageText", chat_id=chat, message_id=asked["message_id"], text="2 af 5", reply_markup=keyboard
    )
    await expect(page.locator(".theirs .text")).to_have_text(["2 af 5"])

    await page.fill("#text", "Hej Mette")
    await page.click("#send")
    written = await bot.update(pressed["update_id"] + 1)
    assert written["message"]["text"] == "Hej Mette"
    await bot.call("getUpdates", offset=written["update_id"] + 1)
    await expect(page.locator(".mine .state.received")).to_have_count(2)

    await page.get_by_role("button", name="Luk hurtigt").click()
    await page.wait_for_url("**/page/neutral.html")
    await page.goto(bot.url)
    await page.get_by_role("button", name="Åbn, og vælg en PIN-kode").click()
    for label in ("Ny PIN-kode", "Skriv den igen"):
        await page.get_by_label(label).fill("4711")
    await page.get_by_role("button", name="Gem").click()
    await expect(page.locator("#toast")).to_have_text("Din PIN-kode er gemt.")
    await page.get_by_role("button", name="Luk hurtigt").click()
    await page.wait_for_url("**/page/neutral.html")
    assert complaints == []

    await page.goto(bot.url)
    await page.get_by_label("Din PIN-kode").fill("1234")
    await page.get_by_role("button", name="Åbn igen").click()
    await expect(page.get_by_role("alert")).to_have_text("Koden passer ikke. Prøv igen.")
    await page.get_by_label("Din PIN-kode").fill("4711")
    await page.get_by_role("button", name="Åbn igen").click()
    await expect(page.locator(".message")).to_have_count(3)


async def test_a_picture_another_device_and_a_pin(bot: Bot, phone: BrowserContext, browser: Browser) -> None:
    page = await phone.new_page()
    await page.goto(bot.url)
    await page.get_by_role("button", name="Start").click()
    started = await bot.update()
    chat = started["message"]["chat"]["id"]
    await page.click("#attach")
    icon = {"name": "icon.png", "mimeType": "image/png", "buffer": (PAGE / "icon-192.png").read_bytes()}
    await page.locator("input[type=file]").first.set_input_files([icon])
    await page.get_by_label("Skriv noget til, hvis du vil").fill("Se her")
    await page.get_by_role("dialog").get_by_role("button", name="Send").click()
    sent = (await bot.update(started["update_id"] + 1))["message"]
    assert ([(one["width"], one["height"]) for one in sent["photo"]], sent["caption"]) == ([(192, 192)], "Se her")
    await expect(page.get_by_role("button", name="Vis stort: Se her")).to_be_visible()

    await page.click("#menu")
    await page.get_by_role("button", name="Mine enheder").click()
    await page.get_by_role("button", name="Brug en enhed mere").click()
    code = await page.locator(".big-code").inner_text()
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="da-DK")
    context.set_default_timeout(PATIENCE)
    laptop = await context.new_page()
    await laptop.goto(bot.url)
    await laptop.get_by_role("button", name="Jeg har allerede en samtale").click()
    await laptop.get_by_label("Koden fra din anden enhed").fill(code)
    await laptop.keyboard.press("Enter")
    await expect(laptop.get_by_role("button", name="Vis stort: Se her")).to_be_visible()

    await bot.call("requirePin", chat_id=chat, required=True)
    await expect(laptop.get_by_role("heading", name="Vælg PIN-kode")).to_be_visible()
    for label in ("Ny PIN-kode", "Skriv den igen"):
        await laptop.get_by_label(label).fill("4711")
    await laptop.get_by_role("button", name="Gem").click()
    await expect(laptop.get_by_role("button", name="Vis stort: Se her")).to_be_visible()
    token = (await bot.call("createSignIn", chat_id=chat))["token"]
    await page.goto("about:blank")
    await page.goto(f"{bot.url}#in={token}")
    await page.get_by_role("button", name="Åbn min samtale").click()
    await expect(page.get_by_role("heading", name="Vælg PIN-kode")).to_be_visible()
    assert await bot.call("forgetChat", chat_id=chat) is True
    await laptop.reload()
    await expect(laptop.get_by_role("heading", name="Hej. Det her er Hørt.")).to_be_visible()
    await context.close()
