"""What is known of one young person: the card beside every tab; what happened over years, every line once, in its
place, with its year."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from models.actions import messages, progress
from models.actions.progress import Aim
from models.tables.register import Person
from models.transactions import Scope
from tests.actions.rows import change
from tests.backend.browsing import Browser, Story
from tests.cast import Cast, link


async def test_the_card_beside_every_tab_says_who_how_to_reach_them_and_who_looks_after_them(
    mette: Browser, cast: Cast, now: datetime
) -> None:
    person = f"/people/{cast.amina}"
    await mette.post(f"{person}/reach", phone="+45 31 31 31 31", kin="Mormor 40 40 40 40")
    await change(Person, {"id": cast.amina}, substitute_id=cast.lars.staff_id)
    card = (
        "Kort fortalt 19 år · til 23. fødselsdag 3. august 2030 Ikke på chatten Intet tilbud Rådgiver Mette Holm "
        "Vikar Lars Bech Telefon +45 31 31 31 31 Kontakt, når den unge ikke kan nås Mormor 40 40 40 40 Nummer R-1001"
    )
    for tab in ("", "/offers", "/meetings", "/wellbeing", "/plan", "/case"):
        assert card in (await mette.get(f"{person}{tab}")).words


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
    assert "Sagt ja Beskeder med rådgiveren · 17. november 2024" in page.words
    assert "Telegram · fra 17. november 2025" in page.words
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


async def test_each_tab_has_its_part_of_the_person(mette: Browser, story: Story) -> None:
    person = f"/people/{story.person}"
    meetings = await mette.get(f"{person}/meetings")
    ahead, past = meetings.body.split("Tidligere møder</h2>")
    assert "Kommende møder</h2>" in ahead
    assert [len(re.findall(r'href="/meetings/[0-9a-f]{32}"', part)) for part in (ahead, past)] == [1, 1]
    wellbeing = await mette.get(f"{person}/wellbeing")
    assert "Amina: trivsel 24 af 100 den 17. november 2026" in wellbeing.words
    assert 'class="chart chart-wellbeing"' in wellbeing.body
    assert f'href="/offers/{story.offer}"' in (await mette.get(f"{person}/offers")).body
    talk = (await mette.get(f"/inbox/{story.person}")).body
    talk = talk[talk.index('id="thread-entries"') : talk.index('id="latest"')]
    kinds = ("Tilbud", "Møde", "Tjek-ind", "Chatten", "Intern note", "Kontakt uden for chatten")
    assert [kind for kind in kinds if f"<strong>{kind}</strong>" not in talk] == []
