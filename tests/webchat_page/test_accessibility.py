"""Everybody can use it: axe, keyboard, screen reader, small screens, large text, little motion."""

import re
import tomllib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from locales import catalogue
from tests.webchat_page import scenes
from tests.webchat_page.conftest import Site
from tests.webchat_page.looking import faults
from tests.webchat_page.stub import PAGE, StubChat

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOCALES = Path(__file__).resolve().parents[2] / "locales"
SOURCES = [path for path in PAGE.iterdir() if path.suffix in (".js", ".html")]
SCREENS = ["welcome", "everything", "empty", "lock", "over", "menu", "pin"]


def everything(chat: StubChat) -> None:
    """Every kind of message in one conversation."""
    for scene in scenes.SCENES.values():
        scene(chat)
    chat.say("Din kurve", photo={"url": "page/icon.svg", "width": 512, "height": 512, "alt": "Din kurve"})
    chat.say("Aftalen", document={"url": "page/texts.js", "name": "Aftale om kontaktperson.pdf", "size": 123_456})
    chat.say("Slettet", sender="me", deleted=True)
    chat.say("Skjult", entities=[{"type": "spoiler", "offset": 0, "length": 6}])
    chat.edit(scenes.home(chat), pressed="offer")


async def show(screen: str, site: Site, chat: StubChat) -> Page:
    """Bring one of the screens up."""
    if screen == "welcome":
        chat.new = True
    if screen == "lock":
        chat.locked, chat.pin = True, "4711"
    if screen == "everything":
        everything(chat)
        chat.header = {"title": scenes.LONG_NAME, "subtitle": "svarer senest torsdag 24. december kl. 12"}
    page = await site.open()
    if screen == "everything":
        chat.refuse_sends = 1
        await page.fill("#text", "Kan vi ringes ved?")
        await page.click("#send")
        await page.locator(".failure").wait_for()
        await site.context.set_offline(True)
        await page.locator("#banner .danger").wait_for()
    if screen == "over":
        await page.fill("#text", "Halvt skrevet")
        chat.over = True
        await page.click("#send")
        await page.get_by_label("Det, du skrev, er her endnu:").wait_for()
    if screen in ("menu", "pin"):
        await page.click("#menu")
    if screen == "pin":
        await page.get_by_role("button", name="Vælg PIN-kode").click()
    await page.evaluate(
        "Promise.all(document.getAnimations().map((one) => one.effect.getTiming().iterations === 1 && one.finished))"
    )
    return page


@pytest.mark.parametrize("screen", SCREENS)
async def test_axe_finds_nothing_nothing_sticks_out_and_nothing_is_too_small_to_press(
    site: Site, chat: StubChat, screen: str
) -> None:
    assert await faults(await show(screen, site, chat)) == {}


async def ways_in(site: Site, chat: StubChat) -> AsyncIterator[tuple[str, Page]]:
    chat.refuse_sign_in = "other_chat"
    page = await site.open(suffix="#in=engangs")
    yield "a link", page
    await page.get_by_role("button", name="Åbn min samtale").click()
    await page.get_by_role("button", name="Skift samtale").wait_for()
    yield "another conversation", page
    chat.new = True
    await page.get_by_role("button", name="Bliv i den, jeg har").click()
    await page.get_by_role("button", name="Jeg har allerede en samtale").click()
    await page.keyboard.press("Enter")
    yield "a code that is wrong", page
    chat.new, chat.needs_pin = False, True
    await page.get_by_role("button", name="Tilbage").click()
    await page.get_by_label("Skriv den igen").wait_for()
    yield "a first PIN", page


async def on_the_phone(site: Site, chat: StubChat) -> AsyncIterator[tuple[str, Page]]:
    chat.blocked, chat.push_key = True, "BAAA"
    chat.devices = [
        {"id": name, "name": name, "here": name == "ipad safari", "seen_at": 0} for name in ("ipad safari", "")
    ]
    page = await site.open()
    await page.evaluate("dispatchEvent(new Event('beforeinstallprompt'))")
    await page.get_by_role("button", name="Nej tak").wait_for()
    yield "closed for messages, and an offer", page
    await page.click("#menu")
    await page.get_by_role("button", name="Få besked").click()
    yield "being told", page
    await page.keyboard.press("Escape")
    await page.click("#menu")
    await page.get_by_role("button", name="Mine enheder").click()
    await page.locator(".device").last.wait_for()
    yield "devices", page
    await page.get_by_role("button", name="Brug en enhed mere").click()
    await page.locator(".big-code").wait_for()
    yield "a code", page


async def media(site: Site, chat: StubChat) -> AsyncIterator[tuple[str, Page]]:
    chat.slow_upload = 60
    for kind in ("voice", "video", "file"):
        facts = {"kind": kind, "name": f"{'lang ' * 9}.pdf", "mime": "x/y", "text": "مرحبا", "seconds": 70}
        for sender in ("me", "bot"):
            chat.receive(facts, b"x", sender)
    page = await site.open()
    yield "files both ways", page
    await page.click("#attach")
    yield "what can be sent", page
    icon = {"name": "icon.png", "mimeType": "image/png", "buffer": (PAGE / "icon-192.png").read_bytes()}
    await page.locator("input[type=file]").first.set_input_files([icon])
    await page.get_by_label("Skriv noget til, hvis du vil").wait_for()
    yield "a look before", page
    await page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await page.get_by_role("progressbar").wait_for()
    yield "on its way", page


async def voice(site: Site, chat: StubChat) -> AsyncIterator[tuple[str, Page]]:
    page = await site.open()
    await page.click("#record")
    yield "before", page
    await page.get_by_role("button", name="Optag", exact=True).click()
    await page.get_by_role("timer").wait_for()
    yield "recording", page
    await page.get_by_role("button", name="Stop").click()
    await page.get_by_label("Din optagelse").wait_for()
    yield "listening", page


@pytest.mark.parametrize("walk", [ways_in, on_the_phone, media, voice])
async def test_every_step_on_the_way_is_as_good(
    site: Site, chat: StubChat, walk: Callable[[Site, StubChat], AsyncIterator[tuple[str, Page]]]
) -> None:
    found = {step: await faults(page) async for step, page in walk(site, chat)}
    assert {step: wrong for step, wrong in found.items() if wrong} == {}


def said_in(language: str) -> tuple[list[str], list[str]]:
    """Everything the chat can say, with long names in it, and everything a button can say."""
    texts, labels = list[str](), list[str]()
    for path in LOCALES.glob("chat*.toml"):
        for key in tomllib.loads(path.read_text("utf-8")):
            entry = catalogue()[key].get(language, "")
            for words in [entry] if isinstance(entry, str) else entry.values():
                filled = re.sub(r"{\w+}", scenes.LONG_NAME, words)
                (labels if ".button." in key else texts).append(filled[:60] if ".button." in key else filled)
    return [one for one in texts if one], [one for one in labels if one]


async def test_everything_the_chat_can_say_is_as_good_on_the_screen(site: Site, chat: StubChat) -> None:
    """Every text, and the buttons that say most: what sticks out, does by its length."""
    labels = list[str]()
    for language in ("da", "en"):
        texts, said = said_in(language)
        assert (len(texts) > 500, len(said) > 120) == (True, True)
        labels += sorted(said, key=len)[-20:]
        for at in range(0, len(texts), 25):
            chat.say("\n\n".join(texts[at : at + 25]))
    for at in range(0, len(labels), 10):
        chat.say("…", *([(label, "x")] for label in labels[at : at + 10]))
    page = await site.open()
    assert await page.locator(".answer").count() == len(labels)
    assert await faults(page) == {}


async def test_bubbles_take_at_most_four_fifths_of_the_width(site: Site, chat: StubChat) -> None:
    everything(chat)
    page = await site.open()
    widest = await page.evaluate(
        """() => Math.max(...[...document.querySelectorAll(".message .bubble")]
          .map((one) => one.offsetWidth / document.getElementById("days").offsetWidth))"""
    )
    assert 0.75 < widest <= 0.801


async def test_a_check_in_is_answered_with_the_keyboard_alone(site: Site, chat: StubChat) -> None:
    scenes.question(chat)
    chat.on_press = lambda message, _: scenes.next_question(chat, message)
    page = await site.open()
    await expect(page.locator("#text")).to_be_focused()
    await page.locator("#box").focus()
    for _ in range(4):
        await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Det meste af tiden")).to_be_focused()
    await page.keyboard.press("Space")
    await expect(page.locator(".text").last).to_contain_text("2 af 5")
    await expect(page.get_by_role("button", name="Hele tiden")).to_be_focused()
    assert [press["data"] for press in chat.presses] == ["a:1:4"]


async def test_the_first_stop_leads_to_the_writing_field_and_escape_leaves_the_menu(site: Site, chat: StubChat) -> None:
    page = await site.open()
    stops = await page.locator("#chat :is(a, button, textarea, [tabindex]):visible:not(:disabled)").count()
    for _ in range(stops - 2):
        await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("link", name="Gå til skrivefeltet")).to_be_focused()
    await expect(page.get_by_role("link", name="Gå til skrivefeltet")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await page.keyboard.type("Hej")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Menu")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator("#menu")).to_be_focused()
    assert await page.input_value("#text") == "Hej"


async def test_new_and_changed_messages_are_announced_and_old_ones_are_not(site: Site, chat: StubChat) -> None:
    scenes.long_thread(chat)
    number = scenes.question(chat)
    page = await site.open()
    log = page.get_by_role("log", name="Nye beskeder")
    await expect(log).to_have_text("")
    chat.say("Mette har svaret.")
    await expect(log.locator("p")).to_have_text(["Hørt: Mette har svaret."])
    scenes.next_question(chat, number)
    await expect(log.locator("p")).to_have_count(2)
    assert (await log.locator("p").last.inner_text()).startswith("Hørt: 2 af 5 · I de sidste 2 uger")


async def test_right_to_left_text_runs_from_the_right_within_its_bubble(site: Site, chat: StubChat) -> None:
    scenes.odd_texts(chat)
    page = await site.open()
    assert await page.locator(".text").first.evaluate("(one) => [one.dir, getComputedStyle(one).direction]") == [
        "auto",
        "rtl",
    ]


async def test_nothing_moves_for_those_who_want_it_still(site: Site, chat: StubChat) -> None:
    scenes.home(chat)
    page = await site.open()
    await page.emulate_media(reduced_motion="reduce")
    await page.evaluate("document.getElementById('typing').hidden = false")
    await page.click("#menu")
    assert await page.evaluate("document.getAnimations().length") == 0


async def test_the_chosen_answer_shows_when_the_system_chooses_the_colours(site: Site, chat: StubChat) -> None:
    chat.edit(scenes.offer(chat), pressed="yes")
    page = await site.open()
    await page.emulate_media(forced_colors="active")
    widths = await page.locator(".answer").evaluate_all("all => all.map((one) => getComputedStyle(one).borderTopWidth)")
    assert widths == ["3px", "1px", "1px", "1px"]


async def test_a_page_magnified_four_times_still_has_room_to_read_and_write(site: Site, chat: StubChat) -> None:
    everything(chat)
    page = await site.open()
    await page.set_viewport_size({"width": 320, "height": 256})
    room = await page.evaluate(
        "[document.getElementById('box').clientHeight, document.getElementById('text').clientHeight]"
    )
    assert (room[0] > 80, room[1] >= 40) == (True, True)


async def test_every_sentence_of_the_page_is_in_both_languages_with_the_same_gaps(site: Site) -> None:
    page = await site.open()
    texts = await page.evaluate("import('./page/texts.js').then((module) => module.TEXTS)")
    uneven = {
        key: pair
        for key, pair in texts.items()
        if sorted(pair) != ["da", "en"]
        or sorted(re.findall(r"{\w+}", pair["da"])) != sorted(re.findall(r"{\w+}", pair["en"]))
        or not all(pair.values())
    }
    assert uneven == {}
    sources = [path.read_text("utf-8") for path in SOURCES]
    used = set(re.findall(r'\bt\("(\w+)"|data-t(?:-label|-placeholder)?="(\w+)"', "\n".join(sources)))
    assert sorted({a or b for a, b in used} - set(texts)) == []
