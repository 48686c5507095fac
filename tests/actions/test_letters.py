"""The outbox: no letter twice, the order that binds, who goes first, and what is checked again when one is taken."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import engine
from models.actions import consent, letters
from models.actions.consent import Chat
from models.domain import delivery
from models.domain.consent import Purpose
from models.domain.letters import KINDS
from models.domain.people import YoungPerson
from models.settings import Settings
from models.tables.consent import Link
from models.tables.outbox import BotState, Letter
from models.tables.register import Person
from models.transactions import HOUSE, Scope, atomic, execute
from tests.actions.rows import change, count, deliver, found, nothing_to_see, one, select, sql, take
from tests.cast import Cast, link


async def post(person: YoungPerson, kind: str, key: str, now: datetime, **more: object) -> int:
    letter_id = await letters.post(person, kind, person_id=person.person_id, key=key, now=now, **more)  # type: ignore[arg-type]
    assert letter_id is not None
    return letter_id


async def due(now: datetime, bot: str = "webchat") -> list[int]:
    return [letter.letter_id for letter in await letters.due(HOUSE, bot=bot, now=now)]


async def state(letter_id: int) -> tuple[str, str]:
    row = await one(Letter, id=letter_id)
    return row.state, row.reason


@atomic
async def crowd_of(scope: Scope, count: int) -> None:
    """The one letter there is, again for so many other chats."""
    own = {"id", "chat_index", "natural_key"}
    columns = [name for name in Letter._meta.fields_db_projection.values() if name not in own]
    names = ", ".join(f'"{name}"' for name in columns)
    await execute(
        f"INSERT INTO letter (chat_index, natural_key, {names}) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "  # noqa: S608
        f"SELECT i + 1 FROM n WHERE i < ?) SELECT 'c' || i, 'n' || i, {names} FROM letter, n",
        count,
    )


# --- one letter, not two --------------------------------------------------------------------------------------------


async def test_fifty_posts_with_one_natural_key_at_once_are_one_letter(amina: YoungPerson, now: datetime) -> None:
    made = await asyncio.gather(
        *(letters.post(amina, "home", person_id=amina.person_id, key="once", now=now) for _ in range(50))
    )
    assert [one for one in made if one is not None] == [(await one(Letter)).id]


async def test_two_workers_at_once_take_a_letter_once(amina: YoungPerson, now: datetime) -> None:
    letter_id = await post(amina, "home", "k", now)
    taken = await asyncio.gather(*(take(letter_id, now) for _ in range(8)))
    assert len([one for one in taken if one is not None]) == 1


async def test_what_is_sent_is_not_taken_again(amina: YoungPerson, now: datetime) -> None:
    letter_id = await post(amina, "home", "k", now)
    await deliver(now)
    assert await take(letter_id, now) is None
    assert await state(letter_id) == ("sent", "")


async def test_the_engine_is_told_of_a_letter_at_the_commit_and_not_of_one_that_was_there(
    amina: YoungPerson, database: Settings, now: datetime
) -> None:
    if database.engine == "procrastinate":
        letter_id = await post(amina, "home", "k", now)
        await letters.post(amina, "home", person_id=amina.person_id, key="k", now=now)
        jobs = await select("SELECT task_name, queue_name, priority, args::text AS args FROM procrastinate_jobs")
        assert [(one["task_name"], one["queue_name"], one["priority"], json.loads(one["args"])) for one in jobs] == [
            ("letter", "letter.webchat.urgent", -2, {"bot": "webchat", "row": letter_id})
        ]
        return
    calls: list[int] = []
    engine.on_posted(wake := lambda: calls.append(1))
    try:
        await post(amina, "home", "k", now)
        await letters.post(amina, "home", person_id=amina.person_id, key="k", now=now)
    finally:
        engine.forget(wake)
    assert calls == [1]


# --- order and urgency ----------------------------------------------------------------------------------------------


async def test_letters_of_a_conversation_go_in_the_order_they_were_posted(amina: YoungPerson, now: datetime) -> None:
    posted = [await post(amina, kind, kind, now) for kind in ("home", "message.reply", "settings")]
    for letter_id in posted:
        assert await due(now) == [letter_id]
        await take(letter_id, now)
        assert await due(now) == []
        await letters.settle(HOUSE, letter_id, delivery.Sent(1), now=now)
    assert await due(now) == []


async def test_a_letter_that_waits_for_its_next_try_holds_those_behind_it(amina: YoungPerson, now: datetime) -> None:
    first = await post(amina, "message.reply", "a", now)
    second = await post(amina, "home", "b", now)
    await take(first, now)
    await letters.settle(HOUSE, first, delivery.NotSent("connect"), now=now)
    assert await due(now) == []
    assert await due(now + timedelta(seconds=5)) == [first]
    await deliver(now + timedelta(seconds=5))
    assert (await state(second))[0] == "sent"


async def test_a_prompt_that_waits_blocks_nobody_and_waits_for_nobody(amina: YoungPerson, now: datetime) -> None:
    night = datetime(2026, 11, 17, 22, tzinfo=UTC)
    prompt = await post(amina, "checkin.invite", "p", night)
    assert await take(prompt, night) is None
    reply = await post(amina, "message.reply", "r", night)
    assert await due(night) == [reply]
    await take(reply, night)
    await letters.settle(HOUSE, reply, delivery.Unknown("reset"), now=night)
    morning = datetime(2026, 11, 18, 8, tzinfo=UTC)
    await change(Letter, {"id": reply}, next_at=morning + timedelta(hours=1))
    assert await due(morning) == [prompt]


async def test_a_held_letter_blocks_nobody(amina: YoungPerson, now: datetime) -> None:
    held = await post(amina, "message.reply", "a", now)
    await change(Letter, {"id": held}, state="held", reason="not_confirmed")
    behind = await post(amina, "home", "b", now)
    assert await due(now) == [behind]


async def test_the_most_urgent_chat_goes_first(
    amina: YoungPerson, jonas: YoungPerson, astrid: YoungPerson, now: datetime
) -> None:
    question = await post(amina, "checkin.invite", "a", now)
    reply = await post(astrid, "message.reply", "b", now)
    crisis = await post(jonas, "crisis", "c", now)
    assert await due(now) == [crisis, reply, question]


async def test_a_crisis_text_waits_for_no_letter_of_its_own_chat(amina: YoungPerson, now: datetime) -> None:
    reply = await post(amina, "message.reply", "a", now)
    await take(reply, now)
    await letters.settle(HOUSE, reply, delivery.Unknown("reset"), now=now)
    crisis = await post(amina, "crisis", "b", now)
    assert await due(now) == [crisis]


async def test_one_chat_with_very_many_letters_keeps_nobody_waiting(
    amina: YoungPerson, jonas: YoungPerson, now: datetime
) -> None:
    for number in range(30):
        await post(amina, "message.read", f"r{number}", now)
    other = await post(jonas, "message.read", "x", now)
    found_due = [letter.letter_id for letter in await letters.due(HOUSE, bot="webchat", now=now, limit=8)]
    assert len(found_due) == 2
    assert other in found_due


@pytest.mark.parametrize("settings", ["postgres", "sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["message.reply", "checkin.invite"])
async def test_a_look_at_thousands_that_wait_is_quick_also_before_the_database_has_counted_them(
    amina: YoungPerson, now: datetime, kind: str
) -> None:
    await post(amina, kind, "k", now)
    await crowd_of(HOUSE, 4000)
    began = time.perf_counter()
    assert len(await letters.due(HOUSE, bot="webchat", now=now, limit=192)) == 192
    # A hundredth of a second; looked through for each letter it was one and a half.
    assert time.perf_counter() - began < 0.4


async def test_each_bot_sees_its_own_letters(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    web = await post(amina, "home", "a", now)
    telegram = await link(Scope(cast.randers), cast.jonas, 9, now=now, bot="telegram")
    other = await post(telegram, "home", "b", now)
    assert (await due(now), await due(now, "telegram")) == ([web], [other])


# --- checked again at the moment of sending ---------------------------------------------------------------------------


async def test_consent_withdrawn_after_posting_stops_a_letter(amina: YoungPerson, now: datetime) -> None:
    letter_id = await post(amina, "offer.new", "k", now)
    await consent.choose_purpose(amina, Purpose.MESSAGES, on=False, now=now)
    assert await take(letter_id, now) is None
    assert await state(letter_id) == ("cancelled", "consent")


async def test_what_is_personal_is_held_until_the_words_are_confirmed(cast: Cast, now: datetime) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now)
    personal = {kind: await post(amina, kind, kind, now) for kind, rule in KINDS.items() if rule.personal}
    assert len(personal) >= 5
    for letter_id in personal.values():
        assert await take(letter_id, now) is None
        assert await state(letter_id) == ("held", "not_confirmed")
    await consent.confirm_words(cast.mette, amina.link_id, now=now)
    assert set(await deliver(now)) >= {"offer.new", "offer.show", "link.confirmed"}


async def test_a_link_closed_or_blocked_after_posting_holds_a_letter(amina: YoungPerson, now: datetime) -> None:
    for number, where in enumerate(("closed", "blocked")):
        letter_id = await post(amina, "message.reply", f"k{number}", now)
        await change(Link, {"id": amina.link_id}, state=where)
        assert await take(letter_id, now) is None
        assert await state(letter_id) == ("held", "no_link" if where == "closed" else "blocked")
        await change(Link, {"id": amina.link_id}, state="active")


async def test_a_letter_whose_link_is_another_municipalitys_is_not_sent(
    amina: YoungPerson, astrid: YoungPerson, now: datetime
) -> None:
    letter_id = await post(amina, "message.reply", "k", now)
    await change(Letter, {"id": letter_id}, link_id=astrid.link_id)
    assert await take(letter_id, now) is None
    assert await state(letter_id) == ("held", "no_link")


async def test_an_erased_person_gets_nothing(amina: YoungPerson, now: datetime) -> None:
    letter_id = await post(amina, "message.reply", "k", now)
    await change(Person, {"id": amina.person_id}, erased_at=now)
    assert await take(letter_id, now) is None
    assert await state(letter_id) == ("cancelled", "erased")


async def test_a_letter_with_nothing_to_say_any_more_is_cancelled(amina: YoungPerson, now: datetime) -> None:
    letter_id = await post(amina, "offer.new", "k", now)

    async def silent(taken: letters.Taken) -> None:
        return None

    assert await letters.take(HOUSE, letter_id, silent, now=now, real_now=now) is None
    assert await state(letter_id) == ("cancelled", "nothing_to_say")


async def test_a_renderer_that_fails_leaves_the_letter_as_it_was(amina: YoungPerson, now: datetime) -> None:
    letter_id = await post(amina, "home", "k", now)

    async def broken(taken: letters.Taken) -> tuple[str, list[list[str]]]:
        raise LookupError

    with pytest.raises(LookupError):
        await letters.take(HOUSE, letter_id, broken, now=now, real_now=now)
    assert await state(letter_id) == ("queued", "")


async def test_a_stale_prompt_is_cancelled_and_a_humans_words_become_visibly_dead(
    amina: YoungPerson, now: datetime
) -> None:
    prompt = await post(amina, "checkin.invite", "p", now, not_after=now + timedelta(hours=1))
    reply = await post(amina, "message.reply", "r", now)
    assert await deliver(now + timedelta(hours=24)) == []
    assert await state(prompt) == ("cancelled", "expired")
    assert await state(reply) == ("dead", "expired")
    assert await letters.send_again(amina, reply, now=now + timedelta(hours=25)) is True
    assert await deliver(now + timedelta(hours=25)) == ["message.reply"]


async def test_quiet_hours_hold_what_the_bot_starts_and_nothing_else(amina: YoungPerson, now: datetime) -> None:
    night = datetime(2026, 11, 17, 20, 0, tzinfo=UTC)  # 21:00 in Copenhagen
    await consent.choose_purpose(amina, Purpose.PANEL, on=True, now=now)
    sent: list[str] = []
    held: list[str] = []
    for kind in KINDS:
        letter_id = await post(amina, kind, kind, night)
        taken = await take(letter_id, night)
        (held if taken is None else sent).append(kind)
        if taken is not None:
            expected = KINDS[kind].letter_class in {delivery.LetterClass.STAFF_REPLY, delivery.LetterClass.NUDGE}
            assert (kind, taken.silent) == (kind, expected)
        else:
            row = await one(Letter, id=letter_id)
            assert (row.state, row.next_at) == ("waiting", datetime(2026, 11, 18, 8, tzinfo=UTC))
        await sql("DELETE FROM letter")
    assert held == [kind for kind, rule in KINDS.items() if rule.starts]


async def test_quiet_hours_are_the_persons_own_and_end_on_the_minute(amina: YoungPerson, now: datetime) -> None:
    await change(Person, {"id": amina.person_id}, quiet_from=10, quiet_to=12)
    letter_id = await post(amina, "checkin.invite", "k", now)
    assert await take(letter_id, now) is None
    end = now + timedelta(hours=2)
    assert await due(end - timedelta(microseconds=1)) == []
    assert await deliver(end) == ["checkin.invite"]


@pytest.mark.parametrize(
    ("night", "morning"),
    [
        (datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),  # the hour comes twice
        (datetime(2027, 3, 27, 21, tzinfo=UTC), datetime(2027, 3, 28, 7, tzinfo=UTC)),  # the hour is missing
    ],
)
async def test_quiet_hours_end_at_nine_on_both_nights_the_clocks_change(
    amina: YoungPerson, night: datetime, morning: datetime
) -> None:
    letter_id = await post(amina, "checkin.invite", "k", night)
    assert await take(letter_id, night) is None
    assert (await one(Letter)).next_at == morning


async def test_a_fourth_start_within_a_week_waits_for_the_first_to_be_a_week_old(
    amina: YoungPerson, now: datetime
) -> None:
    for number in range(3):
        await post(amina, "checkin.invite", f"k{number}", now)
        await deliver(now + timedelta(hours=number))
    fourth = await post(amina, "pulse.invite", "k3", now)
    assert await take(fourth, now + timedelta(hours=3)) is None
    assert (await one(Letter, id=fourth)).next_at == now + timedelta(days=7)
    assert await deliver(now + timedelta(days=7)) == ["pulse.invite"]


async def test_what_may_have_arrived_or_is_on_its_way_counts_towards_the_week(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    telegram = await link(Scope(cast.randers), cast.amina, 8, now=now, bot="telegram")
    ids = [await post(amina if n % 2 else telegram, "pulse.invite", f"k{n}", now) for n in range(6)]
    begun = 0
    for pair in (ids[:2], ids[2:4], ids[4:]):
        # One on each channel at once: what is on its way on the other counts too.
        taken = [one for one in await asyncio.gather(*(take(one, now) for one in pair)) if one is not None]
        begun += len(taken)
        for one_taken in taken:
            await change(Letter, {"id": one_taken.letter_id}, state="unsure")
    assert begun == 3
    assert await deliver(now + timedelta(days=6)) == []


async def test_a_chat_has_one_letter_on_its_way_at_a_time(amina: YoungPerson, now: datetime) -> None:
    ids = [await post(amina, "home", f"k{n}", now) for n in range(4)]
    taken = await asyncio.gather(*(letters.take(HOUSE, one, nothing_to_see, now=now, real_now=now) for one in ids))
    assert sorted(type(one).__name__ for one in taken) == ["Later", "Later", "Later", "Taken"]
    assert await count(Letter, state="sending") == 1
    assert await count(Letter, state="queued") == 3


async def test_processes_that_start_at_once_all_introduce_the_bot(cast: Cast) -> None:
    for name in ("hoert_bot", "hoert_ny_bot"):
        await asyncio.gather(*(letters.introduce(HOUSE, bot, name) for bot in ("a", "b", "c", "d") for _ in range(8)))
        assert {(await one(BotState, bot=bot)).username for bot in ("a", "b", "c", "d")} == {name}


async def test_a_paced_chat_gets_three_new_messages_and_then_waits_for_the_oldest(
    amina: YoungPerson, now: datetime
) -> None:
    for number in range(3):
        at = now + timedelta(seconds=number / 2)
        letter_id = await post(amina, "home", f"k{number}", now)
        await letters.take(HOUSE, letter_id, nothing_to_see, now=now, real_now=at, paced=True)
        await letters.settle(HOUSE, letter_id, delivery.Sent(number + 1), now=now, real_now=at)
    fourth = await post(amina, "home", "k3", now)
    at = now + timedelta(seconds=2)
    assert await letters.take(HOUSE, fourth, nothing_to_see, now=now, real_now=at, paced=True) == letters.Later(1.0)
    assert await state(fourth) == ("queued", "")
    assert isinstance(await letters.take(HOUSE, fourth, nothing_to_see, now=now, real_now=at), letters.Taken)


async def test_turns_to_send_come_evenly_whoever_asks(database: Settings, now: datetime) -> None:
    first = await letters.reserve(HOUSE, "telegram", 3, real_now=now)
    both = await asyncio.gather(*(letters.reserve(HOUSE, "telegram", 2, real_now=now) for _ in range(2)))
    turns = sorted(first + both[0] + both[1])
    assert first[0] == 0.0
    assert len(turns) == 7
    gap = delivery.BETWEEN.total_seconds()
    if database.is_sqlite:  # there the caller's clock counts, and it stands still here
        assert turns == pytest.approx([number * gap for number in range(7)])
    else:
        assert first == pytest.approx([0.0, gap, 2 * gap])
    assert (await letters.reserve(HOUSE, "webchat", 1, real_now=now)) == [0.0]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    posts=st.lists(st.integers(0, 21 * 24), min_size=1, max_size=20),
    kinds=st.lists(st.sampled_from([kind for kind, rule in KINDS.items() if rule.starts]), min_size=1, max_size=4),
    looks=st.integers(10, 30),
)
async def test_no_week_ever_holds_more_than_three_starts(
    amina: YoungPerson, posts: list[int], kinds: list[str], looks: int
) -> None:
    begin = datetime(2026, 11, 1, 10, tzinfo=UTC)
    await consent.choose_purpose(amina, Purpose.PANEL, on=True, now=begin)
    await sql("DELETE FROM letter")
    for number, hour in enumerate(sorted(posts)):
        at = begin + timedelta(hours=hour)
        await post(amina, kinds[number % len(kinds)], f"k{number}", at, not_before=at)
    for hour in range(0, 28 * 24, looks):
        await deliver(begin + timedelta(hours=hour))
    sent = [row.sent_at for row in await found(Letter, "sent_at", state="sent")]
    assert len(sent) >= min(3, len(posts))
    assert [at for n, at in enumerate(sent[3:]) if at - sent[n] < timedelta(days=7)] == []
    assert [at for at in sent if not 9 <= (at + timedelta(hours=1)).hour < 21] == []


# --- chats without a link -------------------------------------------------------------------------------------------


async def test_a_strangers_letters_are_sent_and_purged_after_a_day(cast: Cast, now: datetime) -> None:
    somebody = Chat("webchat", "f" * 64, 99, "en")
    await consent.greet_stranger(HOUSE, somebody, "hello", key="s", now=now)
    row = await one(Letter)
    taken = await letters.take(HOUSE, row.id, nothing_to_see, now=now, real_now=now)
    assert taken is not None
    assert (taken.chat_id, taken.language, taken.person_id) == (99, "en", None)
    await letters.settle(HOUSE, row.id, delivery.Blocked("blocked"), now=now)
    assert await letters.purge(HOUSE, now=now + timedelta(hours=24)) == 0
    assert await letters.purge(HOUSE, now=now + timedelta(hours=24, seconds=1)) == 1


async def test_a_letter_held_for_want_of_a_link_is_never_purged(cast: Cast, now: datetime) -> None:
    await letters.post(Scope(cast.randers), "message.reply", person_id=cast.amina, key="k", now=now)
    assert await letters.purge(HOUSE, now=now + timedelta(days=400)) == 0
    assert await count(Letter, state="held") == 1


async def test_the_second_tap_of_a_double_tap_does_nothing_and_a_later_one_does(cast: Cast, now: datetime) -> None:
    person = await link(Scope(cast.randers), cast.amina, 77, now=now)
    letter_id = await letters.answer(person, "home", key="k", now=now)
    assert letter_id is not None
    taps = [(0, 0.0), (0, 0.4), (1, 0.5), (1, 0.9), (0, 1.0), (0, 2.1), (0, 1.9)]
    done = [
        await letters.pressed(person, letter_id, place, now=now + timedelta(seconds=seconds)) for place, seconds in taps
    ]
    assert done == [True, False, True, False, True, True, False]
