"""The way in: who may be invited, what opens an invitation and what ends it, and the one link it makes."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest

from models.actions import consent, register
from models.actions.consent import Chat
from models.domain.consent import Purpose
from models.domain.errors import Invalid, NotFound
from models.domain.joining import MAX_WRONG, InvitationState, spoken_code
from models.domain.people import YoungPerson
from models.domain.register import Aftercare, Group
from models.tables.consent import Consent, Invitation, Joining, Link, Stranger
from models.tables.keys import chat_index
from models.tables.outbox import Letter
from models.transactions import HOUSE, Scope
from tests.actions.rows import change, count, dump, found, one
from tests.cast import Cast, link

RIGHT = "3. august"  # Amina


def chat(number: int, bot: str = "webchat") -> Chat:
    return Chat(bot, chat_index(bot, number), number, "da")


async def told(**where: object) -> list[str]:
    """The kinds of letters, oldest first."""
    return [letter.kind for letter in await found(Letter, "id", **where)]


async def begin(cast: Cast, at: Chat, now: datetime) -> str:
    """Amina's invitation opened in a chat; returns the joining."""
    made = await consent.invite(cast.mette, cast.amina, now=now)
    await consent.open_invitation(HOUSE, at, made.token, key=f"open{at.chat_id}", now=now)
    return (await one(Joining, chat_index=at.chat_index)).id


async def join(
    cast: Cast, at: Chat, now: datetime, *, purposes: tuple[Purpose, ...] = (), joining: str | None = None
) -> str | None:
    """Walk the whole way in; returns the link."""
    row = joining or await begin(cast, at, now)
    assert await consent.say_birthday(HOUSE, row, at, RIGHT, key=f"b{row}", now=now)
    await consent.accept_explanation(HOUSE, row, at, key=f"c{row}", now=now)
    for purpose in purposes:
        await consent.toggle_purpose(HOUSE, row, at, purpose, key=f"d{row}{purpose}", now=now)
    return await consent.finish_joining(HOUSE, row, at, key=f"e{row}", now=now)


async def purposes_of(person_id: str) -> list[str]:
    return sorted(row.purpose for row in await found(Consent, person_id=person_id, withdrawn_at=None))


async def test_who_is_18_and_not_yet_23_may_be_invited(cast: Cast, now: datetime) -> None:
    births = [date(2008, 11, 18), date(2008, 11, 17), date(2003, 11, 18), date(2003, 11, 17)]
    refusals = ["too_young", None, None, "not_in_target_group"]
    for birth, refusal in zip(births, refusals, strict=True):
        entry = register.Entry(f"R-{birth}", "Ida", birth, Group.PLACED, Aftercare.NO)
        person = await register.add_person(Scope(cast.randers), entry, now=now)
        if refusal is None:
            assert (await consent.invite(cast.per, person, now=now)).expires_at == now + timedelta(days=7)
        else:
            with pytest.raises(Invalid, match=refusal):
                await consent.invite(cast.per, person, now=now)
    assert await count(Invitation) == 2


async def test_who_has_left_the_register_is_not_invited(cast: Cast, now: datetime) -> None:
    from models.tables.register import Person

    await change(Person, {"id": cast.amina}, left_on=date(2026, 11, 1))
    with pytest.raises(Invalid, match="not_in_target_group"):
        await consent.invite(cast.mette, cast.amina, now=now)


async def test_a_new_invitation_voids_the_one_before_also_for_who_is_halfway_in(cast: Cast, now: datetime) -> None:
    first = await consent.invite(cast.mette, cast.amina, now=now)
    await consent.open_invitation(HOUSE, chat(1), first.token, key="o", now=now)
    second = await consent.invite(cast.mette, cast.amina, now=now)
    assert await consent.open_invitation(HOUSE, chat(2), first.token, key="p", now=now) is InvitationState.VOID
    halfway = await one(Joining)
    assert await consent.say_birthday(HOUSE, halfway.id, chat(1), RIGHT, key="q", now=now) is False
    assert await consent.open_invitation(HOUSE, chat(2), second.token, key="r", now=now) is InvitationState.OPEN


async def test_two_invitations_made_at_once_leave_one_that_opens(cast: Cast, now: datetime) -> None:
    made = await asyncio.gather(*(consent.invite(cast.mette, cast.amina, now=now) for _ in range(8)))
    states = [
        await consent.open_invitation(HOUSE, chat(n), one.token, key=f"o{n}", now=now) for n, one in enumerate(made)
    ]
    assert sorted(state.value for state in states if state) == ["open", *["void"] * 7]


async def test_only_hashes_of_an_invitation_are_kept(cast: Cast, now: datetime) -> None:
    made = await consent.invite(cast.mette, cast.amina, now=now)
    everything = repr(await dump())
    assert made.invitation_id in everything
    assert made.token not in everything
    assert made.code not in everything


async def test_a_code_opens_in_lower_case_with_dashes(cast: Cast, now: datetime) -> None:
    made = await consent.invite(cast.mette, cast.amina, now=now)
    await consent.greet_stranger(HOUSE, chat(1), f" {spoken_code(made.code).lower()} ", key="g", now=now)
    assert (await one(Joining)).person_id == cast.amina
    assert await told() == ["join.birthday"]


async def test_what_expired_was_used_or_never_was_says_so_and_lets_nobody_in(cast: Cast, now: datetime) -> None:
    made = await consent.invite(cast.mette, cast.amina, now=now)
    late = now + timedelta(days=7)
    assert await consent.open_invitation(HOUSE, chat(1), made.token, key="a", now=late) is InvitationState.EXPIRED
    await join(cast, chat(2), now)
    used = await consent.invite(cast.siri, cast.jonas, now=now)
    await change(Invitation, {"id": used.invitation_id}, used_at=now)
    assert await consent.open_invitation(HOUSE, chat(3), used.code, key="b", now=now) is InvitationState.USED
    assert await consent.open_invitation(HOUSE, chat(4), "no-such-token", key="c", now=now) is None
    assert await count(Joining) == 0
    whys = [letter.args["why"] for letter in await found(Letter, "id", kind="join.closed")]
    assert whys == ["expired", "used", "unknown"]


async def test_five_wrong_birthdays_void_the_invitation_and_what_cannot_be_read_does_not_count(
    cast: Cast, now: datetime
) -> None:
    row = await begin(cast, chat(1), now)
    for number in range(MAX_WRONG):
        assert await consent.say_birthday(HOUSE, row, chat(1), "hvad mener du?", key=f"u{number}", now=now) is False
        assert await consent.say_birthday(HOUSE, row, chat(1), "4. august", key=f"w{number}", now=now) is False
    assert (await one(Invitation)).wrong == MAX_WRONG
    assert await count(Joining) == 0
    assert [letter.args["left"] for letter in await found(Letter, "id", kind="join.wrong")] == [4, 3, 2, 1]
    assert [letter.args["why"] for letter in await found(Letter, kind="join.closed")] == ["void"]


async def test_guessing_from_twenty_phones_at_once_gives_five_guesses_in_all(cast: Cast, now: datetime) -> None:
    made = await consent.invite(cast.mette, cast.amina, now=now)
    chats = [chat(number) for number in range(20)]
    for at in chats:
        await consent.open_invitation(HOUSE, at, made.token, key=f"o{at.chat_id}", now=now)
    rows = {row.chat_index: row.id for row in await found(Joining)}
    await asyncio.gather(
        *(
            consent.say_birthday(HOUSE, rows[at.chat_index], at, f"{n + 1}. maj", key=f"w{n}", now=now)
            for n, at in enumerate(chats)
        )
    )
    assert (await one(Invitation)).wrong == MAX_WRONG
    assert (await one(Invitation)).voided_at == now


async def test_two_phones_with_one_invitation_make_one_link(cast: Cast, now: datetime) -> None:
    made = await consent.invite(cast.mette, cast.amina, now=now)
    chats = [chat(1), chat(1, "telegram")]
    rows = []
    for at in chats:
        await consent.open_invitation(HOUSE, at, made.token, key=f"o{at.bot}", now=now)
        rows.append((await one(Joining, bot=at.bot)).id)
    right = await asyncio.gather(
        *(consent.say_birthday(HOUSE, rows[n], at, RIGHT, key=f"b{at.bot}", now=now) for n, at in enumerate(chats))
    )
    assert sorted(right) == [False, True]
    first, other = (chats[right.index(True)], rows[right.index(True)]), chats[right.index(False)]
    # The other hears nothing about anybody, now or when they try again.
    await consent.open_invitation(HOUSE, other, made.token, key="again", now=now)
    assert [letter.args for letter in await found(Letter, "id", kind="join.closed")] == [{"why": "taken"}] * 2
    assert {letter.chat_index for letter in await found(Letter, kind="join.explain")} == {first[0].chat_index}
    await consent.accept_explanation(HOUSE, first[1], first[0], key="c", now=now)
    assert await consent.finish_joining(HOUSE, first[1], first[0], key="e", now=now) is not None
    assert await count(Link) == 1


async def test_finishing_makes_one_link_with_the_purposes_ticked_an_odd_number_of_times(
    cast: Cast, now: datetime
) -> None:
    ticks = (Purpose.MESSAGES, Purpose.FIGURES, Purpose.CHECKINS, Purpose.FIGURES)
    link_id = await join(cast, chat(1), now, purposes=ticks)
    row = await one(Link)
    assert (row.id, row.person_id, row.state, row.confirmed_at) == (link_id, cast.amina, "active", None)
    assert await purposes_of(cast.amina) == ["checkins", "messages"]
    assert (await one(Invitation)).used_at == now
    assert await count(Joining) == 0
    assert (await told())[-2:] == ["join.words", "home"]


async def test_nothing_is_ticked_beforehand_and_nothing_ticked_gives_no_consent(cast: Cast, now: datetime) -> None:
    await join(cast, chat(1), now)
    assert await count(Consent) == 0


async def test_the_purposes_cannot_be_reached_before_the_birthday_was_right(cast: Cast, now: datetime) -> None:
    row = await begin(cast, chat(1), now)
    await consent.accept_explanation(HOUSE, row, chat(1), key="x", now=now)
    await consent.toggle_purpose(HOUSE, row, chat(1), Purpose.FIGURES, key="y", now=now)
    assert await consent.finish_joining(HOUSE, row, chat(1), key="z", now=now) is None
    assert (await one(Joining)).purposes == ""
    assert await count(Link) == 0


async def test_an_invitation_that_expires_on_the_way_makes_no_link(cast: Cast, now: datetime) -> None:
    row = await begin(cast, chat(1), now)
    await consent.say_birthday(HOUSE, row, chat(1), RIGHT, key="b", now=now)
    await consent.accept_explanation(HOUSE, row, chat(1), key="c", now=now)
    late = now + timedelta(days=7)
    assert await consent.finish_joining(HOUSE, row, chat(1), key="e", now=late) is None
    assert await count(Link) == 0


async def test_saying_no_on_the_way_in_leaves_nothing_and_the_invitation_still_opens(cast: Cast, now: datetime) -> None:
    row = await begin(cast, chat(1), now)
    await consent.decline(HOUSE, row, chat(1), key="n", now=now)
    assert (await count(Joining), await count(Link), (await one(Invitation)).used_at) == (0, 0, None)


async def test_a_second_channel_stands_beside_the_first_and_a_new_phone_closes_the_old_one(
    cast: Cast, now: datetime
) -> None:
    web = await join(cast, chat(1), now)
    telegram = await join(cast, chat(1, "telegram"), now)
    assert {row.id for row in await found(Link, state="active")} == {web, telegram}
    phone = await join(cast, chat(2, "telegram"), now)
    assert {row.id for row in await found(Link, state="active")} == {web, phone}
    assert (await one(Link, id=telegram)).closed_at == now


async def test_a_chat_passed_on_to_somebody_else_is_theirs_alone(cast: Cast, now: datetime) -> None:
    first = await link(Scope(cast.randers), cast.jonas, 1, now=now)
    second = await join(cast, chat(1), now)
    assert [(row.id, row.person_id) for row in await found(Link, state="active")] == [(second, cast.amina)]
    assert (await one(Link, id=first.link_id)).state == "closed"


async def test_what_is_ticked_on_a_new_phone_is_what_holds(cast: Cast, now: datetime) -> None:
    await join(cast, chat(1), now, purposes=(Purpose.MESSAGES, Purpose.FIGURES, Purpose.CHECKINS))
    await join(cast, chat(2), now, purposes=(Purpose.MESSAGES,))
    assert await purposes_of(cast.amina) == ["messages"]


async def test_an_invitation_of_ones_own_opened_again_is_used_up_and_others_stay_untouched(
    cast: Cast, now: datetime
) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now)
    own = await consent.invite(cast.mette, cast.amina, now=now)
    other = await consent.invite(cast.siri, cast.jonas, now=now)
    assert await consent.renew(amina, own.token, now=now) is True
    assert await consent.renew(amina, own.token, now=now) is False
    assert await consent.renew(amina, other.token, now=now) is False
    assert (await one(Invitation, id=other.invitation_id)).used_at is None


async def test_the_words_are_confirmed_by_the_own_caseworker_or_the_coordinator_once(cast: Cast, now: datetime) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now)
    for stranger in (cast.odd, cast.siri, cast.lars):
        with pytest.raises(NotFound):
            await consent.confirm_words(stranger, amina.link_id, now=now)
    await consent.confirm_words(cast.mette, amina.link_id, now=now)
    await consent.confirm_words(cast.per, amina.link_id, now=now + timedelta(hours=1))
    row = await one(Link)
    assert (row.confirmed_at, row.confirmed_by_id) == (now, cast.mette.staff_id)
    assert await told() == ["link.confirmed"]


async def test_a_closed_link_is_not_confirmed(cast: Cast, now: datetime) -> None:
    amina = await link(Scope(cast.randers), cast.amina, 1, now=now)
    await consent.close_link(cast.mette, amina.link_id, now=now)
    with pytest.raises(NotFound):
        await consent.confirm_words(cast.per, amina.link_id, now=now)


async def test_a_stranger_leaves_only_a_counter_and_it_dies_within_a_day(cast: Cast, now: datetime) -> None:
    before = await dump(without=("stranger", "letter"))
    for number in range(7):
        await consent.greet_stranger(HOUSE, chat(9), f"Jeg hedder Bo {number}", key=f"s{number}", now=now)
    assert await dump(without=("stranger", "letter")) == before
    assert (await one(Stranger)).seen == 7
    assert await told() == ["stranger.hello"] * 5
    assert await consent.forget_strangers(HOUSE, now=now + timedelta(hours=24)) == 0
    assert await consent.forget_strangers(HOUSE, now=now + timedelta(hours=24, seconds=1)) == 1
    assert await count(Stranger) == 0


async def test_a_stranger_gets_five_tries_at_a_code(cast: Cast, now: datetime) -> None:
    made = await consent.invite(cast.mette, cast.amina, now=now)
    for number in range(5):
        await consent.greet_stranger(HOUSE, chat(9), "ABCDEFGH", key=f"s{number}", now=now)
    await consent.greet_stranger(HOUSE, chat(9), made.code, key="s6", now=now)
    assert await count(Joining) == 0


async def test_a_way_in_that_went_nowhere_is_forgotten_after_a_day(cast: Cast, now: datetime) -> None:
    await begin(cast, chat(1), now)
    assert await consent.forget_strangers(HOUSE, now=now + timedelta(hours=25)) == 1
    assert await count(Joining) == 0


async def test_an_invitation_from_the_command_line_goes_by_reference(cast: Cast, now: datetime) -> None:
    made = await consent.invite_from_house(HOUSE, "R-1001", None, now=now)
    assert (await one(Invitation, id=made.invitation_id)).person_id == cast.amina
    with pytest.raises(NotFound):
        await consent.invite_from_house(HOUSE, "R-1001", cast.odsherred, now=now)


async def test_the_language_chosen_on_the_way_in_is_the_links(cast: Cast, now: datetime) -> None:
    row = await begin(cast, chat(1), now)
    await consent.choose_language(HOUSE, row, chat(1), "en", key="l", now=now)
    await join(cast, chat(1), now, joining=row)
    assert (await one(Link)).language == "en"


async def test_the_one_who_speaks_is_who_the_link_says(amina: YoungPerson, cast: Cast) -> None:
    row = await one(Link)
    assert (row.person_id, row.id, row.chat_index) == (cast.amina, amina.link_id, amina.chat_index)
