"""Feedback: who may see it before the words, an answer by then, and whether one felt heard."""

from __future__ import annotations

import pytest

from models.actions import feedback
from models.domain.feedback import State
from models.tables.alerts import Alert
from models.tables.feedback import Feedback
from models.tables.messages import Message
from models.transactions import HOUSE
from tests.bot.talk import Talk, World, all_of, count


async def about_a_meeting(world: World) -> Talk:
    talk = await world.linked(world.cast.amina)
    await talk.say("/feedback")
    await talk.press("Et møde")
    return talk


async def test_what_it_is_about_is_asked_first_and_who_may_see_it_before_the_words(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/feedback")
    assert talk.labels == [
        "Mit tilbud", "Mette", "Et møde", "En afgørelse", "Noget godt", "Noget andet", "Til forsiden",
    ]  # fmt: skip
    await talk.press("Et møde")
    assert talk.texts == ["Hvem må se det? Du vælger, før du skriver."]
    assert talk.labels == ["Mette", "En anden end Mette", "Ingen, kun som tal"]


@pytest.mark.parametrize(
    ("label", "reader"),
    [
        ("Mette", "Det er Mette, der læser det. Er Mette væk, læser en kollega."),
        ("En anden end Mette", "Mette får det ikke at se. Det er lederen, der læser det."),
    ],
)
async def test_the_words_are_taken_for_whom_was_chosen_and_nobody_else(world: World, label: str, reader: str) -> None:
    talk = await about_a_meeting(world)
    message_id, data = next(
        (talk.shown[-1].message_id, button["callback_data"])
        for row in talk.shown[-1].rows for button in row if button["text"] == label
    )  # fmt: skip
    await talk.press_data(message_id, data)
    assert talk.last == f"Skriv det her, med dine egne ord.\n{reader}"
    await talk.say("I talte hen over hovedet på mig")
    more = "Vil du sige mere, så skriv her inden for 15 minutter."
    assert talk.last == f"Tak, fordi du sagde det.\n{reader}\nDu får svar senest i morgen kl. 11.\n{more}"
    row = (await all_of(HOUSE, Feedback))[0]
    assert (row.state, row.said_at) == ("said", world.now)
    assert await count(HOUSE, Message) == 0


async def test_only_as_statistics_takes_no_words(world: World) -> None:
    talk = await about_a_meeting(world)
    message_id, data = talk.button("Ingen, kun som tal")
    await talk.press_data(message_id, data)
    await talk.press_data(message_id, data)
    assert talk.texts == ["Tak. Det tæller med i tallene. Ingen kan se, at det var dig."]
    await talk.say("Hej Mette")
    assert await count(HOUSE, Message) == 1
    assert [row.body_sealed for row in await all_of(HOUSE, Feedback)] == [None]


async def test_words_of_crisis_in_feedback_raise_an_alert_and_bring_up_help(world: World) -> None:
    talk = await about_a_meeting(world)
    await talk.press("En anden end")
    await talk.say("det mødet gjorde at jeg vil dø")
    assert talk.texts[-2].startswith("Tak, fordi du skriver det. Det lyder hårdt.")
    assert talk.last.startswith("Tak, fordi du sagde det.")
    assert [row.reason for row in await all_of(HOUSE, Alert)] == ["crisis_words"]


async def test_the_answer_asks_if_one_felt_heard_and_the_first_tap_counts(world: World) -> None:
    talk = await about_a_meeting(world)
    await talk.press("En anden end")
    await talk.say("Mødet blev flyttet tre gange")
    row = (await all_of(HOUSE, Feedback))[0]
    await feedback.answer(world.cast.per, row.id, "Mødet er flyttet til din skole.", State.DONE, now=world.now)
    await world.settle()
    assert talk.last == (
        "Per har svaret på det, du skrev:\n\nMødet er flyttet til din skole.\n\n"
        "Følte du dig hørt? Mette ser ikke dit svar."
    )
    assert talk.labels == ["1 Slet ikke", "2", "3", "4", "5 Helt", "Det hjalp ikke"]
    await talk.press("5 Helt")
    await talk.press("1 Slet ikke")
    assert talk.texts[-1] == "Tak. Dit svar tæller med, og det er kun dit."
    assert talk.texts.count(talk.last) == 1


async def test_an_old_audience_button_changes_nothing_once_the_words_are_said(world: World) -> None:
    talk = await about_a_meeting(world)
    old_id, old = talk.button("Mette")
    await talk.press("En anden end")
    await talk.say("Kun til lederen")
    await talk.press_data(old_id, old)
    assert [row.audience for row in await all_of(HOUSE, Feedback)] == ["someone_else"]
