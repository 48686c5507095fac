"""Settings: language, pause, consents, what is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.actions import register
from models.tables.checkins import Rhythm
from models.tables.consent import Consent, Link
from models.tables.register import Person
from models.transactions import HOUSE
from tests.bot.talk import World, all_of


async def test_the_settings_show_what_was_said_yes_to_and_change_it_in_place(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/indstillinger")
    assert talk.labels == [
        "☑ Beskeder med Mette", "☑ Tjek-ind", "☑ Tæl mig med i tal uden mit navn", "☐ Ungepanel", "Min rytme",
        "Hold pause", "Stop alle spørgsmål", "Mine data", "Mine rettigheder", "Hvad må stå på Telegram?", "English",
        "Nemmere dansk", "Til forsiden",
    ]  # fmt: skip
    await talk.press("Tjek-ind")
    await talk.press("Ungepanel")
    assert talk.labels[1:4] == ["☐ Tjek-ind", "☑ Tæl mig med i tal uden mit navn", "☑ Ungepanel"]
    assert len(talk.texts) == 1
    current = {row.purpose for row in await all_of(HOUSE, Consent, withdrawn_at=None)}
    assert current == {"messages", "figures", "panel"}
    assert [row.active for row in await all_of(HOUSE, Rhythm)] == [False]


async def test_a_consent_button_pressed_twice_does_what_it_said_and_no_more(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/settings")
    message_id, data = talk.button("Ungepanel")
    await talk.press_data(message_id, data)
    await talk.press_data(message_id, data)
    assert talk.labels[3] == "☑ Ungepanel"


async def test_easier_danish_is_remembered_and_used_for_help(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/indstillinger")
    await talk.press("Nemmere dansk")
    assert "Almindelig dansk" in talk.labels
    await talk.say("/hjælp")
    assert "Tager de den ikke? Ring til den næste." in talk.last
    assert "Mette kan ikke se, at du er her." in talk.last
    await talk.say("Jeg vil ikke leve mere")
    assert any("Mette får det at vide nu." in text for text in talk.texts)
    await talk.say("/indstillinger")
    await talk.press("English")
    assert not any("dansk" in label for label in talk.labels)
    await talk.say("/help")
    assert "If you don't get through, try the next one." in talk.last


async def test_the_language_changes_at_once_and_for_the_next_letters(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/indstillinger")
    await talk.press("English")
    assert talk.texts == ["Choose here. A tick is a yes, and you can change it whenever you like."]
    await talk.press("Home")
    assert talk.texts == ["Hi Amina. Choose here, or just write."]
    assert [row.language for row in await all_of(HOUSE, Link)] == ["en"]


@pytest.mark.parametrize(
    ("label", "weeks", "day"), [("1 uge", 1, "24. november"), ("4 uger", 4, "15. december"),
                                ("12 uger", 12, "9. februar 2027")]
)  # fmt: skip
async def test_a_pause_says_until_when_and_can_be_ended(world: World, label: str, weeks: int, day: str) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/indstillinger")
    await talk.press("Hold pause")
    await talk.press(label)
    assert talk.last.endswith(f"\nDer er pause til {day}.")
    until = (await all_of(HOUSE, Person, id=world.cast.amina))[0].paused_until
    assert until == world.now + timedelta(weeks=weeks)
    await talk.press("Spørg mig igen")
    assert "pause til" not in talk.last
    assert (await all_of(HOUSE, Person, id=world.cast.amina))[0].paused_until is None


async def test_stop_in_the_settings_stops_and_offers_to_start_again(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/indstillinger")
    await talk.press("Stop alle")
    assert talk.last == (
        "Okay. Jeg spørger ikke mere. Venter du på svar fra Mette, kommer det stadig.\n"
        "Skriv start, når du vil i gang igen."
    )
    await talk.press("Start igen")
    assert talk.last == "Godt at se dig. Nu spørger jeg igen en gang imellem."


async def test_my_data_counts_what_is_stored_and_says_what_one_can_do_with_it(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("Hej")
    await talk.say("/indstillinger")
    await talk.press("Mine data")
    assert talk.last == (
        "Det her har vi om dig. Det ligger låst med din egen nøgle.\n\n· 1 besked\n· tilbud: 0\n· tjek-ind: 0\n"
        "· det, du har sagt om os: 0\n\n"
        "Det er dit. Du kan få det hele, se, hvem der har læst det, og sige stop."
    )
    assert talk.labels == [
        "Giv mig det hele", "Hvem har åbnet det?", "Hvad er lagt på min sag?", "Det, jeg har sagt ja til", "Slet mig",
        "‹ Tilbage",
    ]  # fmt: skip


async def test_before_the_two_words_my_data_names_nobody_who_looked(world: World) -> None:
    talk = await world.linked(world.cast.amina, confirmed=False)
    await register.looked_at(world.cast.per, world.cast.amina, now=world.now)
    await talk.say("/indstillinger")
    await talk.press("Mine data")
    assert "Per" not in talk.last
    assert "Det her er personligt" in talk.last
