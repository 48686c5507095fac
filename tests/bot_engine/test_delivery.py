"""Delivery against a real server with faults: what the database says of a letter is what its reader saw."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot

from bot import screens
from bot.delivery import Delivery
from bot.request import AiohttpRequest
from locales import text
from models.actions import inbox, letters, messages
from models.domain.people import YoungPerson
from models.transactions import HOUSE, Scope, Scoped, reading, rows
from tests.bot_engine.conftest import Clock
from tests.bot_engine.script import until
from tests.cast import Cast, link
from tests.webchat.served import TOKEN, Phone, Served

AGAIN = text("chat.message.reply.again", "da")
_numbers = itertools.count(1)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """The web chat's server with the machine's time."""
    served = Served(tmp_path / "chat", clock=time.time)
    await served.begin()
    yield served
    await served.end()


@dataclass
class Chat:
    """Somebody at their phone, who writes to them, and what may go wrong on the way."""

    served: Served
    phone: Phone
    person: YoungPerson
    staff: Any
    clock: Clock
    bots: list[Bot] = field(default_factory=list)

    async def reply(self, words: str) -> int:
        """A member of staff writes; the letter's number."""
        thread = await messages.open_thread(self.staff, self.person.person_id, now=self.clock())
        version = (await threads(HOUSE))[thread]
        key = f"k{next(_numbers)}"
        said = await messages.reply(self.staff, thread, words, version=version, key=key, now=self.clock())
        return (await letters_about(HOUSE, said))[0]

    async def answer(self, kind: str, **more: Any) -> int:
        """The bot answers something; the letter's number."""
        made = await letters.answer(self.person, kind, key=f"k{next(_numbers)}", now=self.clock(), **more)
        assert made is not None
        return made

    async def faults(self, kind: str, count: int = 1, **more: Any) -> None:
        """What goes wrong with the next letters."""
        methods = ["sendMessage", "editMessageText"]
        rules = [{"kind": kind, "count": count, "methods": methods, **more}]
        assert (await self.served.call("setFaults", faults=rules)).result

    async def seen(self, *kinds: str) -> list[str]:
        """What the person saw."""
        ledger = (await self.served.call("getLedger", chat_id=self.phone.chat_id)).result["chats"]
        entries = ledger.get(str(self.phone.chat_id), {"entries": []})["entries"]
        return [entry["text"] for entry in entries if entry["kind"] in (kinds or ("message",))]

    @asynccontextmanager
    async def delivery(self, *, token: str = TOKEN, paced: bool = False, read: float = 0.4) -> AsyncIterator[Delivery]:
        """A sender of letters."""
        root = f"http://127.0.0.1:{self.served.ports[0]}"
        request = AiohttpRequest(read_timeout=read)
        bot = Bot(token, base_url=f"{root}/bot", request=request, get_updates_request=AiohttpRequest())
        await request.initialize()
        try:
            yield Delivery("webchat", bot, now=self.clock, real_now=self.clock, paced=paced)
        finally:
            await request.shutdown()


@reading
async def threads(scope: Scoped) -> dict[str, int]:
    return {row["id"]: row["version"] for row in await rows("SELECT id, version FROM thread")}


@reading
async def letters_about(scope: Scoped, about: str) -> list[int]:
    return [row["id"] for row in await rows("SELECT id FROM letter WHERE about = ? ORDER BY id", about)]


@reading
async def fate(scope: Scoped, letter_id: int) -> tuple[str, str, int, bool]:
    """State, reason, how often its end was unknown, whether it is marked as sent again."""
    row = (await rows("SELECT state, reason, unknowns, resent FROM letter WHERE id = ?", letter_id))[0]
    return row["state"], row["reason"], row["unknowns"], bool(row["resent"])


@reading
async def table(scope: Scoped, sql: str) -> list[dict[str, Any]]:
    return await rows(sql)


@pytest.fixture
async def amina(cast: Cast, served: Served, clock: Clock) -> Chat:
    phone = await served.phone("Amina")
    person = await link(Scope(cast.randers), cast.amina, phone.chat_id, now=clock(), confirmed_by=cast.mette.staff_id)
    return Chat(served, phone, person, cast.mette, clock)


@pytest.fixture
async def jonas(cast: Cast, served: Served, clock: Clock) -> Chat:
    phone = await served.phone("Jonas")
    person = await link(Scope(cast.randers), cast.jonas, phone.chat_id, now=clock(), confirmed_by=cast.siri.staff_id)
    return Chat(served, phone, person, cast.siri, clock)


UNKNOWN = [
    ("502", 0, "server"), ("502_after", 1, "server"), ("reset_before", 0, "reset"), ("reset_after", 1, "reset"),
    ("timeout_after", 1, "read_timeout"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "arrived", "reason"), UNKNOWN)
async def test_a_staff_reply_with_an_unknown_end_is_sent_once_more_and_says_so(
    amina: Chat, fault: str, arrived: int, reason: str
) -> None:
    """C 33, C 34, C 35."""
    letter = await amina.reply("Jeg ringer i morgen.")
    await amina.faults(fault)
    async with amina.delivery() as delivery:
        await delivery.drain()
        assert await fate(HOUSE, letter) == ("waiting", reason, 1, True)
        first = await amina.seen()
        assert len(first) == arrived
        amina.clock.move(59)
        assert await delivery.drain() == 0
        amina.clock.move(2)
        await delivery.drain()
    assert await fate(HOUSE, letter) == ("sent", "", 1, True)
    assert await amina.seen() == [*first, f"Mette skriver:\nJeg ringer i morgen.\n{AGAIN}"]


@pytest.mark.parametrize(("fault", "arrived", "reason"), UNKNOWN)
async def test_a_second_unknown_end_of_a_staff_reply_is_for_staff_to_decide(
    amina: Chat, fault: str, arrived: int, reason: str
) -> None:
    """C 33, C 34, C 35."""
    letter = await amina.reply("Jeg ringer i morgen.")
    await amina.faults(fault, 2)
    async with amina.delivery() as delivery:
        await delivery.drain()
        amina.clock.move(61)
        await delivery.drain()
        assert await fate(HOUSE, letter) == ("unsure", reason, 2, True)
        amina.clock.move(86_400)
        assert await delivery.drain() == 0
    assert len(await amina.seen()) == 2 * arrived


@pytest.mark.parametrize(("fault", "arrived", "reason"), UNKNOWN)
async def test_a_direct_answer_with_an_unknown_end_is_sent_once_more(
    amina: Chat, fault: str, arrived: int, reason: str
) -> None:
    """C 33, C 34, C 35."""
    letter = await amina.answer("help")
    await amina.faults(fault)
    async with amina.delivery() as delivery:
        await delivery.drain()
        amina.clock.move(61)
        await delivery.drain()
    assert await fate(HOUSE, letter) == ("sent", "", 1, False)
    seen = await amina.seen()
    assert (len(seen), len(set(seen))) == (1 + arrived, 1)


@pytest.mark.parametrize(("fault", "arrived", "reason"), UNKNOWN)
async def test_a_nudge_with_an_unknown_end_is_never_sent_again(
    amina: Chat, fault: str, arrived: int, reason: str
) -> None:
    """C 33, C 34, C 35."""
    received = await messages.receive(
        amina.person, "Er du der?", source_key=inbox.source_key(amina.person, 1), now=amina.clock()
    )
    async with amina.delivery() as delivery:
        await delivery.drain()
        thread = next(iter(await threads(HOUSE)))
        await messages.read(amina.staff, thread, position=1, now=amina.clock())
        nudge = (await letters_about(HOUSE, received.message_id))[-1]
        await amina.faults(fault)
        await delivery.drain()
        assert await fate(HOUSE, nudge) == ("unsure", reason, 1, False)
        amina.clock.move(86_400)
        assert await delivery.drain() == 0
    assert len(await amina.seen("edit")) == arrived


async def test_429_is_waited_for_exactly_and_by_everybody(amina: Chat, jonas: Chat) -> None:
    """C 32."""
    first = await amina.reply("Til Amina.")
    await amina.faults("429", retry_after=2)
    async with amina.delivery() as one, amina.delivery() as other:
        await one.drain()
        assert await fate(HOUSE, first) == ("waiting", "flood", 0, False)
        second = await jonas.reply("Til Jonas.")
        loop = asyncio.get_running_loop()
        started = loop.time()
        loops = [asyncio.create_task(sender.run()) for sender in (one, other)]
        arrived = []
        for chat in (amina, jonas):
            await until(chat.seen)
            arrived.append(loop.time() - started)
        for sender in (one, other):
            sender.stop()
        await asyncio.gather(*loops)
    assert all(1.0 <= after <= 3.0 for after in arrived), arrived
    assert [await fate(HOUSE, letter) for letter in (first, second)] == [("sent", "", 0, False)] * 2
    assert [len(await chat.seen()) for chat in (amina, jonas)] == [1, 1]


async def test_who_blocked_the_bot_gets_nothing_staff_are_told_and_the_rest_is_held(amina: Chat) -> None:
    """C 37."""
    await amina.served.call("setBlocked", chat_id=amina.phone.chat_id, blocked=True)
    first, second = await amina.reply("Første."), await amina.reply("Andet.")
    async with amina.delivery() as delivery:
        await delivery.drain()
    assert [await fate(HOUSE, letter) for letter in (first, second)] == [("held", "blocked", 0, False)] * 2
    assert await amina.seen() == []
    alerts = await table(HOUSE, "SELECT person_id, reason, state FROM alert")
    assert alerts == [{"person_id": amina.person.person_id, "reason": "blocked", "state": "open"}]


async def test_a_chat_that_does_not_exist_closes_the_link_and_holds_the_letter(
    cast: Cast, amina: Chat, clock: Clock
) -> None:
    """C 39."""
    person = await link(Scope(cast.randers), cast.leila, 999_999, now=clock(), confirmed_by=cast.mette.staff_id)
    letter = await Chat(amina.served, amina.phone, person, cast.mette, clock).reply("Er du der?")
    async with amina.delivery() as delivery:
        await delivery.drain()
    assert await fate(HOUSE, letter) == ("held", "no_link", 0, False)
    assert await amina.seen() == []


async def test_a_screen_that_already_says_the_same_counts_as_sent(amina: Chat) -> None:
    """C 42."""
    async with amina.delivery() as delivery:
        first = await amina.answer("help")
        await delivery.drain()
        second = await amina.answer("settings", replaces=first)
        await amina.faults("502_after")
        await delivery.drain()
        assert await fate(HOUSE, second) == ("waiting", "server", 1, False)
        amina.clock.move(61)
        await delivery.drain()
    assert await fate(HOUSE, second) == ("sent", "", 1, False)
    assert (len(await amina.seen("message")), len(await amina.seen("edit"))) == (1, 1)


async def test_a_screen_whose_message_is_gone_comes_anew(amina: Chat) -> None:
    async with amina.delivery() as delivery:
        first = await amina.answer("help")
        await delivery.drain()
        message = (await table(HOUSE, "SELECT message_id FROM letter"))[0]["message_id"]
        await amina.served.call("deleteMessage", chat_id=amina.phone.chat_id, message_id=message)
        second = await amina.answer("settings", replaces=first)
        await delivery.drain()
        amina.clock.move(1)
        await delivery.drain()
    assert (await fate(HOUSE, second))[0] == "sent"
    assert (len(await amina.seen("message")), await amina.seen("edit")) == (2, [])


async def test_a_refused_token_stops_the_bot_and_keeps_every_letter(amina: Chat) -> None:
    """C 40."""
    letter = await amina.reply("Jeg ringer i morgen.")
    wrong = f"{TOKEN[:-1]}x"
    async with amina.delivery(token=wrong) as delivery:
        await delivery.drain()
    assert await fate(HOUSE, letter) == ("waiting", "unauthorized", 0, False)
    assert await table(HOUSE, "SELECT bot, stopped FROM bot_state") == [{"bot": "webchat", "stopped": "unauthorized"}]
    amina.clock.move(301)
    async with amina.delivery() as delivery:
        await delivery.drain()
    assert (await fate(HOUSE, letter))[0] == "sent"
    assert await table(HOUSE, "SELECT stopped FROM bot_state") == [{"stopped": ""}]
    assert len(await amina.seen()) == 1


async def test_what_was_sent_is_written_down_also_when_the_database_stumbles(
    amina: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, tries = letters.settle, []

    async def stumbles(*args: Any, **kwargs: Any) -> Any:
        tries.append(1)
        if len(tries) <= 2:
            raise ConnectionError
        return await settle(*args, **kwargs)

    monkeypatch.setattr(letters, "settle", stumbles)
    letter = await amina.reply("Jeg ringer i morgen.")
    async with amina.delivery() as delivery:
        await delivery.drain()
    assert await fate(HOUSE, letter) == ("sent", "", 0, False)
    assert len(await amina.seen()) == 1


async def test_a_screen_that_cannot_be_drawn_is_tried_calmly_then_dead_and_holds_nobody_up(
    amina: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    async def broken(taken: Any, now: Any) -> Any:
        drawn.append(taken.kind)
        raise KeyError("hemmelige ord")

    monkeypatch.setitem(screens._renderers, "help", broken)
    letter, reply = await amina.answer("help"), await amina.reply("Jeg ringer i morgen.")
    async with amina.delivery() as delivery:
        for _ in range(5):
            assert await delivery.drain() == 1
        await delivery.drain()
    assert drawn == ["help"] * 5
    assert await fate(HOUSE, letter) == ("dead", "not_drawn", 0, False)
    assert (await fate(HOUSE, reply))[0] == "sent"
    assert await amina.seen() == ["Mette skriver:\nJeg ringer i morgen."]


async def test_a_letter_that_fails_on_our_side_does_not_keep_the_machine_busy(
    amina: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    async def fails(*args: Any, **kwargs: Any) -> Any:
        tries.append(1)
        raise ConnectionError

    monkeypatch.setattr(letters, "take", fails)
    await amina.answer("help")
    async with amina.delivery() as delivery:
        work = asyncio.create_task(delivery.run())
        await asyncio.sleep(1.5)
        delivery.stop()
        await work
    assert len(tries) == 2


async def test_a_stop_waits_for_the_wire_but_not_for_ever(amina: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery._LAST_WORDS", 0.5)
    letter = await amina.reply("Jeg ringer i morgen.")
    await amina.faults("timeout_after", delay=20)
    loop = asyncio.get_running_loop()
    async with amina.delivery(read=30) as delivery:
        work = asyncio.create_task(delivery.run())
        await until(amina.seen)
        started = loop.time()
        delivery.stop()
        await work
        assert loop.time() - started < 2
    assert (await fate(HOUSE, letter))[0] == "sending"
    amina.clock.move(61)
    assert await letters.sweep(HOUSE, now=amina.clock(), real_now=amina.clock()) == [letter]
    assert await fate(HOUSE, letter) == ("waiting", "lease_expired", 1, True)


async def test_letters_of_a_conversation_keep_their_order_over_a_failure(amina: Chat) -> None:
    for number in range(4):
        await amina.reply(f"Nummer {number}.")
    await amina.faults("429", retry_after=1)
    async with amina.delivery() as delivery:
        await delivery.drain()
        amina.clock.move(2)
        await delivery.drain()
    assert await amina.seen() == [f"Mette skriver:\nNummer {number}." for number in range(4)]


async def test_we_never_run_into_a_429_of_our_own(database: object, tmp_path: Path, clock: Clock, cast: Cast) -> None:
    served = Served(tmp_path / "strict", clock=time.time, enforce_rates=True)
    await served.begin()
    try:
        made = (await served.call("createChats", count=45, started=True)).result
        chat_ids = [one["chat_id"] for one in made]
        for number, chat_id in enumerate([*chat_ids, *chat_ids[:2] * 4]):
            await letters.answer_chat(
                HOUSE, "help", bot="webchat", chat_index=f"chat{chat_id}", chat_id=chat_id, language="da",
                key=f"n{number}", now=clock(),
            )  # fmt: skip
        chat = Chat(served, Phone(served.raw), None, None, clock)  # type: ignore[arg-type]
        outcomes: list[str] = []
        async with chat.delivery(paced=True, read=20) as delivery:
            speak = delivery.speak

            async def noted(taken: Any) -> Any:
                outcome = await speak(taken)
                outcomes.append(type(outcome).__name__)
                return outcome

            delivery.speak = noted  # type: ignore[method-assign]
            work = asyncio.create_task(delivery.run())
            await until(lambda: len(outcomes) >= len(chat_ids) + 8, 20)
            delivery.stop()
            await work
        assert outcomes == ["Sent"] * (len(chat_ids) + 8)
    finally:
        await served.end()
