"""A first day at the desk in a real browser: link, password, app, recovery codes; the next day, and asked again."""

from __future__ import annotations

import asyncio
from base64 import b32decode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, Route, expect

from backend.app import create_app
from models.actions import staff
from models.domain.staff_codes import code_at, step_of
from models.settings import Settings
from models.transactions import HOUSE
from tests.backend.browsing import MovedClock
from tests.cast import Cast
from tests.e2e.conftest import SHOTS, violations

PASSWORD = "en lang sætning om æbler og pærer"


@pytest.fixture
async def desk(database: Settings, now: datetime) -> AsyncIterator[tuple[str, MovedClock]]:
    """The desk as it runs for real, and its clock."""
    clock = MovedClock(now)
    served = TestServer(create_app(replace(database, demo=False, codes_demanded=True), clock))
    await served.start_server()
    yield str(served.make_url("")).rstrip("/"), clock
    await served.close()


async def looked_at(page: Page, name: str) -> list[str]:
    """Keep the page on a phone and on a desk; what axe finds on either, and whether it is too wide."""
    found = []
    for width, height in ((390, 844), (1280, 900)):
        await page.set_viewport_size({"width": width, "height": height})
        found += await violations(page)
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        SHOTS.mkdir(exist_ok=True)
        await page.screenshot(path=SHOTS / f"sign-in-{name}-{width}.png", full_page=True)
    return found


async def pressed_twice(page: Page, button: str) -> None:
    """Press a button twice, the second time while the answer to the first is on its way. It is sent once: what an
    answer shows this once would be lost to the second."""
    arrived, answered, sent = asyncio.Event(), asyncio.Event(), []

    async def hold(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
            arrived.set()
            await answered.wait()
        await route.continue_()

    await page.route("**/*", hold)
    await page.get_by_role("button", name=button).scroll_into_view_if_needed()
    place = await page.get_by_role("button", name=button).bounding_box()
    assert place is not None
    middle = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    await page.mouse.click(*middle)
    await asyncio.wait_for(arrived.wait(), 10)
    await page.mouse.click(*middle)
    async with page.expect_navigation():
        answered.set()
    await page.unroute("**/*", hold)
    assert len(sent) == 1


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_per_gets_a_link_sets_up_an_app_and_signs_in_with_its_codes(
    desk: tuple[str, MovedClock], cast: Cast, browser: Browser
) -> None:
    address, clock = desk
    page = await browser.new_page(locale="da-DK")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def code() -> str:
        return code_at(secret, step_of(clock.real_now()))

    link = await staff.make_sign_in_link(HOUSE, cast.per.staff_id, now=clock.real_now())
    await page.goto(f"{address}/welcome#{link}")
    await page.get_by_label("Ny adgangskode").fill(PASSWORD)
    await page.get_by_label("Adgangskoden igen").fill(PASSWORD)
    await pressed_twice(page, "Gem og log ind")
    await expect(page.get_by_role("heading", name="Sæt engangskoder op")).to_be_visible()
    await expect(page.locator(".qr svg")).to_be_visible()
    secret = b32decode((await page.locator(".secret").inner_text()).replace(" ", ""))
    await page.get_by_label("Engangskode").fill("000000")
    await page.keyboard.press("Enter")
    await expect(page.locator("#error-summary")).to_be_visible()
    found = await looked_at(page, "app")
    await page.get_by_label("Engangskode").fill(code())
    await pressed_twice(page, "Bekræft")
    await expect(page.locator(".recovery-codes li")).to_have_count(10)
    found += await looked_at(page, "recovery")
    await page.get_by_role("link", name="Jeg har gemt dem").click()
    await expect(page).to_have_url(f"{address}/")
    await page.goto(f"{address}/settings")
    found += await looked_at(page, "settings")
    await page.locator(".user-menu summary").click()
    await page.locator(".user-panel").get_by_role("button", name="Log ud").click()

    clock.move(days=1)
    await page.goto(f"{address}/hand-over")
    await page.get_by_label("E-mail").fill("per@example.org")
    await page.get_by_label("Adgangskode").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Engangskode")).to_be_visible()
    found += await looked_at(page, "code")
    await page.get_by_label("Engangskode").fill(code())
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{address}/hand-over")

    clock.move(minutes=11)
    await page.get_by_label("Fra").select_option(cast.mette.staff_id)
    await page.get_by_label("Til").select_option(cast.siri.staff_id)
    await page.get_by_label("Hvorfor?").fill("Mette går på barsel")
    await page.get_by_role("button", name="Giv alle videre").click()
    await expect(page.get_by_role("heading", name="Er det stadig dig?")).to_be_visible()
    found += await looked_at(page, "again")
    await page.get_by_label("Din adgangskode").fill(PASSWORD)
    await page.get_by_role("button", name="Fortsæt").click()
    await expect(page).to_have_url(f"{address}/people?said=all_handed_over")
    assert (found, errors) == ([], [])
