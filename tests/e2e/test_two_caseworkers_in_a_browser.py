"""Two caseworkers at once in real browsers, and Amina's phone: who writes, who answered, what is taken back, keys."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Page, expect

from tests.e2e.conftest import SHOTS, Demo, open_demo, page_errors, say, shown, violations


async def test_two_who_answer_at_once_are_told_and_nothing_is_lost_or_said_twice(demo: Demo, browser: Browser) -> None:
    SHOTS.mkdir(exist_ok=True)
    page_errors.clear()
    expect.set_options(timeout=20_000)
    stage = await open_demo(browser, demo)
    phone = stage.frame_locator("#phone")
    await phone.get_by_role("textbox").wait_for(timeout=20_000)
    mette, per = await sit_down(browser, demo, "Mette Holm", 1280), await sit_down(browser, demo, "Per Lund", 390)
    await mette.goto(f"{demo.address}/inbox?folder=all")
    thread = await mette.get_by_role("link", name=re.compile("Amina")).first.get_attribute("href")
    assert thread is not None
    for page in (mette, per):
        await page.goto(demo.address + thread)

    # Each sees that the other writes; what Amina writes meanwhile comes to both without a reload.
    await per.locator("#reply").press_sequentially("Jeg kan godt")
    await expect(mette.locator("#thread-writers")).to_have_text("Per Lund skriver her lige nu.")
    await mette.locator("#reply").press_sequentially("Det kan vi")
    await expect(per.locator("#thread-writers")).to_have_text("Mette Holm skriver her lige nu.")
    await say(phone, "Kan vi ses på fredag?")
    for page in (mette, per):
        await expect(page.locator("#thread-entries").get_by_text("Kan vi ses på fredag?")).to_be_visible()
        await expect(page.locator("#came-in")).to_contain_text("mens du skrev")
    await mette.screenshot(path=SHOTS / "desk-two-who-write.png")

    # Mette sends with the keys, takes it back, and Amina never gets it; a note has other keys.
    await mette.locator("#reply").press("Alt+Enter")
    await mette.locator("#reply").press("Control+Enter")
    await mette.get_by_role("button", name="Fortryd").click()
    await expect(mette.locator("#undone")).to_contain_text("har ikke set den")
    await expect(mette.locator("#reply")).to_have_value("Det kan vi")
    assert await violations(mette) == []

    # Per answers, once the other page has seen it too. Mette's page says so; sending asks, with the words still there.
    version = await mette.locator('form.reply input[name="version"]').input_value()
    await expect(per.locator('form.reply input[name="version"]')).to_have_value(version)
    await per.get_by_role("button", name="Send", exact=True).click()
    await expect(per.get_by_role("button", name="Fortryd")).to_be_visible()
    await expect(mette.locator("#reply")).to_be_focused()
    await mette.keyboard.type(" sagtens")  # the cursor stands after the words that came back
    await expect(mette.locator("#thread-entries").get_by_text("Jeg kan godt")).to_be_visible()
    await mette.get_by_role("button", name="Send", exact=True).click()
    await expect(mette.locator("#busy")).to_contain_text("Per Lund har svaret imens")
    await expect(mette.locator("#reply")).to_have_value("Det kan vi sagtens")
    await mette.screenshot(path=SHOTS / "desk-answered-meanwhile.png")
    assert await violations(mette) == []
    await mette.get_by_role("button", name="Send alligevel").click()
    await expect(shown(phone, "Det kan vi sagtens")).to_be_visible()
    await expect(per.get_by_role("button", name="Fortryd")).to_be_hidden()
    said = await phone.locator(".text").filter(has_text=re.compile("Det kan vi|Jeg kan godt")).all_inner_texts()
    assert ["Jeg kan godt" in said[0], "Det kan vi sagtens" in said[1], len(said)] == [True, True, 2]

    # Keys: a sheet of them; none while typing; none for whoever turned them off.
    await mette.goto(demo.address + thread)
    await mette.locator("#reply").press("?")
    assert await mette.locator("#shortcuts").is_visible() is False
    await mette.locator("#reply").fill("")
    await mette.locator("#reply").blur()
    await mette.keyboard.press("?")
    await expect(mette.get_by_role("heading", name="Genveje på tastaturet")).to_be_visible()
    await mette.screenshot(path=SHOTS / "desk-keys.png")
    await mette.keyboard.press("Escape")
    await mette.keyboard.press("n")
    await expect(mette.locator("#note")).to_be_focused()
    await mette.keyboard.type("Amina lyder glad")
    await mette.keyboard.press("Control+Enter")
    await mette.keyboard.press("Alt+Enter")
    await expect(mette.locator("#thread-entries").get_by_text("Amina lyder glad")).to_be_visible()
    await expect(mette.locator(".flashes")).to_be_in_viewport()
    await expect(phone.get_by_text("Amina lyder glad")).to_have_count(0)
    await mette.goto(f"{demo.address}/settings")
    await mette.get_by_role("group", name="genveje på tastaturet").get_by_label("Nej").check()
    await mette.locator('form[action="/settings/desk"] button').click()
    await mette.goto(demo.address + thread)
    await mette.keyboard.press("?")
    assert await mette.locator("#shortcuts").count() == 0
    await _hand_over(mette, demo)
    assert page_errors == []


async def _hand_over(mette: Page, demo: Demo) -> None:
    """To the case file: the page says what was handed over and the document comes by itself, once, whatever is pressed
    twice, loaded anew or gone back to."""
    downloads = list[str]()
    mette.on("download", lambda one: downloads.append(one.suggested_filename))
    await mette.goto(f"{demo.address}/case-files")
    await mette.locator("main h2 a").first.click()
    await mette.locator('input[name="theme"]').first.check()
    await mette.locator('button[name="until"]').last.click()
    await mette.get_by_role("button", name="Læg på sagen, og hent PDF").dblclick()
    async with mette.expect_download():
        await expect(mette.locator("#receipt")).to_contain_text("Lagt på sagen som nr.")
    handed = mette.locator(".fingerprint")
    number = await handed.count()
    for come_back in (mette.reload, mette.go_back, mette.go_forward):
        await come_back()
        await expect(handed).to_have_count(number)
    async with mette.expect_download() as again:
        await mette.locator("#receipt").get_by_role("button", name="Hent PDF").click()
    assert downloads == [(await again.value).suggested_filename] * 2
    await mette.screenshot(path=SHOTS / "desk-handed-over.png")
    assert await violations(mette) == []


async def sit_down(browser: Browser, demo: Demo, name: str, width: int) -> Page:
    """A browser of their own, signed in at the desk."""
    context = await browser.new_context(
        viewport={"width": width, "height": 900}, locale="da-DK", timezone_id="Europe/Copenhagen"
    )
    page = await context.new_page()
    page.on("pageerror", lambda error: page_errors.append(str(error)))
    answer = await context.request.post(
        f"{demo.address}/demo/desk", data={"who": name}, headers={"Origin": demo.address}
    )
    assert answer.status == 200
    return page
