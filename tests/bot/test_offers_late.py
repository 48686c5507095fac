"""Yes, no, a proposal and a wish are taken back until midnight before the 23rd birthday, and not after."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.actions import offers, offers_wishes
from models.actions.offers import Content
from models.actions.offers_wishes import Described
from models.tables.offers import Wish
from models.transactions import HOUSE
from tests.bot.talk import World, all_of
from tests.bot.test_offers import CONTENT, publish, state

MIDNIGHT = datetime(2030, 8, 2, 22, tzinfo=UTC)  # 3 August 2030, 0.00 in Copenhagen: Amina turns 23
BEFORE = MIDNIGHT - timedelta(seconds=1)


@pytest.mark.parametrize("answer", ["Ja tak", "Nej tak", "Ikke helt"])
async def test_an_answer_is_taken_back_until_midnight_and_not_after(world: World, answer: str) -> None:
    talk = await world.linked(world.cast.amina)
    world.now = BEFORE
    offer_id = await publish(world)
    await talk.say("/tilbud")
    await talk.press(answer)
    message_id, data = talk.button("Fortryd mit svar")
    await talk.press_data(message_id, data)
    assert await state(offer_id) == "published"
    yes = talk.button("Ja tak")
    world.now = MIDNIGHT
    await talk.press_data(*yes)
    assert await state(offer_id) == "published"
    assert talk.last.startswith("Du er fyldt 23. Derfor kan det ikke ændres her mere.")
    await talk.say("/tilbud")
    assert "Ja tak" not in talk.labels
    assert "Spørg om det" in talk.labels


async def test_a_wish_can_be_made_and_taken_back_until_midnight(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await offers_wishes.add_to_range(world.cast.per, Described("Mentor"), now=world.now)
    world.now = BEFORE
    await talk.say("/tilbud")
    await talk.press("Se, hvad der findes")
    await talk.press("Mentor")
    await talk.press("Det vil jeg gerne høre om")
    await talk.press("Nej, alligevel ikke")
    wish = talk.button("Det vil jeg gerne høre om")
    assert [row.state for row in await all_of(HOUSE, Wish)] == ["taken_back"]
    world.now = MIDNIGHT
    await talk.press_data(*wish)
    assert talk.last.startswith("Du er fyldt 23.")
    assert len(await all_of(HOUSE, Wish)) == 1


async def test_an_answer_on_the_screen_of_an_earlier_round_answers_nothing_and_shows_the_new_one(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    offer_id = await publish(world)
    await talk.press("Se mit tilbud")
    old = talk.button("Ja tak")
    await offers.revise(world.cast.mette, offer_id, replace(CONTENT, how_often="1 time om ugen"), now=world.now)
    await world.settle()
    await talk.press_data(*old)
    assert await state(offer_id) == "published"
    assert talk.texts[0].startswith("Dit tilbud er blevet ændret. Læs det igen, før du svarer.")
    assert "· Hvor tit: 2 timer om ugen → 1 time om ugen" in talk.texts[0]
    await talk.press_data(*talk.button("Ja tak"))
    assert await state(offer_id) == "accepted"


async def test_the_longest_offer_with_the_longest_changes_fits_into_one_message(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    long = {"what": "x" * 1000, "purpose": "y" * 600}
    lines = dict.fromkeys(("title", "with_whom", "how_often", "where"), "z" * 120)
    offer_id = await publish(world, Content(**lines, **long, starts="2026-12-01"))
    await talk.press("Se mit tilbud")
    await talk.press("Ikke helt")
    await talk.say("ø" * 3000)
    other = {key: f"w{value[1:]}" for key, value in (lines | long).items()}
    answered = "æ" * 1500
    await offers.reply(world.cast.mette, offer_id, answered, message_id="0" * 32, now=world.now)
    await offers.revise(world.cast.mette, offer_id, Content(**other, starts="2027-01-01"), now=world.now)
    await world.settle()
    await talk.press("Se mit tilbud")
    assert "Det her er nyt:" in talk.last
    await talk.press("Hvad er der sket?")
    assert max(len(text) for text in talk.texts) <= 4096
