"""What must stay in view: the header with help and the quick way out, and the truth about one's own message."""

import pytest
from playwright.async_api import Page, expect

from tests.webchat_page import scenes
from tests.webchat_page.conftest import Site
from tests.webchat_page.stub import StubChat

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOPS = "() => [Math.round(document.getElementById('head').getBoundingClientRect().top), Math.round(scrollY)]"


async def tops(page: Page) -> list[int]:
    """Where the header's upper edge is, and how far the page itself has slid away; in pixels."""
    found: list[int] = await page.evaluate(TOPS)
    return found


async def test_after_joining_the_header_stays_in_view_while_the_conversation_scrolls(
    site: Site, chat: StubChat
) -> None:
    chat.new = True
    page = await site.open("#start=invitation-1")
    await page.get_by_role("button", name="Start").click()
    await expect(page.locator(".text", has_text="Hvornår har du fødselsdag?")).to_be_visible()
    scenes.many(chat, 30)
    scenes.consent(chat)
    newest = page.locator(".message").last
    await expect(page.locator(".message")).to_have_count(34)
    seen = [await tops(page)]
    # By finger, by keyboard, by what browsers do by themselves for a focus or a found word, and by a script. A pressed
    # button that is scrolled away below once made the page itself longer.
    await page.locator("#box").hover()
    await page.mouse.wheel(0, -2500)
    await expect(newest).not_to_be_in_viewport()
    await page.evaluate("scrollTo(0, 400)")
    seen.append(await tops(page))
    await page.mouse.wheel(0, 5000)
    await expect(newest).to_be_in_viewport()
    seen.append(await tops(page))
    await page.locator("#box").press("End")
    await newest.evaluate("node => node.scrollIntoView({ block: 'start' })")
    seen.append(await tops(page))
    await page.locator("#text").focus()
    await page.evaluate("scrollTo(0, 400)")
    seen.append(await tops(page))
    assert seen == [[0, 0]] * 5
    await expect(page.get_by_role("button", name="Luk hurtigt")).to_be_in_viewport(ratio=1)


async def test_a_message_that_does_not_come_through_says_so_until_it_does(site: Site, chat: StubChat) -> None:
    await site.context.clock.install()
    number = chat.say("Er du der?", sender="me", state="sent")
    page = await site.open()
    await expect(page.locator(".mine .state.sent")).to_have_count(1)
    await site.context.clock.fast_forward(3000)
    await expect(page.locator(".late")).to_have_count(0)
    await site.context.clock.fast_forward(2000)
    await expect(page.locator(".mine .late")).to_have_text(["venter på at komme frem"])
    chat.edit(number, state="received")
    await page.reload()
    await expect(page.locator(".mine .state.received")).to_have_count(1)
    await site.context.clock.fast_forward(9000)
    await expect(page.locator(".late")).to_have_count(0)
