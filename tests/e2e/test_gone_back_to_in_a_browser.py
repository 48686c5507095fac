"""A form that is gone back to, by Back or after a session that ended: it is filled in as it was left, upon a page that
a colleague has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.conftest import Demo, page_errors
from tests.e2e.test_two_caseworkers_in_a_browser import sit_down

SAVE = "main form button[type=submit]"
BOXES = "[type=checkbox][name=record]"


@pytest.fixture(autouse=True)
def nothing_breaks() -> Iterator[None]:
    """A failure of the page's script fails the test."""
    page_errors.clear()
    yield
    assert page_errors == []


async def test_a_form_gone_back_to_puts_back_nothing_a_colleague_changed_meanwhile(
    demo: Demo, browser: Browser
) -> None:
    mette, per, person = await _at_amina_s(demo, browser)
    form = f"{person}/progress?wave=status"
    await _choose(per, form, education="started", work="none")
    await mette.goto(form)
    await mette.locator("#work").select_option("part_time")
    await mette.goto(f"{demo.address}/people")
    await _choose(per, form, education="planned")
    await mette.go_back()
    await expect(mette.locator("#work")).to_have_value("part_time")
    await _save(mette, "progress_set")
    await mette.goto(form)
    stands = [await mette.locator(f"#{area}").input_value() for area in ("education", "work")]
    assert stands == ["planned", "part_time"]

    # What a colleague wrote in the very field is asked about; one's own is mended without a word of colleagues.
    plan, kin = f"{person}/plan#reach", "#reach-kin"
    for page, words in ((mette, "Mormor"), (per, "Onkel")):
        await page.goto(plan)
        await page.locator("#reach summary").click()
        await page.locator(kin).fill(words)
    await mette.goto(f"{demo.address}/people")
    await per.locator("#reach button").click()
    await per.wait_for_url(re.compile("said=contact_changed"))
    await mette.go_back()
    await expect(mette.locator(kin)).to_have_value("Mormor")
    if not await mette.locator("#reach-kin").is_visible():
        await mette.locator("#reach summary").click()
    await mette.locator("#reach button").click()
    await expect(mette.locator("#error-summary")).to_contain_text("En kollega har rettet det, mens du skrev.")
    await _choose(mette, form, work="trainee")
    await mette.go_back()
    await mette.locator("#work").select_option("full_time")
    await _save(mette, "progress_set")


async def test_after_a_session_that_ended_days_and_choices_are_there_and_no_colleague_is_run_over(
    demo: Demo, browser: Browser
) -> None:
    mette, _, person = await _at_amina_s(demo, browser)
    per = await sit_down(browser, demo, "Per Lund", 1280)
    form = f"{person}/register"
    await per.goto(form)
    typed = {"#name": "Amina Ny", "#placement-end": "2027-01-31"}
    for field, words in typed.items():
        await per.locator(field).fill(words)
    await per.locator("#aftercare").select_option("declined")
    await per.context.clear_cookies()
    await per.locator(SAVE).last.click()
    await expect(per.get_by_role("heading", level=1)).to_have_text("Du er blevet logget ud")
    await mette.goto(f"{person}/plan")
    await mette.locator("#reach summary").click()
    await mette.locator("#reach-phone").fill("20 30 40 50")
    await mette.locator("#reach button").click()
    await mette.wait_for_url(re.compile("said=contact_changed"))
    answer = await per.context.request.post(
        f"{demo.address}/demo/desk", data={"who": "Per Lund"}, headers={"Origin": demo.address}
    )
    assert answer.status == 200
    await per.goto(form)
    await expect(per.locator("#text-restored")).to_be_visible()
    assert {field: await per.locator(field).input_value() for field in typed} == typed
    await expect(per.locator("#aftercare")).to_have_value("declined")
    await per.locator(SAVE).last.click()
    await expect(per.locator("main")).to_contain_text("Registret er ændret, siden du så på det.")
    await expect(per.locator("main dl.facts").first).to_contain_text("31. januar 2027")
    await expect(per.locator("#phone")).to_have_value("20 30 40 50")


async def test_gone_back_to_no_other_message_is_chosen_than_the_one_that_was(demo: Demo, browser: Browser) -> None:
    mette, per, _ = await _at_amina_s(demo, browser)
    await mette.goto(f"{demo.address}/case-files")
    for href in await mette.locator("main a[href$='/case-file']").evaluate_all("all => all.map((one) => one.href)"):
        await mette.goto(href)
        if await mette.locator(BOXES).count() > 2:
            break
    await mette.locator(BOXES).nth(1).check()
    chosen = await mette.locator(BOXES).nth(1).get_attribute("value")
    await mette.goto(f"{demo.address}/people")
    await per.goto(href)
    await per.locator(BOXES).first.check()
    await per.get_by_role("button", name="De valgte er ikke relevante").first.click()
    await per.wait_for_url(re.compile("said=case_not"))
    await mette.go_back()
    await expect(mette.locator(BOXES).first).to_have_value(chosen or "")
    await expect(mette.locator(f"{BOXES}:checked")).to_have_count(0)


async def _at_amina_s(demo: Demo, browser: Browser) -> tuple[Page, Page, str]:
    expect.set_options(timeout=20_000)
    mette, per = await sit_down(browser, demo, "Mette Holm", 1280), await sit_down(browser, demo, "Per Lund", 1280)
    await mette.goto(f"{demo.address}/people")
    person = await mette.get_by_role("link", name=re.compile("Amina")).first.get_attribute("href")
    return mette, per, f"{demo.address}{person}"


async def _choose(page: Page, form: str, **areas: str) -> None:
    await page.goto(form)
    for area, code in areas.items():
        await page.locator(f"#{area}").select_option(code)
    await _save(page, "progress_set")


async def _save(page: Page, said: str) -> None:
    await page.locator(SAVE).last.click()
    await page.wait_for_url(re.compile(f"said={said}"))
