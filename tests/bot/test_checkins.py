"""Check-ins in the chat: one message, one question at a time; typed answers count, sentences are for a human."""

from __future__ import annotations

from typing import Any

from models.actions import checkins
from models.actions.checkins_measured import _answers_of
from models.domain.instruments import INSTRUMENTS
from models.tables.alerts import Alert
from models.tables.checkins import Answer, CheckIn
from models.tables.keys import vault
from models.tables.messages import Message
from models.transactions import HOUSE, Scoped, atomic
from tests.bot.talk import Talk, World, all_of, count

FIRST = "1 af 5 · I de sidste 2 uger har jeg været glad og i godt humør"
SECOND = "2 af 5 · I de sidste 2 uger har jeg følt mig rolig og afslappet"


async def who5(world: World, **more: Any) -> Talk:
    talk = await world.linked(world.cast.amina, **more)
    await talk.say("/tjekind")
    await talk.press("Hvordan har du det?")
    return talk


async def answers(world: World) -> dict[str, object]:
    return await _answers(HOUSE)


@atomic
async def _answers(scope: Scoped) -> dict[str, object]:
    row = await CheckIn.get()
    return dict(await _answers_of(await vault(row.municipality_id, row.person_id), row.id))


async def test_who_sees_it_stands_first_and_every_question_stands_in_the_same_message(world: World) -> None:
    talk = await who5(world)
    assert talk.texts == ["Mette kan se dine svar.\nSer det ud til, at du har det svært, får Mette besked.\n\n" + FIRST]
    assert talk.labels == [
        "Hele tiden", "Det meste af tiden", "Lidt mere end halvdelen af tiden", "Lidt mindre end halvdelen af tiden",
        "Lidt af tiden", "På intet tidspunkt", "Spring over", "Stop", "Spørg mig ikke om det igen",
    ]  # fmt: skip
    await talk.press("Hele tiden")
    assert talk.texts == [SECOND]
    assert talk.labels[-4:] == ["‹ Tilbage", "Spring over", "Stop", "Spørg mig ikke om det igen"]


async def test_the_end_says_how_long_it_took_and_offers_the_curve(world: World) -> None:
    talk = await who5(world)
    for _ in range(5):
        world.later(seconds=8)
        await talk.press("Det meste af tiden")
    assert talk.texts == ["Tak. Det tog 40 sekunder.\nVil du se din kurve?"]
    await talk.press("Se min kurve")
    assert talk.last == (
        "Din kurve. Tallene går fra 0 til 100, og højere er bedre. Kun du får den vist her.\n\n17. november: 80 af 100"
    )
    assert talk.shown[-1].picture.startswith(b"\x89PNG")


async def test_not_now_leaves_the_thanks_and_takes_the_buttons_away(world: World) -> None:
    talk = await who5(world)
    for _ in range(5):
        await talk.press("Hele tiden")
    await talk.press("Ikke nu")
    assert talk.texts == ["Tak for dine svar."]
    assert talk.labels == ["Til forsiden"]


async def test_a_second_press_of_the_same_button_changes_nothing(world: World) -> None:
    talk = await who5(world)
    message_id, data = talk.button("Hele tiden")
    await talk.press_data(message_id, data)
    await talk.press_data(message_id, data)
    assert talk.texts == [SECOND]
    assert await answers(world) == {"cheerful": 5}


async def test_the_last_answer_pressed_twice_ends_it_once(world: World) -> None:
    talk = await who5(world)
    for _ in range(4):
        await talk.press("Hele tiden")
    message_id, data = talk.button("Hele tiden")
    await talk.press_data(message_id, data)
    await talk.press_data(message_id, data)
    assert talk.texts == ["Tak for dine svar.\nVil du se din kurve?"]


async def test_a_typed_number_is_the_place_on_the_screen_and_a_typed_label_counts(world: World) -> None:
    talk = await who5(world)
    await talk.say("1")
    assert talk.last == SECOND
    await talk.say("lidt af tiden")
    await talk.say("spring over")
    assert await answers(world) == {"cheerful": 5, "calm": 1, "active": "skip"}
    assert await count(HOUSE, Message) == 0


async def test_a_real_sentence_is_not_swallowed_and_the_check_in_stays_where_it_was(world: World) -> None:
    talk = await who5(world)
    await talk.say("Lidt af tiden, men min mor er syg")
    assert await count(HOUSE, Message) == 1
    assert await answers(world) == {}
    await talk.press("Hele tiden")
    assert await answers(world) == {"cheerful": 5}


async def test_an_answer_to_a_newer_question_is_not_taken_for_a_check_in(world: World) -> None:
    talk = await who5(world)
    world.later(minutes=1)
    await talk.say("/feedback")
    await talk.press("Et møde")
    await talk.press("En anden end")
    await talk.say("Hele tiden")
    assert await answers(world) == {}
    assert talk.last.startswith("Tak, fordi du sagde det.")


async def test_back_shows_the_answer_given_and_another_one_corrects_it(world: World) -> None:
    talk = await who5(world)
    await talk.press("Hele tiden")
    await talk.press("Tilbage")
    assert talk.texts[0].endswith(FIRST)
    assert talk.labels[0] == "• Hele tiden"
    await talk.press("Lidt af tiden")
    assert talk.texts == [SECOND]
    assert await answers(world) == {"cheerful": 1}


async def test_skip_is_kept_apart_and_gives_no_score(world: World) -> None:
    talk = await who5(world)
    for _ in range(4):
        await talk.press("Hele tiden")
    await talk.press("Spring over")
    assert (await answers(world))["interested"] == "skip"
    assert [row.score_sealed for row in await all_of(HOUSE, CheckIn)] == [None]


async def test_stop_inside_a_check_in_ends_only_that_and_its_buttons_are_old_then(world: World) -> None:
    talk = await who5(world)
    message_id, data = talk.button("Hele tiden")
    await talk.press("Stop")
    assert talk.texts == ["Okay, vi stopper her. Jeg spørger ikke om resten."]
    assert [row.state for row in await all_of(HOUSE, CheckIn)] == ["stopped"]
    await talk.press_data(message_id, data)
    assert talk.texts[1:] == [
        "Den knap hører til noget, der er lukket. Her er, hvor vi er nu:", "Hej Amina. Vælg her, eller skriv bare.",
    ]  # fmt: skip
    await talk.say("/tjekind")
    assert "Hvordan har du det: igen fra 18. november" in talk.last


async def test_one_goes_on_where_one_stopped_also_from_a_new_message(world: World) -> None:
    talk = await who5(world)
    await talk.press("Hele tiden")
    world.later(hours=3)
    await talk.say("/checkin")
    await talk.press("Fortsæt: Hvordan har du det?")
    assert talk.last == SECOND
    assert talk.texts == [SECOND, SECOND]


async def test_an_old_button_shows_the_open_question_again(world: World) -> None:
    talk = await who5(world)
    await talk.press_data(1, "nonsens.0")
    assert talk.texts[-2:] == [
        "Den knap hører til noget, der er lukket. Her er, hvor vi er nu:",
        "Mette kan se dine svar.\nSer det ud til, at du har det svært, får Mette besked.\n\n" + FIRST,
    ]


async def test_a_low_score_says_who_looks_at_it_by_when_and_offers_help_before(world: World) -> None:
    talk = await who5(world)
    for _ in range(5):
        await talk.press("På intet tidspunkt")
    assert talk.texts == [
        "Tak for dine svar. Nogle af dem kan tyde på, at du har det svært.\n"
        "Mette får besked og ser på det senest i morgen kl. 15.\nHar du brug for nogen før, så tryk på Hjælp nu."
    ]
    assert talk.labels == ["Skriv til Mette", "Hjælp nu"]
    assert [row.reason for row in await all_of(HOUSE, Alert)] == ["low_wellbeing"]


async def test_an_invitation_says_who_sees_it_and_opens_in_place(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await checkins.ask_now(world.cast.mette, world.cast.amina, "who5", now=world.now)
    await checkins.ask_due(HOUSE, now=world.now)
    await world.settle()
    assert talk.texts == [
        "Mette kan se dine svar.\nSer det ud til, at du har det svært, får Mette besked.\n\n"
        "Har du tid til 5 spørgsmål? Det tager cirka 40 sekunder."
    ]
    await talk.press("Ikke nu")
    assert talk.texts[0].startswith("Helt fint. Du kan svare indtil ")
    await talk.press("Svar nu")
    assert talk.texts[0].endswith(FIRST)


async def test_an_unconfirmed_person_can_check_in_but_is_not_shown_the_curve(world: World) -> None:
    talk = await who5(world, confirmed=False)
    for _ in range(5):
        await talk.press("Hele tiden")
    assert talk.texts == ["Tak for dine svar."]
    assert await count(HOUSE, Answer) == 5


async def test_english_is_asked_in_english(world: World) -> None:
    talk = await world.linked(world.cast.amina, language="en")
    await talk.say("/checkin")
    await talk.press("How are you?")
    assert talk.last.endswith("1 of 5 · Over the last two weeks\nI have felt cheerful and in good spirits")


async def test_each_instrument_is_answered_to_its_end_with_the_buttons_it_shows(world: World) -> None:
    for person, language, names in (
        (world.cast.amina, "da", ("who5", "life_now")), (world.cast.jonas, "en", ("tils", "hoert5")),
    ):  # fmt: skip
        talk = await world.linked(person, language=language)
        for name in names:
            instrument = INSTRUMENTS[name]
            await talk.say("/tjekind")
            await talk.press(instrument.title[language])
            for item in instrument.items:
                assert item.text[language] in talk.last
                labels = [option.label[language] for option in item.options]
                assert [label for label in talk.labels if label in labels] == labels
                await talk.press_data(*talk.button(labels[1]))
            done = (await all_of(HOUSE, CheckIn, person_id=person, instrument=name))[0]
            assert (name, done.state) == (name, "done")
