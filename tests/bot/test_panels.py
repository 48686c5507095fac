"""The youth panel in the chat: every kind of question has its buttons, words are for the panel alone, members only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.actions import panels, staff
from models.domain.panels import Choice, Kind, Question, Survey
from models.domain.staff import Role, Viewer
from models.tables.alerts import Alert
from models.tables.attachments import Attachment
from models.tables.messages import Message
from models.tables.panels import PanelAnswering, PanelProposal
from models.transactions import HOUSE
from tests.bot.talk import World, all_of, count

VOICE: dict[str, Any] = {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3}}


def both(words: str) -> dict[str, str]:
    return {"da": words, "en": words}


def choices(*keys: str) -> tuple[Choice, ...]:
    return tuple(Choice(key, both(key.title())) for key in keys)


ALL = Survey(
    both("Alt"),
    (
        Question("one", Kind.SINGLE, both("Hvor?"), choices=choices("inde", "ude")),
        Question("many", Kind.MULTIPLE, both("Med hvem?"), choices=choices("ven", "familie", "ingen")),
        Question("scale", Kind.SCALE, both("Hvor godt?"), low=1, high=5, cut=4),
        Question("number", Kind.NUMBER, both("Hvor mange?"), low=0, high=20, cut=3),
        Question("rank", Kind.RANKING, both("Vigtigst?"), choices=choices("ro", "pris", "plads")),
        Question("why", Kind.TEXT, both("Hvad mangler?")),
    ),
)  # fmt: skip


async def send(world: World) -> None:
    cast, now = world.cast, world.now
    staff_id = await staff.add(HOUSE, email="sara@example.org", name="Sara Vang", role=Role.PANEL_HOST, now=now)
    host = Viewer(staff_id, None, Role.PANEL_HOST, "Sara Vang")
    panel = await panels.found(HOUSE, "Nord", [cast.randers, cast.odsherred], staff_id, now=now)
    survey = await panels.draft(host, panel, ALL, now=now)
    await panels.publish(host, survey, now=now)
    await panels.send(host, survey, opens_at=now, closes_at=now + timedelta(days=14), now=now)


async def test_a_member_answers_every_kind_of_question_and_what_is_no_text_is_nobodys(world: World) -> None:
    await send(world)
    talk = await world.linked(world.cast.amina)
    await talk.say("/ungepanel")
    await talk.press("Ja, jeg vil være med")
    await panels.open_due(HOUSE, now=world.now)
    await talk.say("/ungepanel")
    await talk.press("Svar: Alt")
    await talk.press("Inde")
    await talk.press("Ven")
    await talk.press("Familie")
    await talk.press("Ven")
    assert talk.labels[:3] == ["☐ Ven", "☑ Familie", "☐ Ingen"]
    await talk.press("Færdig")
    assert talk.labels[:5] == ["1", "2", "3", "4", "5"]
    await talk.press("4")
    assert "Skriv et tal fra 0 til 20." in talk.last
    await talk.say("7")
    await talk.press("Pris")
    await talk.press("Ro")
    assert "1. Pris\n2. Ro\n3. Plads" in talk.last
    await talk.press("Færdig")
    assert "6 af 6 · Hvad mangler?" in talk.last
    await talk.send(**VOICE)
    assert talk.last == (
        "Panelet kan kun læse. Det her er ikke sendt til nogen.\n"
        "Skriv det her. Skal Mette have det, så tryk på knappen, og send det igen.\nEr du i fare, så ring 112."
    )
    await talk.say("Mette er her aldrig")
    assert talk.last.startswith("Tak. Dine svar er med.\nDet gik til panelet. Det gik ikke til din rådgiver.")
    assert [row.state for row in await all_of(HOUSE, PanelAnswering)] == ["done"]
    await talk.press("Til panelet")
    await talk.press("Foreslå et spørgsmål")
    await talk.send(**VOICE)
    assert talk.last.startswith("Panelet kan kun læse.")
    await talk.say("Spørg om penge")
    assert await count(HOUSE, PanelProposal) == 1
    assert (await count(HOUSE, Message), await count(HOUSE, Attachment)) == (0, 0)

    # One press, and it goes to Mette; a cry beside a picture goes to her at once, whatever was asked.
    await talk.press("Til panelet")
    await talk.press("Foreslå et spørgsmål")
    await talk.send(**VOICE, caption="jeg vil ikke leve mere")
    assert [row.reason for row in await all_of(HOUSE, Alert)] == ["crisis_words"]
    assert await count(HOUSE, Message) == 1
    await talk.press("Til panelet")
    await talk.press("Foreslå et spørgsmål")
    await talk.send(**VOICE)
    await talk.press("Skriv til Mette")
    await talk.send(**VOICE)
    assert [row.urgent for row in await all_of(HOUSE, Message)] == [True, True]


async def test_who_is_no_member_is_asked_nothing_and_sees_nothing(world: World) -> None:
    await send(world)
    talk = await world.linked(world.cast.jonas)
    await panels.open_due(HOUSE, now=world.now)
    await world.settle()
    assert talk.texts == []
    await talk.say("/ungepanel")
    assert talk.labels == ["Ja, jeg vil være med", "Til forsiden"]
    assert await count(HOUSE, PanelAnswering) == 0
