"""Amina's phone beside two desks, all in real browsers: an offer talked over, and a survey built, answered and seen."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from models.actions import panels, staff
from models.domain.staff import Role, Viewer
from models.queries import panels as views
from models.transactions import HOUSE
from tests.e2e.conftest import SHOTS, violations
from tests.journeys.test_offer import publish
from tests.journeys.test_survey import others
from tests.stage import Stage

_FIELDS = {"title-da": "Din bolig", "title-en": "Your home"}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_an_offer_is_talked_over_and_a_survey_is_built_answered_and_seen(stage: Stage, browser: Browser) -> None:
    SHOTS.mkdir(exist_ok=True)
    expect.set_options(timeout=15_000)
    cast, now = stage.cast, stage.now()
    phone = await hold(stage, browser, cast.amina, cast.mette)
    mette = await sit_down(stage, browser, cast.mette.staff_id)

    # The offer: shown, wished otherwise, answered and changed; the other side sees each of it by itself.
    offer = await publish(stage)
    await press(phone, "Se mit tilbud")
    await press(phone, "Ikke helt")
    await mette.goto(stage.house.address)
    await say(phone, "Kan det være om aftenen?")
    await expect(mette.locator("#today-items")).to_contain_text("Amina Yusuf vil hellere noget andet")
    await mette.goto(f"{stage.house.address}/offers/{offer}")
    await mette.locator("#answer").fill("Ja, det kan det godt.")
    await mette.get_by_role("button", name="Send svaret").click()
    await expect(bubble(phone, "Ja, det kan det godt.")).to_be_visible()
    await mette.goto(f"{stage.house.address}/offers/{offer}/edit")
    await mette.locator("#how-often").fill("2 timer om ugen, om aftenen")
    await mette.locator("main form").last.get_by_role("button").last.click()
    await expect(bubble(phone, "2 timer om ugen → 2 timer om ugen, om aftenen")).to_be_visible()
    await press(phone, "Se mit tilbud")
    await expect(bubble(phone, "Mette svarede: “Ja, det kan det godt.”")).to_be_visible()
    await press(phone, "Ja tak")
    await expect(bubble(phone, "Mette har fået dit ja")).to_be_visible()
    await mette.goto(f"{stage.house.address}/offers/{offer}")
    await expect(mette.get_by_text("Sagt ja").first).to_be_visible()

    # The survey: built with a way past the second question, looked at, tried, and sent in two steps.
    staff_id = await staff.add(HOUSE, email="sara@example.org", name="Sara Vang", role=Role.PANEL_HOST, now=now)
    host = Viewer(staff_id, None, Role.PANEL_HOST, "Sara Vang")
    panel = await panels.found(HOUSE, "Ungepanel Nord", [cast.randers, cast.odsherred], staff_id, now=now)
    await say(phone, "/ungepanel")
    await press(phone, "Ja, jeg vil være med")
    await expect(bubble(phone, "Velkommen i panelet")).to_be_visible()
    sara = await sit_down(stage, browser, staff_id)
    await build(sara, f"{stage.house.address}/panels/{panel}")
    await sara.get_by_role("button", name="Udgiv", exact=True).click()
    await sara.get_by_role("link", name="Send til panelet").click()
    await sara.get_by_role("button", name="Se, hvad der sker").click()
    await expect(sara.get_by_text("Intet er sendt endnu.")).to_be_visible()
    assert await phone.get_by_text("vil gerne høre dig").count() == 0
    await sara.get_by_role("button", name="Ja, send til færre end 10 medlemmer").click()
    await expect(sara.get_by_role("heading", name="Ungepanel Nord")).to_be_visible()
    await stage.tick()

    # Living alone, Amina is led past the second question; with everybody's answers the result comes.
    await press(phone, "Svar nu")
    await press(phone, "Alene")
    await expect(bubble(phone, "2 af 2 · Er du glad for det?")).to_be_visible()
    await phone.screenshot(path=SHOTS / "phone-survey.png")
    await press(phone, "4")
    await expect(bubble(phone, "Dine svar er med")).to_be_visible()
    sendout = (await views.panel(host, panel, now=now)).sendouts[0].sendout_id
    await others(cast, sendout, now)
    await sara.reload()
    await expect(sara.get_by_text("24 af 24 har svaret")).to_be_visible()
    await sara.locator("summary").filter(has_text="Luk nu").click()
    await sara.get_by_role("button", name="Ja, luk nu").click()
    await expect(sara.get_by_text("Den er lukket.")).to_be_visible()
    await stage.tick()
    await sara.reload()
    await expect(sara.get_by_text("Medlemmerne har resultatet for sig selv")).to_be_visible()
    await stage.later(days=4)
    await expect(bubble(phone, "Resultatet er her: Din bolig")).to_be_visible()
    sara = await sit_down(stage, browser, staff_id)
    await sara.goto(f"{stage.house.address}/panels/{panel}")
    await expect(sara.get_by_text("67 % (16 af 24)")).to_be_visible()
    await sara.screenshot(path=SHOTS / "desk-survey-result.png", full_page=True)
    assert [await violations(sara), await violations(mette), await violations(phone)] == [[], [], []]


async def build(desk: Page, panel: str) -> None:
    """Three questions, the first of which leads past the second; saved, and shown as a picture."""
    await desk.goto(panel)
    for field, words in _FIELDS.items():
        await desk.locator(f"#{field}").fill(words)
    await desk.get_by_role("button", name="Begynd").click()
    asked = (
        ("single", "Hvordan bor du?", "How do you live?"),
        ("text", "Hvad er godt ved det?", "What is good about it?"),
        ("scale", "Er du glad for det?", "Do you like it?"),
    )
    for kind, danish, english in asked:
        await desk.locator("#kind").select_option(kind)
        await desk.get_by_role("button", name="Tilføj spørgsmål").click()
        await desk.locator("#text-da").fill(danish)
        await desk.locator("#text-en").fill(english)
        for number, (said, meant) in enumerate((("Alene", "Alone"), ("Med andre", "With others")), 1):
            if kind == "single":
                await desk.locator(f"#label-da-c{number}").fill(said)
                await desk.locator(f"#label-en-c{number}").fill(meant)
        await desk.get_by_role("button", name="Gem spørgsmålet").last.click()
    await desk.get_by_role("button", name="Ret Spørgsmål 1").click()
    await desk.locator("#leads-to-c1").select_option("q3")
    await desk.get_by_role("button", name="Gem spørgsmålet").last.click()
    await expect(desk.locator(".chart:visible")).to_have_count(1)
    await desk.screenshot(path=SHOTS / "desk-survey-built.png", full_page=True)
    assert await violations(desk) == []


async def hold(stage: Stage, browser: Browser, person_id: str, confirmed_by: Viewer) -> Page:
    """The phone of somebody who has joined, in a browser."""
    held = await stage.phone(person_id, confirmed_by=confirmed_by)
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, locale="da-DK", timezone_id="Europe/Copenhagen", service_workers="block"
    )
    kept = [{"name": one.key, "value": one.value, "url": f"{stage.house.address}/chat/"} for one in held.web.cookie_jar]
    await context.add_cookies(kept)
    page = await context.new_page()
    await page.goto(f"{stage.house.address}/chat/")
    await page.get_by_role("textbox").wait_for()
    return page


async def sit_down(stage: Stage, browser: Browser, staff_id: str) -> Page:
    """A desk of somebody's, in a browser."""
    desk = await staff.open_session(HOUSE, staff_id, now=stage.clock.real_now())
    context = await browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="da-DK", timezone_id="Europe/Copenhagen"
    )
    await context.add_cookies([{"name": "hoert", "value": desk.token, "url": stage.house.address}])
    return await context.new_page()


async def press(phone: Page, label: str) -> None:
    """Tap the newest button that says this; the page takes no tap for a moment after something changed under it."""
    button = phone.locator("#chat button").filter(has_text=label).last
    await expect(button).to_be_visible()
    await phone.wait_for_timeout(700)
    await button.click()


async def say(phone: Page, words: str) -> None:
    """Write something on the phone."""
    box = phone.get_by_role("textbox")
    await box.fill(words)
    await box.press("Enter")


def bubble(phone: Page, words: str | re.Pattern[str]):
    """The newest bubble that says this."""
    return phone.locator(".text").filter(has_text=words).last
