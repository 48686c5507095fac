"""Erasure: at once nothing can be read or sent, then nothing is left, and others are untouched."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from models.actions import alerts, erasure, inbox, letters, messages, trail
from models.actions.consent import Chat, greet_stranger
from models.actions.erasure import LedgerEntry
from models.domain.alerts import Reason
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.people import YoungPerson
from models.queries.erasure import extent
from models.queries.register import Show, people
from models.tables.alerts import Alert
from models.tables.audit import TrailEntry
from models.tables.consent import Link
from models.tables.inbox import InboxUpdate
from models.tables.keys import Erasure, PersonKey, ring, subject, vault
from models.tables.messages import Message
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE, Scope, Scoped, atomic
from tests.actions.clear import look, rows_of, without
from tests.actions.rows import change, count, deliver, dump, found, one, select, sql
from tests.actions.world import World, settled, update
from tests.cast import Cast, link


async def test_nothing_of_the_person_is_left_and_nothing_of_others_is_touched(
    world: World, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "PAGE", 3)
    gone = world.amina.person_id
    pseudonyms = (subject(cast.randers, gone), subject(cast.randers, gone, of="panel"))
    traces = (gone, world.amina.chat_index, *pseudonyms, *await rows_of(gone))
    before, others = await dump(), await look()
    chats = await erasure.erase(cast.per, gone, now=now)
    assert [(chat.bot, chat.chat_index) for chat in chats] == [("webchat", world.amina.chat_index)]
    assert await erasure.finish_erasures(HOUSE, now=now) > 10
    await erasure.empty_write_ahead_log(HOUSE)

    after = await dump()
    assert without(after) == without(after, *traces)
    # What is left to do is to empty the chat itself, under a name of chance.
    assert without(after, "rights.forget") == without(before, *traces)
    shells = await found(InboxUpdate, chat_index="")
    assert {(row.person_id, row.municipality_id, row.payload, row.message_key) for row in shells} == {
        (None, None, None, "")
    }
    left = {key: clear for key, clear in (await look()).items() if key[0] != "letter"}
    assert {key: others[key] for key in left} == left
    assert after["publication"] == before["publication"]
    assert [row for row in after["trail_entry"] if row in before["trail_entry"]] == before["trail_entry"]
    assert await trail.verify(Scope(cast.randers)) is None
    named = repr(after)
    assert [one for one in (world.amina.chat_index[:40], *pseudonyms) if one in named] == []
    last = (await found(TrailEntry, "id"))[-1]
    assert (last.deed, last.person_id, last.actor_id, last.about) == ("person.erase", gone, cast.per.staff_id, "")
    assert [(row.person_uid, row.step) for row in await found(Erasure, "id")][-2:] == [(gone, "begun"), (gone, "done")]
    assert await erasure.finish_erasures(HOUSE, now=now) == 0


async def test_once_begun_nothing_opens_and_nothing_is_sent_before_the_rest_is_deleted(
    world: World, cast: Cast, now: datetime
) -> None:
    gone = world.amina.person_id
    row = await one(Person, id=gone)
    assert gone in {line.person_id for line in (await people(cast.per, Show.ALL, now=now)).people}
    assert list(ring().lately.found("name", [(gone, row.name_sealed)])) == [gone]
    await messages.reply(cast.mette, world.thread, "Vi ses", version=await _version(world), key="last", now=now)
    assert await count(Letter, person_id=gone, state="queued") > 0
    await erasure.erase(world.amina, gone, now=now)
    assert await erasure.unfinished(HOUSE) == 1
    # What was opened of them for a list is forgotten too.
    assert ring().lately.found("name", [(gone, row.name_sealed)]) == {}
    assert (await count(PersonKey, person_id=gone), await count(Letter, person_id=gone)) == (0, 0)
    assert await count(Message, person_id=gone) > 0
    await deliver(now + timedelta(days=1))
    shown = (await people(cast.per, Show.ALL, now=now)).people
    (moving,) = await found(Person, reference="R-9002")
    assert sorted(line.person_id for line in shown) == sorted([cast.amina, cast.jonas, cast.leila, moving.id])
    for looking in (cast.mette, cast.per):
        with pytest.raises(NotFound):
            await messages.open_thread(looking, gone, now=now)
    assert await erasure.erase(HOUSE, gone, now=now) == ()
    assert await erasure.finish_erasures(HOUSE, now=now) > 0
    assert await count(Message, person_id=gone) == 0


async def test_a_later_message_from_that_chat_is_a_strangers(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await erasure.erase(amina, amina.person_id, now=now)
    for number in (1, 2):
        await inbox.receive(HOUSE, "webchat", [update(number, 1, "er du der?")], now=now)
        await erasure.finish_erasures(HOUSE, now=now)
    rows = await found(InboxUpdate, "id")
    assert [(row.person_id, row.municipality_id, row.state) for row in rows] == [(None, None, "new")] * 2
    assert await inbox.open_update(HOUSE, rows[0].id) is not None
    await greet_stranger(HOUSE, Chat("webchat", amina.chat_index, 1, "da"), "er du der?", key="g", now=now)
    letters_left = {row.kind: row.person_id for row in await found(Letter)}
    assert letters_left == {"rights.forget": None, "stranger.hello": None}
    assert await count(Person, id=amina.person_id) == 0


async def test_an_update_that_telegram_brings_again_after_the_erasure_is_still_no_new_one(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    brought = [update(number, 1, "Hemmelig besked") for number in (1, 2)]
    await inbox.receive(HOUSE, "webchat", brought, now=now)
    await erasure.erase(cast.per, amina.person_id, now=now)
    await erasure.finish_erasures(HOUSE, now=now)
    assert await inbox.receive(HOUSE, "webchat", brought, now=now) == 0
    shells = [(row.update_id, row.state, row.chat_index, row.payload) for row in await found(InboxUpdate, "id")]
    assert shells == [(1, "done", "", None), (2, "done", "", None)]
    assert await inbox.forget(HOUSE, now=now + timedelta(hours=25)) == 2


async def test_only_a_coordinator_the_person_and_the_house_may_erase(
    amina: YoungPerson, astrid: YoungPerson, cast: Cast, now: datetime
) -> None:
    for who in (cast.mette, cast.admin, cast.nanna):
        with pytest.raises(NotAllowed):
            await erasure.erase(who, amina.person_id, now=now)
    for who in (cast.odd, astrid, Scope(cast.odsherred)):
        with pytest.raises(NotFound):
            await erasure.erase(who, amina.person_id, now=now)
    assert (await count(Erasure), await count(PersonKey)) == (0, 4)
    await erasure.erase(amina, amina.person_id, now=now)
    await erasure.erase(cast.odd, astrid.person_id, now=now)
    await erasure.erase(HOUSE, cast.leila, now=now)
    assert await erasure.unfinished(HOUSE) == 3
    await erasure.finish_erasures(HOUSE, now=now)
    assert [row.id for row in await found(Person)] == [cast.jonas]
    for who in (cast.per, HOUSE):
        with pytest.raises(NotFound):
            await erasure.erase(who, amina.person_id, now=now)
    with pytest.raises(NotFound):
        await erasure.erase(HOUSE, "nobody", now=now)


async def test_the_rest_is_erased_of_somebody_who_has_left_the_chat(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await messages.receive(amina, "Ord", source_key="webchat:a:1", now=now)
    await erasure.leave(amina, now=now)
    with pytest.raises(Stale, match="erasure_undecided"):
        await erasure.erase(cast.per, cast.amina, now=now)
    await settled(cast.per, cast.amina, now=now)
    await erasure.erase(cast.per, cast.amina, now=now)
    assert (await count(PersonKey, person_id=cast.amina), await erasure.unfinished(HOUSE)) == (0, 1)
    await erasure.finish_erasures(HOUSE, now=now)
    assert (await count(Message), await count(Person, id=cast.amina)) == (0, 0)
    assert [row.step for row in await found(Erasure, "id")] == ["chat1", "begun", "done"]


async def test_at_the_desk_a_person_is_named_by_their_reference_and_nothing_is_erased_that_must_be_read_first(
    world: World, cast: Cast, now: datetime
) -> None:
    gone = world.amina.person_id
    (mine,), (theirs,) = await found(Person, id=gone), await found(Person, id=cast.jonas)
    unnamed = await link(Scope(cast.randers), gone, 4711, now=now, bot="telegram")  # whose that is nobody has said
    await letters.answer(unnamed, "help", key="unnamed", now=now)
    assert "help" in await deliver(now, bot="telegram")
    unread = await alerts.raise_alert(Scope(cast.randers), gone, Reason.CRISIS_WORDS, about="x", now=now)
    assert unread is not None
    before = await dump()
    for who, refusal in ((cast.mette, NotAllowed), (cast.admin, NotAllowed), (cast.odd, NotFound)):
        with pytest.raises(refusal):
            await erasure.erase_rest(who, gone, mine.reference, now=now)
    for typed in ("", theirs.reference, "Amina"):
        with pytest.raises(Invalid, match="reference_differs"):
            await erasure.erase_rest(cast.per, gone, typed, now=now)
    with pytest.raises(Stale, match="erasure_read_first"):
        await erasure.erase_rest(cast.per, gone, mine.reference, now=now)
    assert (await extent(cast.per, gone)).read_first
    assert await dump() == before

    for alert in await found(Alert, person_id=gone, kind="read_now"):
        if alert.state != "closed":
            await alerts.close(cast.per, alert.id, "ringet", now=now)
    assert not (await extent(cast.per, gone)).read_first
    # What Telegram still deletes it is asked to delete, as where somebody leaves by themselves.
    helped, sent = await one(Letter, kind="help"), await found(Letter, "message_id", person_id=gone, bot="webchat")
    shown = [row.message_id for row in sent if row.state == "sent"]
    number = await erasure.erase_rest(cast.per, gone, f" {mine.reference.lower()} ", now=now)
    assert await erasure.receipt(HOUSE, number) == now
    said = await found(Letter, "id", person_id=None, state="queued")
    told = [(row.kind, row.bot, row.args) for row in said if row.kind.startswith("rights.")]
    assert sorted(told, key=repr) == [
        ("rights.forget", "telegram", {"shown": [helped.message_id]}),
        ("rights.forget", "webchat", {"shown": shown}),
        ("rights.gone", "webchat", {"by": "staff", "number": number}),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        await erasure.erase_rest(cast.per, gone, mine.reference, now=now)
    last = (await found(TrailEntry, "id"))[-1]
    assert (last.deed, last.person_id, last.actor_id) == ("person.erase", gone, cast.per.staff_id)


async def test_a_chat_somebody_else_has_too_is_left_to_them(cast: Cast, now: datetime) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now)
    await inbox.receive(HOUSE, "webchat", [update(1, 1, "fra Leilas telefon")], now=now)
    leila = await link(Scope(cast.randers), cast.leila, 1, now=now)
    assert amina.chat_index == leila.chat_index
    await inbox.receive(HOUSE, "webchat", [update(2, 1, "fra Leilas telefon")], now=now)
    await greet_stranger(HOUSE, Chat("webchat", leila.chat_index, 1, "da"), "hej", key="g", now=now)
    await erasure.erase(HOUSE, amina.person_id, now=now)
    await erasure.finish_erasures(HOUSE, now=now)
    assert [row.person_id for row in await found(InboxUpdate, "id")] == [None, leila.person_id]
    assert [row.person_id for row in await found(Link)] == [leila.person_id]
    assert await count(Letter, kind="stranger.hello") == 1


async def test_a_backup_that_brings_somebody_back_is_cleansed_with_the_ledger_kept_outside(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await messages.receive(amina, "Ord", source_key="webchat:a:1", now=now)
    kept = [LedgerEntry(amina.person_id, now), LedgerEntry("f" * 32, now - timedelta(days=3))]
    later = now + timedelta(hours=6)
    assert await erasure.replay_erasures(HOUSE, kept, now=later) == 1
    assert await erasure.replay_erasures(HOUSE, kept, now=later) == 0
    await erasure.finish_erasures(HOUSE, now=later)
    assert sorted(row.id for row in await found(Person)) == sorted([cast.jonas, cast.leila, cast.astrid])
    assert sorted(await erasure.ledger(HOUSE), key=repr) == sorted(kept, key=repr)
    assert amina.person_id not in repr(without(await dump()))
    assert (await found(TrailEntry, "id"))[-1].deed == "person.erase_again"


async def test_what_a_deed_beside_the_erasure_leaves_behind_is_swept_up(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    ready, go_on = asyncio.Event(), asyncio.Event()

    @atomic
    async def answer_slowly(scope: Scoped) -> None:
        sealing = await vault(amina.municipality_id, amina.person_id)
        ready.set()
        await go_on.wait()
        await letters.post(scope, "home", person_id=amina.person_id, key="late", now=now, link_id=amina.link_id)
        await alerts.raise_alert(scope, amina.person_id, Reason.CANNOT_WAIT, about="late", now=now)
        await sql_inside(sealing.seal("inbox_update", "payload", "webchat:9", "{}"), amina, now)

    answering = asyncio.create_task(answer_slowly(Scope(cast.randers)))
    await ready.wait()
    erasing = asyncio.create_task(erasure.erase(amina, amina.person_id, now=now))
    await asyncio.sleep(0.1)
    go_on.set()
    await asyncio.gather(answering, erasing)
    await erasure.finish_erasures(HOUSE, now=now)
    await change(InboxUpdate, {"person_id": None}, person_id=amina.person_id)
    await erasure.finish_erasures(HOUSE, now=now)
    assert amina.person_id not in repr(without(await dump()))
    assert await deliver(now) == ["rights.forget"]


async def test_the_ledger_is_append_only_and_names_nobody(amina: YoungPerson, now: datetime) -> None:
    await erasure.erase(amina, amina.person_id, now=now)
    for attack in ("UPDATE erasure SET person_uid = ''", "DELETE FROM erasure"):
        with pytest.raises(Exception, match="append-only"):
            await sql(attack)
    assert set((await select("SELECT * FROM erasure"))[0]) == {"id", "person_uid", "step", "at"}


async def sql_inside(payload: bytes, person: YoungPerson, now: datetime) -> None:
    """An update that a receiver stores in the running transaction."""
    await InboxUpdate.create(
        bot="webchat", update_id=9, chat_index=person.chat_index, message_key="message:9:0", kind="message",
        municipality_id=person.municipality_id, person_id=person.person_id, payload=payload, received_at=now,
    )  # fmt: skip


async def _version(world: World) -> int:
    return int((await select("SELECT version FROM thread WHERE id = ?", world.thread))[0]["version"])
