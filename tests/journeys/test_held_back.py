"""What is held back, and what is not: no case on an unconfirmed phone, no yes on an old screen, no score from words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models.actions import checkins, consent, letters, messages, offers
from models.actions.consent import Chat
from models.actions.offers import Content
from models.domain.errors import NotAllowed
from models.queries import conversation_checkins as views
from models.tables.alerts import Alert
from models.tables.checkins import Answer
from models.tables.consent import Joining, Stranger
from models.tables.messages import Message, Reading, Thread
from models.tables.offers import Offer
from models.tables.outbox import Letter
from models.transactions import HOUSE, Scope
from tests.actions.rows import change, count, deliver, found, one
from tests.cast import Cast, link
from tests.stage import Stage

HOUR = timedelta(hours=1)
OFFER = Content(title="Kontaktperson", what="2 timer om ugen")


def chat(number: int) -> Chat:
    return Chat("webchat", f"chat-{number}", number, "da")


async def said_why(key: str) -> str:
    letter = await one(Letter, natural_key=key)
    return str(letter.args.get("why", letter.kind))


# --- a phone whose words are not confirmed --------------------------------------------------------------------------


async def test_a_reply_goes_to_the_confirmed_phone_although_another_was_used_last(cast: Cast, now: datetime) -> None:
    here = Scope(cast.randers)
    known = await link(here, cast.amina, 1, now=now, bot="telegram", confirmed_by=cast.mette.staff_id)
    await link(here, cast.amina, 2, now=now + HOUR)
    await letters.post(cast.mette, "home", person_id=cast.amina, key="k", now=now + HOUR)
    assert (await one(Letter)).link_id == known.link_id


async def test_a_reply_of_an_older_conversation_waits_until_the_words_are_confirmed(cast: Cast, now: datetime) -> None:
    here = Scope(cast.randers)
    old = await link(here, cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    await messages.receive(old, "Hvornår flytter jeg?", source_key="a", now=now)
    new = await link(here, cast.amina, 2, now=now + HOUR)
    thread = await one(Thread)
    await messages.reply(cast.mette, thread.id, "På fredag", version=1, key="r", now=now + HOUR)
    await deliver(now + HOUR)
    held = await one(Letter, kind="message.reply")
    assert (held.link_id, held.state, held.reason) == (new.link_id, "held", "not_confirmed")
    await consent.confirm_words(cast.mette, new.link_id, now=now + 50 * HOUR)
    assert "message.reply" in await deliver(now + 50 * HOUR)


async def test_a_reply_to_what_this_phone_wrote_first_is_sent_at_once(cast: Cast, now: datetime) -> None:
    new = await link(Scope(cast.randers), cast.amina, 1, now=now)
    await messages.receive(new, "Hej?", source_key="a", now=now)
    await messages.reply(cast.mette, (await one(Thread)).id, "Hej", version=1, key="r", now=now)
    assert "message.reply" in await deliver(now)
    await letters.post(cast.mette, "feedback.answer", person_id=cast.amina, key="f", now=now)
    await deliver(now)
    assert (await one(Letter, kind="feedback.answer")).reason == "not_confirmed"


async def test_a_new_phone_neither_resumes_nor_finds_an_older_check_in(cast: Cast, now: datetime) -> None:
    here = Scope(cast.randers)
    old = await link(here, cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    check_in = await checkins.begin(old, "who5", now=now)
    new = await link(here, cast.amina, 2, now=now + HOUR)
    with pytest.raises(NotAllowed):
        await checkins.begin(new, "who5", now=now + HOUR)
    assert await views.open_check_in(new, now=now + HOUR) is None
    known = replace(new, confirmed=True)
    assert await checkins.begin(known, "who5", now=now + HOUR) == check_in


async def test_the_screen_of_an_unconfirmed_phone_marks_no_answer(stage: Stage) -> None:
    phone = await stage.phone(stage.cast.amina)
    await phone.say("/tjekind")
    await phone.press("Hvordan har du det?")
    await phone.press("Hele tiden")
    await phone.press("Tilbage")
    assert (await phone.labels())[0] == "Hele tiden"


async def test_what_was_said_to_a_closed_phone_reaches_the_confirmed_new_one(cast: Cast, now: datetime) -> None:
    here = Scope(cast.randers)
    old = await link(here, cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    await messages.receive(old, "Hvornår flytter jeg?", source_key="a", now=now)
    await consent.close_link(cast.mette, old.link_id, now=now)
    await messages.reply(cast.mette, (await one(Thread)).id, "På fredag", version=1, key="r", now=now)
    assert (await one(Letter, kind="message.reply")).reason == "no_link"
    new = await link(here, cast.amina, 2, now=now + HOUR)
    await consent.confirm_words(cast.mette, new.link_id, now=now + 50 * HOUR)
    assert "message.reply" in await deliver(now + 50 * HOUR)
    assert (await one(Letter, kind="message.reply")).link_id == new.link_id


# --- an offer that changed ------------------------------------------------------------------------------------------


async def test_a_yes_on_the_old_screen_shows_the_changed_offer_and_answers_nothing(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    offer_id = await offers.draft(cast.mette, cast.amina, "contact_person", OFFER, now=stage.now())
    await offers.publish(cast.mette, offer_id, now=stage.now())
    await stage.settle()
    await phone.press("tilbud")
    await offers.revise(cast.mette, offer_id, replace(OFFER, what="1 time om måneden"), now=stage.now())
    await phone.press("Ja tak")
    assert (await one(Offer)).state == "published"
    shown = [text for text in await phone.from_hoert() if "1 time om måneden" in text]
    assert [text.splitlines()[0] for text in shown] == ["Dit tilbud er blevet ændret. Læs det igen, før du svarer."]
    await phone.press("Ja tak")
    assert (await one(Offer)).state == "accepted"


# --- words typed while a question is open ---------------------------------------------------------------------------


async def test_words_after_a_humans_reply_are_for_the_human(stage: Stage) -> None:
    cast = stage.cast
    phone = await stage.phone(cast.amina, confirmed_by=cast.mette)
    await phone.say("Kan vi tale sammen?")
    await phone.say("/tjekind")
    await phone.press("Hvordan har du det?")
    await messages.reply(cast.mette, (await one(Thread)).id, "Hvor tit?", version=1, key="r", now=stage.now())
    await stage.settle()
    await phone.say("Hele tiden")
    assert (await count(Message, direction="in"), await count(Answer)) == (2, 0)


@pytest.mark.parametrize(("minutes", "sent", "answers"), [(50, 0, 1), (70, 1, 0)])
async def test_words_answer_the_question_on_the_screen_for_an_hour(
    stage: Stage, minutes: int, sent: int, answers: int
) -> None:
    phone = await stage.phone(stage.cast.amina, confirmed_by=stage.cast.mette)
    await phone.say("/tjekind")
    await phone.press("Hvordan har du det?")
    stage.clock.move(timedelta(minutes=minutes))
    await phone.say("Hele tiden")
    assert (await count(Message, direction="in"), await count(Answer)) == (sent, answers)


# --- codes ----------------------------------------------------------------------------------------------------------


async def test_four_typing_errors_and_many_greetings_leave_the_right_code_open(cast: Cast, now: datetime) -> None:
    made = await consent.invite(cast.mette, cast.amina, now=now)
    for number in range(9):
        await consent.greet_stranger(HOUSE, chat(9), "hej", key=f"h{number}", now=now)
    for number in range(4):
        await consent.greet_stranger(HOUSE, chat(9), "ABCDEFGH", key=f"s{number}", now=now)
    assert await count(Letter, kind="stranger.hello") == 5
    await consent.greet_stranger(HOUSE, chat(9), made.code, key="right", now=now)
    assert (await count(Joining), await count(Stranger)) == (1, 0)


async def test_after_five_wrong_codes_no_code_is_tried_for_a_day_and_that_is_said(cast: Cast, now: datetime) -> None:
    made = await consent.invite(cast.mette, cast.amina, now=now)
    for number in range(5):
        await consent.open_invitation(HOUSE, chat(9), "ABCDEFGH", key=f"s{number}", now=now)
    assert await said_why("s4") == "unknown"
    await consent.open_invitation(HOUSE, chat(9), made.code, key="a", now=now)
    await consent.greet_stranger(HOUSE, chat(9), made.code, key="b", now=now + 23 * HOUR)
    assert (await said_why("a"), await said_why("b"), await count(Joining)) == ("too_many", "too_many", 0)
    await consent.open_invitation(HOUSE, chat(9), made.code, key="c", now=now + 24 * HOUR)
    assert await count(Joining) == 1


async def test_a_link_opens_although_too_many_codes_were_tried(cast: Cast, now: datetime) -> None:
    made = await consent.invite(cast.mette, cast.amina, now=now)
    for number in range(6):
        await consent.open_invitation(HOUSE, chat(9), "ABCDEFGH", key=f"s{number}", now=now)
    await consent.open_invitation(HOUSE, chat(9), made.token, key="a", now=now)
    assert await count(Joining) == 1


# --- a message that changes, a promise that breaks again ------------------------------------------------------------


async def test_a_message_edited_after_its_answer_is_promised_and_unread_again(cast: Cast, now: datetime) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Hvornår flytter jeg?", source_key="a", now=now)
    thread = (await one(Thread)).id
    await messages.read(cast.mette, thread, position=1, now=now)
    await messages.reply(cast.mette, thread, "På fredag", version=1, key="r", now=now)
    await messages.edit(amina, "a", "Hvem hjælper mig?", now=now + HOUR)
    row = await one(Message, direction="in")
    assert (row.needs_answer, row.answered_at, row.read_at) == (True, None, None)
    assert row.promised_at is not None
    assert (await one(Thread)).promised_at == row.promised_at
    assert (await one(Reading)).position == 0
    assert (await one(Letter, id=row.receipt_letter_id)).natural_key == f"receipt:{row.id}:1"


async def test_an_edit_that_now_needs_an_answer_is_promised_and_a_running_promise_is_not_put_off(
    cast: Cast, now: datetime
) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Tak", source_key="a", now=now)
    await messages.edit(amina, "a", "Tak. Hvornår ringer du?", now=now)
    promised = (await one(Message)).promised_at
    assert promised is not None
    await messages.read(cast.mette, (await one(Thread)).id, position=1, now=now)
    await messages.edit(amina, "a", "Tak. Hvornår kommer du?", now=now + 20 * HOUR)
    assert (await one(Message)).promised_at == promised
    await messages.edit(amina, "a", "Tak", now=now + 20 * HOUR)
    assert await count(Letter, kind="message.receipt") == 2


async def test_a_promise_that_breaks_again_is_said_again_once_each_day(cast: Cast, now: datetime) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Hvornår flytter jeg?", source_key="a", now=now)
    told = []
    for hour in range(25, 100):
        await messages.break_due(HOUSE, now=now + hour * HOUR)
        if "message.late" in await deliver(now + hour * HOUR):
            told.append((now + hour * HOUR).date().isoformat())
    assert told == ["2026-11-18", "2026-11-19", "2026-11-20"]
    row = await one(Message)
    assert row.promise_broken_at == now + 25 * HOUR
    assert [alert.about for alert in await found(Alert, "raised_at")] == [
        row.id, f"{row.id}:2026-11-19", f"{row.id}:2026-11-20"
    ]  # fmt: skip


async def test_what_could_not_be_sent_does_not_pile_up(cast: Cast, now: datetime) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now, confirmed_by=cast.mette.staff_id)
    await messages.receive(amina, "Hvornår flytter jeg?", source_key="a", now=now)
    await change(Letter, {}, state="sent")
    await consent.close_link(cast.mette, amina.link_id, now=now)
    for day in (2, 3):
        await messages.break_due(HOUSE, now=now + day * 24 * HOUR)
    assert (await count(Alert), await count(Letter, kind="message.late")) == (2, 1)
