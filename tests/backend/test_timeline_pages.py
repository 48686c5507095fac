"""What happened around one young person, over years: every line once, in its place, with its year."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from models.actions import messages, progress
from models.actions.progress import Aim
from models.transactions import Scope
from tests.backend.browsing import Browser
from tests.cast import Cast, link


@pytest.fixture
async def years(cast: Cast, now: datetime) -> datetime:
    """Amina came two years ago, wrote then and now, and had a goal in between. Returns when she came."""
    came = now - timedelta(days=730)
    amina = await link(Scope(cast.randers), cast.amina, 11, now=came, confirmed_by=cast.mette.staff_id)
    for number in range(3):
        at = came + timedelta(days=number, hours=1)
        await messages.receive(amina, f"Dengang {number}", source_key=f"webchat:{number}", now=at)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await messages.reply(cast.mette, thread, "Velkommen", version=None, key="k", now=came + timedelta(days=2, hours=2))
    await progress.set_goal(cast.mette, cast.amina, Aim("Egen bolig"), now=came + timedelta(days=100))
    await link(Scope(cast.randers), cast.amina, 12, now=came + timedelta(days=365), bot="telegram")
    await messages.receive(amina, "Hej igen", source_key="webchat:9", now=now)
    return came


async def test_the_case_has_everything_with_its_year_and_the_talk_by_day(
    mette: Browser, cast: Cast, years: datetime, now: datetime
) -> None:
    page = await mette.get(f"/people/{cast.amina}/case")
    rows = re.findall(r"(?s)<li><p><strong>(.*?)</strong>.*?<time[^>]*>(.*?)</time>(.*?)</li>", page.body)
    assert [bool(re.search(r" 202\d ", when)) for _, when, _ in rows] == [False, *[True] * (len(rows) - 1)]
    assert [kind for kind, _, _ in rows if kind != "Samtykke"] == [
        "Samtale", "Chatten", "Mål", "Samtale", "Samtale", "Samtale", "Chatten", "Chatten",
    ]  # fmt: skip
    assert "1 besked fra Amina · 1 svar herfra" in rows[3][2]
    assert "Dengang" not in page.words
    href = re.search(r'href="([^"]*)">1 besked fra Amina · 1 svar', page.body)
    assert href is not None
    there = await mette.get(href.group(1))
    assert f'id="{href.group(1).partition("#")[2]}"' in there.body


async def test_an_older_page_of_the_conversation_has_what_happened_then_and_not_since(
    mette: Browser, cast: Cast, years: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.queries.messages.PAGE", 2)

    async def talk(query: str = "") -> str:
        body = (await mette.get(f"/inbox/{cast.amina}{query}")).body
        return body[body.index('id="thread-entries"') : body.index('id="latest"')]

    latest = await talk()
    assert ("Hej igen" in latest, "Velkommen" in latest, latest.count("Kom på chatten")) == (True, True, 1)
    older = await talk("?before=4")
    assert ("Dengang 1" in older, "Hej igen" in older, "Kom på chatten" in older) == (True, False, False)
    # What was before the first word stands on the first page.
    oldest = await talk("?before=2")
    assert ("Dengang 0" in oldest, oldest.count("Kom på chatten")) == (True, 1)
    assert (await mette.get(f"/inbox/{cast.amina}?before=²")).status == 200
