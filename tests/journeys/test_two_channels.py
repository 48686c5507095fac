"""Telegram and the web chat at once: one person, one thread, one order; the reply goes where it reaches her."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from models.actions import messages
from models.settings import Settings
from models.tables.checkins import Answer, CheckIn
from models.tables.consent import Link
from models.tables.inbox import InboxUpdate
from models.tables.messages import Message, Thread
from models.transactions import HOUSE, Scope, atomic
from tests.stage import Phone
from tests.two_channels import TwoChannels, two_channels


@dataclass
class Both:
    """Amina with two phones in her hands."""

    stage: TwoChannels
    web: Phone
    telegram: Phone
    chat_id: int

    async def reply(self, text: str) -> None:
        """Mette answers."""
        thread_id, version = await thread(HOUSE)
        viewer, now = self.stage.cast.mette, self.stage.now()
        await messages.reply(viewer, thread_id, text, version=version, key=text, now=now)
        await self.stage.settle()

    async def where(self, text: str) -> list[str]:
        """On which phones a text stands, and how often."""
        found = {"web": await self.web.from_hoert(), "telegram": await self.telegram.from_hoert()}
        return [name for name, texts in found.items() for shown in texts if text in shown]


@atomic
async def thread(scope: Scope) -> tuple[str, int]:
    row = await Thread.get()
    return row.id, row.version


@atomic
async def in_order(scope: Scope) -> tuple[list[tuple[str, str]], list[tuple[str, str]], bool]:
    """Messages as they came and as they stand in the thread, each by channel and number; done one after the other."""
    came = await InboxUpdate.filter(kind="message").order_by("id")
    stand = await Message.filter(direction="in").order_by("position")
    done = [row.done_at for row in came]
    keys = [str(row.source_key).split(":") for row in stand]
    return (
        [(row.bot, row.message_key.split(":")[1]) for row in came],
        [(key[0], key[-1]) for key in keys],
        done == sorted(done),
    )


@atomic
async def links(scope: Scope) -> dict[str, str]:
    return {row.bot: row.state for row in await Link.all()}


@atomic
async def answered(scope: Scope) -> tuple[int, int]:
    return await CheckIn.all().count(), await Answer.all().count()


@pytest.fixture
async def both(settings: Settings, now: datetime, tmp_path: Path) -> AsyncIterator[Both]:
    async with two_channels(settings, now, tmp_path / "telegram") as stage:
        web = await stage.phone(stage.cast.amina, confirmed_by=stage.cast.mette)
        yield Both(stage, web, *await stage.on_telegram(stage.cast.amina))


async def test_what_is_written_on_two_phones_is_one_thread_and_the_reply_follows_her(both: Both) -> None:
    assert await links(HOUSE) == {"webchat": "active", "telegram": "active"}
    await both.web.say("Hej Mette. Kan du ringe til mig?")
    await both.telegram.say("Det er vigtigt. Hvornår kan du?")
    await both.reply("Jeg ringer klokken to")
    assert await both.where("Jeg ringer klokken to") == ["telegram"]
    await both.web.say("Kan det blive klokken tre?")
    await both.reply("Ja, klokken tre")
    assert await both.where("Ja, klokken tre") == ["web"]
    desk = await both.stage.desk(both.stage.cast.mette)
    page = await desk.text(f"/people/{both.stage.cast.amina}")
    said = ["ringe til mig", "Det er vigtigt", "Jeg ringer klokken to", "blive klokken tre", "Ja, klokken tre"]
    places = [page.index(words) for words in said]
    assert places == sorted(places)


async def test_both_phones_at_once_are_taken_one_after_the_other_in_the_order_they_came(both: Both) -> None:
    async def writes(phone: Phone, name: str, count: int) -> None:
        for number in range(count):
            await phone._post("messages", text=f"{name} {number}", client_id=f"{name}{number}")

    await asyncio.gather(writes(both.web, "Web", 3), writes(both.telegram, "Telegram", 3))
    await both.stage.settle()
    came, stand, one_by_one = await in_order(HOUSE)
    assert (len(came), stand, one_by_one) == (6, came, True)
    for bot in ("webchat", "telegram"):
        numbers = [int(number) for name, number in stand if name == bot]
        assert numbers == sorted(numbers)


async def test_blocking_one_channel_does_not_silence_the_other(both: Both) -> None:
    await both.web.say("Hej?")
    await both.telegram.say("Kan du ringe til mig?")
    await both.telegram._post("block", blocked=True)
    await both.stage.settle()
    assert await links(HOUSE) == {"webchat": "active", "telegram": "blocked"}
    await both.reply("Jeg ringer klokken to")
    assert await both.where("Jeg ringer klokken to") == ["web"]
    await both.telegram._post("block", blocked=False)
    await both.stage.settle()
    await both.telegram.say("Her er jeg igen. Hører du mig?")
    assert await links(HOUSE) == {"webchat": "active", "telegram": "active"}
    await both.reply("Ja, jeg hører dig")
    assert await both.where("Ja, jeg hører dig") == ["telegram"]


async def test_a_check_in_begun_on_one_phone_goes_on_on_the_other_and_is_answered_once(both: Both) -> None:
    await both.telegram.say("/tjekind")
    await both.telegram.press("Hvordan har du det")
    await both.web.say("/tjekind")
    await both.web.press("Hvordan har du det")
    await both.telegram.press("Hele tiden")
    assert await answered(HOUSE) == (1, 1)
    await both.web.press("På intet tidspunkt", times=20)  # still the first question there: the first answer counts
    assert await answered(HOUSE) == (1, 1)
    assert (await both.web.last()).startswith("Du har svaret før: »Hele tiden«. Det er det, der tæller.\n\n2 af 5")
    await both.web.press("Ret det svar")
    await both.web.press("Lidt af tiden")
    assert await answered(HOUSE) == (1, 1)
    for _ in range(4):
        await both.web.press("Hele tiden")
    assert await answered(HOUSE) == (1, 5)
    before = await both.web.from_hoert()
    await both.telegram.press("Hele tiden")
    assert await answered(HOUSE) == (1, 5)
    assert await both.web.from_hoert() == before
