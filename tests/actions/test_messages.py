"""Messages: kept before anything else, promised, read, answered by everything that answers them, late once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from models.actions import inbox, messages
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.people import YoungPerson
from models.domain.staff import Role, Viewer
from models.tables.alerts import Alert
from models.tables.keys import Vault, vault
from models.tables.messages import Message, MessageVersion, Question, Reading, Thread
from models.tables.outbox import Letter
from models.tables.staff import Staff
from models.transactions import HOUSE, reading
from tests.actions.rows import change, count, deliver, found, one, take
from tests.actions.world import update
from tests.cast import Cast

#: Eight working hours from ten in the morning, and two.
TOMORROW = timedelta(days=1, hours=1)
SOON = timedelta(hours=2)
CRISIS = "jeg vil ikke leve mere"


@reading
async def opened(person: YoungPerson) -> Vault:
    return await vault(person.municipality_id, person.person_id)


async def said(person: YoungPerson, now: datetime, text: str = "Hvornår ringer du?", key: str = "k1") -> str:
    return (await messages.receive(person, text, source_key=key, now=now)).message_id


async def thread_of(person: YoungPerson) -> Thread:
    return await one(Thread, person_id=person.person_id)


async def kinds() -> list[str]:
    return [letter.kind for letter in await found(Letter, "id")]


# --- what comes in --------------------------------------------------------------------------------------------------


async def test_a_message_is_a_row_with_a_promise_and_a_receipt(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    received = await messages.receive(amina, "Hvornår ringer du?", source_key="k1", now=now)
    row, thread = await one(Message), await thread_of(amina)
    assert (received.first, received.needs_answer, received.promised_at) == (True, True, now + TOMORROW)
    assert (await opened(amina)).open("message", "body", row.id, row.body_sealed) == "Hvornår ringer du?"
    assert (thread.version, thread.assigned_id, thread.waiting_since) == (1, cast.mette.staff_id, now)
    assert thread.promised_at == now + TOMORROW
    assert await kinds() == ["message.first"]
    assert row.receipt_letter_id == (await one(Letter)).id


async def test_the_same_chat_message_is_one_row_whatever_it_says_the_second_time(
    amina: YoungPerson, now: datetime
) -> None:
    first = await messages.receive(amina, "Hej?", source_key="k1", now=now)
    again = await messages.receive(amina, "Noget andet", source_key="k1", now=now + timedelta(hours=1))
    assert (again.message_id, again.first, again.promised_at) == (first.message_id, False, first.promised_at)
    assert (await count(Message), await kinds()) == (1, ["message.first"])


async def test_the_second_message_is_met_with_a_receipt_not_with_the_explanation(
    amina: YoungPerson, now: datetime
) -> None:
    await said(amina, now)
    await said(amina, now, key="k2")
    assert await kinds() == ["message.first", "message.receipt"]


async def test_what_asks_nothing_starts_no_clock(amina: YoungPerson, now: datetime) -> None:
    for text in ("Tak", "👍", "Du behøver ikke svare"):
        received = await messages.receive(amina, text, source_key=text, now=now)
        thread = await thread_of(amina)
        assert (received.needs_answer, received.promised_at) == (False, None)
        assert (thread.waiting_since, thread.promised_at) == (None, None)
    assert await kinds() == ["message.thanks"] * 3


async def test_a_voice_message_needs_an_answer_whatever_its_caption(amina: YoungPerson, now: datetime) -> None:
    assert (await messages.receive(amina, "Tak", source_key="k1", kind="voice", now=now)).needs_answer is True


async def test_what_cannot_wait_is_promised_sooner_and_raised_when_it_is_pressed(
    amina: YoungPerson, now: datetime
) -> None:
    ordinary = await said(amina, now)
    assert await messages.cannot_wait(amina, ordinary, now=now) == now + SOON
    assert (await thread_of(amina)).promised_at == now + SOON
    assert [alert.reason for alert in await found(Alert)] == ["cannot_wait"]
    await messages.cannot_wait(amina, ordinary, now=now)
    assert await count(Alert) == 1


async def test_words_that_say_it_cannot_wait_are_promised_sooner(amina: YoungPerson, now: datetime) -> None:
    received = await messages.receive(amina, "Det kan ikke vente", source_key="k1", now=now)
    assert received.promised_at == now + SOON


async def test_cannot_wait_after_the_answer_changes_nothing(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    message = await said(amina, now)
    await messages.reply(cast.mette, (await thread_of(amina)).id, "Ja", version=1, key="r", now=now)
    await messages.cannot_wait(amina, message, now=now)
    assert (await count(Alert), (await thread_of(amina)).waiting_since) == (0, None)


async def test_you_need_not_answer_stops_the_clock_of_that_message_only(amina: YoungPerson, now: datetime) -> None:
    first = await said(amina, now)
    later = now + timedelta(hours=1)
    await said(amina, later, key="k2")
    assert await messages.needs_no_answer(amina, first, now=later) is True
    thread = await thread_of(amina)
    assert thread.waiting_since == later


async def test_you_need_not_answer_comes_too_late_after_the_answer(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    message = await said(amina, now)
    await messages.reply(cast.mette, (await thread_of(amina)).id, "Ja", version=1, key="r", now=now)
    assert await messages.needs_no_answer(amina, message, now=now) is False
    assert (await one(Message, id=message)).needs_answer is True


async def test_words_of_crisis_raise_one_alert_although_inbox_and_message_both_look(
    amina: YoungPerson, now: datetime
) -> None:
    raw = update(41, 1, CRISIS)
    await inbox.receive(HOUSE, "webchat", [raw], now=now)
    assert [alert.reason for alert in await found(Alert)] == ["crisis_words"]
    received = await messages.receive(amina, CRISIS, source_key=inbox.source_key(amina, 41), now=now)
    assert received.crisis is True
    assert await count(Alert) == 1
    assert await kinds() == ["crisis", "message.first"]


async def test_a_second_cry_is_a_second_alert(amina: YoungPerson, now: datetime) -> None:
    await said(amina, now, CRISIS, "k1")
    await said(amina, now, CRISIS, "k2")
    assert await count(Alert) == 2
    assert await kinds() == ["crisis", "message.first", "crisis", "message.receipt"]


async def test_crisis_in_an_edit_raises_an_alert_and_both_looks_agree(amina: YoungPerson, now: datetime) -> None:
    key = inbox.source_key(amina, 41)
    await said(amina, now, key=key)
    edited = {"update_id": 2, "edited_message": {"message_id": 41, "chat": {"id": 1}, "text": CRISIS, "edit_date": 5}}
    await inbox.receive(HOUSE, "webchat", [inbox.read_raw(edited)], now=now)
    assert await messages.edit(amina, key, CRISIS, now=now) is True
    assert await count(Alert) == 1
    assert (await one(Message)).crisis is True


async def test_an_edit_keeps_both_versions_in_order_and_the_same_text_makes_none(
    amina: YoungPerson, now: datetime
) -> None:
    message = await said(amina, now, "et")
    for minute, text in enumerate(["to", "to", "tre"]):
        assert await messages.edit(amina, "k1", text, now=now + timedelta(minutes=minute)) is True
    key = await opened(amina)
    before = [
        key.open("message_version", "body", row.id, row.body_sealed)
        for row in await found(MessageVersion, "replaced_at")
    ]
    row = await one(Message, id=message)
    assert before == ["et", "to"]
    assert (key.open("message", "body", row.id, row.body_sealed), row.edited_at) == ("tre", now + timedelta(minutes=2))
    assert await messages.edit(amina, "never seen", "fire", now=now) is False


async def test_every_script_and_broken_characters_come_back_as_they_were(amina: YoungPerson, now: datetime) -> None:
    text = "æøå 👩‍👩‍👧 مرحبا \x00 \ud83d slut"
    row = await one(Message, id=await said(amina, now, text))
    assert (await opened(amina)).open("message", "body", row.id, row.body_sealed) == text


async def test_a_message_and_a_reply_at_the_same_moment_both_find_their_place(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await said(amina, now, key="k0")
    thread = await thread_of(amina)

    async def answer(number: int) -> str:
        try:
            return await messages.reply(cast.mette, thread.id, "Ja", version=1, key=f"r{number}", now=now)
        except Stale:
            return "stale"

    results = await asyncio.gather(
        *(messages.receive(amina, "Hej", source_key=f"c{n}", now=now) for n in range(6)), *(answer(n) for n in range(4))
    )
    rows = await found(Message, "position")
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert (await thread_of(amina)).version == len(rows)
    assert len(rows) == 7 + sum(isinstance(one, str) and one != "stale" for one in results)


async def test_a_thread_opened_by_many_at_once_is_one(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    opens = [messages.open_thread(cast.mette, cast.amina, now=now) for _ in range(6)]
    assert len(set(await asyncio.gather(*opens))) == 1
    assert await count(Thread) == 1


# --- open questions -------------------------------------------------------------------------------------------------


async def test_a_newer_question_replaces_the_older_and_is_taken_once(amina: YoungPerson, now: datetime) -> None:
    await messages.ask(amina, "offer_words", "a", letter_id=None, now=now)
    await messages.ask(amina, "feedback", "b", letter_id=None, now=now)
    assert await messages.take_question(amina, now=now) == ("feedback", "b")
    assert await messages.take_question(amina, now=now) is None


async def test_a_question_nobody_answered_in_time_takes_no_words(amina: YoungPerson, now: datetime) -> None:
    await messages.ask(amina, "feedback", "b", letter_id=None, now=now)
    assert await messages.take_question(amina, now=now + timedelta(hours=48)) is None
    assert await count(Question) == 0


# --- what staff do --------------------------------------------------------------------------------------------------


async def test_reading_is_told_once_in_place_of_the_receipt(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await said(amina, now)
    await deliver(now)
    thread = await thread_of(amina)
    assert await messages.read(cast.mette, thread.id, position=1, now=now) == 1
    assert await messages.read(cast.per, thread.id, position=1, now=now) == 0
    letter = await one(Letter, kind="message.read")
    taken = await take(letter.id, now)
    assert taken is not None
    assert (taken.edits, taken.silent) == (1000 + (await one(Message)).receipt_letter_id, True)
    assert (await one(Message)).read_by_id == cast.mette.staff_id


async def test_each_reader_is_at_their_own_place_and_nobody_is_ahead_of_the_thread(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await said(amina, now)
    thread = await thread_of(amina)
    await messages.read(cast.mette, thread.id, position=10**12, now=now)
    await messages.read(cast.per, thread.id, position=0, now=now)
    places = {row.staff_id: row.position for row in await found(Reading)}
    assert places == {cast.mette.staff_id: 1, cast.per.staff_id: 0}
    await messages.read(cast.mette, thread.id, position=0, now=now)
    assert (await one(Reading, staff_id=cast.mette.staff_id)).position == 1


async def test_a_reply_answers_everything_that_waits(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await said(amina, now, key="k1")
    await said(amina, now, key="k2")
    await said(amina, now, "Tak", key="k3")
    thread = await thread_of(amina)
    answer = await messages.reply(cast.mette, thread.id, " I morgen ", version=3, key="r", now=now)
    rows = {row.source_key: row.answered_by_message for row in await found(Message, direction="in")}
    assert rows == {"k1": answer, "k2": answer, "k3": None}
    after = await thread_of(amina)
    assert (after.waiting_since, after.promised_at, after.version) == (None, None, 4)


async def test_a_second_click_is_the_same_reply_and_an_older_page_is_told(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await said(amina, now)
    thread = await thread_of(amina)
    first = await messages.reply(cast.mette, thread.id, "Ja", version=1, key="r", now=now)
    assert await messages.reply(cast.mette, thread.id, "Ja", version=1, key="r", now=now) == first
    with pytest.raises(Stale):
        await messages.reply(cast.mette, thread.id, "Også ja", version=1, key="s", now=now)
    assert (await count(Message, direction="out"), await count(Letter, kind="message.reply")) == (1, 1)


async def test_words_written_on_while_the_first_click_was_under_way_are_neither_said_nor_lost(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await said(amina, now)
    thread, key = (await thread_of(amina)).id, "of-one-form"
    first = await messages.reply(cast.mette, thread, "Ja", version=1, key=key, now=now)
    for version in (1, 2, None):
        with pytest.raises(Stale, match="sent_before"):
            await messages.reply(cast.mette, thread, "Ja, kl. 3", version=version, key=key, now=now)
    assert await messages.reply(cast.mette, thread, " Ja\n", version=1, key=key, now=now) == first
    notes = [
        await messages.note(cast.mette, thread, words, now=now, key=key)
        for words in ("Ro", "Ro", "Ro og mad", "Ro og mad")
    ]
    assert [notes.index(one) for one in notes] == [0, 0, 2, 2]
    for colleague, words in ((cast.siri, "Tag den"), (cast.siri, "Tag den"), (cast.per, "Tag den")):
        await messages.assign(cast.per, thread, colleague.staff_id, words=words, key=key, now=now)
    assert (await thread_of(amina)).assigned_id == cast.per.staff_id
    assert (await count(Message, kind="handed"), await count(Message, direction="out")) == (2, 1)


async def test_ten_clicks_at_once_are_one_reply(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await said(amina, now)
    thread = await thread_of(amina)
    clicks = [messages.reply(cast.mette, thread.id, "Ja", version=1, key="r", now=now) for _ in range(10)]
    assert len(set(await asyncio.gather(*clicks))) == 1
    assert await count(Message, direction="out") == 1


async def test_a_forms_key_used_in_another_thread_loses_no_words(
    amina: YoungPerson, jonas: YoungPerson, cast: Cast, now: datetime
) -> None:
    await said(amina, now, key="a")
    await said(jonas, now, key="j")
    for person in (amina, jonas):
        await messages.reply(cast.per, (await thread_of(person)).id, "Ja", version=1, key="same", now=now)
    assert [row.person_id for row in await found(Letter, "id", kind="message.reply")] == [cast.amina, cast.jonas]


async def test_a_long_reply_goes_in_parts_in_order(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await said(amina, now, "Tak")
    thread = await thread_of(amina)
    text = "Ord og ord. " * 800
    await messages.reply(cast.mette, thread.id, text, version=1, key="r", now=now)
    parts = [letter.args for letter in await found(Letter, "id", kind="message.reply")]
    assert parts == [{"part": 0}, {"part": 1}, {"part": 2}]
    with pytest.raises(Invalid, match="reply_too_long"):
        await messages.reply(cast.mette, thread.id, "x" * (messages.LONGEST + 1), version=2, key="s", now=now)
    with pytest.raises(Invalid, match="reply_empty"):
        await messages.reply(cast.mette, thread.id, " \n ", version=2, key="t", now=now)


async def test_a_note_has_no_letter_and_answers_nothing(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await said(amina, now)
    thread = await thread_of(amina)
    before = await count(Letter)
    await messages.note(cast.mette, thread.id, "Talte med skolen", now=now)
    assert (await count(Letter), (await thread_of(amina)).waiting_since) == (before, now)


async def test_a_contact_note_fulfils_the_promise(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await said(amina, now)
    thread = await thread_of(amina)
    note = await messages.note(cast.mette, thread.id, "Ringede", now=now, contact=True)
    row = await one(Message, direction="in")
    assert (row.answered_at, row.answered_by_message) == (now, note)
    assert (await one(Message, id=note)).kind == "contact"
    assert await messages.break_due(HOUSE, now=now + timedelta(days=9)) == 0


async def test_a_thread_is_handed_only_to_a_colleague_here_who_meets_young_people(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await said(amina, now)
    thread = await thread_of(amina)
    await change(Staff, {"id": cast.lars.staff_id}, active=False)
    for other in (cast.odd, cast.lars, cast.admin, cast.nanna):
        with pytest.raises(NotFound):
            await messages.assign(cast.mette, thread.id, other.staff_id, now=now)
    await messages.assign(cast.mette, thread.id, cast.siri.staff_id, now=now)
    assert (await thread_of(amina)).assigned_id == cast.siri.staff_id
    await messages.reply(cast.siri, thread.id, "Jeg har den", version=1, key="r", now=now)


async def test_who_was_handed_a_thread_loses_it_with_it(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await said(amina, now)
    thread = await thread_of(amina)
    await messages.assign(cast.mette, thread.id, cast.siri.staff_id, now=now)
    await messages.assign(cast.per, thread.id, cast.mette.staff_id, now=now)
    with pytest.raises(NotFound):
        await messages.note(cast.siri, thread.id, "hm", now=now)


async def test_roles_without_casework_do_not_reply(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await said(amina, now)
    thread = await thread_of(amina)
    for role in (Role.ADMINISTRATOR, Role.NATIONAL, Role.EVALUATOR, Role.PANEL_HOST):
        with pytest.raises(NotAllowed):
            await messages.reply(
                Viewer(cast.mette.staff_id, cast.randers, role, "M"), thread.id, "Ja", version=1, key="r", now=now
            )


async def test_staff_decide_about_a_reply_that_did_not_arrive(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    reply = await messages.reply(cast.mette, thread, "Hej", version=0, key="r", now=now)
    assert await messages.decide_delivery(cast.mette, cast.amina, reply, "again", now=now) is False
    await change(Letter, {"about": reply}, state="dead", reason="too_long")
    late = now + timedelta(days=2)
    assert await messages.decide_delivery(cast.mette, cast.amina, reply, "again", now=late) is True
    assert await deliver(late) == ["message.reply"]
    with pytest.raises(NotFound):
        await messages.decide_delivery(cast.mette, cast.amina, reply, "explode", now=now)
