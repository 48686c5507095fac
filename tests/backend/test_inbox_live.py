"""Hints applied to a stale page equal a fresh page: whatever colleagues, the young person, the bot and the clock do."""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from models.actions import letters, messages, messages_beside, messages_calls
from models.domain import delivery
from models.domain.errors import Refusal
from models.domain.people import YoungPerson
from models.queries import live
from models.tables.outbox import Letter
from models.transactions import HOUSE, Scope, atomic
from tests.backend.browsing import Browser, MovedClock
from tests.cast import Cast, link

Deed = Callable[[], Awaitable[object]]
#: What a page re-reads on a hint: the elements with `data-live`, the topics they listen to, and what comes with them.
PARTS = re.compile(r'<\w+ id="([\w-]+)" data-live="([\w -]+)"([^>]*)>')
BESIDES = re.compile(r"#([\w-]+)")


def settled(body: str) -> str:
    """A page without what differs between two readings of the same state: the form's own key, and ages in minutes."""
    body = re.sub(r'name="key" value="[\w-]+"', "", body)
    return re.sub(r"\s+", " ", body)


def element(body: str, name: str) -> tuple[int, int]:
    """Where an element with this id stands, from its tag to its end."""
    begin = re.search(rf'<(\w+)[^>]*\bid="{name}"', body)
    assert begin is not None, name
    tag, depth = begin.group(1), 0
    for found in re.finditer(rf"<(/?){tag}\b", body[begin.start() :]):
        depth += -1 if found.group(1) else 1
        if depth == 0:
            return begin.start(), body.index(">", begin.start() + found.end()) + 1
    raise AssertionError(f"{name} has no end")


def reread(stale: str, fresh: str, topics: set[str]) -> str:
    """What htmx makes of a stale page when these topics are hinted."""
    for name, listens, more in PARTS.findall(stale):
        if topics & set(listens.split()):
            besides = re.search(r'hx-select-oob="([^"]*)"', more)
            for part in (name, *(BESIDES.findall(besides.group(1)) if besides else ())):
                (start, end), (a, z) = element(stale, part), element(fresh, part)
                stale = stale[:start] + fresh[a:z] + stale[end:]
    return stale


@pytest.mark.parametrize("seed", range(4))
async def test_hints_applied_to_a_stale_page_equal_a_fresh_one(
    mette: Browser, cast: Cast, clock: MovedClock, seed: int
) -> None:
    chance = random.Random(seed)
    amina = await link(Scope(cast.randers), cast.amina, 11, now=clock.at, confirmed_by=cast.mette.staff_id)
    leila = await link(Scope(cast.randers), cast.leila, 12, now=clock.at, confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Hej", source_key="webchat:a:0", now=clock.at)
    await messages.receive(leila, "Hej", source_key="webchat:l:0", now=clock.at)
    path = f"/inbox/{cast.amina}"
    page, before = settled((await mette.get(path)).body), await marks(cast, clock.at)
    changed = 0
    for step in range(14):
        deeds = anything(cast, amina if chance.random() < 0.7 else leila, chance, clock, step)
        for name in chance.sample(sorted(deeds), 2):
            try:
                await deeds[name]()
            except Refusal:
                continue  # too late, or nothing to do: that is an answer too
        now = await marks(cast, clock.at)
        topics = {topic for topic, mark in now.items() if before[topic] != mark}
        fresh = settled((await mette.get(path)).body)
        page, before = reread(page, fresh, topics), now
        changed += bool(topics)
        for part in ("inbox-list", "thread-entries", "thread-promise", "thread-writers"):
            (start, end), (a, z) = element(page, part), element(fresh, part)
            assert (part, page[start:end]) == (part, fresh[a:z])
    assert changed > 5


async def marks(cast: Cast, now: datetime) -> dict[str, str]:
    """What the stream of Mette's browser compares."""
    found = await live.municipality(cast.mette, now=now)
    found["inbox"] += await live.own(cast.mette, now=now)
    return found | {f"thread-{cast.amina}": await live.thread(cast.mette, cast.amina, now=now)}


def anything(
    cast: Cast, person: YoungPerson, chance: random.Random, clock: MovedClock, step: int
) -> dict[str, Deed]:  # fmt: skip
    """What may happen, by name."""
    now, key, who = clock.at, f"step-{step}", chance.choice([cast.mette, cast.per])

    async def thread() -> str:
        return await messages.open_thread(cast.per, person.person_id, now=now)

    async def reply() -> None:
        undo = now + timedelta(seconds=10)
        last = await messages.reply(
            who, await thread(), f"Svar {step}", version=None, key=key, now=now, undo_until=undo
        )
        if chance.random() < 0.4:
            await messages.undo(who, person.person_id, last, now=now)

    async def edit() -> None:
        await messages.edit(person, "webchat:a:0" if person.person_id == cast.amina else "webchat:l:0", key, now=now)

    async def delivered() -> None:
        await become(HOUSE, chance.choice(["sent", "held", "dead", "unsure"]), now)

    async def clear() -> None:
        clock.move(hours=chance.choice([0.001, 0.01]))
        await letters.purge(HOUSE, now=now)

    return {
        "comes": lambda: messages.receive(person, f"Hej {step}", source_key=f"webchat:{key}", now=now),
        "reply": reply,
        "edit": edit,
        "note": lambda: _with(thread, lambda one: messages.note(who, one, f"Note {step}", now=now, key=key)),
        "contact": lambda: _with(thread, lambda one: messages.note(who, one, "Ringede", now=now, contact=True)),
        "missed": lambda: _with(thread, lambda one: messages_calls.missed(who, one, "Ringede", key=key, now=now)),
        "read": lambda: _with(thread, lambda one: messages.read(who, one, position=99, now=now)),
        "hand over": lambda: _with(
            thread,
            lambda one: messages.assign(
                cast.per, one, chance.choice([cast.mette, cast.per]).staff_id, words=chance.choice(["", "Tag den"]),
                now=now,
            ),
        ),
        "later": lambda: _with(thread, lambda one: messages_beside.later(who, one, now + timedelta(hours=1), now=now)),
        "taken up": lambda: _with(thread, lambda one: messages_beside.not_later(who, one, now=now)),
        "writes": lambda: _with(thread, lambda one: messages_beside.writing(cast.per, one, now=now)),
        "writes no more": lambda: _with(
            thread, lambda one: messages_beside.writing(cast.per, one, now=now, done=True)
        ),
        "delivered": delivered,
        "time": clear,
        "broken": lambda: messages.break_due(HOUSE, now=now),
    }  # fmt: skip


async def _with(thread: Callable[[], Awaitable[str]], deed: Callable[[str], Awaitable[object]]) -> None:
    await deed(await thread())


@atomic
async def become(scope: object, state: str, now: datetime) -> None:
    """Some reply was delivered, or was not."""
    waiting = await Letter.filter(kind="message.reply", state="queued").first()
    if waiting is not None:
        await Letter.filter(id=waiting.id).update(state=state, sent_at=now if state == "sent" else None)


def test_the_bot_settles_letters_the_way_this_test_does() -> None:
    assert {"sent", "held", "dead", "unsure"} <= {state.value for state in delivery.LetterState}
