"""Call me: a time, a number, a promise at the desk; and what happens when nobody picks up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.actions import messages, messages_calls
from models.queries import messages as desk
from models.tables.messages import Message
from models.transactions import HOUSE
from tests.actions.rows import one
from tests.bot.talk import World, all_of


async def test_a_time_and_the_number_we_have_become_a_promise_that_a_call_keeps(world: World) -> None:
    cast, talk = world.cast, await world.linked(world.cast.amina)
    await talk.say("/skriv")
    await talk.press("Ring til mig")
    assert talk.last == "Hvornår må Mette ringe?"
    assert talk.labels == [
        "Nu, senest i dag kl. 12", "I dag efter kl. 12", "Senest i morgen kl. 12", "Hjælp nu", "Til forsiden",
    ]  # fmt: skip
    await talk.press("I dag efter")
    assert talk.last == "Skal vi ringe på +45 20 00 00 00? Skriv et andet nummer her, hvis det er bedre."
    await talk.press("Ja, ring på det")
    assert talk.last == "Det er aftalt. Mette ringer til dig senest i dag kl. 15."
    line = (await desk.waiting(cast.mette, now=world.now))[0][0]
    assert line.promised_at == world.now + timedelta(hours=5)
    entry = (await desk.conversation(cast.mette, cast.amina)).entries[-1]
    assert (entry.kind, entry.words) == ("call", "Vil gerne ringes op. I dag efter kl. 12. Nummer: +45 20 00 00 00")
    thread = await messages.open_thread(cast.mette, cast.amina, now=world.now)
    world.later(hours=3)
    for _ in range(2):
        await messages_calls.missed(cast.mette, thread, "Ringede.", key="k", now=world.now)
    await world.settle()
    assert talk.last == (
        "Mette ringede i dag kl. 13, men fik ikke fat i dig. Det er helt i orden.\n"
        "Mette prøver igen senest i morgen kl. 12. Passer en anden tid bedre, så vælg den her."
    )
    assert talk.labels == ["Ring til mig", "Skriv til Mette", "Hjælp nu"]
    assert [row.kind for row in await all_of(HOUSE, Message)].count("missed") == 1
    assert (await desk.waiting(cast.mette, now=world.now))[0][0].promised_at == world.now + timedelta(hours=23)
    await messages.note(cast.mette, thread, "Talte om mødet.", now=world.now, contact=True)
    assert await desk.waiting(cast.mette, now=world.now) == ([], 0)


async def test_another_number_is_typed_and_what_is_none_is_a_message(world: World) -> None:
    talk = await world.linked(world.cast.amina, confirmed=False)
    await talk.say("/skriv")
    await talk.press("Ring til mig")
    await talk.press("Nu, senest")
    assert talk.last == "Hvilket nummer skal vi ringe på? Skriv det her."
    await talk.say("hellere 40 50 60 70")
    assert [row.kind for row in await all_of(HOUSE, Message)] == ["call"]
    await talk.say("/skriv")
    await talk.press("Ring til mig")
    await talk.press("Senest")
    await talk.say("det ved jeg ikke")
    assert sorted(row.kind for row in await all_of(HOUSE, Message)) == ["call", "text"]


async def test_at_night_it_says_that_nobody_is_there_and_when_somebody_is(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    world.later(hours=13)
    closed = "Ingen læser eller ringer nu. Kontoret åbner i morgen kl. 8. Kan du ikke vente, så tryk på Hjælp nu."
    await talk.say("/skriv")
    await talk.press("Ring til mig")
    assert talk.last == f"Hvornår må Mette ringe?\n{closed}"
    assert talk.labels == ["Senest i morgen kl. 12", "Hjælp nu", "Til forsiden"]
    await talk.press("Senest")
    await talk.press("Ja, ring")
    assert talk.last.endswith(closed)
    await talk.say("Er der nogen?")
    await talk.press("Kan det ikke vente?")
    assert "Hjælp nu" in talk.labels
    assert talk.last.startswith(
        "Ingen læser nu. Mette får at vide, at det ikke kan vente, når kontoret åbner i morgen kl. 8."
    )


@pytest.mark.parametrize("times", [1, 3])
async def test_a_double_tap_makes_one_call(world: World, times: int) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/skriv")
    await talk.press("Ring til mig")
    await talk.press("Nu, senest")
    message_id, data = talk.button("Ja, ring")
    for _ in range(times):
        await talk.press_data(message_id, data)
    assert (await one(Message)).kind == "call"
