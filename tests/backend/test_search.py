"""One search box: people, offers, meetings, plans, messages and contacts within reach, over the years, each once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from models.actions import meetings, messages, offers, progress
from models.actions.meetings import Content as Meeting
from models.actions.offers import Content as Offer
from models.actions.progress import Aim
from models.queries import search
from tests.backend.browsing import Browser, OpenBrowser
from tests.cast import Cast

DAY = timedelta(days=1)


@pytest.fixture
async def known(cast: Cast, now: datetime) -> str:
    """Of Amina there is one of everything, and something about a dog in each."""
    await offers.draft(
        cast.mette, cast.amina, "contact_person",
        Offer("Kontaktperson", what="Ture med hunden", starts="2026-12-01"), now=now - 9 * DAY,
    )  # fmt: skip
    about = Meeting("Hvem passer hunden?", "På biblioteket")
    await meetings.make(cast.mette, cast.amina, about, starts_at=now + 3 * DAY, minutes=45, now=now - 8 * DAY)
    await progress.set_goal(cast.mette, cast.amina, Aim("Jeg vil have min egen hund", "home"), now=now - 7 * DAY)
    again = now.date() + 20 * DAY
    await progress.agree_follow_up(cast.mette, cast.amina, again, "Spørg til hundene", now=now - 6 * DAY)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now - 5 * DAY)
    await messages.note(cast.mette, thread, "Ringede om hunden", now=now - 5 * DAY, contact=True)
    await messages.note(cast.mette, thread, "Tak for sidst", now=now - 4 * DAY)
    return cast.amina


async def test_a_word_is_found_in_everything_that_is_known_and_leads_there(
    mette: Browser, cast: Cast, known: str, now: datetime
) -> None:
    page = await mette.post("/search", words="HUNDENE")
    groups = re.findall(r"<section class=\"section\"><h2>([^<]*)</h2>(.*?)</section>", page.body, re.DOTALL)
    assert [(title, len(re.findall("<li>", rows))) for title, rows in groups] == [
        ("Tilbud", 1), ("Møder", 1), ("Mål og opfølgning", 2), ("Beskeder, noter og kontakter", 1),
    ]  # fmt: skip
    assert ("Kontakt uden for chatten" in page.words, "Ture med <mark>hunden</mark>" in page.body) == (True, True)
    paths = re.findall(r'<h3 class="row-title"><a href="([^"#]*)', page.body)
    assert [(await mette.get(path)).status for path in paths] == [200] * 5


async def test_the_name_may_stand_beside_the_words_and_does_not_find_everything_alone(
    mette: Browser, known: str
) -> None:
    both = await mette.post("/search", words="amina biblioteket")
    alone = await mette.post("/search", words="amina yusuf")
    other = await mette.post("/search", words="leila biblioteket")
    assert [page.words.count("På biblioteket") for page in (both, alone, other)] == [1, 0, 0]
    assert "1 sted" in alone.words


async def test_only_those_within_reach_are_searched(browser: OpenBrowser, cast: Cast, known: str) -> None:
    pages = [await (await browser(who)).post("/search", words="hund") for who in (cast.per, cast.siri, cast.odd)]
    assert [page.body.count("<mark>") for page in pages] == [5, 0, 0]


async def test_looking_on_finds_the_rest_once(
    cast: Cast, known: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, few in (("MOST_OPENED", 4), ("_AT_ONCE", 2), ("MOST_THINGS", 3), ("_MOST", 5)):
        monkeypatch.setattr(f"models.queries.search.{name}", few)
    thread = await messages.open_thread(cast.mette, known, now=now)
    for number in range(9):
        at = now + number * timedelta(hours=1)
        await messages.note(cast.mette, thread, f"Hund {number}", now=at)
        await progress.set_goal(cast.mette, known, Aim(f"Hund nummer {number}"), now=at)
        await progress.agree_follow_up(cast.mette, known, (at + (30 + number) * DAY).date(), f"Hund {number}", now=at)
    seen: list[str] = []
    older, pages = "", 0
    while pages == 0 or older:
        found = await search.search(cast.mette, "hunde", older=older)
        seen += [one.about for one in found.things] + [one.message_id for one in found.messages]
        older, pages = found.older, pages + 1
    assert (len(seen), len(set(seen)), pages > 3) == (4 + 1 + 27, 4 + 1 + 27, True)
