"""The way in, and /stop."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.actions import consent
from models.domain.joining import Step
from models.tables.consent import Consent, Invitation, Joining, Link, Stranger
from models.tables.inbox import InboxUpdate
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE
from tests.bot.talk import Talk, World, all_of, count


async def join(world: World, talk: Talk, person_id: str) -> None:
    made = await consent.invite(world.cast.mette, person_id, now=world.now)
    await talk.say(f"/start {made.token}")
    await talk.say("3. august")
    await talk.press("Det er fint")


async def test_amina_joins_sees_no_names_before_her_birthday_and_gets_two_words(world: World) -> None:
    talk = world.stranger()
    made = await consent.invite(world.cast.mette, world.cast.amina, now=world.now)
    await talk.say(f"/start {made.token}")
    assert talk.texts == ["Hej. Det her er Hørt.\nHvornår har du fødselsdag? Skriv dag og måned, fx 3. august."]
    assert talk.labels == ["English", "Hvad er det her?", "Nemmere dansk"]
    await talk.say("3. august")
    assert talk.last.startswith("Tak. Du er inviteret af Mette fra Randers Kommune.")
    assert talk.labels == ["Det er fint", "Nej tak", "Læs mere", "Nemmere dansk", "English"]
    await talk.press("Det er fint")
    assert talk.labels == [
        "☐ Beskeder med Mette", "☐ Tjek-ind", "☐ Tæl mig med i tal uden mit navn", "☐ Ungepanel", "Færdig",
        "‹ Tilbage", "Nej tak", "Nemmere dansk", "English",
    ]  # fmt: skip
    await talk.press("Beskeder med")
    await talk.press("Tjek-ind")
    await talk.press("Tjek-ind")
    assert talk.labels[:2] == ["☑ Beskeder med Mette", "☐ Tjek-ind"]
    await talk.press("Færdig")
    words, home = talk.texts[-2:]
    assert words.startswith("Jeres to ord er: ")
    assert words.endswith(
        "Når Mette har hørt dem af dig, kan du også se dit tilbud.\nDu kan allerede skrive og få hjælp."
    )
    assert home == "Hej Amina. Vælg her, eller skriv bare."
    assert [row.purpose for row in await all_of(HOUSE, Consent, person_id=world.cast.amina)] == ["messages"]
    assert len(talk.texts) == 5


async def test_home_has_the_youth_panel_only_for_its_members(world: World) -> None:
    talk = await world.linked(world.cast.amina, purposes=["panel"])
    await talk.say("/start")
    assert talk.labels == [
        "Mit tilbud", "Skriv til Mette", "Sig, hvad du synes", "Hvordan går det?", "Ungepanel", "Hjælp nu",
        "Indstillinger",
    ]  # fmt: skip
    await talk.press("Ungepanel")
    assert talk.last == "Din kommune har ikke et ungepanel endnu. Jeg skriver, når der er noget."
    other = await world.linked(world.cast.jonas)
    await other.say("/start")
    assert "Ungepanel" not in other.labels
    await other.say("/ungepanel")
    assert other.last.endswith("Så sig ja til Ungepanel under Indstillinger.")
    assert other.labels == ["Indstillinger", "Til forsiden"]


async def test_five_wrong_birthdays_void_the_invitation_and_the_right_one_is_then_too_late(world: World) -> None:
    talk = world.stranger()
    made = await consent.invite(world.cast.mette, world.cast.amina, now=world.now)
    await talk.say(f"/start {made.token}")
    await talk.say("det siger jeg ikke")
    assert talk.last.startswith("Den dato kunne jeg ikke læse.")
    for day in range(4, 8):
        await talk.say(f"{day}. august")
    assert "Du kan prøve 1 gang til." in talk.last
    await talk.say("8. august")
    assert talk.last.startswith("Den invitation er lukket nu")
    await talk.say("3. august")
    assert not any("Mette" in text or "Randers" in text or "Amina" in text for text in talk.texts)
    assert await count(HOUSE, Link) == 0
    assert await count(HOUSE, Joining) == 0


async def test_a_code_said_aloud_opens_the_same_door(world: World) -> None:
    talk = world.stranger()
    made = await consent.invite(world.cast.mette, world.cast.amina, now=world.now)
    await talk.say(made.code.lower())
    await talk.say("3/8")
    assert talk.last.startswith("Tak. Du er inviteret af Mette")


async def test_an_expired_a_used_and_an_unknown_link_each_get_a_kind_sentence(world: World) -> None:
    made = await consent.invite(world.cast.mette, world.cast.amina, now=world.now - timedelta(days=8))
    late = world.stranger()
    await late.say(f"/start {made.token}")
    assert late.last.startswith("Den invitation er for gammel nu.")
    fresh = await consent.invite(world.cast.mette, world.cast.amina, now=world.now)
    first, second = world.stranger(), world.stranger()
    await first.say(f"/start {fresh.token}")
    await first.say("3. august")
    await first.press("Det er fint")
    await first.press("Færdig")
    await second.say(f"/start {fresh.token}")
    assert second.last.startswith("Den invitation er brugt.")
    await second.say("/start nonsens")
    assert second.last.startswith("Den invitation kender jeg ikke.")


async def test_the_other_language_is_one_press_away_in_the_same_message(world: World) -> None:
    talk = world.stranger(language="da")
    made = await consent.invite(world.cast.mette, world.cast.amina, now=world.now)
    await talk.say(f"/start {made.token}")
    await talk.press("English")
    assert talk.texts == ["Hi. This is Hørt.\nWhen is your birthday? Write the day and the month, like 3 August."]
    assert talk.labels[0] == "Dansk"
    await talk.say("August 3rd")
    assert talk.last.startswith("Thank you. Mette from Randers Kommune invited you.")
    await talk.press("That's fine")
    await talk.press("Done")
    assert talk.last == "Hi Amina. Choose here, or just write."


async def test_a_phone_that_speaks_another_language_is_greeted_in_english(world: World) -> None:
    talk = world.stranger(language="ar")
    await talk.say("hello?")
    assert talk.last.startswith("Hi. This is Hørt.")


async def test_what_is_this_names_nobody_before_the_birthday_and_read_more_names_mette_after(world: World) -> None:
    talk = world.stranger()
    made = await consent.invite(world.cast.mette, world.cast.amina, now=world.now)
    await talk.say(f"/start {made.token}")
    await talk.press("Hvad er det her?")
    assert talk.last.startswith("Hørt er en chat mellem unge")
    assert "Mette" not in talk.last
    await talk.press("Tilbage")
    assert talk.last.startswith("Hej. Det her er Hørt.")
    await talk.say("3. august")
    await talk.press("Læs mere")
    assert "Det læser Mette" in talk.last
    await talk.press("Tilbage")
    assert talk.last.startswith("Tak. Du er inviteret af Mette")
    assert len(talk.texts) == 2


async def test_no_thanks_leaves_nothing_but_the_invitation(world: World) -> None:
    talk = world.stranger()
    made = await consent.invite(world.cast.mette, world.cast.amina, now=world.now)
    await talk.say(f"/start {made.token}")
    await talk.say("3. august")
    await talk.press("Nej tak")
    assert talk.last.startswith("Det er helt i orden. Der er ikke gemt noget.")
    assert await count(HOUSE, Joining) == 0
    assert [row.used_at for row in await all_of(HOUSE, Invitation)] == [None]


async def test_words_at_the_consent_screens_show_the_screen_again(world: World) -> None:
    talk = world.stranger()
    await join(world, talk, world.cast.amina)
    await talk.say("hvad nu?")
    assert talk.texts[-1] == talk.texts[-2]
    assert [row.step for row in await all_of(HOUSE, Joining)] == [Step.PURPOSES.value]


async def test_done_pressed_twice_makes_one_link_and_leads_home(world: World) -> None:
    talk = world.stranger()
    await join(world, talk, world.cast.amina)
    message_id, data = talk.button("Færdig")
    await talk.press_data(message_id, data)
    await talk.press_data(message_id, data)
    assert await count(HOUSE, Link) == 1
    assert talk.last == "Hej Amina. Vælg her, eller skriv bare."
    assert not any("lukket" in text for text in talk.texts)


async def test_a_new_phone_closes_the_old_link(world: World) -> None:
    old = await world.linked(world.cast.amina)
    talk = world.stranger()
    await join(world, talk, world.cast.amina)
    await talk.press("Færdig")
    await old.say("er jeg her stadig?")
    assert old.last.startswith("Hej. Det her er Hørt.")
    assert sorted(row.state for row in await all_of(HOUSE, Link)) == ["active", "closed"]


async def test_a_stranger_gets_five_sentences_and_leaves_a_counter_only(world: World) -> None:
    talk = world.stranger()
    for _ in range(7):
        await talk.say("hvem er du?")
    assert len(talk.texts) == 5
    assert talk.last.startswith("Hej. Det her er Hørt. Her kan unge skrive")
    assert [row.seen for row in await all_of(HOUSE, Stranger)] == [7]
    assert {row.payload for row in await all_of(HOUSE, InboxUpdate)} == {None}


async def test_a_stranger_in_need_gets_the_national_lines(world: World) -> None:
    talk = world.stranger()
    await talk.say("jeg vil ikke leve mere")
    assert talk.last.startswith("Er du i fare, så ring 112.")
    assert "Livslinien: 70 201 201 eller livslinien.dk." in talk.last
    assert "Lægevagten" not in talk.last


async def test_a_linked_person_who_opens_an_own_invitation_uses_it_up_and_stays(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    made = await consent.invite(world.cast.mette, world.cast.amina, now=world.now)
    await talk.say(f"/start {made.token}")
    assert talk.texts == ["Hej Amina. Vælg her, eller skriv bare."]
    assert await count(HOUSE, Link, state="active") == 1
    assert [row.used_at for row in await all_of(HOUSE, Invitation)] == [world.now]


@pytest.mark.parametrize("whose", ["jonas", "nobody"])
async def test_a_linked_person_who_opens_anything_else_is_told_the_same_about_all_of_it(
    world: World, whose: str
) -> None:
    talk = await world.linked(world.cast.amina)
    token = "nonsens"
    if whose == "jonas":
        token = (await consent.invite(world.cast.siri, world.cast.jonas, now=world.now)).token
    await talk.say(f"/start {token}")
    assert talk.texts[0].startswith("Det link kan ikke bruges her.")
    assert not any("Jonas" in text or "Siri" in text for text in talk.texts)
    assert {row.used_at for row in await all_of(HOUSE, Invitation)} <= {None}


async def test_stop_ends_prompts_in_any_state_and_start_comes_back(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/feedback")
    await talk.press("Et møde")
    await talk.press("Mette")
    await talk.say("Stop.")
    assert talk.last.startswith("Okay. Jeg spørger ikke mere.")
    assert (await all_of(HOUSE, Person, id=world.cast.amina))[0].stopped_at == world.now
    await talk.say("start")
    assert talk.texts[-2] == "Godt at se dig. Nu spørger jeg igen en gang imellem."
    assert talk.last == "Hej Amina. Vælg her, eller skriv bare."
    assert (await all_of(HOUSE, Person, id=world.cast.amina))[0].stopped_at is None


async def test_i_want_to_stop_it_all_is_not_stop(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("jeg vil stoppe det hele")
    await talk.say("/stop nu, jeg kan ikke mere")
    assert (await all_of(HOUSE, Person, id=world.cast.amina))[0].stopped_at is None
    assert "Din besked er sendt" in talk.last


async def test_a_block_holds_what_waits_and_coming_back_releases_it(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.membership("member", "kicked")
    assert [row.state for row in await all_of(HOUSE, Link)] == ["blocked"]
    await talk.membership("kicked", "member")
    assert [row.state for row in await all_of(HOUSE, Link)] == ["active"]
    assert talk.texts == []


async def test_groups_and_channels_get_nothing(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await world.feed(
        {
            "update_id": 900,
            "message": {
                "message_id": 1,
                "date": 1,
                "from": {"id": talk.chat_id, "is_bot": False, "first_name": "x"},
                "chat": {"id": -100200, "type": "supergroup", "title": "x"},
                "text": "hej alle",
            },
        }
    )
    assert await count(HOUSE, Letter) == 0
