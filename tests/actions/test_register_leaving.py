"""Turning 23: told in time, asked for what comes after, and let go when nobody owes anything any more."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from models.actions import checkins, consent, letters, messages, register
from models.domain.errors import Invalid
from models.domain.localtime import day_bounds
from models.domain.people import YoungPerson
from models.domain.register import said_at
from models.queries import register_moves, today
from models.queries.conversation import choices
from models.tables.checkins import Answer, CheckIn, Rhythm
from models.tables.consent import Consent, Link
from models.tables.outbox import Letter
from models.tables.register import FollowUp, Person
from models.transactions import HOUSE, Scope
from tests.actions.rows import change, count, deliver, found, one
from tests.actions.test_consent import chat, told
from tests.cast import Cast, link

BIRTHDAY = date(2029, 2, 14)  # Jonas turns 23
SOON, MONTH = date(2028, 11, 14), date(2029, 1, 14)


async def jonas_at(cast: Cast, day: date) -> YoungPerson:
    """Jonas, linked, a while before that day."""
    return await link(
        Scope(cast.randers), cast.jonas, 2, now=said_at(day) - timedelta(days=30), confirmed_by=cast.siri.staff_id
    )


async def pass_over(day: date, hours: float = 0) -> None:
    """The clock looks at everybody, twice, at that time of the day."""
    for _ in range(2):
        await register.say_farewells(HOUSE, now=said_at(day) + timedelta(hours=hours))


async def test_three_months_and_one_month_before_are_said_once_each_at_ten(cast: Cast) -> None:
    await jonas_at(cast, SOON)
    await pass_over(SOON, -1)
    assert await told() == []
    await pass_over(SOON)
    assert await told() == ["farewell.soon"]
    await pass_over(MONTH)
    assert await told() == ["farewell.soon", "farewell.month"]
    assert (await one(Person, id=cast.jonas)).left_on is None
    assert (await one(Link)).state == "active"


async def test_on_the_day_prompts_end_at_midnight_and_the_goodbye_closes_the_chat_at_ten(cast: Cast) -> None:
    jonas = await jonas_at(cast, BIRTHDAY)
    evening = said_at(BIRTHDAY) - timedelta(hours=13)
    asked = await checkins.begin(jonas, "who5", now=evening)
    await checkins.answer(jonas, asked, "cheerful", 3, now=evening)
    await letters.post(Scope(cast.randers), "checkin.reminder", person_id=cast.jonas, key="r", now=evening)
    midnight, _ = day_bounds(BIRTHDAY)
    await register.say_farewells(HOUSE, now=midnight - timedelta(seconds=1))
    assert (await one(Person, id=cast.jonas)).left_on is None
    await register.say_farewells(HOUSE, now=midnight)
    assert (await one(Person, id=cast.jonas)).left_on == BIRTHDAY
    assert [row.active for row in await found(Rhythm)] == [False]
    assert (await one(Letter, kind="checkin.reminder")).state == "cancelled"
    # Never silence in the middle: what was begun may be finished until the chat closes.
    assert (await one(CheckIn)).state == "open"
    await checkins.answer(jonas, asked, "calm", 3, now=midnight + timedelta(hours=1))
    await pass_over(BIRTHDAY)
    goodbye = await one(Letter, kind="farewell.goodbye")
    assert (goodbye.args["check_in"], goodbye.link_id, goodbye.state) == (True, None, "queued")
    assert (await one(CheckIn)).state == "stopped"
    assert await count(Answer) == 2
    row = await one(Link)
    assert (row.state, row.closed_why) == ("closed", "turned_23")
    await deliver(said_at(BIRTHDAY))
    assert (await one(Letter, kind="farewell.goodbye")).state == "sent"
    # Whoever writes afterwards hears where a human is; an invitation there is none any more.
    await consent.greet_stranger(HOUSE, chat(2), "Hej?", key="s", now=said_at(BIRTHDAY) + timedelta(days=40))
    assert (await found(Letter, "-id"))[0].args == {"why": "turned_23"}
    with pytest.raises(Invalid, match="not_in_target_group"):
        await consent.invite(cast.siri, cast.jonas, now=said_at(BIRTHDAY))


async def test_a_human_finishes_first_what_is_owed(cast: Cast) -> None:
    jonas = await jonas_at(cast, BIRTHDAY)
    wrote = said_at(BIRTHDAY) - timedelta(hours=2)
    await messages.receive(jonas, "Hvad sker der nu?", source_key="webchat:a:1", now=wrote)
    await pass_over(BIRTHDAY)
    assert (await one(Link)).state == "active"
    assert (await told())[-1:] == ["farewell.wait"]
    here = [one.name for one in (await today.today(cast.siri, now=said_at(BIRTHDAY))).turned_23.first]
    assert here == ["Jonas Birk"]
    thread = await messages.open_thread(cast.siri, cast.jonas, now=said_at(BIRTHDAY))
    answered = said_at(BIRTHDAY) + timedelta(hours=4)
    await messages.reply(cast.siri, thread, "Ring til mig", version=1, key="k", now=answered)
    await deliver(answered)
    await pass_over(BIRTHDAY, 5)
    assert (await one(Link)).state == "active"
    await pass_over(BIRTHDAY + timedelta(days=1), 5)
    assert (await one(Link)).closed_why == "turned_23"
    assert (await today.today(cast.siri, now=answered)).turned_23.n == 0


async def test_a_yes_to_be_asked_later_is_a_consent_with_a_date_and_a_sealed_address(
    jonas: YoungPerson, cast: Cast, now: datetime
) -> None:
    assert await register.follow_up(jonas, on=True, now=now)
    assert not await register.follow_up(jonas, on=True, now=now)
    with pytest.raises(Invalid, match="contact_unreadable"):
        await register.follow_up_at(jonas, "spørg min mor", now=now)
    await register.follow_up_at(jonas, " jonas@example.org ", now=now)
    await register.follow_up_at(jonas, "20 30 40 50", now=now)
    given = await one(Consent, purpose="follow_up")
    assert (given.given_at, given.withdrawn_at) == (now, None)
    assert b"20 30" not in bytes((await one(FollowUp)).contact_sealed or b"")
    assert await register_moves.follow_up_contact(cast.siri, cast.jonas) == "20 30 40 50"
    assert "follow_up" in (await choices(jonas)).purposes
    assert await register.follow_up(jonas, on=False, now=now)
    assert await count(FollowUp) == 0
    assert (await one(Consent, purpose="follow_up")).withdrawn_at == now


async def test_joining_again_does_not_take_the_yes_for_later_back(
    jonas: YoungPerson, cast: Cast, now: datetime
) -> None:
    await register.follow_up(jonas, on=True, now=now)
    await change(Person, {"id": cast.jonas}, easy=True)
    made = await consent.invite(cast.siri, cast.jonas, now=now)
    from models.tables.consent import Joining

    await consent.open_invitation(HOUSE, chat(3), made.token, key="o", now=now)
    row = (await one(Joining)).id
    await consent.say_birthday(HOUSE, row, chat(3), "14/2", key="b", now=now)
    await consent.choose_easy(HOUSE, row, chat(3), on=True, key="e", now=now)
    await consent.accept_explanation(HOUSE, row, chat(3), key="c", now=now)
    await consent.back(HOUSE, row, chat(3), key="d", now=now)
    assert (await one(Joining)).step == "explain"
    await consent.accept_explanation(HOUSE, row, chat(3), key="f", now=now)
    await consent.finish_joining(HOUSE, row, chat(3), key="g", now=now)
    assert [row.purpose for row in await found(Consent, withdrawn_at=None)] == ["follow_up"]
    assert (await one(Person, id=cast.jonas)).easy is True
