"""Pictures, files and voice, both ways."""

import asyncio
import io
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.webchat_page import scenes
from tests.webchat_page.conftest import Site
from tests.webchat_page.stub import PAGE, StubChat

pytestmark = pytest.mark.asyncio(loop_scope="module")

ICON = (PAGE / "icon-192.png").read_bytes()
GIVE = """([name, type, size]) => {
  const given = new DataTransfer();
  given.items.add(new File([new Uint8Array(size)], name, { type }));
  const input = [...document.querySelectorAll("input[type=file]")].at(-1);
  input.files = given.files;
  input.dispatchEvent(new Event("change"));
}"""


def camera_photo() -> bytes:
    """A large photo that says where it was taken."""
    exif = Image.Exif()
    exif[0x9286] = "56.4607 N 10.0364 E Randers"
    exif[0x0112] = 6  # the phone was held upright
    made = io.BytesIO()
    Image.new("RGB", (2400, 1800), "teal").save(made, "JPEG", exif=exif)
    return made.getvalue()


async def choose(page: Page, name: str, kind: str, content: bytes, *, photo: bool = False) -> None:
    """Choose a file as a person does, up to the sheet that asks whether to send it."""
    await page.click("#attach")
    inputs = page.locator("input[type=file]")
    await (inputs.first if photo else inputs.last).set_input_files({"name": name, "mimeType": kind, "buffer": content})
    await page.get_by_role("dialog", name="Vil du sende den her?").wait_for()


async def send(page: Page) -> None:
    await page.get_by_role("dialog").get_by_role("button", name="Send").click()


async def until(chat: StubChat, count: int) -> None:
    async with asyncio.timeout(8):
        while len(chat.uploads) < count:
            await asyncio.sleep(0.02)


async def test_a_photo_goes_smaller_and_without_where_it_was_taken(site: Site, chat: StubChat) -> None:
    page = await site.open()
    await choose(page, "IMG_1.jpg", "image/jpeg", camera_photo(), photo=True)
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("img", name="Dit billede")).to_be_visible()
    await expect(dialog).to_contain_text("Vi gør billedet mindre og fjerner, hvor det er taget.")
    await dialog.get_by_label("Skriv noget til, hvis du vil").fill("Mit nye værelse")
    await send(page)
    await expect(page.locator(".mine .state.received")).to_be_visible()
    await expect(page.locator(".mine .text")).to_have_text("Mit nye værelse")
    ((facts, content),) = chat.uploads
    assert (facts["kind"], facts["mime"], facts["width"], facts["height"]) == ("photo", "image/jpeg", 1536, 2048)
    assert (facts["text"], facts["name"], facts["size"]) == ("Mit nye værelse", "IMG_1.jpg", len(content))
    assert (b"Randers" in camera_photo(), b"Randers" in content, b"Exif" in content) == (True, False, False)
    await page.get_by_role("button", name="Vis stort: Mit nye værelse").click()
    await expect(page.get_by_role("dialog", name="Mit nye værelse").get_by_role("img")).to_be_visible()


async def test_a_file_that_is_too_big_is_told_before_it_is_sent(site: Site, chat: StubChat) -> None:
    page = await site.open()
    await page.click("#attach")
    await page.evaluate(GIVE, ["meget stor.zip", "application/zip", (20 << 20) + 1])
    dialog = page.get_by_role("dialog", name="Vil du sende den her?")
    await expect(dialog.get_by_role("alert")).to_have_text("Filen er for stor. Den må højst fylde 20 MB.")
    await expect(dialog).to_contain_text("ZIP · 21 MB")
    assert await dialog.get_by_role("button", name="Send").count() == 0
    await page.keyboard.press("Escape")
    assert (chat.uploads, await page.locator(".message").count()) == ([], 0)


async def test_a_file_on_its_way_shows_how_far_it_is_can_be_stopped_and_holds_no_words_up(
    site: Site, chat: StubChat
) -> None:
    chat.slow_upload = 60
    page = await site.open()
    await choose(page, "Brev fra skolen.pdf", "application/pdf", b"%PDF-")
    await send(page)
    await expect(page.get_by_role("progressbar", name="Sender Brev fra skolen.pdf")).to_be_visible()
    await expect(page.locator(".mine .size")).to_have_text("PDF · 1 kB")
    await page.wait_for_function("() => document.querySelector('progress').value === 1")
    await page.fill("#text", "Ordene venter ikke")
    await page.click("#send")
    await expect(page.locator(".mine .state.received")).to_be_visible()
    assert [one["text"] for one in chat.sent] == ["Ordene venter ikke"]
    await page.get_by_role("button", name="Annullér").click()
    await expect(page.get_by_role("progressbar")).to_have_count(0)
    await expect(page.locator(".message")).to_have_count(1)
    assert chat.uploads == []


async def test_a_file_that_did_not_get_through_is_tried_again_and_one_there_is_no_room_for_is_not(
    site: Site, chat: StubChat
) -> None:
    chat.refuse_upload = (503, "unavailable")
    page = await site.open()
    await choose(page, "a.pdf", "application/pdf", b"%PDF-")
    await send(page)
    await expect(page.locator(".failure")).to_contain_text("Ikke sendt.")
    chat.refuse_upload, chat.lose_answers = None, 1
    await page.get_by_role("button", name="Prøv igen").click()
    await until(chat, 1)
    await expect(page.locator(".mine .state.received")).to_be_visible()
    await expect(page.locator(".failure")).to_have_count(0)
    assert (len(chat.attempts), len(set(chat.attempts)), await page.locator(".message").count()) == (2, 1, 1)
    chat.refuse_upload = (409, "no_room")
    await choose(page, "b.pdf", "application/pdf", b"%PDF-")
    await send(page)
    await expect(page.locator(".failure")).to_contain_text("Her er ikke plads til flere filer.")
    assert await page.get_by_role("button", name="Prøv igen").count() == 0
    await page.locator(".failure").get_by_role("button", name="Slet").click()
    await expect(page.locator(".message")).to_have_count(1)


async def test_a_file_chosen_offline_waits_and_is_never_kept_on_the_device(site: Site, chat: StubChat) -> None:
    page = await site.open()
    await site.context.set_offline(True)
    await choose(page, "a.txt", "text/plain", b"hemmeligt")
    await send(page)
    await expect(page.locator(".failure")).to_contain_text("Ikke sendt.")
    kept = "(async () => [Object.values(sessionStorage), Object.values(localStorage), await indexedDB.databases()])()"
    assert await page.evaluate(kept) == [[], [], []]
    chat.locked = True
    await site.context.set_offline(False)
    await page.get_by_role("button", name="Åbn igen", exact=True).click()
    await until(chat, 1)
    await expect(page.locator(".mine .state.received")).to_be_visible()
    assert chat.uploads[0][1] == b"hemmeligt"


async def test_a_voice_message_is_recorded_heard_and_sent_or_thrown_away(site: Site, chat: StubChat) -> None:
    page = await site.open()
    dialog = page.get_by_role("dialog", name="Optag en lydbesked")
    for throw_away in (True, False):
        await page.click("#record")
        await dialog.get_by_role("button", name="Optag", exact=True).click()
        await expect(dialog.get_by_role("timer")).to_have_text("0:01")
        await dialog.get_by_role("button", name="Stop").click()
        await expect(dialog.get_by_label("Din optagelse")).to_be_visible()
        assert chat.uploads == []
        if throw_away:
            await dialog.get_by_role("button", name="Slet den").click()
            await expect(dialog).to_have_count(0)
    await dialog.get_by_role("button", name="Send").click()
    await until(chat, 1)
    await expect(page.get_by_label("Lydbesked, 0:01")).to_be_visible()
    ((facts, content),) = chat.uploads
    assert (facts["kind"], facts["seconds"], facts["mime"]) == ("voice", 1, "audio/webm;codecs=opus")
    assert content.startswith(b"\x1aE\xdf\xa3")


async def test_holding_the_button_records_until_it_is_let_go_by_keyboard_too(site: Site, chat: StubChat) -> None:
    page = await site.open()
    dialog = page.get_by_role("dialog", name="Optag en lydbesked")
    await page.click("#record")
    button = dialog.get_by_role("button", name="Optag", exact=True)
    await button.hover()
    await page.mouse.down()
    await expect(dialog.get_by_role("timer")).to_have_text("0:01")
    await page.mouse.up()
    await dialog.get_by_role("button", name="Optag igen").click()
    await expect(button).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("button", name="Stop")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    assert chat.uploads == []


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (
            "Object.defineProperty(navigator, 'mediaDevices', { value: undefined })",
            "Vi kan ikke finde en mikrofon her.",
        ),
        (
            "void (navigator.mediaDevices.getUserMedia = async () => { throw { name: 'NotAllowedError' }; })",
            "Siden må ikke bruge mikrofonen.",
        ),
    ],
)
async def test_without_a_microphone_it_is_said_plainly(site: Site, chat: StubChat, broken: str, words: str) -> None:
    page = await site.open()
    await page.evaluate(broken)
    await page.click("#record")
    await page.get_by_role("button", name="Optag", exact=True).click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text(words)


async def test_what_the_bot_sends_can_be_seen_heard_and_taken_home(site: Site, chat: StubChat) -> None:
    chat.files["curve"] = (ICON, "image/png")
    chat.say("Din kurve\nDet går op.", photo={"url": "api/files/curve", "width": 192, "height": 192, "size": len(ICON)})
    voice: dict[str, Any] = {"kind": "voice", "name": "svar.ogg", "mime": "audio/ogg", "seconds": 65}
    chat.receive(voice, b"OggS", "bot")
    chat.receive({"kind": "video", "name": "film.mp4", "mime": "video/mp4", "seconds": 3}, b"x", "bot")
    chat.receive({"kind": "file", "name": "Aftale.pdf", "mime": "application/pdf"}, b"%PDF-1", "bot")
    page = await site.open()
    await expect(page.get_by_role("button", name="Vis stort: Din kurve")).to_be_visible()
    assert await page.locator("audio, video").evaluate_all("all => all.map((one) => [one.ariaLabel, one.preload])") == [
        ["Lydbesked, 1:05", "none"],
        ["film.mp4", "none"],
    ]
    await expect(page.locator(".file .size")).to_have_text("PDF · 1 kB")
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Aftale.pdf").click()
    download = await coming.value
    assert (download.suggested_filename, (await download.path()).read_bytes()) == ("Aftale.pdf", b"%PDF-1")
    scenes.home(chat)
    await expect(page.locator(".message")).to_have_count(5)
