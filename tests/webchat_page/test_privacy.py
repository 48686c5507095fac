"""What nobody else may see: leaving quickly, locking, invitations, and what stays on the device."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.webchat_page import scenes
from tests.webchat_page.conftest import Site
from tests.webchat_page.stub import StubChat

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORED = "(() => [Object.entries(localStorage), Object.entries(sessionStorage)])()"


async def until_locked(chat: StubChat) -> None:
    for _ in range(100):
        if chat.locks:
            return
        await asyncio.sleep(0.05)


async def leave(page: Page) -> None:
    await page.get_by_role("button", name="Luk hurtigt").first.click()
    await page.wait_for_url("**/page/neutral.html")


# Leaving quickly and coming back


async def test_closing_quickly_shows_a_clock_locks_and_leaves_nothing(site: Site, chat: StubChat) -> None:
    scenes.long_thread(chat)
    page = await site.open()
    await page.fill("#text", "Noget privat")
    await leave(page)
    await until_locked(chat)
    assert chat.locks == 1
    assert await page.title() == "Ur"
    local, visit = await page.evaluate(STORED)
    assert (local, [name for name, _ in visit if name != "hoert./chat/locking"]) == ([], [])
    assert await page.evaluate("history.length") == 2


async def test_closing_quickly_empties_the_screen_before_the_next_page_has_come(site: Site, chat: StubChat) -> None:
    scenes.long_thread(chat)
    page = await site.open()
    await page.route("**/neutral.html", lambda _: asyncio.sleep(1))
    left = await page.evaluate(
        """() => {
          document.querySelector("[data-close-quickly]").click();
          return [document.body.innerText.trim(), document.querySelectorAll(".message").length, document.title];
        }"""
    )
    assert left == ["", 0, "Hørt"]


async def test_the_way_back_is_a_lock_without_names(site: Site, chat: StubChat) -> None:
    scenes.long_thread(chat)
    page = await site.open()
    await leave(page)
    await until_locked(chat)
    back = await site.open()
    await expect(back.get_by_role("heading", name="Her er låst")).to_be_visible()
    assert "Mette" not in await back.locator("body").inner_text()
    await back.get_by_role("button", name="Åbn igen").click()
    await expect(back.locator("#title")).to_have_text("Mette Kjærgaard")


async def test_a_lock_lost_by_the_network_is_made_good_before_anything_is_shown(site: Site, chat: StubChat) -> None:
    scenes.home(chat)
    page = await site.open()
    await site.context.set_offline(True)
    await page.get_by_role("button", name="Luk hurtigt").click()
    await page.wait_for_url("about:blank")
    assert chat.locks == 0
    await site.context.set_offline(False)
    await page.goto(site.url)
    await expect(page.get_by_role("heading", name="Her er låst")).to_be_visible()
    assert (chat.locks, await page.locator(".message").count()) == (1, 0)


async def test_closing_in_one_tab_locks_the_other(site: Site, chat: StubChat) -> None:
    scenes.home(chat)
    other = await site.open()
    page = await site.open()
    await leave(page)
    await expect(other.get_by_role("heading", name="Her er låst")).to_be_visible()
    assert await other.locator(".message").count() == 0


async def test_a_pin_opens_and_a_wrong_one_is_told(site: Site, chat: StubChat) -> None:
    chat.locked, chat.pin = True, "4711"
    scenes.home(chat)
    page = await site.open()
    await expect(page.get_by_label("Din PIN-kode")).to_be_focused()
    await page.keyboard.type("1234")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("Koden passer ikke. Prøv igen.")
    await page.get_by_label("Din PIN-kode").fill("4711")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message")).to_have_count(1)


async def test_a_pin_can_be_chosen_when_opening(site: Site, chat: StubChat) -> None:
    chat.locked = True
    page = await site.open()
    await page.get_by_role("button", name="Åbn, og vælg en PIN-kode").click()
    dialog = page.get_by_role("dialog", name="Vælg PIN-kode")
    await dialog.get_by_label("Ny PIN-kode").fill("4711")
    await dialog.get_by_label("Skriv den igen").fill("4712")
    await dialog.get_by_role("button", name="Gem").click()
    await expect(dialog.get_by_role("alert")).to_have_text("De to koder er ikke ens.")
    await dialog.get_by_label("Skriv den igen").fill("4711")
    await dialog.get_by_role("button", name="Gem").click()
    await expect(page.locator("#toast")).to_have_text("Din PIN-kode er gemt.")
    assert chat.pin == "4711"


async def test_words_being_written_survive_a_lock_but_are_not_stored(site: Site, chat: StubChat) -> None:
    page = await site.open()
    await page.fill("#text", "Halvt skrevet")
    chat.locked = True
    await page.click("#send")
    await page.get_by_role("heading", name="Her er låst").wait_for()
    _, visit = await page.evaluate(STORED)
    assert visit == []
    await page.get_by_role("button", name="Åbn igen").click()
    await expect(page.locator(".mine .state.received")).to_be_visible()
    assert [message["text"] for message in chat.sent] == ["Halvt skrevet"]


# Coming in


async def test_an_invitation_leaves_the_address_at_once_and_starts_the_chat(site: Site, chat: StubChat) -> None:
    chat.new = True
    page = await site.open(suffix="#start=Ab3_hemmelig-9")
    assert page.url == site.url
    assert await page.get_by_label("Har du en kode?").count() == 0
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator(".theirs .text")).to_contain_text("Hvornår har du fødselsdag?")
    assert chat.started == [{"payload": "Ab3_hemmelig-9", "language": "da"}]
    assert await page.evaluate(STORED) == [[], []]


async def test_a_spoken_code_and_the_language_are_sent_when_starting(site: Site, chat: StubChat) -> None:
    chat.new = True
    page = await site.open()
    await page.get_by_label("English").check()
    await page.get_by_label("Do you have a code?").fill("k7qm 2x9p")
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator("#chat")).to_be_visible()
    assert chat.started == [{"payload": "k7qm2x9p", "language": "en"}]
    assert await page.evaluate("document.documentElement.lang") == "en"


async def test_a_new_link_in_an_open_chat_is_used_too(site: Site, chat: StubChat) -> None:
    scenes.home(chat)
    page = await site.open()
    await page.evaluate("location.hash = '#start=nyt-link'")
    await expect(page.locator(".message")).to_have_count(2)
    assert (chat.started, page.url) == ([{"payload": "nyt-link", "language": "da"}], site.url)


async def test_an_ended_session_keeps_what_was_being_written(site: Site, chat: StubChat) -> None:
    scenes.home(chat)
    page = await site.open()
    await page.fill("#text", "Mødet gik godt, og")
    chat.over = True
    await page.click("#send")
    await expect(page.get_by_role("heading", name="Du er logget ud")).to_be_visible()
    assert await page.get_by_label("Det, du skrev, er her endnu:").input_value() == "Mødet gik godt, og"
    assert await page.locator(".message").count() == 0
    await page.get_by_label("Har du en kode?").fill("k7qm2x9p")
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator(".mine .state.received")).to_be_visible()
    assert [message["text"] for message in chat.sent] == ["Mødet gik godt, og"]


async def test_no_answer_from_the_server_is_said_and_can_be_tried_again(site: Site, chat: StubChat) -> None:
    scenes.home(chat)
    page = await site.context.new_page()
    await page.route("**/api/hello", lambda route: route.abort(), times=1)
    await page.goto(site.url)
    await expect(page.get_by_role("heading", name="Vi kan ikke få forbindelse lige nu")).to_be_visible()
    await page.get_by_role("button", name="Prøv igen").click()
    await expect(page.locator(".message")).to_have_count(1)


# What stays on the device


async def test_only_language_and_text_size_outlive_the_visit(site: Site, chat: StubChat) -> None:
    scenes.home(chat)
    page = await site.open()
    await page.fill("#text", "Et udkast")
    await page.click("#menu")
    await page.get_by_role("button", name="Tekststørrelse").click()
    await page.get_by_label("Størst").check()
    await page.get_by_role("button", name="Tilbage").click()
    await page.click("#menu")
    await page.get_by_role("button", name="Sprog").click()
    await page.get_by_label("English").click()
    await expect(page.get_by_role("button", name="Help now")).to_be_visible()
    local, visit = await page.evaluate(STORED)
    assert sorted(local) == [["hoert.language", "en"], ["hoert.size", "largest"]]
    assert visit == [["hoert./chat/draft", "Et udkast"]]
    await page.reload()
    await expect(page.get_by_role("button", name="Help now")).to_be_visible()
    assert await page.evaluate("document.documentElement.dataset.size") == "largest"


async def test_the_page_breaks_no_rule_of_its_security_policy(site: Site, chat: StubChat) -> None:
    complaints: list[str] = []
    site.context.on("console", lambda message: complaints.append(message.text))
    site.context.on("weberror", lambda error: complaints.append(str(error.error)))
    scenes.consent(chat)
    chat.say("Din kurve", photo={"url": "page/icon.svg", "width": 512, "height": 512, "alt": "Din kurve"})
    page = await site.open()
    await page.get_by_role("button", name="Vis stort: Din kurve").click()
    await page.get_by_role("dialog").get_by_role("button", name="Tilbage").click()
    await page.fill("#text", "Hej\n" * 5)
    await page.click("#send")
    await expect(page.locator(".mine .state.received")).to_have_count(2)
    await leave(page)
    assert [one for one in complaints if "blocked by Playwright" not in one] == []


async def test_it_works_inside_a_frame_of_a_phone(site: Site, chat: StubChat) -> None:
    scenes.offer(chat)
    page = await site.context.new_page()
    await page.goto(f"{site.url}frame")
    phone = page.frame_locator("iframe")
    await phone.get_by_role("button", name="Ja tak").click()
    await expect(phone.get_by_role("button", name="Ja tak (valgt)")).to_be_visible()
    await phone.get_by_role("button", name="Luk hurtigt").click()
    await expect(phone.get_by_role("heading", name="Stopur")).to_be_visible()
    assert page.url == f"{site.url}frame"
