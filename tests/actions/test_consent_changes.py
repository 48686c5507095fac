"""After joining: /stop, pause, /start, one purpose withdrawn, a blocked chat; what each ends and what goes on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from models.actions import checkins, consent, letters, messages
from models.domain.consent import Purpose
from models.domain.errors import Invalid
from models.domain.people import YoungPerson
from models.tables.alerts import Alert
from models.tables.checkins import CheckIn, Measured, Rhythm
from models.tables.consent import Consent, Link
from models.tables.messages import Question
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE, Scope
from tests.actions.rows import add, change, count, deliver, found, one
from tests.cast import Cast, link


async def asked(person: YoungPerson, now: datetime, instrument: str = "who5", state: str = "asked") -> CheckIn:
    """A check-in of the clock with its invitation on the way."""
    row = await add(
        CheckIn(
            municipality_id=person.municipality_id, person_id=person.person_id, instrument=instrument, version=1,
            period=now.date().isoformat() if instrument != "hoert5" else "2026Q4", asked_by="clock", state=state,
            due_at=now, expires_at=now + timedelta(days=20),
        )
    )  # fmt: skip
    await letters.post(person, "checkin.invite", person_id=person.person_id, key=f"i{row.id}", about=row.id, now=now)
    return row


async def state_of(letter: str) -> str:
    return (await one(Letter, natural_key=letter)).state


async def test_stop_ends_every_prompt_but_no_answer_to_what_the_person_wrote(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    row = await asked(amina, now)
    await messages.ask(amina, "offer_words", "", letter_id=None, now=now)
    await messages.receive(amina, "Hvornår?", source_key="k", now=now)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await consent.stop(amina, now=now)
    await messages.reply(cast.mette, thread, "I morgen", version=1, key="r", now=now)
    assert await state_of(f"i{row.id}") == "cancelled"
    assert (await one(CheckIn)).state == "stopped"
    assert await count(Question) == 0
    assert await deliver(now) == ["message.first", "message.reply"]


async def test_what_is_posted_after_stop_is_cancelled_when_it_is_taken(amina: YoungPerson, now: datetime) -> None:
    await consent.stop(amina, now=now)
    await letters.post(amina, "checkin.invite", person_id=amina.person_id, key="later", now=now)
    assert await deliver(now) == []
    letter = await one(Letter)
    assert (letter.state, letter.reason) == ("cancelled", "stopped")


async def test_start_takes_back_stop_and_pause_and_says_if_there_was_any(amina: YoungPerson, now: datetime) -> None:
    assert await consent.start_again(amina, now=now) is False
    await consent.stop(amina, now=now)
    assert await consent.start_again(amina, now=now) is True
    await consent.pause(amina, 4, now=now)
    assert await consent.start_again(amina, now=now) is True
    row = await one(Person, id=amina.person_id)
    assert (row.stopped_at, row.paused_until) == (None, None)


async def test_a_pause_holds_prompts_until_its_last_instant(amina: YoungPerson, now: datetime) -> None:
    for weeks in (1, 4, 12):
        until = await consent.pause(amina, weeks, now=now)
        assert until == now + timedelta(weeks=weeks)
        await letters.post(amina, "checkin.invite", person_id=amina.person_id, key=f"in{weeks}", now=now)
        assert await deliver(until - timedelta(seconds=1)) == []
        await letters.post(amina, "checkin.invite", person_id=amina.person_id, key=f"after{weeks}", now=now)
        assert await deliver(until) == ["checkin.invite"]


async def test_a_pause_is_one_four_or_twelve_weeks(amina: YoungPerson, now: datetime) -> None:
    with pytest.raises(Invalid):
        await consent.pause(amina, 2, now=now)
    assert (await one(Person, id=amina.person_id)).paused_until is None


async def test_a_pause_keeps_the_question_of_the_figure_for_afterwards(amina: YoungPerson, now: datetime) -> None:
    heard = await asked(amina, now, "hoert5", state="due")
    await consent.pause(amina, 1, now=now)
    assert (await one(CheckIn)).state == "due"
    assert await checkins.ask_due(HOUSE, now=now + timedelta(days=6)) == 0
    assert await checkins.ask_due(HOUSE, now=now + timedelta(days=7)) == 1
    assert (await one(CheckIn, id=heard.id)).state == "asked"


async def test_withdrawing_check_ins_cancels_what_is_queued_and_ends_the_rhythm(
    amina: YoungPerson, now: datetime
) -> None:
    row = await asked(amina, now)
    await letters.post(amina, "offer.new", person_id=amina.person_id, key="offer", now=now)
    await consent.choose_purpose(amina, Purpose.CHECKINS, on=False, now=now)
    assert await state_of(f"i{row.id}") == "cancelled"
    assert (await one(Rhythm)).active is False
    assert (await one(CheckIn)).state == "stopped"
    assert [c.purpose for c in await found(Consent, "purpose", withdrawn_at=None)] == ["figures", "messages"]


async def test_withdrawn_consents_stay_dated_and_can_be_given_again(amina: YoungPerson, now: datetime) -> None:
    later = now + timedelta(days=1)
    await consent.choose_purpose(amina, Purpose.FIGURES, on=False, now=now)
    await consent.choose_purpose(amina, Purpose.FIGURES, on=False, now=later)
    await consent.choose_purpose(amina, Purpose.FIGURES, on=True, now=later)
    await consent.choose_purpose(amina, Purpose.FIGURES, on=True, now=later)
    rows = await found(Consent, "given_at", purpose="figures")
    assert [(row.given_at, row.withdrawn_at) for row in rows] == [(now, now), (later, None)]


async def test_consent_given_again_does_not_move_a_rhythm_that_runs(amina: YoungPerson, now: datetime) -> None:
    before = await one(Rhythm)
    await consent.choose_purpose(amina, Purpose.CHECKINS, on=True, now=now + timedelta(days=9))
    assert (await one(Rhythm)).next_due_at == before.next_due_at


async def test_a_rhythm_taken_up_again_is_the_one_the_person_had_chosen(amina: YoungPerson, now: datetime) -> None:
    await change(Rhythm, {"person_id": amina.person_id}, weeks=2, weekday=0, hour=10)
    await consent.choose_purpose(amina, Purpose.CHECKINS, on=False, now=now)
    await consent.choose_purpose(amina, Purpose.CHECKINS, on=True, now=now)
    row = await one(Rhythm)
    assert (row.active, row.weeks, row.weekday, row.hour) == (True, 2, 0, 10)
    assert row.next_due_at == datetime(2026, 11, 23, 9, tzinfo=now.tzinfo)


async def test_withdrawing_figures_deletes_what_was_measured_of_this_person_only(
    amina: YoungPerson, jonas: YoungPerson, now: datetime
) -> None:
    for person in (amina, jonas):
        row = await asked(person, now, "pulse")
        await checkins.answer(person, row.id, "heard", 5, now=now)
    assert await count(Measured) == 2
    await consent.choose_purpose(amina, Purpose.FIGURES, on=False, now=now)
    assert await count(Measured) == 1


async def test_without_consent_to_messages_an_offer_is_not_sent_but_a_reply_is(cast: Cast, now: datetime) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now, purposes=[], confirmed_by=cast.mette.staff_id)
    for kind in ("offer.new", "message.reply", "checkin.invite", "pulse.invite"):
        await letters.post(amina, kind, person_id=cast.amina, key=kind, now=now)
    assert await deliver(now) == ["message.reply"]
    assert {letter.reason for letter in await found(Letter, state="cancelled")} == {"consent"}


async def test_a_blocked_chat_holds_what_waits_and_asks_staff_to_follow_up_once(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await letters.post(amina, "message.reply", person_id=cast.amina, key="reply", now=now)
    await consent.blocked(amina, now=now)
    await consent.blocked(amina, now=now)
    letter, alert = await one(Letter), await one(Alert)
    assert (letter.state, letter.reason, (await one(Link)).state) == ("held", "blocked", "blocked")
    assert (alert.kind, alert.reason, alert.owner_id) == ("follow_up", "blocked", cast.mette.staff_id)


async def test_a_chat_blocked_again_after_the_first_was_dealt_with_is_told_again(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    from models.actions import alerts

    await consent.blocked(amina, now=now)
    await consent.seen(amina, now=now)
    await alerts.close(cast.mette, (await one(Alert)).id, "ringet", now=now)
    await consent.blocked(amina, now=now + timedelta(days=30))
    assert [alert.state for alert in await found(Alert, "raised_at")] == ["closed", "open"]


async def test_coming_back_sends_what_was_held_without_the_prompts_however_long_it_took(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    for kind in ("message.reply", "checkin.invite", "message.read"):
        await letters.post(amina, kind, person_id=cast.amina, key=kind, now=now)
    await consent.blocked(amina, now=now)
    back = now + timedelta(days=5)
    await consent.seen(amina, now=back)
    assert (await one(Link)).state == "active"
    assert await deliver(back) == ["message.reply"]
    states = {letter.kind: letter.state for letter in await found(Letter)}
    assert states == {"message.reply": "sent", "checkin.invite": "cancelled", "message.read": "cancelled"}


async def test_a_closed_link_holds_what_waits_and_staff_can_send_it_to_the_new_one(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    letter_id = await letters.post(amina, "message.reply", person_id=cast.amina, key="reply", now=now)
    assert letter_id is not None
    await consent.close_link(cast.mette, amina.link_id, now=now)
    letter = await one(Letter, id=letter_id)
    assert (letter.state, letter.reason) == ("held", "no_link")
    assert await letters.send_again(cast.mette, letter_id, now=now) is False
    assert (await one(Letter, id=letter_id)).state == "held"
    later = now + timedelta(days=3)
    fresh = await link(Scope(cast.randers), cast.amina, 2, now=later)
    assert await letters.send_again(cast.mette, letter_id, now=later) is True
    assert await deliver(later) == ["message.reply", "rights.forget"]
    assert (await one(Letter, id=letter_id)).link_id == fresh.link_id


async def test_letters_go_to_a_confirmed_link_first_and_else_to_the_one_used_last(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    later = now + timedelta(days=1)
    telegram = await link(Scope(cast.randers), cast.amina, 5, now=later, bot="telegram", language="en")
    await letters.post(Scope(cast.randers), "offer.new", person_id=cast.amina, key="a", now=later)
    assert (await one(Letter)).link_id == amina.link_id
    await consent.confirm_words(cast.mette, telegram.link_id, now=later)
    await letters.post(Scope(cast.randers), "offer.new", person_id=cast.amina, key="b", now=later)
    letter = await one(Letter, natural_key="b")
    assert (letter.link_id, letter.bot, letter.language) == (telegram.link_id, "telegram", "en")
    await consent.seen(amina, now=later + timedelta(hours=1))
    await letters.post(Scope(cast.randers), "offer.new", person_id=cast.amina, key="c", now=later)
    assert (await one(Letter, natural_key="c")).link_id == amina.link_id


async def test_a_language_nobody_speaks_becomes_danish(amina: YoungPerson, now: datetime) -> None:
    await consent.set_language(amina, "en", now=now)
    assert (await one(Link)).language == "en"
    await consent.set_language(amina, "xx", now=now)
    assert ((await one(Link)).language, (await one(Person, id=amina.person_id)).language) == ("da", "da")


async def test_joining_again_after_stop_starts_again(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await consent.stop(amina, now=now)
    await link(Scope(cast.randers), cast.amina, 2, now=now)
    assert (await one(Person, id=cast.amina)).stopped_at is None
    assert (await one(Rhythm)).anchor == date(2026, 11, 17)
