"""The demo as the README describes it, in a real browser: both sides at once, screenshots kept, axe finds nothing."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests.e2e.conftest import SHOTS, Demo, open_demo, page_errors, say, shown, violations


async def test_a_stranger_plays_both_sides_as_the_readme_says_and_axe_finds_nothing(
    demo: Demo, browser: Browser
) -> None:
    SHOTS.mkdir(exist_ok=True)
    page_errors.clear()
    found = {width: await found_by_axe(demo, browser, width, height) for width, height in ((390, 844), (1280, 900))}
    assert found == {390: {}, 1280: {}}
    page = await open_demo(browser, demo)
    phone, desk = page.frame_locator("#phone"), page.frame_locator("#desk")
    expect.set_options(timeout=20_000)

    # Amina writes; the promise stands under it; Mette reads and answers; Amina sees both.
    await say(phone, "Hej Mette, kan vi rykke mødet til fredag?")
    await expect(shown(phone, "Mette har ikke læst den endnu")).to_be_visible()
    await desk.get_by_role("link", name=re.compile("Indbakke")).first.click()
    await desk.get_by_role("link", name=re.compile("Amina")).first.click()
    await expect(desk.get_by_text("kan vi rykke mødet til fredag?").last).to_be_visible()
    await expect(shown(phone, "Læst af Mette")).to_be_visible()
    await desk.locator("textarea[name=body]").first.fill("Ja, fredag klokken 14. Vi ses på biblioteket.")
    await desk.get_by_role("button", name="Send").first.click()
    await expect(shown(phone, "Vi ses på biblioteket.")).to_be_visible()
    await page.screenshot(path=SHOTS / "demo-answered.png")

    # The offer: seen on the phone, answered, known at the desk.
    await say(phone, "/tilbud")
    await phone.get_by_role("button", name="Ja tak").last.click()
    await expect(shown(phone, "har fået dit ja")).to_be_visible()
    await page.screenshot(path=SHOTS / "demo-offer.png")

    # A check-in, low: help comes gently, and an alert is raised.
    await say(phone, "/tjekind")
    await phone.get_by_role("button", name=re.compile("Hvordan har du det")).last.click()
    for number in range(1, 6):
        await expect(shown(phone, re.compile(rf"{number} af 5"))).to_be_visible()
        await page.wait_for_timeout(700)  # the page takes no tap for a moment after a question changed under the finger
        await phone.get_by_role("button", name="Lidt af tiden").last.click()
    await expect(shown(phone, "har det svært")).to_be_visible()
    await page.screenshot(path=SHOTS / "demo-check-in.png")
    await desk.get_by_role("link", name=re.compile("I dag")).first.click()
    await expect(desk.get_by_text(re.compile("Amina.*svært")).first).to_be_visible()

    # Help is one tap away.
    await phone.get_by_role("button", name=re.compile("Hjælp")).first.click()
    await expect(shown(phone, "ring 112")).to_be_visible()

    # What is half written on one phone, or an invitation that was only looked at, is on no other.
    await phone.get_by_role("textbox").fill("Halvt skrevet")
    await page.get_by_label("Du er").select_option("Freja")
    await expect(phone.get_by_role("button", name="Start")).to_be_visible()
    await page.get_by_label("Du er").select_option("Jonas")
    await expect(phone.get_by_role("textbox")).to_have_value("")
    await page.get_by_label("Du er").select_option("Amina")
    await expect(phone.get_by_role("textbox")).to_have_value("Halvt skrevet")
    await expect(shown(phone, "Det link kan ikke bruges her")).to_have_count(0)

    # Freja joins, and her words are confirmed.
    await page.get_by_label("Du er").select_option("Freja")
    await phone.get_by_role("button", name="Start").click()
    await expect(shown(phone, "Hvornår har du fødselsdag?")).to_be_visible()
    await say(phone, "28. oktober")
    await phone.get_by_role("button", name="Det er fint").click()
    for purpose in ("Beskeder med Mette", "Tjek-ind", "Tæl mig med"):
        await (
            phone.get_by_role("button", name=re.compile(purpose))
            .or_(phone.get_by_role("checkbox", name=re.compile(purpose)))
            .last.click()
        )
        await page.wait_for_timeout(400)
    await phone.get_by_role("button", name="Færdig").click()
    await expect(shown(phone, "Jeres to ord er")).to_be_visible()
    assert await phone.locator("#head").evaluate("head => [head.getBoundingClientRect().top, scrollY]") == [0, 0]
    await page.screenshot(path=SHOTS / "demo-joined.png")

    # A quarter on, the municipality's new figure is published.
    await page.get_by_label("Ved skrivebordet").select_option("Per Lund")
    await expect(desk.get_by_text("Per Lund").first).to_be_visible()
    await desk.get_by_role("link", name="Tal", exact=True).first.click()
    await expect(desk.get_by_text("3. kvartal 2026").first).to_be_visible()
    await page.get_by_role("button", name="Et kvartal frem").click()
    await expect(page.get_by_text("Nu er uret flyttet")).to_be_visible(timeout=120_000)
    await expect(desk.get_by_text("4. kvartal 2026").first).to_be_visible()
    await page.screenshot(path=SHOTS / "demo-figure.png")
    assert page_errors == []


async def found_by_axe(demo: Demo, browser: Browser, width: int, height: int) -> dict[str, list[str]]:
    """What axe finds at this width, by page; pages without a finding are left out. None is wider than the window."""
    page = await open_demo(browser, demo, width, height)
    await page.frame_locator("#phone").get_by_role("textbox").wait_for(timeout=20_000)
    await page.frame_locator("#desk").get_by_role("heading", level=1).wait_for(timeout=20_000)
    found = {"/demo": await violations(page)}
    people = None
    for path in (
        "/phone/amina/", "/", "/inbox", "/people", "/offers", "/alerts", "/feedback", "/figures", "/settings",
    ):  # fmt: skip
        await page.goto(demo.address + path)
        await page.wait_for_timeout(700)
        found[path] = await violations(page)
        width_used = await page.evaluate("document.documentElement.scrollWidth")
        assert (path, width_used <= width) == (path, True)
        if path == "/people":
            people = await page.get_by_role("link", name=re.compile("Amina")).first.get_attribute("href")
    assert people is not None
    for tab in ("", "/offers", "/meetings", "/wellbeing", "/plan", "/case"):
        await page.goto(demo.address + people + tab)
        found[f"person{tab}"] = await violations(page)
    await page.context.close()
    return {path: rules for path, rules in found.items() if rules}
