"""The offer in the chat: seen, answered, wished otherwise, asked about, regretted; nothing before the two words."""

from __future__ import annotations

import pytest

from models.actions import offers
from models.actions.offers import Content
from models.tables.alerts import Alert
from models.tables.inbox import InboxUpdate
from models.tables.messages import Message, Question
from models.tables.offers import Offer, OfferEvent
from models.transactions import HOUSE, Scoped, atomic
from tests.bot.talk import Talk, World, all_of, count

CONTENT = Content(
    title="Kontaktperson",
    what="I kan fx tale om bolig og skole.",
    with_whom="Jonas Holm",
    starts="2026-12-01",
    how_often="2 timer om ugen",
    next_meeting="2026-12-03T15:00:00+01:00",
)


async def publish(world: World, content: Content = CONTENT) -> str:
    offer_id = await offers.draft(world.cast.mette, world.cast.amina, "contact_person", content, now=world.now)
    await offers.publish(world.cast.mette, offer_id, now=world.now)
    await world.settle()
    return offer_id


async def shown(world: World) -> tuple[Talk, str]:
    talk = await world.linked(world.cast.amina)
    offer_id = await publish(world)
    world.later(minutes=1)
    await talk.press("Se mit tilbud")
    return talk, offer_id


async def state(offer_id: str) -> str:
    return str((await all_of(HOUSE, Offer, id=offer_id))[0].state)


async def test_a_new_offer_is_announced_and_opens_in_the_same_message(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    offer_id = await publish(world)
    assert talk.texts == ["Mette har et tilbud til dig. Du kan sige ja, nej eller spørge."]
    await talk.press("Se mit tilbud")
    assert talk.texts == [
        "Vi tilbyder dig det her: Kontaktperson\nI kan fx tale om bolig og skole.\nHvem: Jonas Holm\n"
        "Hvor tit: 2 timer om ugen\nFra: 1. december\nNæste møde: torsdag 3. december kl. 15\n\n"
        "Hvad siger du? Du kan tage dig god tid."
    ]
    assert talk.labels == [
        "Ja tak", "Nej tak", "Ikke helt – jeg vil hellere …", "Spørg om det", "Hvad er der sket?", "Til forsiden",
    ]  # fmt: skip
    assert (await all_of(HOUSE, Offer, id=offer_id))[0].seen_at == world.now


async def test_yes_please_twice_is_one_yes_said_once(world: World) -> None:
    talk, offer_id = await shown(world)
    message_id, data = talk.button("Ja tak")
    await talk.press_data(message_id, data)
    await talk.press_data(message_id, data)
    assert await state(offer_id) == "accepted"
    assert len(talk.texts) == 2
    assert talk.texts[0].endswith("Du sagde ja tak den 17. november.")
    assert talk.texts[1] == "Godt. Mette har fået dit ja og skriver om det næste."
    assert await count(HOUSE, OfferEvent, deed="yes") == 1


async def test_no_thanks_is_met_with_respect_and_the_reason_may_be_skipped(world: World) -> None:
    talk, offer_id = await shown(world)
    await talk.press("Nej tak")
    assert talk.last == (
        "Det er helt i orden. Fortryder du, så skriv. Vi kan se på det igen, indtil du fylder 23.\n"
        "Vil du sige hvorfor? Kun hvis du har lyst. Mette kan læse det."
    )
    assert talk.labels == ["Spring over"]
    await talk.press("Spring over")
    assert talk.last == "Det er helt i orden. Fortryder du, så skriv. Vi kan se på det igen, indtil du fylder 23."
    await talk.say("Hvad er klokken?")
    assert await state(offer_id) == "declined"
    assert await count(HOUSE, OfferEvent, deed="no.words") == 0
    assert await count(HOUSE, Message) == 1


async def test_a_reason_is_kept_with_the_offer_and_starts_no_clock(world: World) -> None:
    talk, _ = await shown(world)
    await talk.press("Nej tak")
    await talk.say("Jeg vil hellere klare mig selv")
    assert talk.last == "Tak, fordi du sagde det. Mette kan læse det."
    assert await count(HOUSE, OfferEvent, deed="reason.words") == 1
    assert await count(HOUSE, Message) == 0


async def test_a_reason_that_asks_for_something_is_a_message_too(world: World) -> None:
    talk, _ = await shown(world)
    await talk.press("Nej tak")
    await talk.say("Kan du ringe til mig?")
    assert talk.last.startswith("Din besked er sendt.")
    assert await count(HOUSE, Message) == 1


async def test_what_is_written_hours_after_a_no_is_a_message_and_no_reason(world: World) -> None:
    talk, _ = await shown(world)
    await talk.press("Nej tak")
    world.later(hours=3)
    await talk.say("Jeg har mistet min nøgle")
    assert await count(HOUSE, OfferEvent, deed="reason.words") == 0
    assert await count(HOUSE, Message) == 1


async def test_words_of_crisis_in_a_reason_are_not_lost(world: World) -> None:
    talk, _ = await shown(world)
    await talk.press("Nej tak")
    await talk.say("det er lige meget, jeg vil dø")
    assert any("Det lyder hårdt" in text for text in talk.texts)
    assert [row.reason for row in await all_of(HOUSE, Alert)] == ["crisis_words"]


async def test_not_quite_takes_words_that_become_a_message_with_a_promise(world: World) -> None:
    talk, offer_id = await shown(world)
    await talk.press("Ikke helt")
    assert talk.last == "Hvad vil du hellere? Skriv det med dine egne ord. Mette læser det og svarer dig."
    await talk.say("Hellere om aftenen")
    assert talk.last.startswith("Din besked er sendt. Mette har ikke læst den endnu.\nDu får svar senest")
    assert await state(offer_id) == "change_asked"
    assert await count(HOUSE, OfferEvent, deed="change.words") == 1
    assert [row.needs_answer for row in await all_of(HOUSE, Message)] == [True]


async def test_asking_about_it_leaves_the_offer_open(world: World) -> None:
    talk, offer_id = await shown(world)
    await talk.press("Spørg om det")
    await talk.say("Hvem er Jonas?")
    assert await state(offer_id) == "published"
    assert await count(HOUSE, OfferEvent, deed="ask.words") == 1
    assert await count(HOUSE, Message) == 1


async def test_a_button_pressed_instead_of_words_closes_the_question(world: World) -> None:
    talk, offer_id = await shown(world)
    await talk.press("Ikke helt")
    await talk.press("Til forsiden")
    await talk.say("Hej igen")
    assert await count(HOUSE, OfferEvent, deed="change.words") == 0
    assert await count(HOUSE, Message) == 1
    assert await state(offer_id) == "change_asked"


async def test_regret_is_one_tap_and_the_offer_can_be_answered_anew(world: World) -> None:
    talk, offer_id = await shown(world)
    await talk.press("Nej tak")
    await talk.press("Fortryd mit svar")
    assert await state(offer_id) == "published"
    assert talk.last.startswith("Okay. Dit svar er taget tilbage.")
    await talk.press("Nej tak")
    assert talk.last.startswith("Det er helt i orden.")


async def test_an_answer_to_an_offer_that_has_moved_on_is_answered_kindly(world: World) -> None:
    talk, offer_id = await shown(world)
    message_id, data = talk.button("Ja tak")
    await offers.move(world.cast.mette, offer_id, "withdraw", now=world.now)
    await talk.press_data(message_id, data)
    assert talk.texts[0].startswith("Der er sket noget, siden du fik den besked. Sådan ser det ud nu:")
    assert talk.texts[0].endswith("Det tilbud gælder ikke mere. Skriv, hvis du vil vide hvorfor.")
    assert [text for text in talk.texts[1:] if "gælder ikke mere: Kontaktperson" in text] == talk.texts[1:]


async def test_a_changed_offer_is_told_and_answered_anew(world: World) -> None:
    talk, offer_id = await shown(world)
    await talk.press("Ja tak")
    changed = Content(title="Kontaktperson", what="3 timer om ugen")
    await offers.revise(world.cast.mette, offer_id, changed, now=world.now)
    await world.settle()
    assert talk.last == "Mette har ændret dit tilbud. Du kan se det her, når du har tid."
    await talk.press("Se mit tilbud")
    assert "3 timer om ugen" in talk.last
    assert talk.labels[0] == "Ja tak"


async def test_the_history_has_dates(world: World) -> None:
    talk, _ = await shown(world)
    world.later(days=1)
    await talk.press("Ja tak")
    await talk.press("Hvad er der sket?")
    assert talk.texts[0].endswith(
        "Det er der sket:\n17. nov. 10.00: Du fik tilbuddet\n17. nov. 10.01: Du så det første gang\n"
        "18. nov. 10.01: Du sagde ja tak"
    )


async def test_no_offer_yet_is_said_with_the_way_to_ask(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/tilbud")
    assert talk.last == (
        "Der er ikke noget tilbud til dig her endnu. Er der noget, du gerne vil have hjælp til? Så skriv til Mette."
    )


async def test_two_offers_lead_to_one_another(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await publish(world)
    await publish(world, Content(title="Hjælp til bolig"))
    await talk.say("/offer")
    first = talk.last
    await talk.press("Se også")
    assert talk.last != first
    assert {"Kontaktperson" in first, "Kontaktperson" in talk.last} == {True, False}


async def test_nothing_of_an_offer_is_shown_before_the_two_words_are_confirmed(world: World) -> None:
    talk = await world.linked(world.cast.amina, confirmed=False)
    await publish(world)
    await talk.say("/tilbud")
    assert talk.texts == [
        "Det her er personligt, så Mette skal først høre jeres to ord af dig. I kan tale i telefon eller mødes.\n\n"
        "Du kan ringe på 89 15 15 15."
    ]


async def test_a_handler_that_fails_changes_nothing_and_its_update_becomes_a_dead_letter(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    offer_id = await publish(world)
    button = talk.button("Se mit tilbud")
    await talk.say("/feedback")
    await talk.press("Et møde")
    await talk.press("En anden end")
    await damage(HOUSE, offer_id)
    sent = len(talk.texts)
    with pytest.raises(AssertionError, match="Unreadable"):
        await talk.press_data(*button)
    assert [row.state for row in await all_of(HOUSE, InboxUpdate, error="Unreadable")] == ["dead"]
    assert (await count(HOUSE, Question), len(talk.texts)) == (1, sent)


@atomic
async def damage(scope: Scoped, offer_id: str) -> None:
    await Offer.filter(id=offer_id).update(content_sealed=b"not a blob")
