"""What a person does in the chat all day: read, press, write, scroll."""

import asyncio
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from tests.webchat_page import scenes
from tests.webchat_page.conftest import Site
from tests.webchat_page.stub import StubChat, bold

pytestmark = pytest.mark.asyncio(loop_scope="module")

FAKE_VOICE = """
  window.spoken = [];
  const engine = Object.assign(new EventTarget(), {
    getVoices: () => [{ lang: "da-DK", name: "Dansk" }],
    speak: (utterance) => window.spoken.push([utterance.lang, utterance.text]),
    cancel: () => window.spoken.push(["", "cancel"]),
  });
  Object.defineProperty(window, "speechSynthesis", { value: engine });
  window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
"""


async def top_of(page: Page, number: int) -> float:
    return float(await page.evaluate(f"document.querySelector('[data-id=\"{number}\"]').getBoundingClientRect().top"))


async def from_bottom(page: Page) -> float:
    script = (
        "(() => { const b = document.getElementById('box'); return b.scrollHeight - b.scrollTop - b.clientHeight; })()"
    )
    return float(await page.evaluate(script))


async def bubbles(page: Page) -> list[str]:
    return await page.locator(".message .text").all_inner_texts()


async def send(page: Page, text: str) -> None:
    await page.fill("#text", text)
    await page.click("#send")


# Buttons


async def test_a_double_tap_sends_one_press(site: Site, chat: StubChat) -> None:
    scenes.offer(chat)
    page = await site.open()
    await page.get_by_role("button", name="Ja tak").dblclick()
    await expect(page.get_by_role("button", name="Ja tak (valgt)")).to_be_visible()
    assert [press["data"] for press in chat.presses] == ["yes"]


async def test_the_second_tap_of_a_double_tap_does_not_answer_the_next_question(site: Site, chat: StubChat) -> None:
    number = scenes.question(chat)
    chat.on_press = lambda message, _: scenes.next_question(chat, message)
    page = await site.open()
    button = page.get_by_role("button", name="Det meste af tiden")
    box = await button.bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + 20, box["y"] + 20)
    await expect(page.locator(f'[data-id="{number}"] .text')).to_contain_text("2 af 5")
    await page.mouse.click(box["x"] + 20, box["y"] + 20)
    await asyncio.sleep(0.5)
    assert [press["data"] for press in chat.presses] == ["a:1:4"]


async def test_the_chosen_button_stays_marked_after_a_reload(site: Site, chat: StubChat) -> None:
    number = scenes.offer(chat)
    chat.edit(number, pressed="ask")
    page = await site.open()
    assert await page.locator(".answer.chosen .label").all_inner_texts() == ["Spørg om det"]


async def test_a_box_in_a_label_becomes_a_checkbox(site: Site, chat: StubChat) -> None:
    scenes.consent(chat)
    page = await site.open()
    states = await page.get_by_role("checkbox").evaluate_all(
        "all => all.map((one) => [one.innerText.trim(), one.getAttribute('aria-checked')])"
    )
    assert states == [
        ["Beskeder med Mette", "true"],
        ["Tjek-ind", "false"],
        ["Tæl mig med i tal uden mit navn", "false"],
        ["Ungepanel", "false"],
    ]


async def test_a_press_that_failed_is_repeated_with_the_same_identifier(site: Site, chat: StubChat) -> None:
    scenes.offer(chat)
    page = await site.open()
    await page.route("**/api/presses", lambda route: route.fulfill(status=503, json={"error": "unavailable"}), times=1)
    async with page.expect_request("**/api/presses") as first:
        await page.get_by_role("button", name="Ja tak").click()
    await expect(page.locator("#toast")).to_have_text("Det kom ikke igennem. Tryk igen om lidt.")
    await asyncio.sleep(0.8)
    await page.get_by_role("button", name="Ja tak").click()
    await expect(page.get_by_role("button", name="Ja tak (valgt)")).to_be_visible()
    sent: Any = (await first.value).post_data_json
    assert [press["client_id"] for press in chat.presses] == [sent["client_id"]]


# Writing and sending


async def test_a_message_is_shown_once_and_ticked_when_it_has_come_through(site: Site, chat: StubChat) -> None:
    page = await site.open()
    await send(page, "Hej Mette")
    await expect(page.locator(".mine .state.received")).to_have_text("Kommet frem")
    assert await bubbles(page) == ["Hej Mette"]


async def test_a_message_that_was_refused_is_repeated_with_the_same_identifier(site: Site, chat: StubChat) -> None:
    chat.refuse_sends = 1
    page = await site.open()
    await send(page, "Kan du ringe?")
    await expect(page.locator(".failure")).to_contain_text("Ikke sendt.")
    await page.get_by_role("button", name="Prøv igen").click()
    await expect(page.locator(".mine .state.received")).to_be_visible()
    assert (len(chat.attempts), len(set(chat.attempts))) == (2, 1)
    assert (await bubbles(page), await page.locator(".failure").count()) == (["Kan du ringe?"], 0)


async def test_a_message_whose_answer_was_lost_is_shown_once(site: Site, chat: StubChat) -> None:
    chat.lose_answers = 1
    page = await site.open()
    await send(page, "Kan du ringe?")
    await expect(page.locator(".mine .state.received")).to_be_visible()
    assert (await bubbles(page), await page.locator(".failure").count()) == (["Kan du ringe?"], 0)


async def test_the_same_words_twice_are_two_messages(site: Site, chat: StubChat) -> None:
    chat.refuse_sends = 1
    page = await site.open()
    await send(page, "Ja")
    await expect(page.locator(".failure")).to_be_visible()
    chat.slow_answers = 0.4
    await send(page, "Ja")
    await expect(page.locator(".mine .state.received")).to_be_visible()
    await page.get_by_role("button", name="Prøv igen").click()
    await expect(page.locator(".mine .state.received")).to_have_count(2)
    assert len(set(chat.attempts)) == 2


async def test_what_is_written_offline_waits_with_words_and_is_sent_once_when_back(site: Site, chat: StubChat) -> None:
    scenes.home(chat)
    page = await site.open()
    await site.context.set_offline(True)
    await expect(page.locator("#banner")).to_contain_text("Du er offline.")
    await expect(page.locator("#banner").get_by_role("link", name="112")).to_have_attribute("href", "tel:112")
    await send(page, "Jeg er i toget")
    await expect(page.locator(".failure")).to_contain_text("Ikke sendt.")
    assert chat.sent == []
    await site.context.set_offline(False)
    await expect(page.locator(".mine .state.received")).to_be_visible()
    assert [message["text"] for message in chat.sent] == ["Jeg er i toget"]


async def test_what_was_not_sent_survives_a_reload(site: Site, chat: StubChat) -> None:
    chat.refuse_sends = 1
    page = await site.open()
    await send(page, "Det her er vigtigt")
    await expect(page.locator(".failure")).to_be_visible()
    await page.reload()
    await expect(page.locator(".mine .state.received")).to_be_visible()
    assert [message["text"] for message in chat.sent] == ["Det her er vigtigt"]


async def test_a_draft_survives_a_reload(site: Site, chat: StubChat) -> None:
    page = await site.open()
    await page.fill("#text", "Jeg er ved at skrive")
    await page.reload()
    await expect(page.locator("#text")).to_have_value("Jeg er ved at skrive")


async def test_enter_sends_at_a_desk_and_shift_enter_makes_a_line(site: Site, chat: StubChat) -> None:
    page = await site.open()
    await page.locator("#text").press_sequentially("Linje et")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("linje to")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .text")).to_have_text("Linje et\nlinje to")
    assert await page.input_value("#text") == ""


async def test_a_very_long_message_is_announced_and_sent_in_parts(site: Site, chat: StubChat) -> None:
    page = await site.open()
    text = "Der er meget at fortælle. " * 200
    await page.fill("#text", text)
    await expect(page.locator("#long")).to_have_text("Din besked er lang. Den bliver sendt i 2 dele.")
    await page.click("#send")
    await expect(page.locator(".mine .state.received")).to_have_count(2)
    parts = [message["text"] for message in chat.sent]
    assert [len(part) <= 4096 and part.endswith(".") for part in parts] == [True, True]
    assert " ".join(parts) == text.strip()


async def test_a_command_is_shown_by_its_name_and_an_invitation_never(site: Site, chat: StubChat) -> None:
    chat.say("/start hemmelig-kode", sender="me")
    page = await site.open()
    await page.get_by_role("button", name="Hjælp nu").click()
    await expect(page.locator(".mine .state.received")).to_have_count(2)
    assert [message["text"] for message in chat.sent] == ["/hjaelp"]
    assert await bubbles(page) == ["Forsiden", "Hjælp nu"]


async def test_who_closed_for_messages_is_told_and_can_open_again(site: Site, chat: StubChat) -> None:
    chat.blocked = True
    page = await site.open()
    await expect(page.locator("#banner")).to_contain_text("Du har lukket for beskeder.")
    await send(page, "Jeg vil gerne skrive igen")
    await expect(page.locator(".failure")).to_contain_text("Ikke sendt.")
    await page.get_by_role("button", name="Åbn for beskeder igen").click()
    await expect(page.locator(".mine .state.received")).to_be_visible()
    assert (chat.blocked, [message["text"] for message in chat.sent]) == (False, ["Jeg vil gerne skrive igen"])


# Reading and scrolling


async def test_an_edited_message_changes_in_place_without_moving_what_is_being_read(site: Site, chat: StubChat) -> None:
    first = chat.say("Kort")
    scenes.many(chat, 30)
    page = await site.open()
    # Read on once the page has been told of the scrolling, as it is told of a finger's.
    await page.evaluate(
        "new Promise((told) => { const box = document.getElementById('box'); "
        "box.addEventListener('scroll', () => requestAnimationFrame(told), { once: true }); box.scrollTop = 300; })"
    )
    watched = first + 10
    before = await top_of(page, watched)
    chat.edit(first, "Nu er den meget længere.\n" * 12)
    await expect(page.locator(f'[data-id="{first}"] .text')).to_contain_text("meget længere")
    assert abs(await top_of(page, watched) - before) < 2


async def test_new_messages_stay_in_view_at_the_bottom(site: Site, chat: StubChat) -> None:
    scenes.many(chat, 30)
    page = await site.open()
    number = chat.say("Nyt svar fra Mette")
    await expect(page.locator(f'[data-id="{number}"]')).to_be_in_viewport()
    assert await from_bottom(page) < 2


async def test_a_reply_taller_than_the_screen_is_shown_from_its_beginning(site: Site, chat: StubChat) -> None:
    scenes.many(chat, 30)
    page = await site.open()
    number = chat.say("En linje\n" * 60)
    await page.wait_for_selector(f'[data-id="{number}"]')
    top = await page.evaluate("document.getElementById('box').getBoundingClientRect().top")
    assert 0 <= await top_of(page, number) - top < 60


async def test_while_reading_further_up_new_messages_wait_behind_a_button(site: Site, chat: StubChat) -> None:
    scenes.many(chat, 30)
    page = await site.open()
    await page.evaluate("document.getElementById('box').scrollTop = 200")
    await expect(page.get_by_role("button", name="Gå til det nyeste")).to_be_visible()
    before = await top_of(page, 105)
    chat.say("Et")
    chat.say("Læst af Lars", silent=True)
    await expect(page.get_by_role("button", name="1 ny besked")).to_be_visible()
    assert abs(await top_of(page, 105) - before) < 2
    chat.say("To")
    await page.get_by_role("button", name="2 nye beskeder").click()
    assert await from_bottom(page) < 2
    await expect(page.locator("#jump")).to_be_hidden()


async def test_older_messages_come_when_scrolling_up_and_the_place_is_kept(site: Site, chat: StubChat) -> None:
    scenes.many(chat, 90)
    page = await site.open()
    assert await page.locator(".message").count() == 40
    before = await page.evaluate(
        """() => {
          document.getElementById("box").scrollTop = 500;
          return document.querySelector('[data-id="165"]').getBoundingClientRect().top;
        }"""
    )
    await expect(page.locator(".message")).to_have_count(80)
    assert abs(await top_of(page, 165) - before) < 2
    await expect(page.locator("#beginning")).to_be_hidden()
    await page.evaluate("document.getElementById('box').scrollTop = 0")
    await expect(page.locator(".message")).to_have_count(90)
    await expect(page.locator("#beginning")).to_be_attached()
    assert await bubbles(page) == [f"Besked nummer {number + 1}" for number in range(90)]


async def test_days_are_named_in_the_language_of_the_page(site: Site, chat: StubChat) -> None:
    zone = ZoneInfo("Europe/Copenhagen")
    noon = datetime.now(zone).replace(hour=0, minute=0, second=1)
    chat.say("For længe siden", at=int(datetime(2025, 11, 14, 12, tzinfo=zone).timestamp()))
    chat.say("I går", at=int(noon.timestamp()) - 3600)
    chat.say("I dag", at=int(noon.timestamp()))
    page = await site.open()
    assert await page.locator(".day > h2").all_text_contents() == ["fredag 14. november 2025", "I går", "I dag"]
    await page.click("#menu")
    await page.get_by_role("button", name="Sprog").click()
    await page.get_by_label("English").click()
    await expect(page.locator(".day > h2").last).to_have_text("Today")
    assert await page.locator(".day > h2").all_text_contents() == ["Friday 14 November 2025", "Yesterday", "Today"]


async def test_typing_is_shown_only_while_something_is_under_way(site: Site, chat: StubChat) -> None:
    scenes.home(chat)
    page = await site.open()
    await expect(page.locator("#typing")).to_be_hidden()
    await page.wait_for_function("document.querySelector('#banner').dataset.state !== 'offline'")
    while not chat.streams:
        await asyncio.sleep(0.02)
    chat.tell("typing", {})
    await expect(page.locator("#typing")).to_be_visible()
    chat.say("Her er svaret")
    await expect(page.locator("#typing")).to_be_hidden()


async def test_the_header_follows_who_answers_and_by_when(site: Site, chat: StubChat) -> None:
    chat.header = None
    page = await site.open()
    await expect(page.locator("#title")).to_have_text("Hørt")
    while not chat.streams:
        await asyncio.sleep(0.02)
    chat.tell("header", {"title": "Lars Holm", "subtitle": "svarer senest kl. 15"})
    await expect(page.locator("#title")).to_have_text("Lars Holm")
    assert await page.inner_text("#subtitle") == "svarer senest kl. 15"
    assert await page.title() == "Hørt"


async def test_a_notice_is_a_short_word_or_something_to_answer(site: Site, chat: StubChat) -> None:
    page = await site.open()
    while not chat.streams:
        await asyncio.sleep(0.02)
    chat.tell("notice", {"text": "Gemt", "alert": False})
    await expect(page.locator("#toast")).to_have_text("Gemt")
    chat.tell("notice", {"text": "Mødet er aflyst.", "alert": True})
    await page.get_by_role("dialog", name="Mødet er aflyst.").get_by_role("button", name="Okay").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


# Text and reading aloud


async def test_text_is_never_markup_and_an_unsafe_link_is_only_words(site: Site, chat: StubChat) -> None:
    text = "<b>ikke fed</b> men 😀 fed og et link"
    link: dict[str, Any] = {"type": "text_link", "offset": 34, "length": 4, "url": "javascript:alert(1)"}
    chat.say(text, entities=[bold(text, "fed og"), {**link, "offset": len(text.encode("utf-16-le")) // 2 - 4}])
    page = await site.open()
    assert await bubbles(page) == [text]
    assert await page.locator(".text b, .text a").count() == 0
    assert await page.locator(".text strong").all_inner_texts() == ["fed og"]


async def test_links_leave_no_trace_and_phone_numbers_can_be_pressed(site: Site, chat: StubChat) -> None:
    scenes.help_now(chat)
    chat.say("Se https://example.org/side, 3. december kl. 15.")
    page = await site.open()
    addresses = await page.locator(".text a").evaluate_all(
        "all => all.map((one) => [one.getAttribute('href'), one.rel])"
    )
    private = "noopener noreferrer"
    assert addresses == [
        ["tel:112", private],
        ["tel:70201201", private],
        ["tel:116111", private],
        ["tel:89151112", private],
        ["https://example.org/side", private],
    ]


async def test_every_message_can_be_read_aloud_with_its_choices_and_stopped(site: Site, chat: StubChat) -> None:
    await site.context.add_init_script(FAKE_VOICE)
    scenes.join(chat)
    page = await site.open()
    await page.get_by_role("button", name="Læs højt").click()
    stop = page.get_by_role("button", name="Stop oplæsning")
    await expect(stop).to_be_visible()
    await page.wait_for_function("window.spoken.length > 1")
    spoken = await page.evaluate("window.spoken")
    assert spoken == [
        ["", "cancel"],
        ["da-DK", "Hej."],
        ["da-DK", "Det her er Hørt."],
        ["da-DK", "Hvornår har du fødselsdag?"],
        ["da-DK", "Skriv dag og måned, fx 3. august."],
        ["da-DK", "Du kan vælge: English."],
        ["da-DK", "Hvad er det her?"],
    ]
    await stop.click()
    await expect(page.get_by_role("button", name="Læs højt")).to_be_visible()
    assert (await page.evaluate("window.spoken"))[-1] == ["", "cancel"]


async def test_nothing_is_asked_of_any_other_server(site: Site, chat: StubChat) -> None:
    scenes.long_thread(chat)
    asked: set[str] = set()
    site.context.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page = await site.open()
    await send(page, "Hej")
    await expect(page.locator(".mine .state.received").last).to_be_visible()
    assert asked == {urlsplit(site.url).netloc}


async def test_a_slow_network_is_told_in_words(site: Site, chat: StubChat) -> None:
    chat.delay = 6.0  # long enough to be looked at on busy cores
    page = await site.context.new_page()
    await page.goto(site.url, wait_until="commit")  # the words are gone again when all is there
    await expect(page.locator("#screen [role=status]")).to_have_text("Henter dine beskeder …")


async def test_an_empty_chat_offers_a_way_to_begin(site: Site, chat: StubChat) -> None:
    page = await site.open()
    await expect(page.get_by_role("heading", name="Her er stille lige nu")).to_be_visible()
    await page.locator("#empty").get_by_role("button", name="Mit tilbud").click()
    await expect(page.locator("#empty")).to_be_hidden()
    assert [message["text"] for message in chat.sent] == ["/tilbud"]
