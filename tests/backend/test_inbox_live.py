"""Hints applied to a stale page equal a fresh page: whatever colleagues, the young person, the bot and the clock do."""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from models.actions import (
    alerts,
    feedback,
    inbox,
    letters,
    meetings,
    messages,
    messages_beside,
    messages_calls,
    register,
)
from models.domain import delivery
from models.domain.alerts import Reason
from models.domain.errors import Refusal
from models.domain.feedback import About, Audience
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from models.queries import live
from models.tables.alerts import Alert
from models.tables.inbox import InboxUpdate
from models.tables.outbox import Letter
from models.transactions import HOUSE, Scope, atomic
from tests.actions.rows import found
from tests.actions.world import update
from tests.backend.browsing import Browser, MovedClock, OpenBrowser
from tests.cast import Cast, link

Deed = Callable[[], Awaitable[object]]
#: What a page re-reads on a hint: the elements with `data-live`, the topics they listen to, and what comes with them.
PARTS = re.compile(r'<\w+ id="([\w-]+)" data-live="([\w -]+)"([^>]*)>')
BESIDES = re.compile(r"#([\w-]+)")


def settled(body: str) -> str:
    """A page without what differs between two readings of the same state: the form's own key, ages in minutes, and what
    takes itself away when its ten seconds are over (`desk.js`)."""
    body = re.sub(r'(?s)<form [^>]*class="undo".*?</form>', "", body)
    body = re.sub(r'name="key" value="[\w-]+"', "", body)
    body = re.sub(r"for \d+ (?:min|t|dage?) siden|lige nu|\d+ (?:t|min|dage?)(?: \d+ min)? tilbage", "before", body)
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", body))


def element(body: str, name: str) -> tuple[int, int]:
    """Where an element with this id stands, from its tag to its end."""
    begin = re.search(rf'<(\w+)[^>]*\bid="{name}"', body)
    assert begin is not None, name
    tag, depth = begin.group(1), 0
    for each in re.finditer(rf"<(/?){tag}\b", body[begin.start() :]):
        depth += -1 if each.group(1) else 1
        if depth == 0:
            return begin.start(), body.index(">", begin.start() + each.end()) + 1
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
    browser: OpenBrowser, mette: Browser, cast: Cast, clock: MovedClock, seed: int
) -> None:
    chance = random.Random(seed)
    amina = await link(Scope(cast.randers), cast.amina, 11, now=clock.at, confirmed_by=cast.mette.staff_id)
    leila = await link(Scope(cast.randers), cast.leila, 12, now=clock.at, confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Hej", source_key="webchat:a:0", now=clock.at)
    await messages.receive(leila, "Hej", source_key="webchat:l:0", now=clock.at)
    path = f"/inbox/{cast.amina}"
    page, before = settled((await mette.get(path)).body), await marks(cast.mette, cast.amina, clock.at)
    changed = 0
    for step in range(14):
        deeds = anything(cast, amina if chance.random() < 0.7 else leila, chance, clock, step)
        for name in chance.sample(sorted(deeds), 2):
            try:
                await deeds[name]()
            except Refusal:
                continue  # too late, or nothing to do: that is an answer too
        now = await marks(cast.mette, cast.amina, clock.at)
        topics = {topic for topic, mark in now.items() if before[topic] != mark}
        fresh = settled((await mette.get(path)).body)
        page, before = reread(page, fresh, topics), now
        changed += bool(topics)
        alike(
            page,
            fresh,
            (
                "inbox-list",
                *(f"thread-{part}" for part in ("entries", "promise", "aside", "writers", "alerts")),
                *NUMBERS,
            ),
        )
    assert changed > 5


async def test_whatever_changes_today_is_hinted_at(browser: OpenBrowser, cast: Cast, clock: MovedClock) -> None:
    now, here = clock.at, Scope(cast.randers)
    amina = await link(here, cast.amina, 11, now=now, confirmed_by=cast.mette.staff_id)
    await link(here, cast.jonas, 12, now=now, confirmed_by=cast.mette.staff_id)
    thread = await messages.open_thread(cast.per, cast.amina, now=now)
    await messages.assign(cast.per, thread, cast.per.staff_id, now=now)
    per = await browser(cast.per)
    page, before = settled((await per.get("/")).body), await marks(cast.per, "", now)
    housing = meetings.Content(about="Bolig")

    async def arranged() -> None:
        soon = now + timedelta(hours=20)
        await meetings.make(cast.per, cast.amina, housing, starts_at=soon, minutes=30, now=now)

    async def dead() -> None:
        await inbox.receive(HOUSE, "webchat", [update(7, 11, "Hej")], now=now)
        for _ in range(3):
            await inbox.failed(HOUSE, (await found(InboxUpdate))[0].id, "ValueError", now=now)

    async def declined() -> None:
        transfer = await register.offer_transfer(cast.per, cast.jonas, cast.odsherred, now=now)
        await register.decline_transfer(cast.odd, transfer, now=now)

    steps: dict[str, Deed] = {
        "written": lambda: messages.receive(amina, "Hej", source_key="webchat:a:0", now=now),
        "read": lambda: messages.read(cast.per, thread, position=1, now=now),
        "put aside": lambda: messages_beside.later(cast.per, thread, now + timedelta(hours=1), now=now),
        "taken up": lambda: messages_beside.not_later(cast.per, thread, now=now),
        "answered": lambda: messages.reply(cast.per, thread, "Ja", version=None, key="k", now=now),
        "did not arrive": lambda: become(HOUSE, "dead", now),
        "alarm": lambda: alerts.raise_alert(here, cast.amina, Reason.CANNOT_WAIT, about="x", now=now),
        "taken": lambda: _alarm(lambda one: alerts.acknowledge(cast.per, one, now=now)),
        "closed": lambda: _alarm(lambda one: alerts.close(cast.per, one, "Ringede", now=now)),
        "feedback": lambda: _said(amina, now, Audience.SOMEONE_ELSE),
        "opened": lambda: register.open_other(cast.siri, "Amina Yusuf", "Hun ringede til mig.", now=now),
        "meeting": arranged,
        "dead letter": dead,
        "declined": declined,
    }
    for name, deed in steps.items():
        await deed()
        now_marks, fresh = await marks(cast.per, "", now), settled((await per.get("/")).body)
        alike(reread(page, fresh, {topic for topic, mark in now_marks.items() if before[topic] != mark}), fresh, TODAY)
        start, end = element(page, "today-items")
        a, z = element(fresh, "today-items")
        assert (name, page[start:end] == fresh[a:z]) == (name, False)  # it does change what Today says
        page, before = fresh, now_marks


TODAY = ("today-items", "page-advice", "today-so-far")

NUMBERS = ("count-wide-today", "count-wide-inbox", "count-narrow-today", "count-narrow-inbox", "count-fold-inbox")


async def test_the_numbers_of_the_menu_are_the_same_alone_as_on_every_page(
    browser: OpenBrowser, cast: Cast, now: datetime
) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 11, now=now, confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Det haster", source_key="webchat:a:0", now=now)
    mette = await browser(cast.mette)
    whole, alone = settled((await mette.get("/people")).body), settled((await mette.get("/waiting")).body)
    alike(whole, alone, NUMBERS)
    assert (alone.count(">1<"), "<html" in alone, 'data-live="numbers inbox alerts"' in whole) == (3, False, True)
    admin = await browser(cast.admin)  # who meets no young people has nothing that waits, and listens to nothing
    assert "data-live" not in (await admin.get("/administration")).body
    assert (await admin.get("/waiting")).status == 403


INBOX = ("inbox-list", "thread-entries", "thread-promise", "thread-writers", "thread-alerts", *NUMBERS)


def alike(stale: str, fresh: str, parts: tuple[str, ...]) -> None:
    """These parts of two pages say the same."""
    for part in parts:
        (start, end), (a, z) = element(stale, part), element(fresh, part)
        before, after = stale[start:end].split("<"), fresh[a:z].split("<")
        assert (part, [one for one in before if one not in after], [one for one in after if one not in before]) == (
            part, [], [],
        )  # fmt: skip
        assert before == after


async def marks(who: Viewer, person_id: str, now: datetime) -> dict[str, str]:
    """What the stream of somebody's browser compares."""
    return await live.shown(who, person_id, await live.municipality(who, now=now), now=now)


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
        "alarm": lambda: alerts.raise_alert(
            Scope(cast.randers), person.person_id, Reason.CANNOT_WAIT, about=key, now=now
        ),
        "alarm taken": lambda: _alarm(lambda one: alerts.acknowledge(who, one, now=now)),
        "alarm closed": lambda: _alarm(lambda one: alerts.close(who, one, "Ringede", now=now)),
        "opened": lambda: register.open_other(cast.siri, "Amina Yusuf", "Hun ringede til mig.", now=now),
        "feedback": lambda: _said(person, now),
    }  # fmt: skip


async def _alarm(deed: Callable[[str], Awaitable[object]]) -> None:
    alarms = await found(Alert, "-raised_at")
    if alarms:
        await deed(alarms[0].id)


async def _said(person: YoungPerson, now: datetime, audience: Audience = Audience.CASEWORKER) -> None:
    given = await feedback.begin(person, About.MEETING, now=now)
    await feedback.choose_audience(person, given, audience, now=now)
    await feedback.say(person, given, "Det var godt.", now=now)


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
