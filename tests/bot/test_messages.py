"""Writing: any words reach the caseworker, with a promise in words, whoever reads them, and the reply."""

from __future__ import annotations

from typing import Any

import pytest

from models.actions import messages, staff
from models.domain.localtime import local_date
from models.tables.alerts import Alert
from models.tables.checkins import Answer
from models.tables.keys import vault
from models.tables.messages import Message, MessageVersion, Thread
from models.tables.register import Municipality, Person
from models.transactions import HOUSE, Scoped, atomic
from tests.bot.talk import World, all_of, count

POLL = {
    "id": "1",
    "question": "Hvad?",
    "options": [{"text": "A", "voter_count": 0, "persistent_id": "a"}],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}


async def thread_of(world: World) -> Thread:
    found: Thread = (await all_of(HOUSE, Thread, person_id=world.cast.amina))[0]
    return found


async def test_the_first_message_says_where_words_go_and_lets_the_person_choose(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("Hej, er mødet på torsdag?")
    assert talk.texts == [
        "Din besked er sendt. Mette har ikke læst den endnu.\nDu får svar senest i morgen kl. 11.\n"
        "Alt, hvad du skriver her, går til Mette."
    ]
    assert talk.labels == ["Kan det ikke vente?", "Du behøver ikke svare", "Det var ikke til Mette"]
    await talk.press("Det var ikke til Mette")
    assert talk.texts[0] == "Okay. Mette kan se det, men behøver ikke svare. Hvad ville du gerne?"
    assert talk.last == "Hej Amina. Vælg her, eller skriv bare."
    found = (await all_of(HOUSE, Message))[0]
    assert (found.needs_answer, found.promised_at) == (False, None)


async def test_a_receipt_a_reader_and_a_reply_each_by_name(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("Hej")
    await talk.say("Kan vi rykke mødet?")
    assert talk.last == "Din besked er sendt. Mette har ikke læst den endnu.\nDu får svar senest i morgen kl. 11."
    thread = await thread_of(world)
    await messages.read(world.cast.per, thread.id, position=2, now=world.now)
    await world.settle()
    assert talk.texts[1:] == ["Læst af Per, som passer Mettes beskeder.\nDu får svar senest i morgen kl. 11."]
    assert talk.labels == ["Kan det ikke vente?", "Du behøver ikke svare"]
    await messages.reply(
        world.cast.mette, thread.id, "Ja, vi siger fredag.", version=thread.version, key="k", now=world.now
    )
    await world.settle()
    assert talk.last == "Mette skriver:\nJa, vi siger fredag."
    assert talk.labels == []


async def test_the_caseworkers_own_reading_names_her_alone(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("Hej")
    await messages.read(world.cast.mette, (await thread_of(world)).id, position=1, now=world.now)
    await world.settle()
    assert talk.texts == ["Læst af Mette.\nDu får svar senest i morgen kl. 11."]


async def test_what_was_answered_before_it_was_read_is_not_reported_as_read(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("Hej")
    thread = await thread_of(world)
    await messages.read(world.cast.mette, thread.id, position=1, now=world.now)
    await messages.reply(world.cast.mette, thread.id, "Hej!", version=thread.version, key="k", now=world.now)
    await world.settle()
    assert talk.last == "Mette skriver:\nHej!"
    assert not any(text.startswith("Læst af") for text in talk.texts)


async def test_a_long_reply_comes_in_parts_with_the_name_once_and_nothing_lost(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("Hej")
    thread = await thread_of(world)
    body = "\n".join(f"Linje {number} med æ, ø og å." for number in range(400))
    await messages.reply(world.cast.mette, thread.id, body, version=thread.version, key="k", now=world.now)
    await world.settle()
    parts = talk.texts[1:]
    assert len(parts) == 3
    assert [part.startswith("Mette skriver:\n") for part in parts] == [True, False, False]
    assert "".join(parts).removeprefix("Mette skriver:\n") == body


async def test_a_stand_in_is_named_while_the_caseworker_is_away(world: World) -> None:
    today = local_date(world.now)
    await staff.be_absent(world.cast.mette, today, today, now=world.now)
    talk = await world.linked(world.cast.amina)
    await talk.say("Hej")
    assert talk.last.startswith("Din besked er sendt. Lars har ikke læst den endnu.\nLars passer Mettes beskeder nu.\n")


async def test_it_cannot_wait_alerts_a_human_and_says_so_in_the_same_message(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("Hej")
    await talk.press("Kan det ikke vente?")
    assert talk.texts == [
        "Mette har fået at vide, at det ikke kan vente.\nDu får svar senest i dag kl. 12.\nEr du i fare, så ring 112."
    ]
    assert talk.labels == ["Hjælp nu", "Ring til mig", "Du behøver ikke svare"]
    assert [row.reason for row in await all_of(HOUSE, Alert)] == ["cannot_wait"]


async def test_you_need_not_answer_stops_the_clock(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("Hej")
    await talk.press("Du behøver ikke svare")
    assert talk.texts == ["Okay. Mette ser din besked og behøver ikke svare."]
    assert (await thread_of(world)).promised_at is None


async def test_thanks_starts_no_clock(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("tusind tak 👍")
    assert talk.texts == ["Tak. Mette kan se det her og behøver ikke svare."]


async def test_a_broken_promise_is_said_with_a_new_time(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("Ringer du?")
    world.later(days=2)
    await messages.break_due(HOUSE, now=world.now)
    await world.settle()
    assert talk.last == (
        "Mette nåede ikke at svare. Det beklager vi.\nMette har din besked og svarer senest i dag kl. 12."
    )


async def test_words_of_crisis_bring_help_up_gently_and_say_what_happens_when(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("jeg kan ikke mere, jeg vil dø")
    crisis, receipt = talk.texts
    assert crisis == (
        "Tak, fordi du skriver det. Det lyder hårdt.\nEr du i fare nu, så ring 112. Du kan også trykke på Hjælp nu."
        "\n\nMette får besked nu og ser på det senest i dag kl. 11."
    )
    assert receipt == "Din besked er sendt. Mette har ikke læst den endnu."
    assert [one.labels for one in talk.shown] == [["Hjælp nu", "Det var en fejl"], ["Ring til mig", "Hjælp nu"]]
    assert [row.reason for row in await all_of(HOUSE, Alert)] == ["crisis_words"]


async def test_at_night_the_crisis_text_says_that_nobody_reads(world: World) -> None:
    world.later(hours=11)
    talk = await world.linked(world.cast.amina)
    await talk.say("jeg vil dø")
    assert "ser på det senest i morgen kl. 9." in talk.texts[0]
    assert "Ingen i kommunen læser, før kontoret åbner." in talk.texts[0]


async def test_an_edited_message_keeps_both_versions_and_is_checked_again(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    message_id = await talk.say("jeg har det fint")
    await talk.edit(message_id, "jeg vil dø")
    assert (await count(HOUSE, Message), await count(HOUSE, MessageVersion)) == (1, 1)
    assert "Det lyder hårdt" in talk.last
    assert [row.reason for row in await all_of(HOUSE, Alert)] == ["crisis_words"]


async def test_an_edit_of_something_that_was_no_message_is_answered_truly_and_goes_nowhere(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.edit(77, "det her var til lederen")
    unsent = "Jeg kan ikke rette i det, du har sendt. Det nye er ikke sendt til nogen.\n"
    assert talk.texts == [f"{unsent}Skriv det igen, hvis Mette skal læse det."]
    assert await count(HOUSE, Message) == 0
    # While words are asked for, it can be said anew for the same eyes; words of crisis bring up help all the same.
    await talk.say("/feedback")
    await talk.press("møde")
    await talk.press("En anden")
    said = await talk.say("Mødet var for langt")
    await talk.edit(said, "jeg vil ikke leve mere")
    assert talk.texts[-2].startswith("Tak, fordi du skriver det. Det lyder hårdt.")
    assert talk.last == (
        "Jeg kan ikke rette i det, du har sendt. Skriv det som en ny besked, så kommer det med."
    )  # fmt: skip
    assert [row.reason for row in await all_of(HOUSE, Alert)] == ["crisis_words"]
    assert await count(HOUSE, Message) == 0


async def test_a_word_put_right_is_help_and_nobody_is_told_and_a_stranger_gets_it_too(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    said = await talk.say("hjlæp")
    await talk.edit(said, "hjælp")
    assert talk.last.startswith("Er du i fare, så ring 112.")
    assert await count(HOUSE, MessageVersion) == 0
    for mended in ("hjælp", "jeg vil ikke leve mere"):
        stranger = world.stranger()
        said = await stranger.say("hjlæp")
        await stranger.edit(said, mended)
        assert stranger.last.startswith("Er du i fare, så ring 112.")
        before = len(stranger.texts)
        await stranger.send(kind="edited_message", message_id=said, text="hvem er du?", edit_date=99)
        assert len(stranger.texts) == before


@pytest.mark.parametrize(
    ("content", "kind", "body"),
    [
        ({"sticker": {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1, "is_animated": False,
                      "is_video": False, "type": "regular", "emoji": "😢"}}, "sticker", "😢"),
        ({"location": {"latitude": 56.46, "longitude": 10.03}}, "location", "(sted) 56.46000, 10.03000"),
        ({"contact": {"first_name": "Bo", "phone_number": "12345678"}}, "contact", "(kontakt) Bo 12345678"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "dice", "🎲 3"),
        ({"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3}}, "voice", "(talebesked)"),
        ({"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}], "caption": "mit brev"},
         "photo", "(billede)\nmit brev"),
        ({"poll": POLL}, "poll", "(afstemning) Hvad?\nA"),
        ({}, "other", "(noget, chatten ikke kan vise)"),
    ],
)  # fmt: skip
async def test_whatever_comes_is_kept_as_what_it_is_and_answered(
    world: World, content: dict[str, Any], kind: str, body: str
) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.send(**content)
    row = (await all_of(HOUSE, Message))[0]
    assert row.kind == kind
    assert await body_of(HOUSE, row) == body
    assert len(talk.texts) == 1


@atomic
async def body_of(scope: Scoped, row: Message) -> str:
    opened = await vault(row.municipality_id, row.person_id)
    return opened.open("message", "body", row.id, row.body_sealed)


async def test_what_somebody_else_wrote_is_passed_on_and_is_no_stop_and_no_answer_of_ones_own(world: World) -> None:
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "En anden"}
    talk = await world.linked(world.cast.amina)
    await talk.say("/tjekind")
    await talk.press("Hvordan har du det")
    for words in ("hele tiden", "stop"):
        await talk.send(text=words, forward_origin=origin)
    assert (await count(HOUSE, Answer), await count(HOUSE, Person, stopped_at__not_isnull=True)) == (0, 0)
    assert [row.kind for row in await all_of(HOUSE, Message)] == ["forwarded", "forwarded"]
    await talk.send(text="hjælp", forward_origin=origin)
    assert talk.last.startswith("Er du i fare, så ring 112.")


async def test_a_picture_is_answered_with_what_mette_can_see_and_by_when(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    await talk.send(photo=photo, media_group_id="a1")
    await talk.send(photo=photo, media_group_id="a1")
    assert talk.texts == [
        "Tak for billedet. Mette har ikke set det endnu.\nDu får svar senest i morgen kl. 11.\n"
        "Alt, hvad du skriver her, går til Mette."
    ]
    assert [row.needs_answer for row in await all_of(HOUSE, Message)] == [True, False]


async def test_a_glad_sticker_starts_no_clock(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.send(
        sticker={"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1, "is_animated": False,
                 "is_video": False, "type": "regular", "emoji": "👍"},
    )  # fmt: skip
    assert talk.texts == ["Tak. Mette kan se det her og behøver ikke svare."]


async def test_an_unconfirmed_person_can_write_and_get_help_but_sees_nothing_personal(world: World) -> None:
    talk = await world.linked(world.cast.amina, confirmed=False)
    await talk.say("Hej")
    assert await count(HOUSE, Message) == 1
    await talk.say("/tilbud")
    assert talk.last.startswith("Det her er personligt, så Mette skal først høre jeres to ord af dig.")
    await talk.say("/help")
    assert talk.last.startswith("Er du i fare, så ring 112.")


async def test_an_unknown_command_leads_home_and_a_command_with_words_is_a_message(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/fisk")
    assert talk.last == "Hej Amina. Vælg her, eller skriv bare."
    await talk.say("/tilbud det forstår jeg ikke")
    assert await count(HOUSE, Message) == 1


async def test_write_to_mette_says_by_when_before_anything_is_written(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/skriv")
    assert talk.last == "Skriv bare her. Det går til Mette.\nSkriver du nu, får du svar senest i morgen kl. 11."


async def test_help_shows_the_lines_of_the_region_and_who_is_not_told(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    for asked in ("hjælp", "/hjælp", "/hjaelp", "/help", "Help now!"):
        await talk.say(asked)
        assert talk.last.startswith("Er du i fare, så ring 112.")
        assert "Lægevagten Midtjylland: 70 11 31 31." in talk.last
        assert "Lægevagten Sjælland" not in talk.last
        assert "Mette får ikke at vide, at du er herinde." in talk.last
    assert await count(HOUSE, Message) == 0


async def test_the_help_button_works_with_its_fixed_word_and_keeps_an_open_question_open(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/feedback")
    await talk.press("Et møde")
    await talk.press("En anden end Mette")
    await talk.press_data(1, "help")
    assert talk.last.startswith("Er du i fare, så ring 112.")
    await talk.say("Mette lytter ikke")
    assert await count(HOUSE, Message) == 0


async def test_a_verified_line_says_whether_it_is_open(world: World) -> None:
    await verify(HOUSE, world.cast.randers)
    talk = await world.linked(world.cast.amina)
    await talk.say("/help")
    assert "Lev Uden Vold: 1888. Hvis nogen slår, truer eller styrer dig. (åbent nu)" in talk.last
    assert "Randers Kommune: 89 15 00 00. Kommunens hjælp, når det haster." in talk.last
    assert "Giftlinjen: 82 12 12 12. Hvis du har taget for meget af noget.\n" in talk.last


@atomic
async def verify(scope: Scoped, municipality_id: str) -> None:
    await Municipality.filter(id=municipality_id).update(
        settings={"helplines": {"lev_uden_vold": "2026-11-02"}}, emergency_phone="89 15 00 00"
    )


@pytest.mark.parametrize("data", ["", "x", "nonsens.0", ".1", "a.999", "a.-1", "a.٣", "help.1", "a" * 64])
async def test_a_button_nobody_made_is_answered_kindly(world: World, data: str) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.press_data(1, data)
    assert talk.texts == [
        "Den knap hører til noget, der er lukket. Her er, hvor vi er nu:", "Hej Amina. Vælg her, eller skriv bare.",
    ]  # fmt: skip


async def test_somebody_elses_button_does_nothing_of_theirs(world: World) -> None:
    talk, other = await world.linked(world.cast.amina), await world.linked(world.cast.jonas)
    await talk.say("Hej")
    _, data = talk.button("Du behøver ikke svare")
    await other.press_data(1, data)
    assert (await all_of(HOUSE, Message))[0].needs_answer is True
    assert other.texts[0].startswith("Den knap hører til noget, der er lukket.")
