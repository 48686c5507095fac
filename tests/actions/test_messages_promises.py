"""Promises kept, as the whole team sees it: by an answer in time, of everybody together; and who has what waits while
somebody is away."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

import pytest

from models.actions import letters, messages, messages_calls, staff
from models.domain.people import YoungPerson
from models.queries import messages as views
from models.queries import messages_promises as promises
from models.queries.messages_promises import Kept
from models.tables.alerts import Alert
from models.tables.messages import Message, Thread
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE, Scope
from tests.actions.rows import change, count, found, one
from tests.actions.test_messages import SOON, TOMORROW, said, thread_of
from tests.cast import Cast


async def test_a_promise_is_kept_by_an_answer_in_time_and_by_nothing_else(
    amina: YoungPerson, jonas: YoungPerson, astrid: YoungPerson, cast: Cast, now: datetime
) -> None:
    async def team(at: datetime) -> tuple[int, int]:
        found = await promises.kept(cast.siri, now=at)
        return found.kept, found.of

    await said(amina, now, key="a")
    await said(jonas, now, key="b")
    await said(astrid, now, key="c")  # of another municipality
    assert await team(now) == (0, 0)  # nothing is due
    await messages.reply(cast.mette, (await thread_of(amina)).id, "Ja", version=1, key="r", now=now)
    assert await team(now) == (1, 1)
    late = now + TOMORROW
    await messages.break_due(HOUSE, now=late)
    await messages.reply(cast.siri, (await thread_of(jonas)).id, "Undskyld", version=1, key="s", now=late)
    assert await team(late) == (1, 2)  # answered late is not in time
    closed = await said(amina, late, key="d")
    await messages.settle(cast.mette, [closed], now=late)
    assert await team(late) == (1, 3)  # closed is not answered
    # Ringing in vain gives the person another time; an answer after the first one is late all the same.
    put_off = late + timedelta(hours=1)
    await said(amina, put_off, key="e")
    thread = (await thread_of(amina)).id
    for day in range(3):
        await messages_calls.missed(cast.mette, thread, "Ringede", key=f"m{day}", now=put_off + timedelta(days=day))
    third = put_off + timedelta(days=2, hours=1)
    await messages.break_due(HOUSE, now=third)
    assert (await one(Message, source_key="e")).promise_broken_at is None
    assert await team(third) == (1, 4)
    await messages.reply(cast.mette, thread, "Hej", version=None, key="t", now=third)
    assert await team(third) == (1, 4)
    for outsider in (cast.admin, cast.nanna):
        assert await promises.kept(outsider, now=late) == Kept(0, 0)
    assert await team(now + timedelta(days=31)) == (0, 2)


async def test_what_waits_with_somebody_away_is_looked_after_at_once_and_goes_back_when_they_are_there(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    async def whose(at: datetime) -> tuple[int, str | None, list[str]]:
        """How many moved; who has it then; on whose Today it stands."""
        moved = await messages.cover_due(HOUSE, now=at)
        desks = {"Mette": cast.mette, "Siri": cast.siri, "Lars": cast.lars}
        waits = [name for name, viewer in desks.items() if (await views.waiting(viewer, now=at))[0]]
        return moved, (await thread_of(amina)).assigned_id, waits

    mette, lars = cast.mette.staff_id, cast.lars.staff_id
    await said(amina, now)
    assert await whose(now) == (0, mette, ["Mette"])
    # Mette is away and nobody is her substitute: the duty holder has it, not only once the promise is broken.
    await staff.be_absent(cast.mette, now.date(), now.date() + timedelta(days=2), now=now)
    assert await whose(now) == (1, lars, ["Lars"])
    assert await whose(now) == (0, lars, ["Lars"])
    thread = (await thread_of(amina)).id
    await messages.reply(cast.lars, thread, "Jeg passer Mettes beskeder.", version=1, key="r", now=now)
    # Back on the third day she has her own again; what comes then is hers.
    back = now + timedelta(days=3)
    assert await whose(back - timedelta(days=1)) == (0, lars, [])
    assert await whose(back) == (1, mette, ["Mette"])  # whose own eyes have not seen it
    await said(amina, back, key="k2")
    assert await whose(back) == (0, mette, ["Mette"])
    # What was given to a colleague by hand stays with them, until they are away themselves.
    await messages.assign(cast.mette, thread, cast.siri.staff_id, now=back)
    assert await whose(back) == (0, cast.siri.staff_id, ["Siri"])
    await staff.be_absent(cast.siri, back.date(), back.date(), now=back)
    assert await whose(back) == (1, mette, ["Mette"])


async def test_while_people_are_away_a_look_asks_as_much_for_two_who_wait_as_for_one(
    amina: YoungPerson, jonas: YoungPerson, cast: Cast, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    async def asked() -> tuple[int, int]:
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            moved = await messages.cover_due(HOUSE, now=now)
        return moved, len(caplog.records)

    for viewer in (cast.mette, cast.siri):
        await staff.be_absent(viewer, now.date(), now.date(), now=now)
    await said(amina, now)
    assert (await asked())[0] == 1
    one_waits = await asked()
    await said(jonas, now, key="j")
    assert (await asked())[0] == 1
    assert (await asked(), one_waits[0]) == (one_waits, 0)
    assert {(await thread_of(who)).assigned_id for who in (amina, jonas)} == {cast.lars.staff_id}


async def test_a_broken_promise_that_a_stand_in_took_goes_back_too_and_what_nobody_has_goes_to_the_duty(
    amina: YoungPerson, astrid: YoungPerson, cast: Cast, now: datetime
) -> None:
    await change(Person, {"id": cast.amina}, substitute_id=cast.siri.staff_id)
    await staff.be_absent(cast.mette, now.date(), now.date() + timedelta(days=1), now=now)
    await said(amina, now)
    await messages.break_due(HOUSE, now=now + TOMORROW)
    assert (await thread_of(amina)).assigned_id == cast.siri.staff_id
    await messages.cover_due(HOUSE, now=now + timedelta(days=2))
    assert (await thread_of(amina)).assigned_id == cast.mette.staff_id
    await change(Person, {"id": cast.amina}, caseworker_id=None, substitute_id=None)
    await change(Thread, {"person_id": cast.amina}, assigned_id=None)
    assert await messages.cover_due(HOUSE, now=now + timedelta(days=2)) == 1
    assert (await thread_of(amina)).assigned_id == cast.lars.staff_id
    # In a municipality where nobody has the duty it waits for the coordinator, who sees that nobody has it.
    await said(astrid, now, key="k3")
    await change(Thread, {"person_id": cast.astrid}, assigned_id=None)
    await change(Person, {"id": cast.astrid}, caseworker_id=None)
    assert await messages.cover_due(HOUSE, now=now) == 0


async def test_a_promise_breaks_once_a_day_with_a_new_time_a_holder_and_an_alert(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    message = await said(amina, now)
    assert await messages.break_due(HOUSE, now=now + TOMORROW - timedelta(seconds=1)) == 0
    late = now + TOMORROW
    assert await messages.break_due(HOUSE, now=late) == 1
    assert await messages.break_due(HOUSE, now=late) == 0
    row, letter = await one(Message), await one(Letter, kind="message.late")
    assert (row.promise_broken_at, row.promised_at) == (late, late + SOON)
    assert (await thread_of(amina)).promised_at == late + SOON
    assert letter.args == {"by": cast.mette.staff_id}
    assert [(a.reason, a.about, a.owner_id) for a in await found(Alert)] == [
        ("broken_promise", message, cast.mette.staff_id)
    ]
    assert await messages.break_due(HOUSE, now=late + SOON) == 1
    assert (await count(Letter, kind="message.late"), await count(Alert)) == (1, 1)


async def test_a_broken_promise_goes_to_whoever_stands_in(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await change(Person, {"id": cast.amina}, substitute_id=cast.siri.staff_id)
    await staff.be_absent(cast.mette, date(2026, 11, 18), date(2026, 11, 20), now=now)
    await said(amina, now)
    await messages.break_due(HOUSE, now=now + TOMORROW)
    thread = await thread_of(amina)
    assert (thread.assigned_id, (await one(Alert)).owner_id) == (cast.siri.staff_id, cast.siri.staff_id)
    assert (await one(Letter, kind="message.late")).args == {"by": cast.siri.staff_id}


async def test_a_broken_promise_takes_a_thread_from_no_colleague_it_was_handed_to_while_they_are_there(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await said(amina, now)
    await messages.assign(cast.mette, (await thread_of(amina)).id, cast.siri.staff_id, now=now)
    await messages.break_due(HOUSE, now=now + TOMORROW)
    thread = await thread_of(amina)
    assert (thread.assigned_id, thread.stood_in) == (cast.siri.staff_id, False)
    assert (await one(Letter, kind="message.late")).args == {"by": cast.siri.staff_id}
    # With Siri away it goes to whoever answers: to her who handed it over.
    late = now + TOMORROW + SOON
    await staff.be_absent(cast.siri, date(2026, 11, 18), date(2026, 12, 18), now=now)
    await messages.break_due(HOUSE, now=late)
    assert (await thread_of(amina)).assigned_id == cast.mette.staff_id


async def test_with_the_substitute_away_too_the_duty_holder_has_it(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await change(Person, {"id": cast.amina}, substitute_id=cast.siri.staff_id)
    for viewer in (cast.mette, cast.siri):
        await staff.be_absent(viewer, date(2026, 11, 18), date(2026, 11, 18), now=now)
    await said(amina, now)
    await messages.break_due(HOUSE, now=now + TOMORROW)
    assert (await one(Alert)).owner_id == cast.lars.staff_id


async def test_a_broken_promise_is_answered_by_the_next_reply(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await said(amina, now)
    await messages.break_due(HOUSE, now=now + TOMORROW)
    await messages.reply(cast.mette, (await thread_of(amina)).id, "Undskyld", version=1, key="r", now=now + TOMORROW)
    row = await one(Message, direction="in")
    assert (row.answered_at, row.promise_broken_at) == (now + TOMORROW, now + TOMORROW)


async def test_promises_break_in_each_municipality_by_its_own_people(
    amina: YoungPerson, astrid: YoungPerson, cast: Cast, now: datetime
) -> None:
    await said(amina, now, key="a")
    await said(astrid, now, key="b")
    assert await messages.break_due(HOUSE, now=now + TOMORROW) == 2
    owners = {alert.municipality_id: alert.owner_id for alert in await found(Alert)}
    assert owners == {cast.randers: cast.mette.staff_id, cast.odsherred: cast.odd.staff_id}


async def test_a_letter_of_one_municipality_is_never_posted_into_another(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await letters.post(Scope(cast.odsherred), "home", person_id=cast.amina, key="wrong", now=now)
    letter = await one(Letter)
    assert (letter.link_id, letter.state, letter.reason) == (None, "held", "no_link")
