"""The end of a tie: words that do not match, a chat shut out; and a thousand guesses that led nowhere."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

import pytest

from models.actions import attachments, checkins, consent, feedback, letters, messages, register
from models.actions.attachments import Coming
from models.domain.consent import Purpose
from models.domain.errors import Invalid, NotFound
from models.domain.feedback import About, Audience
from models.domain.joining import CODE_ALPHABET
from models.domain.people import YoungPerson
from models.queries import messages as views
from models.queries import register_moves
from models.queries.today import today
from models.tables.attachments import Attachment
from models.tables.checkins import Answer, CheckIn
from models.tables.consent import Consent, Joining, Link, Stranger, Stray
from models.tables.feedback import Feedback
from models.tables.messages import Message, Thread
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE, Scope, atomic
from tests.actions.rows import change, count, deliver, dump, found, one
from tests.actions.test_consent import chat, join, purposes_of, told
from tests.cast import Cast, link

LATER = timedelta(hours=1)


async def test_words_that_do_not_match_close_the_chat_and_keep_what_was_written_apart(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    mine = await messages.receive(amina, "Det er mig", source_key="webchat:a:1", now=now)
    then = now + LATER
    stranger = await link(
        Scope(cast.randers), cast.amina, 8, now=then, bot="telegram", purposes=["messages", "panel"]
    )  # fmt: skip
    source = f"telegram:{stranger.chat_index[:40]}"
    await messages.receive(stranger, "Hvem er du?", source_key=f"{source}:1", now=then)
    await messages.receive(stranger, "Jeg vil ikke leve mere", source_key=f"{source}:2", now=then)
    thread = await messages.open_thread(cast.mette, cast.amina, now=then)
    reply = await messages.reply(cast.mette, thread, "Hej. Det er Mette.", version=3, key="k", now=then)
    said = await feedback.begin(stranger, About.CASEWORKER, now=then)
    await feedback.choose_audience(stranger, said, Audience.CASEWORKER, now=then)
    await feedback.say(stranger, said, "I er dumme", now=then)
    asked = await checkins.begin(stranger, "who5", now=then)
    await checkins.answer(stranger, asked, "cheerful", 0, now=then)
    # What the bot showed in that chat about each of them.
    await letters.answer(stranger, "message.reply", key="r", about=reply, now=then)
    await letters.answer(stranger, "feedback.receipt", key="f", about=said, now=then)
    screen = await letters.answer(stranger, "checkin.question", key="q", about=asked, now=then)
    await checkins.screen_shown(stranger, asked, screen)

    closed = then + LATER
    apart = await consent.wrong_person(cast.mette, stranger.link_id, now=closed)

    kept = await found(Stray, "at", "kind")
    assert apart == 4
    assert sorted(row.kind for row in kept) == ["feedback", "message", "message", "reply"]
    assert await count(Feedback) == 0
    assert [row.direction for row in await found(Message, "position")] == ["in"]
    assert (await one(Message)).id == mine.message_id
    assert (await one(Thread)).promised_at == mine.promised_at
    assert (await one(Link, id=stranger.link_id)).closed_why == "wrong_person"
    assert await count(Answer) == 0
    assert (await one(CheckIn)).state == "stopped"
    assert await count(Letter, link_id=stranger.link_id, state__in=["queued", "waiting", "held"]) == 0
    # What Amina had said yes to stands; what the stranger added does not. Somebody's cry for help is still looked at.
    assert await purposes_of(cast.amina) == ["checkins", "figures", "messages"]
    assert "Hvem er du?" not in str(await views.conversation(cast.mette, cast.amina))
    assert await register_moves.strays(cast.mette, cast.amina) == []
    seen = await register_moves.strays(cast.per, cast.amina)
    assert {"Hvem er du?", "Jeg vil ikke leve mere", "Hej. Det er Mette."} <= {one.words for one in seen}
    assert await consent.see_stray(cast.per, cast.amina, now=closed) == apart
    with pytest.raises(NotFound):
        await consent.see_stray(cast.mette, cast.amina, now=closed)
    with pytest.raises(NotFound):
        await consent.wrong_person(cast.mette, stranger.link_id, now=closed)


async def test_what_became_of_a_strangers_file_is_told_to_nobody(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    stranger = await link(Scope(cast.randers), cast.amina, 8, now=now, bot="telegram", purposes=["messages"])
    files = []
    for number, kind in enumerate(("photo", "voice")):
        source = f"telegram:{stranger.chat_index[:40]}:{number}"
        sent = await messages.receive(stranger, "Et billede", source_key=source, now=now)
        files.append(await attachments.expect(stranger, Coming(kind, "f"), message_id=sent.message_id, now=now))
    await consent.wrong_person(cast.mette, stranger.link_id, now=now)
    # What waited is fetched all the same, since the coordinator may look at it; Amina is told nothing of it.
    again: datetime | None = now
    while again is not None:
        await attachments.claim(HOUSE, bots=["telegram"], limit=9, now=again)
        again = await attachments.not_fetched(Scope(cast.randers), files[0], gone=True, now=again)
    await attachments.refuse(Scope(cast.randers), files[1], "type", now=now)
    assert [row.state for row in await found(Attachment, "kind")] == ["lost", "refused"]
    assert [kind for kind in await told(person_id=cast.amina) if kind.startswith("media.")] == []


async def test_a_reply_that_did_not_reach_a_stranger_is_nothing_to_decide_about_any_more(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    stranger = await link(Scope(cast.randers), cast.amina, 8, now=now, bot="telegram", purposes=["messages"])
    source = f"telegram:{stranger.chat_index[:40]}"
    await messages.receive(stranger, "Hvem er du?", source_key=f"{source}:1", now=now)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await messages.reply(cast.mette, thread, "Hej. Det er Mette.", version=None, key="k", now=now)
    await change(Letter, {"kind": "message.reply"}, state="unsure", link_id=stranger.link_id)
    assert len((await today(cast.mette, now=now)).not_arrived) == 1
    await consent.wrong_person(cast.mette, stranger.link_id, now=now)
    assert (await one(Letter, kind="message.reply")).state == "cancelled"
    assert (await today(cast.mette, now=now)).not_arrived == ()


async def test_what_coming_in_took_back_is_given_back_when_it_was_a_stranger(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    then = now + LATER
    link_id = await join(cast, chat(5, "telegram"), then, purposes=(Purpose.PANEL,))
    assert link_id is not None
    assert await purposes_of(cast.amina) == ["panel"]
    await consent.wrong_person(cast.mette, link_id, now=then + LATER)
    assert await purposes_of(cast.amina) == ["checkins", "figures", "messages"]


async def test_confirmed_words_are_not_taken_back_as_a_stranger_s(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    with pytest.raises(Invalid, match="words_confirmed"):
        await consent.wrong_person(cast.mette, amina.link_id, now=now)


async def test_a_chat_that_is_shut_out_comes_back_by_no_link_until_staff_say_so(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    made = await consent.invite(cast.mette, cast.amina, now=now)
    with pytest.raises(Invalid, match="choose_reason"):
        await consent.bar(cast.mette, amina.link_id, "annoying", now=now)
    await consent.bar(cast.mette, amina.link_id, "threats", now=now)
    assert await told(kind="link.over") == ["link.over"]
    await consent.open_invitation(HOUSE, chat(1), made.token, key="o1", now=now)
    assert (await one(Letter, kind="join.closed")).args == {"why": "barred"}
    assert await count(Joining) == 0
    # Another chat is not shut out, and neither is this one in another municipality.
    await consent.open_invitation(HOUSE, chat(2), made.token, key="o2", now=now)
    await consent.open_invitation(
        HOUSE, chat(1), (await consent.invite(cast.odd, cast.astrid, now=now)).token, key="o3", now=now
    )
    assert await count(Joining) == 2
    await consent.unbar(cast.mette, amina.link_id, now=now)
    await consent.open_invitation(HOUSE, chat(1), made.token, key="o4", now=now)
    assert (await one(Joining, chat_index=chat(1).chat_index)).person_id == cast.amina
    with pytest.raises(NotFound):
        await consent.unbar(cast.mette, amina.link_id, now=now)


async def test_of_a_lost_phone_what_was_said_on_the_way_in_is_deleted_too_and_nothing_of_another_chat(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await messages.receive(amina, "Hej", source_key="webchat:a:1", now=now)
    await deliver(now)
    link_id = await join(cast, chat(5, "telegram"), now, purposes=(Purpose.MESSAGES,))
    await deliver(now, bot="telegram")
    said = {row.message_id: row.kind for row in await found(Letter, "id", bot="telegram")}
    assert {"join.birthday", "join.explain", "join.words"} <= {*said.values()}
    assert link_id is not None
    await consent.close_link(cast.mette, link_id, now=now)
    assert (await one(Letter, kind="rights.forget")).args == {"shown": sorted(said)}


async def test_a_phone_in_other_hands_is_told_nothing_when_it_is_shut_out(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await consent.bar(cast.mette, amina.link_id, "lost", now=now)
    await consent.greet_stranger(HOUSE, chat(1), "Hej?", key="s", now=now)
    assert [kind for kind in await told() if kind != "rights.forget"] == ["stranger.hello"]


async def test_the_old_phone_is_closed_first_and_gets_nothing_that_was_on_its_way(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await messages.receive(amina, "Hvornår ringer du?", source_key="webchat:a:1", now=now)
    await deliver(now)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await messages.reply(cast.mette, thread, "I morgen", version=1, key="k", now=now)
    link_id = await join(cast, chat(2), now + LATER, purposes=(Purpose.MESSAGES,))
    await deliver(now + LATER)
    old, new = await one(Link, id=amina.link_id), await one(Link, id=link_id)
    assert (old.state, old.closed_why, new.state, new.confirmed_at) == ("closed", "new_phone", "active", None)
    reply = await one(Letter, kind="message.reply")
    assert (reply.state, reply.reason) == ("held", "no_link")
    await consent.confirm_words(cast.mette, str(link_id), now=now + LATER)
    await deliver(now + LATER)
    reply = await one(Letter, kind="message.reply")
    assert (reply.state, reply.link_id) == ("sent", link_id)


@pytest.mark.parametrize(("birth", "why"), [(date(2008, 11, 18), "too_young"), (date(2003, 11, 17), "too_old")])
async def test_who_turns_out_to_be_too_young_or_too_old_is_told_kindly_once_the_birthday_was_right(
    cast: Cast, now: datetime, birth: date, why: str
) -> None:
    made = await consent.invite(cast.mette, cast.amina, now=now)
    row = await one(Person, id=cast.amina)
    entry = register.Entry("R-1", "Ung", birth, register.Group.PLACED, register.Aftercare.NO)
    other = await register.add_person(Scope(cast.randers), entry, now=now)
    await consent.open_invitation(HOUSE, chat(1), made.token, key="o", now=now)
    # The register was mended after the invitation was made.
    await change(Joining, {}, person_id=other)
    joining = (await one(Joining)).id
    assert await consent.say_birthday(HOUSE, joining, chat(1), "1. januar", key="b1", now=now) is False
    assert await told(kind="join.closed") == []
    said = f"{birth.day}/{birth.month}"
    assert await consent.say_birthday(HOUSE, joining, chat(1), said, key="b2", now=now) is False
    assert (await one(Letter, kind="join.closed")).args == {"why": why}
    assert (await count(Joining), await count(Link), row.left_on) == (0, 0, None)


@atomic
async def guess(scope: Scope, times: int, now: datetime) -> None:
    """Type one code after the other, in one transaction: a thousand of them would cost half a minute."""
    for number in range(times):
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))
        await consent.greet_stranger(scope, chat(9), code, key=f"g{number % 7}", now=now)


async def test_a_thousand_guesses_find_nothing_and_leave_a_counter_that_dies(cast: Cast, now: datetime) -> None:
    made = await consent.invite(cast.mette, cast.amina, now=now)
    before = await dump(without=("stranger", "letter"))
    await guess(HOUSE, 1000, now)
    await consent.greet_stranger(HOUSE, chat(9), made.code, key="right", now=now)
    assert await dump(without=("stranger", "letter")) == before
    assert [row.seen for row in await found(Stranger)] == [5]
    assert (await found(Letter, "-id"))[0].args == {"why": "too_many"}
    # Nobody guesses a link, so the link still opens; and a day later nothing is left of the guesses.
    await consent.open_invitation(HOUSE, chat(9), made.token, key="link", now=now)
    assert await count(Joining) == 1
    assert await count(Stranger) == 0
    assert await count(Consent) == 0
