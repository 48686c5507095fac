"""Ways into a conversation that exists, the devices that are in it, the PIN it may ask for, and being told."""

import asyncio
import time

import pytest
from playwright.async_api import Page, expect

from tests.webchat_page import scenes
from tests.webchat_page.conftest import Site
from tests.webchat_page.stub import SQUARES, StubChat

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
PUSHING = """
  const kept = { subscription: null, asked: [] };
  const pushManager = {
    getSubscription: async () => kept.subscription,
    subscribe: async (wish) => {
      kept.asked.push([wish.userVisibleOnly, wish.applicationServerKey.length]);
      kept.subscription = { endpoint: "https://push.example/abc", unsubscribe: async () => (kept.subscription = null) };
      return kept.subscription;
    },
  };
  const registration = { pushManager, getNotifications: async () => [] };
  const worker = Object.assign(new EventTarget(), {
    register: async () => registration, getRegistration: async () => registration, ready: Promise.resolve(registration),
  });
  Object.defineProperty(navigator, "serviceWorker", { value: worker });
  window.kept = kept;
  Notification.requestPermission = async () => { kept.asked.push("permission"); return window.allowed ?? "granted"; };
"""

OFFER = """() => {
  const offer = new Event("beforeinstallprompt");
  offer.prompt = () => (window.asked = true);
  dispatchEvent(offer);
}"""


async def from_menu(page: Page, name: str) -> None:
    await page.click("#menu")
    await page.get_by_role("button", name=name).click()


# Ways in


async def test_a_link_leaves_the_address_and_is_used_only_after_a_press(site: Site, chat: StubChat) -> None:
    chat.new = True
    page = await site.open(suffix="#in=Ab3_engangs-9")
    assert page.url == site.url
    await expect(page.get_by_role("heading", name="Fortsæt din samtale her")).to_be_visible()
    assert chat.signed_in == []
    chat.refuse_sign_in = "no_such_sign_in"
    await page.get_by_role("button", name="Åbn min samtale").click()
    await expect(page.get_by_role("alert")).to_have_text(
        "Det virker ikke længere. Få et nyt link eller en ny kode, og prøv igen."
    )
    assert chat.signed_in == [{"token": "Ab3_engangs-9", "replace": False}]
    assert await page.evaluate("sessionStorage.length") == 0
    await page.get_by_role("button", name="Tilbage").click()
    chat.refuse_sign_in = ""
    await page.get_by_role("button", name="Jeg har allerede en samtale").click()
    field = page.get_by_label("Koden fra din anden enhed")
    await expect(field).to_be_focused()
    await field.fill("K7QM")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("Koden har 8 tal og bogstaver.")
    await field.fill("k7qm-2x9p")
    await page.keyboard.press("Enter")
    await expect(page.locator("#chat")).to_be_visible()
    assert chat.signed_in[1:] == [{"token": "k7qm-2x9p", "replace": False}]


async def test_a_device_in_another_conversation_is_asked_first(site: Site, chat: StubChat) -> None:
    scenes.home(chat)
    chat.refuse_sign_in = "other_chat"
    page = await site.open()
    await page.evaluate("location.hash = '#in=en-anden'")
    await page.get_by_role("button", name="Åbn min samtale").click()
    await expect(page.get_by_role("heading", name="Her er en anden samtale")).to_be_visible()
    await page.get_by_role("button", name="Bliv i den, jeg har").click()
    await expect(page.locator(".message")).to_have_count(1)
    await page.evaluate("location.hash = '#in=en-anden'")
    await page.get_by_role("button", name="Åbn min samtale").click()
    await page.get_by_role("button", name="Skift samtale").click()
    await expect(page.locator("#chat")).to_be_visible()
    assert [one["replace"] for one in chat.signed_in] == [False, False, True]


# Devices


async def test_my_devices_can_be_seen_added_and_signed_out(site: Site, chat: StubChat) -> None:
    now = int(time.time())
    chat.devices = [
        {"id": "a", "name": "iphone safari", "here": True, "seen_at": now},
        {"id": "b", "name": "windows edg", "here": False, "seen_at": now - 1500},
        {"id": "c", "name": "", "here": False, "seen_at": now - 10},
    ]
    page = await site.open()
    await from_menu(page, "Mine enheder")
    rows = page.locator(".device .words")
    await expect(rows).to_have_text(
        ["iPhone · SafariDenne enhed", "Windows · EdgeSidst set for 25 minutter siden", "EnhedSidst set lige nu"]
    )
    await page.get_by_role("button", name="Log ud på Windows · Edge").click()
    await expect(rows).to_have_count(2)
    await page.get_by_role("button", name="Log ud alle andre steder").click()
    await expect(rows).to_have_count(1)
    await page.get_by_role("button", name="Brug en enhed mere").click()
    sheet = page.get_by_role("dialog", name="Brug en enhed mere")
    await expect(sheet).to_contain_text("K7QM-2X9P")
    await expect(sheet).to_contain_text("Koden virker én gang, i 9:5")
    await expect(sheet.get_by_role("img", name="Kode til at scanne")).to_be_visible()
    drawn = await page.locator(".qr path").get_attribute("d")
    assert (chat.address, (drawn or "").count("M")) == (site.url, "".join(SQUARES).count("1"))
    await sheet.get_by_role("button", name="Tilbage").click()
    await page.get_by_role("button", name="Log ud på denne enhed").click()
    await expect(page.get_by_role("heading", name="Du er logget ud")).to_be_visible()
    assert chat.ended == [{"id": "b"}, {"others": True}, {"id": "a"}]
    assert await page.get_by_role("dialog").count() == 0


# A conversation that asks for a PIN


async def test_nothing_is_shown_before_there_is_a_pin_and_it_locks_when_left_alone(site: Site, chat: StubChat) -> None:
    scenes.home(chat)
    chat.needs_pin = chat.pin_needed = True
    page = await site.context.new_page()
    await page.clock.install()
    await page.goto(site.url)
    await expect(page.get_by_role("heading", name="Vælg PIN-kode")).to_be_visible()
    assert "Mette" not in await page.locator("body").inner_text()
    for label in ("Ny PIN-kode", "Skriv den igen"):
        await page.get_by_label(label).fill("4711")
    await page.get_by_role("button", name="Gem").click()
    await expect(page.locator(".message")).to_have_count(1)
    await page.clock.fast_forward(290_000)
    await page.mouse.wheel(0, 10)
    async with asyncio.timeout(8):
        while not chat.visits:
            await asyncio.sleep(0.02)
    await page.clock.fast_forward(290_000)
    assert (chat.locks, chat.visits, await page.locator(".message").count()) == (0, 1, 1)
    await page.clock.fast_forward(11_000)
    await expect(page.get_by_role("heading", name="Her er låst")).to_be_visible()
    await expect(page.locator("#screen")).to_contain_text("Så få et nyt link dér, hvor du plejer at få besked.")
    assert (chat.locks, await page.locator(".message").count()) == (1, 0)
    await page.get_by_label("Din PIN-kode").fill("4711")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message")).to_have_count(1)
    chat.needs_pin = True
    chat.say("Nyt svar")
    await expect(page.get_by_role("heading", name="Vælg PIN-kode")).to_be_visible()
    assert await page.locator(".message").count() == 0


# Being told


async def test_being_told_is_asked_only_after_a_press_and_can_be_stopped(site: Site, chat: StubChat) -> None:
    await site.context.add_init_script(PUSHING)
    chat.push_key = KEY
    page = await site.open()
    await from_menu(page, "Få besked")
    sheet = page.get_by_role("dialog", name="Få besked")
    await expect(sheet).to_contain_text("Der er noget til dig i Hørt")
    assert await page.evaluate("kept.asked") == []
    await page.evaluate("window.allowed = 'denied'")
    await sheet.get_by_role("button", name="Ja, sig til").click()
    await expect(sheet.get_by_role("alert")).to_contain_text("Din telefon siger nej.")
    await page.evaluate("window.allowed = 'granted'")
    await sheet.get_by_role("button", name="Ja, sig til").click()
    await expect(page.locator("#toast")).to_have_text("Din telefon siger til.")
    assert await page.evaluate("kept.asked") == ["permission", "permission", [True, 65]]
    await from_menu(page, "Få besked")
    await sheet.get_by_role("button", name="Stop med at sige til").click()
    await expect(page.locator("#toast")).to_have_text("Din telefon siger ikke til mere.")
    assert chat.pushes == ["https://push.example/abc", None]
    chat.push_key = None
    await page.reload()
    await from_menu(page, "Få besked")
    await expect(sheet).to_contain_text("Det kan denne enhed ikke.")


async def test_the_home_screen_is_offered_once(site: Site, chat: StubChat) -> None:
    page = await site.open()
    await page.evaluate(OFFER)
    await expect(page.locator("#tip")).to_contain_text("Vil du have Hørt på din hjemmeskærm?")
    await page.get_by_role("button", name="Nej tak").click()
    await page.reload()
    await page.wait_for_selector("#chat:not([hidden])")
    await page.evaluate(OFFER)
    await expect(page.locator("#tip")).to_be_hidden()
    await page.evaluate("localStorage.clear()")
    await page.reload()
    await page.wait_for_selector("#skeleton[hidden]", state="attached")
    await page.evaluate(OFFER)
    await page.get_by_role("button", name="Ja", exact=True).click()
    assert await page.evaluate("window.asked") is True
