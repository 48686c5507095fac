"""Amina takes everything home and leaves; and a discreet Telegram, with the rest in the web chat behind a PIN."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from models.actions import erasure, messages
from models.domain.rights import LAST_WORDS
from models.settings import Settings
from models.tables.consent import Link
from models.tables.messages import Message, Thread
from models.tables.outbox import Letter
from models.tables.register import Municipality
from models.transactions import HOUSE
from tests.actions.rows import change, count, found, one
from tests.files import picture
from tests.journeys.test_files import on_disk, send
from tests.stage import Phone, Stage
from tests.two_channels import TwoChannels, two_channels


async def _files(phone: Phone) -> dict[str, bytes]:
    """What the phone can save, by name."""
    kept = {}
    for message in await phone.messages():
        document = message.get("document")
        if document:
            async with phone.web.get(document["url"].removeprefix("/chat/")) as answer:
                kept[document["name"]] = await answer.read()
    return kept


async def _hello(phone: Phone) -> dict[str, object]:
    async with phone.web.post("api/hello", json={}) as answer:
        found: dict[str, object] = await answer.json()
        return found


async def test_amina_takes_everything_home_and_leaves_and_her_chat_is_a_strangers(stage: Stage) -> None:
    cast = stage.cast
    amina = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await amina.say("Hej Mette. Kan du ringe?")
    await send(amina, "photo", "p.jpg", picture())
    desk = await stage.desk(cast.mette)
    assert "Kan du ringe" in await desk.text(f"/people/{cast.amina}")
    await amina.say("/indstillinger")
    await amina.press("Mine data")
    await amina.press("Giv mig det hele", times=2)
    kept = await _files(amina)
    assert sorted(kept) == ["mine-data-2026-11-17.html", "mine-data-2026-11-17.json", "mine-filer-2026-11-17.zip"]
    with ZipFile(BytesIO(kept["mine-filer-2026-11-17.zip"])) as packed:
        (name,) = packed.namelist()
        assert (name, packed.testzip(), packed.read(name)[:2]) == ("001 2026-11-17 photo.jpg", None, b"\xff\xd8")
    assert [one for one in on_disk(stage.house.settings.data_dir) if b"2026-11-17 photo.jpg" in one] == []
    page, data = kept["mine-data-2026-11-17.html"].decode(), json.loads(kept["mine-data-2026-11-17.json"])
    assert "Alt om Amina Yusuf i Hørt" in page
    assert "Hej Mette. Kan du ringe?" in page
    assert f"{name} (fra dig, " in page
    assert "Mette Holm" in page
    assert data["tables"]["message"][0]["body"] == "Hej Mette. Kan du ringe?"
    await amina.say("/indstillinger")
    await amina.press("Mine data")
    await amina.press("Slet mig")
    await amina.press("Ja, gå videre")
    await amina.press("Slet mig nu")
    last = await amina.last()
    assert last.startswith("Nu er du slettet her.")
    number = last.partition("Dit nummer er ")[2].partition(". ")[0]
    assert await erasure.receipt(HOUSE, number) is not None
    assert "har slettet sig i chatten" in await desk.text("/")
    await amina.say("Er der nogen?")
    assert (await amina.last()).startswith("Hej. Det her er Hørt.")
    assert (await count(Link), await count(Message)) == (0, 2)
    await stage.later(seconds=LAST_WORDS.total_seconds() + 1)
    assert [(row.state, row.reason) for row in await found(Letter, kind="rights.forget")] == [("sent", "")]
    assert (await _hello(amina))["new"] is True


@pytest.fixture
async def discreet(settings: Settings, now: datetime, tmp_path: Path) -> AsyncIterator[TwoChannels]:
    async with two_channels(settings, now, tmp_path / "telegram") as stage:
        await change(Municipality, {"id": stage.cast.randers}, telegram_content="discreet")
        yield stage


async def _door(phone: Phone) -> str:
    """The newest address on a button."""
    for message in reversed(await phone.messages()):
        for row in message["buttons"] or []:
            for button in row:
                if button.get("url"):
                    address: str = button["url"]
                    return address
    raise AssertionError("there is no door")


async def _reply(stage: TwoChannels, words: str) -> None:
    row = await one(Thread)
    await messages.reply(stage.cast.mette, row.id, words, version=row.version, key=words, now=stage.now())
    await stage.settle()


async def _status(phone: Phone) -> int:
    async with phone.web.get("api/messages") as answer:
        return answer.status


async def test_telegram_only_says_that_there_is_something_and_the_rest_waits_behind_a_pin(
    discreet: TwoChannels,
) -> None:
    stage, cast = discreet, discreet.cast
    telegram, _ = await stage.on_telegram(cast.amina)
    await telegram.say("Hej Mette. Hvornår er mødet?")
    assert (await telegram.last()).startswith("Det er kommet frem. Svaret kommer i Hørt.\nNæste gang")
    await stage.later(minutes=10)
    await telegram.press("Nyt link")
    first = await _door(telegram)
    assert first.startswith(f"{stage.house.settings.public_url}/chat/#start=")
    await _reply(stage, "Mødet er torsdag hos lægen")
    assert (await one(Letter, kind="message.reply")).reason == "discreet"

    # The first way in makes her web chat; nobody reads there before a PIN is chosen.
    web = stage.new_phone()
    await web.open(first.partition("#start=")[2])
    await stage.settle()
    assert await _status(web) == 423
    await web._post("pin", pin="4711")
    assert "Mette skriver:\nMødet er torsdag hos lægen" in await web.from_hoert()
    assert await count(Link, bot="webchat", state="active") == 1
    thief = stage.new_phone()
    await thief.open(first.partition("#start=")[2])
    assert (await thief.last()).startswith("Det link virker ikke mere.")

    # From now on: the content there, one word here, and not one for each letter.
    before = len(await telegram.from_hoert())
    await stage.later(minutes=30)
    await _reply(stage, "Tag dit kort med")
    await _reply(stage, "Og en ven, hvis du vil")
    assert await _status(web) == 423  # left alone, it has locked
    await web._post("unlock", pin="4711")
    told = await web.from_hoert()
    assert [text for text in told if "Tag dit kort" in text or "Og en ven" in text] == [
        "Mette skriver:\nTag dit kort med", "Mette skriver:\nOg en ven, hvis du vil",
    ]  # fmt: skip
    assert (await telegram.from_hoert())[before:] == ["Der er noget til dig i Hørt."]
    second = await _door(telegram)
    assert "/chat/#in=" in second
    laptop = stage.new_phone()
    await laptop._post("signin", token=second.partition("#in=")[2])
    assert await _status(laptop) == 423
    await laptop._post("pin", pin="1147")
    assert "Mette skriver:\nOg en ven, hvis du vil" in await laptop.from_hoert()
    async with laptop.web.post("api/signin", json={"token": second.partition("#in=")[2]}) as answer:
        assert answer.status == 404

    # She has looked: the next thing is told again. What a crisis needs stands on both, whole only in one.
    await stage.later(minutes=30)
    await laptop._post("unlock", pin="1147")
    await _reply(stage, "Vi ses i morgen")
    assert (await telegram.from_hoert())[before:] == ["Der er noget til dig i Hørt."] * 2
    await telegram.say("jeg vil ikke leve mere")
    shown = await telegram.from_hoert()
    assert any("Livslinien: 70 201 201" in text for text in shown)
    assert any("ser på det senest" in text for text in await laptop.from_hoert())
    telling = ("Mette", "Amina", "Randers", "torsdag", "lægen", "kort med", "i morgen")
    assert [text for text in shown if any(word in text for word in telling)] == []
    page = await (await stage.desk(cast.mette)).text(f"/people/{cast.amina}")
    assert "Diskret på Telegram" in page
