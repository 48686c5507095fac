"""A voice message from Amina's phone: at the desk it is read once it was played, and nothing new cuts it off."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests.e2e.conftest import SHOTS, Demo, open_demo, page_errors, say, violations
from tests.e2e.test_two_caseworkers_in_a_browser import sit_down

#: A tone instead of a microphone.
TONE = """() => { navigator.mediaDevices.getUserMedia = async () => {
  const audio = new AudioContext(), tone = audio.createOscillator(), out = audio.createMediaStreamDestination();
  tone.connect(out); tone.start(); return out.stream; }; }"""


async def test_a_voice_message_counts_as_read_once_it_was_played_and_is_not_cut_off(
    demo: Demo, browser: Browser
) -> None:
    SHOTS.mkdir(exist_ok=True)
    page_errors.clear()
    expect.set_options(timeout=20_000)
    stage = await open_demo(browser, demo)
    await stage.frame_locator("#phone").get_by_role("textbox").wait_for()
    phone = await stage.context.new_page()
    await phone.goto(f"{demo.address}/phone/amina/")
    await phone.get_by_role("textbox").wait_for()
    mette = await sit_down(browser, demo, "Mette Holm", 390)
    await mette.goto(f"{demo.address}/inbox?folder=all")
    await mette.get_by_role("link", name=re.compile("Amina")).first.click()
    await expect(mette.locator(".read-form")).to_have_count(0)

    await phone.evaluate(TONE)
    await phone.locator("#record").click()
    await phone.get_by_role("button", name="Optag", exact=True).click()
    await phone.wait_for_timeout(5000)
    await phone.get_by_role("button", name="Stop").click()
    await phone.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    sound = mette.locator("#thread-entries audio").last
    await expect(sound).to_be_visible()
    await mette.wait_for_timeout(2500)  # longer than what is written needs to count as read
    await expect(mette.locator(".read-form")).to_contain_text("Der er noget at lytte til.")
    await expect(phone.get_by_text("Læst af Mette")).to_have_count(0)
    await mette.screenshot(path=SHOTS / "desk-voice-390.png")
    assert await violations(mette) == []

    # Played, it is read; what comes in meanwhile is shown when it is over.
    await sound.evaluate("one => { one.muted = true; window.played = one; return one.play(); }")
    await say(phone, "Hørte du det?")  # type: ignore[arg-type]  # a page finds as a frame does
    await expect(phone.get_by_text("Læst af Mette").first).to_be_visible()
    assert await mette.evaluate("[window.played.isConnected, window.played.currentTime > 0]") == [True, True]
    await expect(mette.locator("#thread-entries").get_by_text("Hørte du det?")).to_be_visible()
    assert await mette.evaluate("[window.played.isConnected, window.played.ended]") == [False, True]
    assert page_errors == []
