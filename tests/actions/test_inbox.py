"""The inbox: every update on disk once, whatever it is; done, tried again, or dead and visible."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.actions import inbox, messages
from models.domain.errors import NotFound
from models.domain.people import YoungPerson
from models.tables.alerts import Alert
from models.tables.audit import TrailEntry
from models.tables.inbox import InboxUpdate
from models.tables.messages import Message
from models.transactions import HOUSE, Scope, atomic
from tests.actions.rows import change, count, found, one
from tests.actions.world import update
from tests.cast import Cast

CRISIS = "jeg vil ikke leve mere"


def raw(number: int, **body: Any) -> inbox.Raw:
    return inbox.read_raw({"update_id": number, **body})


async def test_fifty_of_the_same_update_at_once_are_one_row_and_nobody_is_told_of_a_fault(
    amina: YoungPerson, now: datetime
) -> None:
    same = [inbox.receive(HOUSE, "webchat", [update(7, 1, CRISIS)], now=now) for _ in range(50)]
    assert sum(await asyncio.gather(*same)) == 1
    assert (await count(InboxUpdate), await count(Alert)) == (1, 1)


async def test_overlapping_batches_at_once_keep_each_update_once(
    amina: YoungPerson, jonas: YoungPerson, now: datetime
) -> None:
    updates = [update(number, 1 + number % 2, f"nr. {number}") for number in range(12)]
    batches = [updates[start : start + 6] for start in range(7)] + [updates[::-1]]
    new = await asyncio.gather(*(inbox.receive(HOUSE, "webchat", batch, now=now) for batch in batches))
    assert sum(new) == 12
    assert sorted(row.update_id for row in await found(InboxUpdate)) == list(range(12))


async def test_the_same_message_under_a_new_update_id_is_one_row(amina: YoungPerson, now: datetime) -> None:
    body = {"message_id": 3, "chat": {"id": 1}, "text": "hej"}
    assert await inbox.receive(HOUSE, "webchat", [raw(1, message=body)], now=now) == 1
    assert await inbox.receive(HOUSE, "webchat", [raw(2, message=body)], now=now) == 0
    assert await inbox.receive(HOUSE, "webchat", [raw(3, message=body | {"chat": {"id": 2}})], now=now) == 1
    assert await inbox.receive(HOUSE, "webchat", [raw(4, edited_message=body | {"edit_date": 9})], now=now) == 1
    assert await inbox.receive(HOUSE, "webchat", [raw(5, edited_message=body | {"edit_date": 9})], now=now) == 0
    assert await inbox.receive(HOUSE, "webchat", [raw(6, edited_message=body | {"edit_date": 10})], now=now) == 1


async def test_the_same_ids_of_two_bots_are_two_updates(amina: YoungPerson, now: datetime) -> None:
    assert await inbox.receive(HOUSE, "webchat", [update(1, 1, "hej")], now=now) == 1
    assert await inbox.receive(HOUSE, "telegram", [update(1, 1, "hej")], now=now) == 1


UPDATES: list[tuple[dict[str, Any], str, int | None]] = [
    ({"message": {"message_id": 1, "chat": {"id": 1}, "sticker": {}}}, "message", 1),
    ({"callback_query": {"id": "9", "from": {"id": 1}, "data": "x"}}, "callback_query", 1),
    ({"callback_query": {"id": "10", "from": {"id": 1}, "message": {"chat": {"id": 1}}}}, "callback_query", 1),
    ({"my_chat_member": {"from": {"id": 1}, "chat": {"id": 1}}}, "my_chat_member", 1),
    ({"poll": {"id": "3", "question": "?"}}, "poll", None),
    ({"message_reaction": {"chat": {"id": 1}, "message_id": 4}}, "message_reaction", 1),
    ({"a_kind_that_telegram_invents_tomorrow": {"chat": {"id": 1}}}, "a_kind_that_telegram_inv", 1),
    ({"something": "no object"}, "something", None),
    ({"nothing": None}, "nothing", None),
    ({}, "empty", None),
]


async def test_every_kind_of_update_is_kept_as_what_it_is(amina: YoungPerson, now: datetime) -> None:
    for number, (body, kind, chat_id) in enumerate(UPDATES):
        read = raw(number, **body)
        assert (read.kind, read.chat_id) == (kind, chat_id)
        assert await inbox.receive(HOUSE, f"bot{number}" if chat_id is None else "webchat", [read], now=now) == 1
        row = await one(InboxUpdate, update_id=number)
        assert (row.kind, row.person_id) == (kind, amina.person_id if chat_id else None)
        opened = await inbox.open_update(HOUSE, row.id)
        assert opened is not None
        assert opened.payload == {"update_id": number} | body


async def test_update_ids_that_jump_down_are_taken_and_the_offset_follows_them(
    amina: YoungPerson, now: datetime
) -> None:
    assert await inbox.offset(HOUSE, "telegram") == 0
    for number in (900, 12, 13):
        assert await inbox.receive(HOUSE, "telegram", [update(number, 1, f"{number}")], now=now) == 1
        await inbox.move_offset(HOUSE, "telegram", number + 1, now=now)
    assert await inbox.offset(HOUSE, "telegram") == 14
    assert [row.update_id for row in await found(InboxUpdate, "id")] == [900, 12, 13]


async def test_the_payload_goes_when_the_update_is_done_and_the_row_stays_against_repeats(
    amina: YoungPerson, now: datetime
) -> None:
    await inbox.receive(HOUSE, "webchat", [update(1, 1, "hej")], now=now)
    row = await one(InboxUpdate)
    assert row.payload is not None
    await inbox.done(HOUSE, row.id, now=now)
    row = await one(InboxUpdate)
    assert (row.state, row.payload, row.done_at) == ("done", None, now)
    assert await inbox.open_update(HOUSE, row.id) is None
    assert await inbox.receive(HOUSE, "webchat", [update(1, 1, "hej")], now=now) == 0


async def test_the_third_failure_makes_a_dead_letter_and_what_is_done_cannot_fail(
    amina: YoungPerson, now: datetime
) -> None:
    await inbox.receive(HOUSE, "webchat", [update(1, 1, "hej"), update(2, 1, "hej igen")], now=now)
    first, second = await found(InboxUpdate, "id")
    assert [await inbox.failed(HOUSE, first.id, "KeyError", now=now) for _ in range(4)] == [False, False, True, False]
    row = await one(InboxUpdate, id=first.id)
    assert (row.state, row.tries, row.error) == ("dead", 3, "KeyError")
    assert row.payload is not None
    assert await inbox.open_update(HOUSE, first.id) is None
    await inbox.done(HOUSE, second.id, now=now)
    assert await inbox.failed(HOUSE, second.id, "KeyError", now=now) is False
    assert (await one(InboxUpdate, id=second.id)).state == "done"


async def test_a_failing_handler_undoes_its_work_but_not_the_crisis_check(amina: YoungPerson, now: datetime) -> None:
    await inbox.receive(HOUSE, "webchat", [update(1, 1, CRISIS)], now=now)
    row = await one(InboxUpdate)

    @atomic
    async def handle(scope: Scope) -> None:
        await inbox.open_update(scope, row.id)
        await messages.receive(amina, CRISIS, source_key=inbox.source_key(amina, 1), now=now)
        raise LookupError

    for _ in range(inbox.TRIES):
        with pytest.raises(LookupError):
            await handle(HOUSE)
        await inbox.failed(HOUSE, row.id, "LookupError", now=now)
    assert await count(Message) == 0
    assert [alert.reason for alert in await found(Alert)] == ["crisis_words"]
    assert (await one(InboxUpdate)).state == "dead"


async def test_a_caption_is_checked_too_and_a_strangers_words_raise_nothing(amina: YoungPerson, now: datetime) -> None:
    photo = {"message_id": 1, "chat": {"id": 1}, "photo": [], "caption": CRISIS}
    stranger = {"message_id": 1, "chat": {"id": 77}, "text": CRISIS}
    await inbox.receive(HOUSE, "webchat", [raw(1, message=photo), raw(2, message=stranger)], now=now)
    assert [alert.person_id for alert in await found(Alert)] == [amina.person_id]


async def test_text_that_is_no_valid_unicode_is_kept(amina: YoungPerson, now: datetime) -> None:
    await inbox.receive(HOUSE, "webchat", [update(1, 1, "a\ud83db\x00c")], now=now)
    opened = await inbox.open_update(HOUSE, (await one(InboxUpdate)).id)
    assert opened is not None
    assert opened.payload["message"]["text"] == "a\ud83db\x00c"


async def test_a_message_from_a_closed_link_is_a_strangers(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    from models.actions import consent

    await consent.close_link(cast.mette, amina.link_id, now=now)
    await inbox.receive(HOUSE, "webchat", [update(1, 1, "hej")], now=now)
    assert (await one(InboxUpdate)).person_id is None


async def test_help_already_given_is_remembered(amina: YoungPerson, now: datetime) -> None:
    batch = [update(1, 1, "/help"), update(2, 1, "/help")]
    await inbox.receive(HOUSE, "webchat", batch, now=now, answered=frozenset({1}))
    assert [row.answered for row in await found(InboxUpdate, "update_id")] == [True, False]
    await inbox.mark_answered(HOUSE, "webchat", frozenset({2, 3}))
    assert [row.answered for row in await found(InboxUpdate, "update_id")] == [True, True]


async def test_dead_letters_are_for_the_coordinator_of_that_municipality(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await inbox.receive(HOUSE, "webchat", [update(1, 1, "hej"), update(2, 1, "levende")], now=now)
    dead, alive = await found(InboxUpdate, "id")
    await change(InboxUpdate, {"id": dead.id}, state="dead")
    for viewer in (cast.mette, cast.odd, cast.admin, cast.nanna):
        with pytest.raises(NotFound):
            await inbox.read_dead(viewer, dead.id, now=now)
    with pytest.raises(NotFound):
        await inbox.read_dead(cast.per, alive.id, now=now)
    await inbox.read_dead(cast.per, dead.id, now=now)
    assert (await one(InboxUpdate, id=dead.id)).seen_by_id is None
    await inbox.read_dead(cast.per, dead.id, now=now, dealt_with=True)
    assert (await one(InboxUpdate, id=dead.id)).seen_by_id == cast.per.staff_id
    deeds = [entry.deed for entry in await found(TrailEntry, "id", actor_id=cast.per.staff_id)]
    assert deeds == ["dead_letter.read", "dead_letter.done"]


async def test_strangers_are_forgotten_after_a_day_and_what_is_done_after_a_month(
    amina: YoungPerson, now: datetime
) -> None:
    batch = [update(1, 1, "hej"), update(2, 77, "hvem er I"), update(3, 78, "ny")]
    await inbox.receive(HOUSE, "webchat", batch, now=now)
    rows = await found(InboxUpdate, "id")
    for row in rows[:2]:
        await inbox.done(HOUSE, row.id, now=now)
    assert await inbox.forget(HOUSE, now=now + timedelta(hours=24)) == 0
    assert await inbox.forget(HOUSE, now=now + timedelta(hours=25)) == 1
    assert await inbox.forget(HOUSE, now=now + timedelta(days=30, seconds=1)) == 1
    assert [row.update_id for row in await found(InboxUpdate)] == [3]
