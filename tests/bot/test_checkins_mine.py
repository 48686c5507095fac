"""My own answers in the chat: who was first, corrected, taken back, never again, shown one by one, and the rhythm."""

from __future__ import annotations

from datetime import timedelta

from models.actions import checkins
from models.tables.checkins import Answer, CheckIn, NotAsked, Rhythm
from models.tables.messages import Message
from models.tables.register import Person
from models.transactions import HOUSE, Scope
from tests.bot.talk import Talk, World, all_of, count


async def heard(world: World, answer: str = "Helt") -> Talk:
    talk = await world.linked(world.cast.amina)
    await talk.say("/tjekind")
    await talk.press("Inddraget og hørt")
    for _ in range(5):
        await talk.press(answer)
    return talk


async def test_one_answer_is_seen_exactly_before_it_is_shown_and_can_be_taken_back(world: World) -> None:
    talk = await heard(world)
    assert talk.last == "Tak for dine svar.\nMette kan ikke se dine svar."
    await talk.press("Vis et svar til Mette")
    assert talk.last.startswith(
        "Hvilket svar vil du vise Mette?\n\n1. Jeg fik tid til at sige, hvad jeg mener. – Helt\n2. "
    )
    await talk.press("3")
    assert talk.last == (
        "Det her kommer Mette til at se:\n\nInddraget og hørt · 17. november\n"
        "Det, jeg sagde, blev taget alvorligt. – Helt\n\nEr Mette væk, ser en kollega det. Du kan tage det tilbage."
    )
    assert await count(HOUSE, Answer, shared_at__not_isnull=True) == 0
    await talk.press("Vis det")
    assert talk.last.startswith("Det her kan Mette se nu:")
    assert [row.item for row in await all_of(HOUSE, Answer, shared_at__not_isnull=True)] == ["audience"]
    await checkins.looked_at_shared(
        world.cast.mette, world.cast.amina, [(await all_of(HOUSE, CheckIn))[0].id], now=world.now
    )
    await talk.say("/tjekind")
    await talk.press("Mine svar")
    assert talk.labels[0] == "✓ Inddraget og hørt · 17. november"
    await talk.press("Inddraget og hørt · 17.")
    await talk.press("Se, hvad du har vist")
    await talk.press("Tag det tilbage")
    assert talk.last == "Det er taget tilbage. Mette kan ikke se det mere.\nMette havde set det."
    assert await count(HOUSE, Answer, shared_at__not_isnull=True) == 0


async def test_answers_are_corrected_one_by_one_or_deleted_as_long_as_it_is_open(world: World) -> None:
    talk = await heard(world)
    await talk.press("Ret eller slet")
    assert talk.last == "Du kan rette eller slette dine svar indtil torsdag kl. 10."
    await talk.press("Ret mine svar")
    assert "1 af 5" in talk.last
    assert "• Helt" in talk.labels
    await talk.press("Slet ikke")
    assert "2 af 5" in talk.last
    await talk.say("3")
    assert "3 af 5" in talk.last
    await talk.press("Færdig")
    assert talk.last.startswith("Tak for dine svar.")
    await talk.press("Ret eller slet")
    await talk.press("Tag mine svar tilbage")
    await talk.press("Ja, slet dem")
    assert talk.last == "Dine svar er slettet. De tæller ikke med nogen steder."
    assert (await count(HOUSE, Answer), [row.state for row in await all_of(HOUSE, CheckIn)]) == (0, ["stopped"])


async def test_twenty_taps_are_one_answer_and_an_old_screen_is_told_which_one_counts(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/tjekind")
    await talk.press("Hvordan har du det?")
    message_id, first = talk.button("Hele tiden")
    _, other = talk.button("På intet tidspunkt")
    for _ in range(20):
        await talk.press_data(message_id, first)
    assert (await count(HOUSE, Answer), len(talk.texts)) == (1, 1)
    await talk.press_data(message_id, other)
    assert talk.last.startswith("Du har svaret før: »Hele tiden«. Det er det, der tæller.\n\n2 af 5")
    await talk.press("Ret det svar")
    await talk.press("På intet tidspunkt")
    assert "2 af 5" in talk.last
    assert await count(HOUSE, Answer) == 1


async def test_dont_ask_me_that_again_is_kept_listed_and_can_be_taken_back(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/tjekind")
    await talk.press("Hvordan har du det?")
    await talk.press("Hele tiden")
    await talk.say("Spørg mig ikke om det igen")
    assert talk.last == (
        "Skal jeg lade være med at spørge om det her fra nu af?\n"
        "»I de sidste 2 uger har jeg følt mig rolig og afslappet«\n\n"
        "Uden det kan der ikke regnes et tal ud. Din kurve får et hul.\nDu kan altid ændre det under Min rytme."
    )
    await talk.press("Kun det her")
    assert "2 af 4" in talk.last
    for _ in range(3):
        await talk.press("Hele tiden")
    assert "Der mangler svar, så der er intet tal denne gang." in talk.last
    world.later(days=14)
    await talk.say("/tjekind")
    await talk.press("Hvordan har du det?")
    assert "Du har bedt mig om at lade 1 spørgsmål være.\nDerfor kan der ikke regnes et tal ud." in talk.last
    await talk.press("Spørg mig ikke")
    await talk.press("Alt om: Hvordan har du det")
    assert talk.last == "Okay. Det spørger jeg ikke om igen. Du kan ændre det under Min rytme."
    await talk.press("Min rytme")
    assert "Lige nu spørger jeg ikke om noget af mig selv." in talk.last
    await talk.press("Det spørger jeg ikke om (1)")
    await talk.press("Hvordan har du det?")
    assert talk.last == "Der er ikke noget, jeg lader være med at spørge om."
    assert await count(HOUSE, NotAsked) == 0


async def test_my_rhythm_is_chosen_with_buttons_or_typed_and_says_the_next_date(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/indstillinger")
    await talk.press("Min rytme")
    assert talk.last == (
        "Jeg spørger hver fjerde uge om onsdagen kl. 16.\nNæste gang er i morgen kl. 16.\n\n"
        "Jeg er stille fra kl. 21 til kl. 9.\nJeg skriver højst 3 gange om ugen af mig selv.\n\n"
        "Du kan også skrive det, fx: hver anden uge mandag kl. 18"
    )
    await talk.press("Klokken")
    assert talk.labels[0] == "kl. 9"
    assert "kl. 21" not in talk.labels
    await talk.press("kl. 18")
    await talk.press("Hvor tit")
    await talk.press("Hver 2. uge")
    await talk.press("Ugedag")
    await talk.press("Fredag")
    assert talk.last.startswith("Jeg spørger hver anden uge om fredagen kl. 18.\nNæste gang er fredag kl. 18.")
    await talk.say("hver 8. uge om tirsdagen kl. 20")
    assert talk.last.startswith("Jeg spørger hver ottende uge om tirsdagen kl. 20.\nNæste gang er i dag kl. 20.")
    await talk.press("Stille tid")
    await talk.press("Fra 20")
    await talk.press("Til 10")
    await talk.press("‹ Tilbage")
    assert "Det er i din stille tid. Så jeg venter til kl. 10." in talk.last
    await talk.press("Mind mig om det")
    assert [(row.quiet_from, row.quiet_to, row.reminders) for row in await all_of(
        HOUSE, Person, id=world.cast.amina)] == [(20, 10, False)]  # fmt: skip
    assert [(row.weeks, row.weekday, row.hour) for row in await all_of(HOUSE, Rhythm)] == [(8, 1, 20)]
    await talk.say("Kan du ringe fredag?")
    assert await count(HOUSE, Message) == 1


async def test_what_closed_while_one_was_away_says_what_became_of_the_answers(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/tjekind")
    await talk.press("Inddraget og hørt")
    await talk.press("Helt")
    world.later(days=3)
    await talk.press("Helt")
    assert talk.last == (
        "Spørgsmålene lukkede i går kl. 10.\nDet, du nåede, er gemt. Det tæller ikke med i et tal."
    )  # fmt: skip
    await checkins.expire_due(HOUSE, now=world.now)
    await talk.say("3")
    assert await count(HOUSE, Message) == 1


async def test_a_pulse_takes_one_tap_or_one_word_and_waits_while_a_human_has_the_word(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("Kan vi tale om mødet?")
    await checkins.pulse_after(Scope(world.cast.randers), world.cast.amina, "m1", now=world.now, event="meeting")
    assert await checkins.ask_due(HOUSE, now=world.now) == 0
    world.later(hours=49)
    await checkins.ask_due(HOUSE, now=world.now - timedelta(hours=2))
    await checkins.expire_due(HOUSE, now=world.now)
    assert [row.state for row in await all_of(HOUSE, CheckIn)] == ["expired"]
    await checkins.pulse_after(Scope(world.cast.randers), world.cast.amina, "m2", now=world.now, event="meeting")
    await checkins.ask_due(HOUSE, now=world.now)
    await world.settle()
    assert talk.last.endswith("\n\nDet handler om mødet.\nFølte du dig hørt?")
    assert talk.labels == ["1 Slet ikke", "2", "3", "4", "5 Helt", "Spring over", "Spørg mig ikke om det igen"]
    await talk.say("4")
    assert talk.last == "Tak for dine svar.\nMette kan ikke se dine svar."
    await talk.press("Vis et svar til Mette")
    assert "Inddraget" not in talk.last
    assert "Følte du dig hørt? – 4" in talk.last


async def test_everything_is_said_in_english_too(world: World) -> None:
    talk = await world.linked(world.cast.amina, language="en")
    await talk.say("/checkin")
    await talk.press("Involved and heard")
    for _ in range(5):
        await talk.press("Completely")
    await talk.press("Show Mette an answer")
    await talk.press("Show all answers")
    await talk.press("Show it")
    assert talk.last.startswith("This is what Mette can see now:\n\nInvolved and heard · 17 November\nI got time to")
    await talk.say("/settings")
    await talk.press("My rhythm")
    assert talk.last.startswith("I ask every fourth week on Wednesday at 16:00.\nThe next time is tomorrow at 16:00.")
    await talk.say("every other week Monday at 6 pm")
    assert talk.last.startswith("I ask every other week on Monday at 18:00.\nThe next time is Monday at 18:00.")


async def test_nothing_of_ones_answers_is_shown_on_a_phone_nobody_has_confirmed(world: World) -> None:
    talk = await world.linked(world.cast.amina, confirmed=False)
    await talk.say("/tjekind")
    assert "Mine svar" not in talk.labels
    await talk.press("Inddraget og hørt")
    message_id, data = talk.button("Helt")
    _, other = talk.button("Slet ikke")
    await talk.press_data(message_id, data)
    await talk.press_data(message_id, other)
    assert "Du har svaret før. Det er det svar, der tæller." in talk.last
    for _ in range(4):
        await talk.press("Helt")
    assert talk.labels == ["Ret eller slet", "Til forsiden"]
