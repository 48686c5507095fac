"""The demo as the README describes it, in a real browser: both sides at once, screenshots kept, axe finds nothing."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, FrameLocator, Locator, Page, async_playwright, expect

ROOT = Path(__file__).parents[2]
AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
SHOTS = ROOT / "screenshots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[str]:
    """The demo as its own process, begun on Saturday 21 November 2026; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hoert", "demo", "--port", str(port), "--start", "2026-11-21",
        "--data", str(tmp_path / "d"),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    said = (await asyncio.wait_for(process.stdout.readline(), 120)).decode()
    assert f"http://127.0.0.1:{port}/demo/" in said
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 20) == 0


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium: the one on the path, else Playwright's own. Neither is an error, and the run fails."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        await opened.close()


async def violations(page: Any) -> list[str]:
    """What axe finds on a page or frame: rule and the first place."""
    await page.evaluate(AXE)
    found = await page.evaluate("async () => (await axe.run(document, {iframes: false})).violations")
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found]


async def say(phone: FrameLocator, words: str) -> None:
    """Write something on the phone."""
    box = phone.get_by_role("textbox")
    await box.fill(words)
    await box.press("Enter")


def shown(phone: FrameLocator, words: str | re.Pattern[str]) -> Locator:
    """The newest bubble that says these words (the page also says them once to screen readers, elsewhere)."""
    return phone.locator(".text").filter(has_text=words).last


async def open_demo(browser: Browser, address: str, width: int = 1500, height: int = 980) -> Page:
    """The demo's page, with every failure of a page script kept for the test to see."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale="da-DK", timezone_id="Europe/Copenhagen"
    )
    page = await context.new_page()
    page.on("pageerror", lambda error: page_errors.append(str(error)))
    await page.goto(f"{address}/demo/")
    return page


page_errors: list[str] = []


async def test_a_stranger_plays_both_sides_as_the_readme_says(demo: str, browser: Browser) -> None:
    SHOTS.mkdir(exist_ok=True)
    page_errors.clear()
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


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 900)])
async def test_axe_finds_nothing_on_what_the_walk_visits(demo: str, browser: Browser, width: int, height: int) -> None:
    page = await open_demo(browser, demo, width, height)
    await page.frame_locator("#phone").get_by_role("textbox").wait_for(timeout=20_000)
    await page.frame_locator("#desk").get_by_role("heading", level=1).wait_for(timeout=20_000)
    assert await violations(page) == []
    found: dict[str, list[str]] = {}
    people = None
    for path in ("/phone/amina/", "/", "/inbox", "/people", "/offers", "/alerts", "/feedback", "/figures", "/settings"):
        await page.goto(demo + path)
        await page.wait_for_timeout(700)
        found[path] = await violations(page)
        width_used = await page.evaluate("document.documentElement.scrollWidth")
        assert (path, width_used <= width) == (path, True)
        if path == "/people":
            people = await page.get_by_role("link", name=re.compile("Amina")).first.get_attribute("href")
    assert people is not None
    for tab in ("", "/offers", "/wellbeing", "/plan", "/case"):
        await page.goto(demo + people + tab)
        found[f"person{tab}"] = await violations(page)
    assert {path: rules for path, rules in found.items() if rules} == {}
