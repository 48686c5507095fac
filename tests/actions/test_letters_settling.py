"""What becomes of a letter after each possible answer, by class; freezes, dead senders, staff who decide by hand."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from models.actions import consent, letters
from models.domain import delivery
from models.domain.consent import Purpose
from models.domain.delivery import LetterClass, LetterState
from models.domain.letters import KINDS
from models.domain.people import YoungPerson
from models.tables.alerts import Alert
from models.tables.consent import Link
from models.tables.outbox import BotState, Letter
from models.transactions import HOUSE
from tests.actions.rows import change, count, deliver, found, one, take
from tests.cast import Cast

#: One kind of each class that exists.
OF_CLASS = {rule.letter_class: kind for kind, rule in KINDS.items() if not rule.personal}
SECOND = timedelta(seconds=1)


async def in_hand(person: YoungPerson, kind: str, now: datetime, key: str = "k") -> int:
    letter_id = await letters.post(person, kind, person_id=person.person_id, key=key, now=now)
    assert letter_id is not None
    assert await take(letter_id, now) is not None
    return letter_id


def test_every_class_but_broadcasts_has_a_kind() -> None:
    assert set(OF_CLASS) == set(LetterClass) - {LetterClass.BROADCAST}


@pytest.mark.parametrize("letter_class", OF_CLASS)
async def test_each_outcome_leaves_each_class_in_its_state(
    amina: YoungPerson, cast: Cast, now: datetime, letter_class: LetterClass
) -> None:
    nudge = letter_class is LetterClass.NUDGE
    await consent.choose_purpose(amina, Purpose.PANEL, on=True, now=now)
    outcomes: list[tuple[delivery.Outcome, str]] = [
        (delivery.Sent(7), "sent"),
        (delivery.NotModified(), "sent"),
        (delivery.NotSent("connect"), "waiting"),
        (delivery.NotSent("flood", 3), "waiting"),
        (delivery.Unknown("read_timeout"), "unsure" if nudge else "waiting"),
        (delivery.CannotParse(), "waiting"),
        (delivery.EditGone(), "waiting"),
        (delivery.Refused("too_long"), "dead"),
        (delivery.Blocked("blocked"), "held"),
        (delivery.Gone("chat_not_found"), "held"),
        (delivery.Unauthorized(), "waiting"),
        (delivery.Conflict(), "waiting"),
    ]
    seen: list[tuple[delivery.Outcome, str]] = []
    for number, (outcome, _) in enumerate(outcomes):
        at = now + number * timedelta(minutes=6)
        letter_id = await in_hand(amina, OF_CLASS[letter_class], at, f"k{number}")
        after = await letters.settle(HOUSE, letter_id, outcome, now=at)
        row = await one(Letter, id=letter_id)
        # An outage is the bot's, not a try of this letter.
        tries = 0 if outcome == delivery.NotSent("connect") else 1
        assert (row.state, row.lease_until, row.attempts) == (after.value, None, tries)
        seen.append((outcome, row.state))
        await change(Letter, {"id": letter_id}, state="cancelled", sent_at=None, started_at=None)
        await change(Link, {"id": amina.link_id}, state="active")
    assert seen == outcomes


async def test_settling_twice_changes_nothing(amina: YoungPerson, now: datetime) -> None:
    letter_id = await in_hand(amina, "message.reply", now)
    await letters.settle(HOUSE, letter_id, delivery.Sent(5), now=now)
    assert await letters.settle(HOUSE, letter_id, delivery.Refused("late"), now=now) is LetterState.SENT
    row = await one(Letter)
    assert (row.state, row.message_id, row.sent_at, row.attempts) == ("sent", 5, now, 1)


async def test_a_humans_words_after_an_unknown_end_are_sent_once_more_and_marked(
    amina: YoungPerson, now: datetime
) -> None:
    letter_id = await in_hand(amina, "message.reply", now)
    assert await letters.settle(HOUSE, letter_id, delivery.Unknown("reset"), now=now) is LetterState.WAITING
    assert await take(letter_id, now) is not None
    await change(Letter, {"id": letter_id}, state="waiting")
    later = now + timedelta(minutes=1)
    taken = await take(letter_id, later)
    assert taken is not None
    assert taken.resend is True
    assert await letters.settle(HOUSE, letter_id, delivery.Unknown("reset"), now=later) is LetterState.UNSURE


async def test_a_question_is_asked_again_three_times_without_a_mark(amina: YoungPerson, now: datetime) -> None:
    letter_id = await in_hand(amina, "checkin.invite", now)
    states, marks = [], []
    for number in range(4):
        at = now + timedelta(hours=number)
        states.append(await letters.settle(HOUSE, letter_id, delivery.Unknown("reset"), now=at))
        taken = await take(letter_id, at + timedelta(minutes=31))
        marks.append(None if taken is None else taken.resend)
    assert states == [LetterState.WAITING] * 3 + [LetterState.UNSURE]
    assert marks == [False, False, False, None]


async def test_a_nudge_with_an_unknown_end_is_never_sent_again(amina: YoungPerson, now: datetime) -> None:
    letter_id = await in_hand(amina, "message.read", now)
    await letters.settle(HOUSE, letter_id, delivery.Unknown("reset"), now=now)
    assert await deliver(now + timedelta(days=1)) == []
    assert (await one(Letter)).state == "unsure"


async def test_an_unsure_reply_sent_again_by_staff_says_that_it_may_have_come_before(
    amina: YoungPerson, now: datetime
) -> None:
    letter_id = await in_hand(amina, "message.reply", now)
    await change(Letter, {"id": letter_id}, state="unsure", unknowns=2)
    assert await letters.send_again(amina, letter_id, now=now) is True
    taken = await take(letter_id, now)
    assert taken is not None
    assert taken.resend is True


async def test_an_edit_whose_message_is_gone_becomes_a_new_message(amina: YoungPerson, now: datetime) -> None:
    first = await in_hand(amina, "home", now, "a")
    await letters.settle(HOUSE, first, delivery.Sent(50), now=now)
    second = await letters.post(amina, "home", person_id=amina.person_id, key="b", replaces=first, now=now)
    assert second is not None
    taken = await take(second, now)
    assert taken is not None
    assert taken.edits == 50
    await letters.settle(HOUSE, second, delivery.EditGone(), now=now)
    again = await take(second, now)
    assert again is not None
    assert again.edits is None


async def test_a_screen_already_showing_that_keeps_its_message(amina: YoungPerson, now: datetime) -> None:
    first = await in_hand(amina, "home", now, "a")
    await letters.settle(HOUSE, first, delivery.Sent(50), now=now)
    second = await letters.post(amina, "home", person_id=amina.person_id, key="b", replaces=first, now=now)
    assert second is not None
    await take(second, now)
    await letters.settle(HOUSE, second, delivery.NotModified(), now=now)
    assert (await one(Letter, id=second)).message_id == 50


async def test_a_letter_cannot_edit_a_message_of_another_chat(
    amina: YoungPerson, jonas: YoungPerson, now: datetime
) -> None:
    theirs = await in_hand(jonas, "home", now, "a")
    await letters.settle(HOUSE, theirs, delivery.Sent(50), now=now)
    mine = await letters.post(amina, "home", person_id=amina.person_id, key="b", replaces=theirs, now=now)
    assert mine is not None
    taken = await take(mine, now)
    assert taken is not None
    assert taken.edits is None


# --- the bot as a whole ---------------------------------------------------------------------------------------------


async def test_a_flood_freezes_every_worker_for_exactly_as_long_as_telegram_says(
    amina: YoungPerson, jonas: YoungPerson, now: datetime
) -> None:
    letter_id = await in_hand(amina, "home", now)
    other = await letters.post(jonas, "crisis", person_id=jonas.person_id, key="x", now=now)
    assert other is not None
    await letters.settle(HOUSE, letter_id, delivery.NotSent("flood", 17), now=now)
    thawed = now + 17 * SECOND
    assert (await one(BotState)).frozen_until == thawed
    assert await letters.due(HOUSE, bot="webchat", now=thawed - timedelta(microseconds=1)) == []
    assert await take(other, thawed - SECOND) is None
    assert await deliver(thawed) == ["crisis", "home"]


async def test_floods_at_once_freeze_until_the_last(
    amina: YoungPerson, jonas: YoungPerson, astrid: YoungPerson, now: datetime
) -> None:
    ids = [await in_hand(person, "home", now, person.person_id) for person in (amina, jonas, astrid)]
    await asyncio.gather(
        *(letters.settle(HOUSE, one, delivery.NotSent("flood", 10 + n), now=now) for n, one in enumerate(ids))
    )
    assert (await one(BotState)).frozen_until == now + 12 * SECOND
    assert await count(Letter, state="waiting") == 3


async def test_a_shorter_flood_thaws_no_longer_one(amina: YoungPerson, jonas: YoungPerson, now: datetime) -> None:
    first, second = await in_hand(amina, "home", now, "a"), await in_hand(jonas, "home", now, "b")
    await letters.settle(HOUSE, first, delivery.NotSent("flood", 60), now=now)
    await letters.settle(HOUSE, second, delivery.NotSent("flood", 1), now=now)
    assert (await one(BotState)).frozen_until == now + 60 * SECOND


async def test_a_flood_of_one_bot_leaves_the_other_alone(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    from models.transactions import Scope
    from tests.cast import link

    telegram = await link(Scope(cast.randers), cast.jonas, 9, now=now, bot="telegram")
    letter_id = await in_hand(amina, "home", now)
    await letters.settle(HOUSE, letter_id, delivery.NotSent("flood", 60), now=now)
    await letters.post(telegram, "home", person_id=cast.jonas, key="t", now=now)
    assert await deliver(now, bot="telegram") == ["home"]


async def test_a_refused_token_stops_the_bot_visibly_until_something_is_sent(amina: YoungPerson, now: datetime) -> None:
    letter_id = await in_hand(amina, "home", now)
    await letters.settle(HOUSE, letter_id, delivery.Unauthorized(), now=now)
    state = await one(BotState)
    assert (state.stopped, state.frozen_until) == ("unauthorized", now + delivery.HALT)
    assert await deliver(now + delivery.HALT) == ["home"]
    assert (await one(BotState)).stopped == ""


async def test_a_blocked_chat_holds_everything_and_raises_one_alert_also_when_told_so_twice_at_once(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    blocked = await in_hand(amina, "message.read", now, "k")
    await letters.post(amina, "message.reply", person_id=amina.person_id, key="waits", now=now)
    await asyncio.gather(*(letters.settle(HOUSE, blocked, delivery.Blocked("blocked"), now=now) for _ in range(4)))
    assert {(row.state, row.reason) for row in await found(Letter)} == {("held", "blocked")}
    assert ((await one(Link)).state, (await one(Alert)).reason) == ("blocked", "blocked")


async def test_a_chat_that_is_gone_closes_its_link(amina: YoungPerson, now: datetime) -> None:
    letter_id = await in_hand(amina, "message.reply", now)
    await letters.settle(HOUSE, letter_id, delivery.Gone("chat_not_found"), now=now)
    row = await one(Letter)
    assert (row.state, row.reason, (await one(Link)).state) == ("held", "no_link", "closed")


# --- dead senders and decisions by hand -----------------------------------------------------------------------------


async def test_a_letter_whose_sender_died_is_swept_after_its_lease_and_not_before(
    amina: YoungPerson, jonas: YoungPerson, now: datetime
) -> None:
    reply = await in_hand(amina, "message.reply", now, "a")
    nudge = await in_hand(jonas, "message.read", now, "b")
    assert await letters.sweep(HOUSE, now=now, real_now=now + delivery.LEASE) == []
    swept = await letters.sweep(HOUSE, now=now, real_now=now + delivery.LEASE + SECOND)
    assert sorted(swept) == [reply, nudge]
    states = {row.id: (row.state, row.reason) for row in await found(Letter)}
    assert states == {reply: ("waiting", "lease_expired"), nudge: ("unsure", "lease_expired")}
    assert await letters.sweep(HOUSE, now=now, real_now=now + timedelta(days=1)) == []


async def test_leases_keep_the_machines_time_when_the_demos_clock_jumps(amina: YoungPerson, now: datetime) -> None:
    await in_hand(amina, "home", now)
    assert await letters.sweep(HOUSE, now=now + timedelta(days=90), real_now=now + SECOND) == []


async def test_only_what_is_in_trouble_is_decided_by_hand(amina: YoungPerson, now: datetime) -> None:
    letter_id = await in_hand(amina, "message.reply", now)
    for state in ("queued", "waiting", "sending", "sent", "cancelled"):
        await change(Letter, {"id": letter_id}, state=state)
        assert await letters.send_again(amina, letter_id, now=now) is False
        assert await letters.mark_arrived(amina, letter_id, now=now) is False
        assert (await one(Letter)).state == state


async def test_what_is_in_trouble_is_settled_by_hand_once(amina: YoungPerson, now: datetime) -> None:
    letter_id = await in_hand(amina, "message.reply", now)
    for hours, state in enumerate(("unsure", "held", "dead")):
        at = now + timedelta(hours=hours)
        await change(Letter, {"id": letter_id}, state=state, reason="")
        assert await letters.mark_arrived(amina, letter_id, now=at) is True
        assert await letters.mark_arrived(amina, letter_id, now=at) is False
        row = await one(Letter)
        assert (row.state, row.reason, row.sent_at) == ("sent", "by_hand", at)


async def test_a_letter_to_a_blocked_chat_sent_again_waits_there_for_the_person_to_come_back(
    amina: YoungPerson, now: datetime
) -> None:
    letter_id = await in_hand(amina, "message.reply", now)
    await letters.settle(HOUSE, letter_id, delivery.Blocked("blocked"), now=now)
    assert await letters.send_again(amina, letter_id, now=now) is False
    assert ((await one(Letter)).state, (await one(Letter)).reason) == ("held", "blocked")


async def test_while_telegram_cannot_be_reached_the_whole_bot_waits_longer_each_time_and_no_letter_loses_its_place(
    amina: YoungPerson, jonas: YoungPerson, now: datetime
) -> None:
    first = await in_hand(amina, "home", now)
    second = await letters.post(jonas, "home", person_id=jonas.person_id, key="j", now=now)
    pauses, at = [], now
    for _ in range(7):
        await letters.settle(HOUSE, first, delivery.NotSent("connect"), now=at)
        state = await one(BotState)
        pauses.append((state.frozen_until - at).total_seconds())
        assert await letters.due(HOUSE, bot="webchat", now=at) == []
        at = state.frozen_until
        assert sorted(due.letter_id for due in await letters.due(HOUSE, bot="webchat", now=at)) == [first, second]
        assert await take(first, at) is not None
    assert pauses == [1, 2, 5, 10, 20, 30, 30]
    await letters.settle(HOUSE, first, delivery.Sent(1), now=at)
    assert (await one(BotState)).outages == 0
    assert (await one(Letter, id=first)).attempts == 1


async def test_many_letters_failing_at_once_are_one_outage(
    amina: YoungPerson, jonas: YoungPerson, now: datetime
) -> None:
    ids = [await in_hand(amina, "home", now, "a"), await in_hand(jonas, "home", now, "j")]
    for letter_id in ids:
        await letters.settle(HOUSE, letter_id, delivery.NotSent("dns"), now=now)
    assert ((await one(BotState)).outages, (await one(BotState)).frozen_until) == (1, now + SECOND)


async def test_when_the_server_is_back_for_sure_what_waits_goes_at_once(amina: YoungPerson, now: datetime) -> None:
    letter_id = await in_hand(amina, "home", now)
    await letters.settle(HOUSE, letter_id, delivery.NotSent("flood", 300), now=now)
    assert await deliver(now + SECOND) == []
    assert await letters.hurry(HOUSE, "webchat", now=now + SECOND) == 1
    assert await deliver(now + SECOND) == ["home"]
