"""The loop of feedback in the chat: seen, answered, what came of it; "that did not help"; who may see it after all."""

from __future__ import annotations

import pytest

from models.actions import feedback
from models.domain.feedback import State
from models.queries import feedback as views
from models.tables.feedback import Feedback
from models.tables.outbox import Letter
from models.transactions import HOUSE
from tests.actions.rows import one
from tests.bot.talk import Talk, World, all_of


async def said(world: World, reader: str = "En anden end Mette") -> tuple[Talk, str]:
    talk = await world.linked(world.cast.amina)
    await talk.say("/feedback")
    await talk.press("Et møde")
    message_id, data = next(
        (talk.shown[-1].message_id, button["callback_data"])
        for row in talk.shown[-1].rows for button in row if button["text"] == reader
    )  # fmt: skip
    await talk.press_data(message_id, data)
    await talk.say("Mødet blev flyttet tre gange")
    await talk.press("Færdig")
    return talk, (await all_of(HOUSE, Feedback))[0].id


async def test_each_step_is_told_at_its_own_loudness_and_stands_in_the_list_with_its_date(world: World) -> None:
    talk, row = await said(world)
    per, before = world.cast.per, len(talk.shown)
    await feedback.see(per, row, now=world.now)
    await world.settle()
    assert len(talk.shown) == before  # quietly, where the receipt stood
    assert "Læst af Per.\nDu får svar senest i morgen kl. 11." in talk.texts
    world.later(hours=2)
    await feedback.answer(per, row, "Jeg taler med skolen.", now=world.now)
    await world.settle()
    assert talk.last == (
        "Per har svaret på det, du skrev:\n\nJeg taler med skolen.\n\n"
        "Per siger, hvad der sker med det, senest tirsdag 1. december kl. 12."
    )
    assert talk.labels == ["Det hjalp ikke", "Til forsiden"]
    world.later(days=2)
    await feedback.close(per, row, State.DONE, "Mødet ligger fast nu.", now=world.now)
    await world.settle()
    assert talk.last == (
        "Den 17. november skrev du til os om et møde. Her er, hvad der kom ud af det.\n\n"
        "Det er gjort:\n\nMødet ligger fast nu.\n\n"
        "Følte du dig hørt? Mette ser ikke dit svar."
    )
    await talk.press("4")
    assert talk.last == "Tak. Dit svar tæller med, og det er kun dit."
    await talk.say("/feedback")
    await talk.press("Det, jeg har sagt før")
    assert talk.last == "Det her har du sagt, og det her er der sket:\n\nEt møde, 17. november: gjort"
    await talk.press("Et møde · 17. november")
    assert talk.last == (
        "Et møde\n\n17. november: Du sagde det.\n17. november: Per læste det.\n17. november: Per svarede.\n"
        "19. november: Per sagde, at det er gjort.\n\nJeg taler med skolen.\n\nMødet ligger fast nu.\n\n"
        "Mette får det ikke at se. Det er lederen, der læser det."
    )


async def test_that_it_did_not_help_is_taken_with_words_or_without(world: World) -> None:
    talk, row = await said(world, "Mette")
    await feedback.answer(world.cast.mette, row, "Sådan er det.", State.EXPLAINED, now=world.now)
    await world.settle()
    await talk.press("Det hjalp ikke")
    assert talk.last == (
        "Tak, fordi du siger det. Mette ser på det igen.\nDu får svar senest i morgen kl. 11.\n"
        "Vil du sige, hvad der mangler? Så skriv det her. Du kan også lade være."
    )
    await talk.say("Jeg fik ikke at vide hvorfor")
    line = (await views.feedbacks(world.cast.mette, views.Show.MINE))[0]
    assert [step.words for step in line.steps if step.deed == "not_helped"] == ["Jeg fik ikke at vide hvorfor"]
    await feedback.answer(world.cast.mette, row, "Nu forklarer jeg.", State.DONE, now=world.now)
    await world.settle()
    await talk.press("Det hjalp ikke")
    assert talk.last.startswith("Tak, fordi du siger det. Per ser på det igen.")


async def test_it_can_be_kept_from_somebody_or_taken_back_until_it_is_read(world: World) -> None:
    talk, row = await said(world, "Mette")
    await talk.press("Ret, hvem der ser det")
    assert talk.last == "Ingen har læst det endnu, så du kan stadig rette det. Hvem må se det?"
    assert talk.labels == ["En anden end Mette", "Ingen, kun som tal", "Træk det tilbage", "Til forsiden"]
    await talk.press("En anden end Mette")
    assert talk.last == "Mette får det ikke at se. Det er lederen, der læser det."
    world.later(minutes=1)
    await talk.press("Ret, hvem der ser det")
    assert talk.labels == ["Ingen, kun som tal", "Træk det tilbage", "Til forsiden"]
    message_id, withdraw = talk.button("Træk det tilbage")
    await feedback.see(world.cast.per, row, now=world.now)
    await talk.press_data(message_id, withdraw)
    assert talk.texts[-2].startswith("Den knap hører til noget")
    assert (await one(Feedback)).state == "seen"


async def test_whoever_takes_it_back_leaves_no_words(world: World) -> None:
    talk, _ = await said(world)
    await talk.press("Ret, hvem der ser det")
    await talk.press("Træk det tilbage")
    assert talk.last == "Det er trukket tilbage. Ingen har læst det, og dine ord er væk."
    assert [(row.state, row.body_sealed) for row in await all_of(HOUSE, Feedback)] == [("withdrawn", None)]


@pytest.mark.parametrize("reader", ["Mette", "En anden end Mette"])
async def test_a_promise_that_breaks_is_said_with_who_has_it_now(world: World, reader: str) -> None:
    talk, _ = await said(world, reader)
    world.later(days=1, hours=2)
    await feedback.break_due(HOUSE, now=world.now)
    await world.settle()
    who = "Mette" if reader == "Mette" else "Per"
    assert talk.last == (
        "Du fik ikke svar på det, du sagde, til tiden. Det beklager vi.\n"
        f"{who} har det nu. Du får svar senest i dag kl. 14."
    )


async def test_where_nobody_else_can_read_it_that_is_said_before_choosing(world: World) -> None:
    talk = await world.linked(world.cast.astrid)
    await talk.say("/feedback")
    await talk.press("Et møde")
    assert talk.last.endswith("Lige nu kan ingen anden end Odd læse det her. Du kan ringe til kommunen i stedet.")
    assert talk.labels == ["Odd", "Ingen, kun som tal"]


async def test_the_receipts_letter_is_what_read_by_replaces(world: World) -> None:
    await said(world)
    receipt = (await one(Feedback)).receipt_letter_id
    assert (await one(Letter, id=receipt)).kind == "feedback.receipt"
