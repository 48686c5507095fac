"""Every page of the desk on a phone, as the gallery would find it; and the desk with only keys, and without scripts."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from models.settings import Settings
from tests.backend.browsing import Story, tell_story
from tests.cast import Cast
from tests.gallery.desk import zoomed
from tests.gallery.desk_faults import axe, by_keyboard, covered, laid_out, on_paper
from tests.gallery.desk_pages import VISITS
from tests.gallery.desk_worlds import LONG_WORDS, Seat, desk_served, seats_of

on_sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Desk:
    """The desk with one of everything, and where its pages are."""

    address: str
    story: Story
    seats: dict[str, Seat]


@pytest.fixture
async def desk(database: Settings, cast: Cast, now: datetime) -> AsyncIterator[Desk]:
    story = await tell_story(cast, now, words=LONG_WORDS)
    async with desk_served(database, now) as address:
        yield Desk(address, story, await seats_of(cast, story, now))


#: Where somebody who sees nothing, or uses no mouse, must come through.
_WALKED = ("today", "thread", "offer-new", "alert")


async def sit_down(desk: Desk, browser: Browser, seat: Seat, *, width: int = 390, scripts: bool = True) -> Page:
    """Somebody's browser with the page of a seat."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": 844}, locale="da-DK", timezone_id="Europe/Copenhagen",
        java_script_enabled=scripts, reduced_motion="reduce",
    )  # fmt: skip
    given = [{"name": name, "value": value, "url": desk.address} for name, value in seat.cookies.items()]
    await context.add_cookies(given)
    page = await context.new_page()
    await page.goto(desk.address + seat.path)
    return page


async def test_what_is_wrong_with_a_page_is_found(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    await page.set_content(
        """<html lang=da><title>Side</title><main><h1>Side</h1>
        <p style="width: 40px; overflow: hidden; white-space: nowrap">Langt ord i en lille kasse</p>
        <div style="width: 500px">Bred</div><button style="outline: none">Gem</button>
        <a href="/" tabindex="-1">Uden for</a><div onclick="1">Ikke en knap</div>
        <section style="break-before: page; height: 10px"></section></main></html>"""
    )
    assert await laid_out(page, 390) == ["wider than 390: div. Bred", "cut at 390: p.: Langt ord i en lille kasse"]
    assert await by_keyboard(page) == ["no visible focus: button Gem"]
    assert await on_paper(page) == ["on paper: button. Gem", "blank sheet 2"]
    await page.set_content("<main><table style='display: block'><tr><td>Foldet</table></main>")
    assert await on_paper(page) == ["folded on paper: Foldet"]
    # At 200 % there is room for half, drawn with twice as many points; what sticks may not take most of it.
    await zoomed(page, 2)
    found = "[innerWidth, innerHeight, devicePixelRatio, matchMedia('(min-width: 768px)').matches]"
    assert await page.evaluate(found) == [640, 360, 2, False]
    await page.set_content("<header style='position: sticky; top: 0; height: 200px'>Top</header>")
    assert await covered(page, 640) == ["covers the window at 640: header."]
    await page.set_content("<title></title><img src=x>")
    assert {one.split(":")[0] for one in await axe(page)} >= {
        "axe document-title",
        "axe html-has-lang",
        "axe image-alt",
    }


@on_sqlite
async def test_every_page_is_right_on_a_phone_at_200_percent_and_on_paper(desk: Desk, browser: Browser) -> None:
    """All of them on a phone; at 200 percent and on paper a third, always the same (HOERT_TEST_ENGINES=all: all)."""
    whole = os.environ.get("HOERT_TEST_ENGINES") == "all"
    pages: dict[str, Page] = {}
    found: dict[str, list[str]] = {}
    for name, visit in VISITS.items():
        if visit.who not in pages:
            pages[visit.who] = await sit_down(desk, browser, desk.seats[name])
        page = pages[visit.who]
        answer = await page.goto(desk.address + desk.seats[name].path)
        assert (name, answer and answer.status) == (name, 200)
        found[name] = await axe(page) + await laid_out(page, 390)
        if not (whole or crc32(name.encode()) % 3 == 0):
            continue
        await zoomed(page, 2)
        found[name] += await laid_out(page, 640) + await covered(page, 640)
        if visit.prints:
            found[name] += await on_paper(page)
        await page.set_viewport_size({"width": 390, "height": 844})
    assert {name: faults for name, faults in found.items() if faults} == {}


@on_sqlite
async def test_the_desk_is_worked_with_keys_alone_and_answers_without_scripts(desk: Desk, browser: Browser) -> None:
    page = await sit_down(desk, browser, desk.seats["today"], width=1280)
    found = {}
    for name in _WALKED:
        await page.goto(desk.address + desk.seats[name].path)
        found[name] = await by_keyboard(page)
    assert found == {name: [] for name in _WALKED}

    # An answer, from the first page on.
    await page.goto(desk.address)
    await tab_to(page, "Indbakke")
    await enter(page)
    await tab_to(page, "Senere")
    await enter(page)
    await tab_to(page, "Amina Yusuf")
    await enter(page)
    await expect(page.locator("#thread-heading")).to_have_text("Amina Yusuf")
    await tab_to(page, "Svar")
    await page.keyboard.type("Ja, på torsdag.")
    await tab_to(page, "Send")
    await enter(page)
    await expect(page.locator("#thread-entries .out").last).to_contain_text("Ja, på torsdag.")

    # An alert: what was done is written down, and it is closed.
    await page.goto(desk.address + desk.seats["alert"].path)
    await tab_to(page, "Hvad")
    await page.keyboard.type("Jeg har ringet, og vi mødes i dag.")
    await tab_to(page, "Luk")
    await enter(page)
    await expect(page.get_by_text("Den er lukket.")).to_be_visible()
    await page.goto(desk.address + desk.seats["alert"].path)
    await expect(page.locator("main")).to_contain_text("Jeg har ringet, og vi mødes i dag.")

    # An offer.
    await page.goto(desk.address + desk.seats["offer-new"].path)
    await tab_to(page, "Overskrift")
    await page.keyboard.type("Mentor: Ali")
    await tab_to(page, "Gem")
    await enter(page)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Mentor: Ali")

    # Without scripts: read, marked as read, and answered.
    page = await sit_down(desk, browser, desk.seats["inbox"], scripts=False)
    await page.get_by_role("link", name="Alle", exact=False).click()
    await page.get_by_role("link", name="Amina Yusuf").first.click()
    await expect(page.locator("#thread-entries")).to_contain_text("Det kan ikke vente")
    await page.locator("#reply").fill("Jeg skriver uden noget, der kører.")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#thread-entries .out").last).to_contain_text("uden noget, der kører")
    await page.goto(f"{desk.address}/inbox/{desk.story.person}")
    await expect(page.locator("#thread-entries .out").last).to_contain_text("uden noget, der kører")


@on_sqlite
async def test_seven_windows_at_once_all_answer_and_follow_and_one_goes_back_to_a_search(
    desk: Desk, browser: Browser
) -> None:
    expect.set_options(timeout=15_000)
    page = await sit_down(desk, browser, desk.seats["today"], width=1280)
    await page.goto(f"{desk.address}/people")
    await expect(page.locator("#count-wide-today")).to_contain_text("2 venter")
    # A browser keeps six connections to one address: a stream of hints in each window must not take them all.
    windows = [await page.context.new_page() for _ in range(6)]
    for window in windows:
        await window.goto(f"{desk.address}/alerts", timeout=10_000)
    await windows[-1].get_by_role("button", name="Kvittér").first.dblclick()
    await expect(windows[-1].get_by_text("Du har den. Skriv, hvad du har gjort")).to_be_visible()
    for window in (page, windows[0]):
        await expect(window.locator("#count-wide-today")).to_contain_text("1 venter")
    await page.locator("#search-wide").fill("amina")
    await page.locator("#search-wide").press("Enter")
    await page.locator("main .rows a").first.click()
    await expect(page.get_by_role("heading", name="Søgning")).to_have_count(0)
    await page.go_back()
    await expect(page.locator("mark").first).to_be_visible()
    assert "amina" not in page.url.lower()


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus stands on what begins with this name."""
    for _ in range(150):
        await page.keyboard.press("Tab")
        said = await page.evaluate(
            """() => {
              const one = document.activeElement;
              const said = one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent || "";
              return said.trim();
            }"""
        )
        if said.startswith(name):
            return
    raise AssertionError(f"the keys never reach {name}")


async def enter(page: Page) -> None:
    """Press Enter where the focus is, and wait for the page that comes."""
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
