"""Long lists stand in pages: every one of them is reached, once, and the numbers say how many there are."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pytest

from models.actions import alerts, offers_wishes
from models.domain.alerts import Reason
from models.queries import alerts as views
from models.queries import away
from models.transactions import Scope
from tests.backend.browsing import Browser, OpenBrowser, Page
from tests.backend.crowd import crowd
from tests.cast import Cast, link

NEXT = re.compile(r'<a href="([^"]*)" rel="next"')
BACK = re.compile(r'<a href="([^"]*)" rel="prev"')


@pytest.fixture
async def several(cast: Cast, now: datetime) -> list[str]:
    """Five who have an offer, an urgent message, feedback and an alert each."""
    people = [await crowd(Scope(cast.randers), cast, number, now) for number in range(5)]
    for person in people:
        await alerts.raise_alert(Scope(cast.randers), person, Reason.CANNOT_WAIT, about=person, now=now)
    return people


async def walked(browser: Browser, path: str, link: str) -> list[list[str]]:
    """What is linked on each page of a list, to its end; and back again it is the same."""
    pages, addresses = list[list[str]](), [path]
    while True:
        page = await browser.get(addresses[-1])
        assert page.status == 200
        pages.append(list(dict.fromkeys(re.findall(link, page.body))))
        if (there := NEXT.search(page.body)) is None:
            break
        addresses.append(html.unescape(there.group(1)))
    for at in range(len(addresses) - 1, 0, -1):
        back = BACK.search(page.body)
        assert back is not None
        page = await browser.get(html.unescape(back.group(1)))
        assert list(dict.fromkeys(re.findall(link, page.body))) == pages[at - 1]
    assert BACK.search(page.body) is None
    return pages


def sizes(pages: list[list[str]]) -> list[int]:
    """How many on each page; none stands on two."""
    every = [one for page in pages for one in page]
    assert len(set(every)) == len(every)
    return [len(page) for page in pages]


async def test_offers_stand_by_the_first_of_each_group_and_a_group_alone_in_pages(
    browser: OpenBrowser, cast: Cast, several: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.pages.offers_list._FIRST", 2)
    monkeypatch.setattr("backend.pages.offers_list.PAGE", 2)
    for viewer in (cast.mette, cast.per):
        looking = await browser(viewer)
        page = await looking.get("/offers")
        shown = set(re.findall(r'href="(/offers/[0-9a-f]{32})"', page.body))
        assert ("5 unge har et tilbud" in page.words, len(shown)) == (True, 2)
        assert "Se alle 5: Venter på svar" in page.words
        pages = await walked(looking, "/offers?show=waiting", r'href="(/offers/[0-9a-f]{32})"')
        assert (sizes(pages), shown) == ([2, 2, 1], {*pages[0]})
        assert (await looking.get("/offers?show=nothing&after=²")).status == 200


async def test_wishes_stand_by_the_first_and_alone_in_pages(
    browser: OpenBrowser, cast: Cast, several: list[str], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.pages.offers_list._FIRST", 2)
    monkeypatch.setattr("backend.pages.offers_list.PAGE", 2)
    looking = await browser(cast.mette)
    assert "Ingen venter på at høre om noget" in (await looking.get("/offers?show=wishes")).words
    ranged = await offers_wishes.add_to_range(
        cast.per, offers_wishes.Described("Bolig", "En lejlighed", "bolig"), now=now
    )
    for number, person in enumerate(several):
        whose = await link(Scope(cast.randers), person, 200 + number, now=now, confirmed_by=cast.mette.staff_id)
        await offers_wishes.wish(whose, ranged, now=now + timedelta(minutes=number))
    for viewer in (cast.mette, cast.per):
        looking = await browser(viewer)
        page = await looking.get("/offers")
        shown = set(re.findall(r'href="(/wishes/[0-9a-f]{32})"', page.body))
        assert ("Se alle 5: Vil gerne høre om noget" in page.words, len(shown)) == (True, 2)
        pages = await walked(looking, "/offers?show=wishes", r'href="(/wishes/[0-9a-f]{32})"')
        assert (sizes(pages), shown) == ([2, 2, 1], {*pages[0]})
    other = await browser(cast.siri)
    assert "Ingen venter på at høre om noget" in (await other.get("/offers?show=wishes")).words


async def test_whoever_is_found_by_a_word_is_reached_page_by_page_and_the_word_stays_out_of_the_address(
    browser: OpenBrowser, cast: Cast, several: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.queries.register.PAGE", 2)
    looking, address, found = await browser(cast.mette), "/people", list[list[str]]()
    while address:
        page = await looking.post(address, words="Ung")
        assert ("5 unge i alfabetisk orden" in page.words, "Ung" in address) == (True, False)
        found.append(re.findall(r'<th scope="row"><a href="(/people/[0-9a-f]{32})"', page.body))
        there = re.search(r'<form class="pages-form" action="([^"]*)"', page.body)
        address = html.unescape(there.group(1)) if there else ""
    assert (sizes(found), {one for each in found for one in each}) == ([2, 2, 1], {f"/people/{one}" for one in several})


async def test_feedback_and_alerts_stand_in_pages_with_the_number_of_all(
    browser: OpenBrowser, cast: Cast, several: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.queries.feedback.PAGE", 2)
    monkeypatch.setattr("models.queries.alerts.PAGE", 2)
    looking = await browser(cast.mette)
    assert "5 venter på dig" in (await looking.get("/feedback")).words
    assert sizes(await walked(looking, "/feedback", r'href="(/feedback/[0-9a-f]{32})"')) == [2, 2, 1]
    assert "5 venter på, at nogen kvitterer" in (await looking.get("/alerts")).words
    assert sizes(await walked(looking, "/alerts", r'href="(/alerts/[0-9a-f]{32})"')) == [2, 2, 1]


async def test_a_page_from_which_all_has_gone_leads_to_the_first_and_never_says_that_nothing_waits(
    browser: OpenBrowser, cast: Cast, several: list[str], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("models.queries.feedback", "models.queries.alerts", "backend.pages.offers_list"):
        monkeypatch.setattr(f"{module}.PAGE", 2)
    looking = await browser(cast.per)
    for path in ("/alerts?show=open", "/feedback?show=open", "/offers?show=waiting", "/case-files?"):
        for after in ("5", "999999"):
            page = await looking.get(f"{path}&after={after}")
            assert (page.status, page.headers.get("Location")) == (303, path.rstrip("?")), path
        for after in ("-1", "1000000", "²", "x"):
            assert (await looking.get(f"{path}&after={after}")).status == 200, path
    # While a page of alerts is open, a colleague deals with what stands on it and before it.
    page = await looking.get("/alerts?show=open&after=4")
    assert len(_taking(page)) == 1
    for line in (await views.alerts(cast.per))[:2]:
        await alerts.close(cast.mette, line.alert_id, "Har ringet", now=now)
    assert (await looking.get("/alerts?show=open&after=4")).headers["Location"] == "/alerts?show=open"
    assert "3 venter på, at nogen kvitterer" in (await looking.get("/alerts?show=open")).words


async def test_today_says_a_promise_that_broke_again_once_and_how_much_more_there_is(
    browser: OpenBrowser, cast: Cast, several: list[str], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(13):
        about = f"{'5' * 32}:2026-11-{day + 1:02}" if day else "5" * 32
        await alerts.raise_alert(Scope(cast.randers), cast.jonas, Reason.BROKEN_PROMISE, about=about, now=now)
    looking = await browser(cast.per)
    for path in ("/", "/alerts"):
        page = await looking.get(path)
        assert (page.words.count("og 12 tidligere"), len(_taking(page))) == (1, 6), path
    said = [(await looking.get(path)).words for path in _taking(page)]
    assert sum("gælder det også de 12 tidligere" in words for words in said) == 1
    for what in ("ALERTS", "FEEDBACK"):
        monkeypatch.setattr(f"models.queries.today.MOST_{what}", 2)
    told = await away.waiting(cast.mette, now=now)
    assert (told.alerts, told.feedback) == (5, 5)  # in the digest too
    page = await looking.get("/")
    assert ("4 til kræver opmærksomhed" in page.words, len(_taking(page))) == (True, 2)


def _taking(page: Page) -> list[str]:
    """The alerts that can be taken from a page."""
    return re.findall(r'action="(/alerts/[0-9a-f]{32})/acknowledge"', page.body)
