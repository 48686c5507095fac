"""What a caseworker was writing when they were interrupted: a click elsewhere, a lost network, the end of a session."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Dialog, Page, Route, expect

from tests.e2e.conftest import SHOTS, Demo, page_errors, violations
from tests.e2e.test_two_caseworkers_in_a_browser import sit_down

KEPT = "står her endnu. Det er ikke sendt."


@pytest.fixture(autouse=True)
def nothing_breaks() -> Iterator[None]:
    """A failure of the page's script fails the test."""
    page_errors.clear()
    yield
    assert page_errors == []


async def test_what_was_half_written_is_there_again_and_what_was_sent_is_not(demo: Demo, browser: Browser) -> None:
    page, thread = await _at_amina_s_thread(demo, browser)
    reply, note, kept = page.locator("#reply"), page.locator("#note"), page.locator("#words-kept")
    await reply.fill("Et halvt svar")
    await page.locator(".composer-note summary").click()
    await note.fill("En halv note")

    # Called to somebody else, and back by the list; a reply that is sent takes no note with it.
    await page.goto(f"{demo.address}/people")
    await page.goto(thread)
    await expect(reply).to_have_value("Et halvt svar")
    await expect(note).to_be_visible()
    await expect(note).to_have_value("En halv note")
    await expect(kept).to_contain_text(KEPT)
    SHOTS.mkdir(exist_ok=True)
    await page.screenshot(path=SHOTS / "desk-half-written.png")
    assert await violations(page) == []
    await _send(page)
    await expect(page.get_by_role("button", name="Fortryd")).to_be_visible()
    await expect(reply).to_have_value("")
    await expect(note).to_have_value("En halv note")
    await note.fill("")

    # That the page is not up to date is said where one is, not at its far top.
    lost = page.locator("#live-lost")
    await lost.evaluate("one => { one.textContent = one.dataset.says; }")
    await expect(lost).to_be_in_viewport()

    # Back after sending: the words stand in the thread, not in the box.
    await page.go_back()
    await expect(page.locator("#thread-entries").get_by_text("Et halvt svar")).to_be_visible()
    await expect(reply).to_have_value("")
    await page.go_forward()

    # Taken back and left, the words are there still, and Back is no dead end.
    await reply.fill("Taget tilbage")
    await _send(page)
    await page.get_by_role("button", name="Fortryd").last.click()
    await expect(page.locator("#undone")).to_be_visible()
    await page.goto(f"{demo.address}/people")
    await page.go_back()
    await expect(page.locator("#thread-entries").get_by_text("Et halvt svar")).to_be_visible()
    await expect(reply).to_have_value("Taget tilbage")
    await expect(page.locator("#thread-entries").get_by_text("Taget tilbage")).to_have_count(0)


async def test_whom_a_colleague_answered_while_one_was_away_is_not_answered_twice_unasked(
    demo: Demo, browser: Browser
) -> None:
    page, thread = await _at_amina_s_thread(demo, browser)
    per = await sit_down(browser, demo, "Per Lund", 390)
    await page.locator("#reply").fill("Mettes halve svar")
    await page.goto(f"{demo.address}/people")
    await per.goto(thread)
    await per.locator("#reply").fill("Pers svar")
    await _send(per)
    await expect(per.get_by_role("button", name="Fortryd")).to_be_visible()
    await page.goto(thread)
    await expect(page.locator("#reply")).to_have_value("Mettes halve svar")
    await _send(page)
    await expect(page.locator("#busy")).to_contain_text("Per Lund har svaret imens")
    await expect(page.locator("#reply")).to_have_value("Mettes halve svar")


async def test_words_sent_without_a_network_come_back_and_those_that_arrived_do_not(
    demo: Demo, browser: Browser
) -> None:
    page, thread = await _at_amina_s_thread(demo, browser)
    reply = page.locator("#reply")
    for words, go_on in (("Uden net", page.go_back), ("Stadig uden net", None)):
        await reply.fill(words)
        await page.context.set_offline(True)
        await _send(page)
        await page.wait_for_url("chrome-error://**")
        await page.context.set_offline(False)
        if go_on is None:
            await page.goto(f"{demo.address}/")
            await page.goto(thread)
        else:
            await go_on()
        await expect(reply).to_have_value(words)
        await expect(page.locator("#words-kept")).to_contain_text(KEPT)
        await expect(page.locator("#thread-entries").get_by_text(words)).to_have_count(0)

    # It arrived, and only the answer did not: there is nothing to send again.
    await reply.fill("Det nåede frem")
    await page.route("**/reply*", _takes_in_and_says_nothing)
    await _send(page)
    await page.wait_for_url("chrome-error://**")
    await page.unroute("**/reply*")
    await page.goto(thread)
    await expect(page.locator("#thread-entries").get_by_text("Det nåede frem")).to_be_visible()
    await expect(reply).to_have_value("")

    # Written on while the first click was under way: asked about, with the words still there.
    form = await page.evaluate("Object.fromEntries(new FormData(document.querySelector('form.reply')))")
    action = await page.locator("form.reply").get_attribute("action")
    words = {key: value for key, value in form.items() if isinstance(value, str)} | {"body": "Kom bare"}
    await page.context.request.post(f"{demo.address}{action}", multipart=words, headers={"Origin": demo.address})
    await reply.fill("Kom bare klokken tre")
    await _send(page)
    await expect(page.locator("#busy")).to_contain_text("blev sendt og står i tråden")
    await expect(reply).to_have_value("Kom bare klokken tre")
    await page.get_by_role("link", name="Kassér mit svar").click()
    await expect(page.locator("#busy")).to_have_count(0)
    await expect(reply).to_have_value("")


async def test_files_that_were_chosen_are_not_left_unasked(demo: Demo, browser: Browser) -> None:
    page, _ = await _at_amina_s_thread(demo, browser)
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await page.locator("#reply").click()
    chosen = page.locator('form.reply input[type="file"]')
    await chosen.set_input_files(files=[{"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Torsdag"}])
    await page.get_by_role("link", name="Unge", exact=True).first.click()
    await expect(page).to_have_url(re.compile("/inbox/"))
    assert asked == ["beforeunload"]
    assert await chosen.evaluate("one => one.files.length") == 1
    await page.locator("#reply").fill("Her er planen")
    await _send(page)
    await expect(page.locator("#thread-entries").get_by_text("plan.txt")).to_be_visible()
    assert asked == ["beforeunload"]


async def test_a_session_that_ends_keeps_the_words_for_whoever_wrote_them_alone(demo: Demo, browser: Browser) -> None:
    page, thread = await _at_amina_s_thread(demo, browser)
    reply = page.locator("#reply")
    await reply.fill("Logget ind igen i en anden fane")
    desk, itself = f"{demo.address}/demo/desk", {"Origin": demo.address}
    assert (await page.context.request.post(desk, data={"who": "Mette Holm"}, headers=itself)).status == 200
    await _send(page)
    await page.get_by_role("link", name="Gå tilbage til siden").click()
    await expect(reply).to_have_value("Logget ind igen i en anden fane")
    await reply.fill("")
    for who, words in (("Mette Holm", "Skrevet før udløbet"), ("Per Lund", "")):
        await page.goto(thread)
        await reply.fill("Skrevet før udløbet")
        # It is the form that finds the session over, not something the page asks for by itself meanwhile.
        await page.route("**/*", _only_pages)
        await page.context.clear_cookies()
        await _send(page)
        await page.get_by_role("link", name="Log ind").first.click()
        await page.unroute("**/*", _only_pages)
        assert (await page.context.request.post(desk, data={"who": who}, headers=itself)).status == 200
        await page.goto(thread)
        await expect(reply).to_have_value(words)
        assert await page.locator("#text-restored").is_visible() is bool(words)
    assert await page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('hoert-kept'))") == []


async def test_what_was_done_about_an_alert_is_half_written_while_one_reads_the_thread(
    demo: Demo, browser: Browser
) -> None:
    expect.set_options(timeout=20_000)
    page = await sit_down(browser, demo, "Mette Holm", 390)
    await page.goto(f"{demo.address}/alerts")
    await page.locator("main .rows a").first.click()
    await page.locator("#note").fill("Ringede, ingen")
    await page.locator("main .actions a").first.click()
    await expect(page.locator("#thread-entries")).to_be_visible()
    await page.go_back()
    await expect(page.locator("#note")).to_have_value("Ringede, ingen")
    await page.get_by_role("button", name="Kvittér").click()
    await expect(page.locator("#note")).to_have_value("Ringede, ingen")
    await page.locator("form[data-half] button").click()
    await expect(page.get_by_text("Den er lukket.")).to_be_visible()
    await page.go_back()
    await expect(page.locator("main .words").last).to_have_text("Ringede, ingen")


async def test_whoever_loses_somebody_while_they_write_gets_their_own_words_back(demo: Demo, browser: Browser) -> None:
    page, thread = await _at_amina_s_thread(demo, browser)
    for words, go_on in (("Sendt for sent", _send), ("Set for sent", lambda page: page.reload())):
        await page.unroute_all()
        await page.goto(thread)
        await page.locator("#reply").fill(words)
        for place in ("**/people/*/reply*", "**/inbox/*"):
            await page.route(
                place, lambda route: route.continue_(url=re.sub(r"/\w{32}", f"/{'0' * 32}", route.request.url))
            )
        await go_on(page)
        await expect(page.locator("#unsent .words")).to_have_text(words)
    assert await violations(page) == []


async def _at_amina_s_thread(demo: Demo, browser: Browser) -> tuple[Page, str]:
    expect.set_options(timeout=20_000)
    page = await sit_down(browser, demo, "Mette Holm", 1280)
    await page.goto(f"{demo.address}/inbox?folder=all")
    thread = await page.get_by_role("link", name=re.compile("Amina")).first.get_attribute("href")
    await page.goto(f"{demo.address}{thread}")
    return page, f"{demo.address}{thread}"


async def _send(page: Page) -> None:
    await page.get_by_role("button", name="Send", exact=True).click()


async def _only_pages(route: Route) -> None:
    if route.request.resource_type in {"fetch", "xhr", "eventsource"}:
        await route.abort()
    else:
        await route.continue_()


async def _takes_in_and_says_nothing(route: Route) -> None:
    await route.fetch(max_redirects=0)
    await route.abort("connectionreset")
