"""My data and my rights in the chat: who opened it, what I said yes to, all of it withdrawn, asking, leaving."""

from __future__ import annotations

import json
from io import BytesIO
from zipfile import ZipFile

import pytest

from models.actions import attachments, messages, offers, register
from models.domain import rights
from models.tables.consent import Consent, Link
from models.tables.messages import Message, Thread
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE
from tests.bot.talk import Talk, World, all_of
from tests.files import PDF, voice


async def _my_data(talk: Talk) -> None:
    await talk.say("/indstillinger")
    await talk.press("Mine data")


async def test_who_has_opened_it_names_what_and_when_and_nobody_is_said_plainly(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await _my_data(talk)
    await talk.press("Hvem har åbnet")
    assert talk.last == "Ingen har åbnet det endnu. Når nogen gør, står det her med navn og tid."
    await talk.say("Hej")
    thread = (await all_of(HOUSE, Thread))[0]
    await messages.read(world.cast.mette, thread.id, position=1, now=world.now)
    for _ in range(8):
        world.later(hours=1)
        await register.looked_at(world.cast.per, world.cast.amina, now=world.now)
    await _my_data(talk)
    await talk.press("Hvem har åbnet")
    assert talk.last.startswith(
        "De her har åbnet det, der handler om dig:\n\n17. nov. 18.00: Per Lund så din side\n17. nov. 17.00: Per"
    )
    assert talk.last.endswith("\n\nSide 1 af 2")
    await talk.press("Ældre")
    assert talk.last == (
        "De her har åbnet det, der handler om dig:\n\n17. nov. 10.00: Mette Holm læste jeres samtale\n\nSide 2 af 2"
    )
    await talk.press("Nyere")
    assert talk.last.endswith("Side 1 af 2")


async def test_my_files_come_in_zips_within_bounds_and_nothing_that_was_only_chosen_or_is_anothers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, mette = world.cast, world.cast.mette
    world.telegram.files |= {"voice": voice(), "exe": b"MZ" + bytes(60), "brev": PDF + b"jonas"}
    talk, other = await world.linked(cast.amina), await world.linked(cast.jonas)
    await other.send(document={"file_id": "brev", "file_unique_id": "b", "file_name": "brev.pdf", "file_size": 9})
    await talk.send(document={"file_id": "exe", "file_unique_id": "e", "file_name": "spil.exe"})
    world.later(minutes=1)
    await talk.say("/feedback")
    await talk.press("møde")
    await talk.press("En anden")
    await talk.send(voice={"file_id": "voice", "file_unique_id": "v", "duration": 3})
    world.later(minutes=1)
    plan = await attachments.attach(mette, cast.amina, name="../Plan?.exe", content=PDF, now=world.now)
    await attachments.attach(mette, cast.amina, name="kun valgt.pdf", content=PDF, now=world.now)
    content = offers.Content(title="Kontaktperson", what="2 timer om ugen", purpose="bolig")
    draft = await offers.draft(mette, cast.amina, "contact_person", content, now=world.now)
    await attachments.attach(mette, cast.amina, name="kladde.pdf", content=PDF, about=draft, now=world.now)
    thread = await messages.open_thread(mette, cast.amina, now=world.now)
    await messages.reply(mette, thread, "Her", version=1, key="key-12345", now=world.now, files=(plan,))
    await world.settle()

    monkeypatch.setattr(rights, "BUNDLE", 800)  # each file in a zip of its own
    await _my_data(talk)
    before = len(talk.shown)
    await talk.press("Giv mig det hele")
    came = talk.shown[before:]
    assert [one.file[1] for one in came if one.file] == [
        "mine-data-2026-11-17.html", "mine-data-2026-11-17.json", "mine-filer-2026-11-17-1.zip",
        "mine-filer-2026-11-17-2.zip",
    ]  # fmt: skip
    assert [one.text for one in came[2:]] == [
        "Og her er de filer, du har sendt og fået:\n· 1 lydfil\nDet er del 1 af 2.",
        "Og her er de filer, du har sendt og fået:\n· 1 dokument\nDet er del 2 af 2.\n"
        "Gem zip-filen, og åbn den som en mappe.",
    ]
    assert [one.labels for one in came] == [[], [], [], ["Mine data"]]
    page, data, first, second = (one.file[2] for one in came if one.file)
    packed = {}
    for one in (first, second):
        with ZipFile(BytesIO(one)) as opened:
            packed |= {name: opened.read(name) for name in opened.namelist()}
    assert packed == {"002 2026-11-17 audio.ogg": voice(), "003 2026-11-17 Plan.pdf": PDF}
    listed = json.loads(data)["tables"]["attachment"]
    assert [row["file"] for row in listed] == ["", *packed]
    assert "spil.exe (fra dig, 17. november 2026 kl. 10) – er ikke hos os" in page.decode()
    assert "003 2026-11-17 Plan.pdf (til dig, " in page.decode()
    assert [word for word in ("kun valgt", "kladde", "brev.pdf") if word in page.decode() + data.decode()] == []


async def test_what_one_said_yes_to_has_its_dates_and_all_of_it_can_be_taken_back(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await _my_data(talk)
    world.later(days=3)
    await talk.press("sagt ja til")
    await talk.press("☑ Tjek-ind")
    assert "· Tjek-ind: fra 17. november til 20. november" in talk.last
    assert "· Beskeder med Mette: siden 17. november" in talk.last
    await talk.press("Sig nej til det hele")
    assert talk.last.startswith("Siger du ja her, stopper det hele nu.")
    await talk.press("Ja, stop det hele")
    assert talk.labels == [
        "☐ Beskeder med Mette", "☐ Tjek-ind", "☐ Tæl mig med i tal uden mit navn", "☐ Ungepanel", "‹ Tilbage",
    ]  # fmt: skip
    assert await all_of(HOUSE, Consent, withdrawn_at=None) == []
    assert len(talk.texts) == 1


async def test_each_right_is_one_tap_and_asking_is_a_message_of_ones_own_with_a_promise(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/rettigheder")
    assert talk.labels[:4] == [
        "Jeg vil klage", "Jeg vil have en med til mødet", "Jeg vil se min sag", "Jeg er utryg ved mine data",
    ]  # fmt: skip
    for label in list(talk.labels[:4]):
        await talk.press(label)
        assert "Mette" in talk.last
        await talk.press("‹ Tilbage")
    await talk.press("Jeg vil se min sag")
    await talk.press("Bed Mette om det")
    (message,) = await all_of(HOUSE, Message)
    assert (message.direction, message.needs_answer, message.promised_at is not None) == ("in", True, True)
    assert talk.texts[0] == (
        "Det her har Mette nu fået fra dig:\n"
        "Jeg vil gerne se min sag (aktindsigt). Vil du sørge for, at den rette får det?"
    )
    assert "ikke læst den endnu" in talk.last
    assert [row.kind for row in await all_of(HOUSE, Letter) if row.about == message.id] == ["message.first"]


async def test_delete_me_takes_two_steps_says_what_stays_and_afterwards_is_a_strangers_chat(world: World) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("Hej Mette. Det her er mit.")
    await _my_data(talk)
    await talk.press("Slet mig")
    assert "Randers Kommune har pligt til at gemme det, der hører til din sag" in talk.last
    assert "Tal, der er vist før, bliver stående" in talk.last
    await talk.press("Ja, gå videre")
    assert await all_of(HOUSE, Link, state="active") != []
    await talk.press("Slet mig nu")
    # What Telegram lets us delete is gone from there, too; the last word stays.
    assert len(talk.texts) == 1
    assert talk.last.startswith("Nu er du slettet her. Tak, fordi du var med.\n\nDit nummer er ")
    assert await all_of(HOUSE, Link) == []
    assert len(await all_of(HOUSE, Message)) == 1
    await talk.say("Er der nogen?")
    assert talk.last.startswith("Hej. Det her er Hørt. Her kan unge skrive")
    await talk.press("Hjælp nu")
    assert talk.last.startswith("Er du i fare, så ring 112.")


async def test_an_unproven_phone_gets_nothing_of_mine_and_deletes_nothing(world: World) -> None:
    talk = await world.linked(world.cast.amina, confirmed=False)
    await _my_data(talk)
    assert talk.labels == ["Det, jeg har sagt ja til", "‹ Tilbage"]
    proven = await world.linked(world.cast.jonas)
    await _my_data(proven)
    for label in ("Giv mig det hele", "Hvem har åbnet", "Slet mig"):
        await talk.press_data(*proven.button(label))
        assert "Den knap hører til noget" in talk.texts[-2]
    assert len(await all_of(HOUSE, Link)) == 2


async def test_discreet_is_chosen_in_plain_words_and_what_the_municipality_chose_cannot_be_loosened(
    world: World,
) -> None:
    talk = await world.linked(world.cast.amina)
    await talk.say("/indstillinger")
    await talk.press("Hvad må stå på Telegram?")
    assert talk.labels == ["Skriv kun, at der er noget", "‹ Tilbage"]
    await talk.press("Skriv kun, at der er noget")
    assert (await all_of(HOUSE, Person, id=world.cast.amina))[0].telegram_content == "discreet"
    assert talk.texts == ["Her står der kun, når der er noget nyt. Resten er i Hørt."]
