"""Group C of the fault catalogue, with the whole product: what goes wrong on the way to somebody, what staff see."""

from __future__ import annotations

from typing import Any

import pytest

from locales import text
from models.actions import messages
from models.queries.messages import conversation
from models.tables.outbox import Letter
from models.transactions import HOUSE, Scoped, reading, rows
from tests.stage import Phone, Stage

AGAIN = text("chat.message.reply.again", "da")


async def amina_of(stage: Stage) -> Phone:
    return await stage.phone(stage.cast.amina, confirmed_by=stage.cast.mette)


async def reply(stage: Stage, words: str) -> None:
    """Mette answers Amina at the desk; it goes out as soon as it may."""
    mette, now = stage.cast.mette, stage.now()
    thread = await messages.open_thread(mette, stage.cast.amina, now=now)
    version = (await conversation(mette, stage.cast.amina)).version
    await messages.reply(mette, thread, words, version=version, key=words[:60], now=now)
    await stage.settle()


async def chat_of(stage: Stage) -> int:
    return int(next(iter((await stage.bot_api("getLedger"))["chats"])))


async def shown(stage: Stage) -> list[str]:
    """What was really seen, in order."""
    (chat,) = (await stage.bot_api("getLedger"))["chats"].values()
    return [entry["text"] for entry in chat["entries"] if entry["kind"] == "message"]


@reading
async def replies(scope: Scoped) -> list[tuple[str, str, int, bool]]:
    """State, reason, unknown ends and mark of every letter that carries a reply."""
    found = await Letter.filter(kind="message.reply").order_by("id")
    return [(one.state, one.reason, one.unknowns, one.resent) for one in found]


@reading
async def alerts(scope: Scoped) -> list[tuple[str, str]]:
    return [(row["reason"], row["state"]) for row in await rows("SELECT reason, state FROM alert ORDER BY id")]


async def test_when_every_third_answer_is_a_page_of_html_each_reply_is_seen_or_visibly_unsure(stage: Stage) -> None:
    """C 33."""
    await amina_of(stage)
    pages = [{"kind": kind, "probability": 0.18, "methods": ["sendMessage"]} for kind in ("502", "502_after")]
    await stage.bot_api("setFaults", faults=pages, seed=11)
    said = [f"Svar {number} til Amina." for number in range(8)]
    for words in said:
        await reply(stage, words)
    for _ in range(12):
        await stage.later(seconds=61)
        if {state for state, *_ in await replies(HOUSE)} <= {"sent", "unsure"}:
            break
    found, seen = await replies(HOUSE), await shown(stage)
    assert {state for state, *_ in found} <= {"sent", "unsure"}
    assert sum(unknowns for _, _, unknowns, _ in found) >= 2
    firsts = []
    for words, (state, _, unknowns, _) in zip(said, found, strict=True):
        where = [number for number, one in enumerate(seen) if words in one]
        assert (state == "sent") <= len(where) <= unknowns + (state == "sent")
        assert [AGAIN in seen[number] for number in where[1:]] == [True] * len(where[1:])
        firsts += where[:1]
    assert firsts == sorted(firsts)


async def test_who_blocks_the_chat_in_a_check_in_is_held_for_and_goes_on_where_they_stopped(stage: Stage) -> None:
    """C 37."""
    phone = await amina_of(stage)
    await phone.say("/tjekind")
    await phone.press((await phone.labels())[0])
    question, labels = await phone.last(), await phone.labels()
    chat = await chat_of(stage)
    await stage.bot_api("setBlocked", chat_id=chat, blocked=True)
    await stage.settle()
    await reply(stage, "Jeg ringer i morgen.")
    assert await replies(HOUSE) == [("held", "blocked", 0, False)]
    assert await alerts(HOUSE) == [("blocked", "open")]
    seen = await shown(stage)
    await stage.later(minutes=5)
    assert await shown(stage) == seen

    await stage.bot_api("setBlocked", chat_id=chat, blocked=False)
    await stage.settle()
    assert [state for state, *_ in await replies(HOUSE)] == ["sent"]
    assert "Mette skriver:\nJeg ringer i morgen." in await phone.from_hoert()
    await phone.press(labels[0])
    assert (question in await phone.from_hoert(), len(await answers(HOUSE))) == (False, 1)


@reading
async def answers(scope: Scoped) -> list[Any]:
    return await rows("SELECT item FROM answer")


async def test_an_account_that_is_gone_closes_the_link_and_staff_see_it(stage: Stage) -> None:
    """C 38."""
    phone = await amina_of(stage)
    await phone.say("Hej")
    await stage.bot_api("setDeactivated", chat_id=await chat_of(stage), deactivated=True)
    await reply(stage, "Er du der?")
    assert await replies(HOUSE) == [("held", "no_link", 0, False)]
    assert await alerts(HOUSE) == [("blocked", "open")]
    await reply(stage, "Er du der nu?")
    await stage.later(hours=1)
    assert [state for state, *_ in await replies(HOUSE)] == ["held", "held"]


@pytest.mark.parametrize(("length", "parts"), [(3_000, 1), (4_097, 2), (12_000, 4)])
async def test_a_long_reply_comes_in_parts_in_order_and_whole(stage: Stage, length: int, parts: int) -> None:
    """C 41: cut after a sentence, and an emoji of many code points is never cut in two."""
    await amina_of(stage)
    family = "👨‍👩‍👧‍👦"
    sentence = f"Her er en sætning om din bolig og dit råd {family}. "
    words = (sentence * (length // len(sentence) + 1))[:length].rsplit(". ", 1)[0] + "."
    await stage.bot_api("setFaults", faults=[{"kind": "429", "count": 1, "methods": ["sendMessage"]}])
    await reply(stage, words)
    await stage.later(seconds=2)
    seen = await shown(stage)
    assert [state for state, *_ in await replies(HOUSE)] == ["sent"] * parts
    # A space at an end is nobody's loss: the server itself takes it away.
    assert " ".join(seen) == f"Mette skriver:\n{words}"
    assert len(seen) == parts
    assert [one for one in seen if len(one) > 4096 or not one.rstrip().endswith(f"{family}.")] == []
