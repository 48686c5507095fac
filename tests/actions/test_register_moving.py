"""Moving municipality: offered, accepted, and in one transaction the old one reaches nothing any more."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from models.actions import alerts, checkins, consent, letters, messages, register
from models.domain.alerts import Reason
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.people import YoungPerson
from models.domain.register import Entry, population
from models.queries import register as views
from models.queries import register_moves, today
from models.tables.audit import TrailEntry
from models.tables.checkins import CheckIn
from models.tables.consent import Consent, Joining, Link
from models.tables.outbox import Letter
from models.tables.register import Person, Transfer
from models.transactions import HOUSE, Scope
from tests.actions.rows import count, deliver, dump, found, one
from tests.actions.test_consent import chat
from tests.cast import Cast


async def offered(cast: Cast, now: datetime) -> str:
    return await register.offer_transfer(cast.per, cast.amina, cast.odsherred, now=now)


async def test_the_whole_move_is_one_transaction_and_begins_anew(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    asked = await checkins.begin(amina, "who5", now=now)
    await checkins.answer(amina, asked, "cheerful", 3, now=now)
    await letters.post(Scope(cast.randers), "checkin.reminder", person_id=cast.amina, key="r", now=now)
    transfer = await offered(cast, now)
    incoming = await register_moves.incoming(HOUSE, cast.odd, now=now)
    assert [(one.name, one.age, one.old) for one in incoming] == [("Amina Yusuf", 19, "Randers Kommune")]
    assert await register_moves.incoming(HOUSE, cast.per, now=now) == []
    fresh = await register.accept_transfer(cast.odd, transfer, cast.odd.staff_id, now=now)

    old, new = await one(Person, id=cast.amina), await one(Person, id=fresh)
    assert (old.left_on, old.moved_at, old.caseworker_id) == (now.date(), now, None)
    assert (new.municipality_id, new.caseworker_id, new.entered_on) == (
        cast.odsherred, cast.odd.staff_id, now.date(),
    )  # fmt: skip
    person = await views.person(cast.odd, fresh, now=now)
    assert (person.name, person.birth, person.phone) == ("Amina Yusuf", date(2007, 8, 3), "+45 20 00 00 00")
    for viewer in (cast.per, cast.mette):
        with pytest.raises(NotFound):
            await views.person(viewer, cast.amina, now=now)
        with pytest.raises(NotFound):
            await views.person(viewer, fresh, now=now)
    with pytest.raises(NotFound):
        await views.person(cast.odd, cast.amina, now=now)
    # Nothing asks, waits or is sent for the old one; the new one asks for every yes anew, in the same chat.
    assert (await one(CheckIn)).state == "stopped"
    assert await count(Letter, person_id=cast.amina, state__in=["queued", "waiting", "held"]) == 0
    assert await count(Consent, withdrawn_at=None) == 0
    assert ((await one(Link)).state, (await one(Link)).closed_why) == ("closed", "moved")
    way_in = await one(Joining)
    assert (way_in.person_id, way_in.step, way_in.kept_until) == (fresh, "explain", now + timedelta(days=30))
    assert [row.kind for row in await found(Letter, "id", person_id=fresh)] == ["move.welcome", "join.explain"]
    await deliver(now)
    assert await consent.forget_strangers(HOUSE, now=now + timedelta(days=29)) == 0
    await consent.accept_explanation(HOUSE, way_in.id, chat(1), key="c", now=now)
    link_id = await consent.finish_joining(HOUSE, way_in.id, chat(1), key="e", now=now)
    here = await one(Link, id=link_id)
    assert (here.municipality_id, here.person_id, here.confirmed_at) == (cast.odsherred, fresh, None)
    # Who moved is in nobody's N twice, and not in the old one's any more.
    rows = [Entry(row.id, date(2007, 8, 3), row.entered_on, row.left_on) for row in (old, new)]
    assert [row.key for row in population(rows, now.date())] == [fresh]
    assert [row.key for row in population(rows, now.date() - timedelta(days=1))] == [cast.amina]
    assert (await one(Transfer)).state == "accepted"


async def test_nobody_is_left_waiting_an_answer_an_alert_or_unsent_words_hold_a_move_back(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    transfer = await offered(cast, now)
    await messages.receive(amina, "Hvornår ringer du?", source_key="webchat:a:1", now=now)
    before = await dump()
    with pytest.raises(Stale, match="transfer_unfinished"):
        await register.accept_transfer(cast.odd, transfer, cast.odd.staff_id, now=now)
    assert await dump() == before
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await messages.reply(cast.mette, thread, "I dag", version=1, key="k", now=now)
    with pytest.raises(Stale, match="transfer_unfinished"):  # it is written, and has not arrived
        await register.accept_transfer(cast.odd, transfer, cast.odd.staff_id, now=now)
    await deliver(now)
    alert = await alerts.raise_alert(Scope(cast.randers), cast.amina, Reason.CANNOT_WAIT, about="x", now=now)
    with pytest.raises(Stale, match="transfer_unfinished"):
        await register.accept_transfer(cast.odd, transfer, cast.odd.staff_id, now=now)
    await alerts.close(cast.mette, str(alert), "ringet", now=now)
    with pytest.raises(NotFound):  # the caseworker has to be one of the new municipality's
        await register.accept_transfer(cast.odd, transfer, cast.mette.staff_id, now=now)
    assert await register.accept_transfer(cast.odd, transfer, cast.odd.staff_id, now=now)
    with pytest.raises(Stale, match="transfer_decided"):
        await register.accept_transfer(cast.odd, transfer, cast.odd.staff_id, now=now)


async def test_an_offer_is_taken_back_or_declined_and_everything_is_as_it_was(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    for wrong in (cast.randers, "0" * 32):
        with pytest.raises(Invalid, match="choose_municipality"):
            await register.offer_transfer(cast.per, cast.amina, wrong, now=now)
    with pytest.raises(NotAllowed):
        await register.offer_transfer(cast.mette, cast.amina, cast.odsherred, now=now)
    first = await offered(cast, now)
    with pytest.raises(Stale, match="transfer_offered"):
        await offered(cast, now)
    await register.withdraw_transfer(cast.per, first, now=now)
    second = await offered(cast, now)
    await register.decline_transfer(cast.odd, second, now=now)
    with pytest.raises(Stale, match="transfer_decided"):
        await register.withdraw_transfer(cast.per, second, now=now)
    assert [row.state for row in await found(Transfer, "offered_at", "state")] in (
        ["declined", "withdrawn"], ["withdrawn", "declined"],
    )  # fmt: skip
    kinds = [row.kind for row in await found(Letter, "id", kind__startswith="move.")]
    assert kinds == ["move.offered", "move.stays"] * 2
    assert (await views.person(cast.mette, cast.amina, now=now)).caseworker == "Mette Holm"
    assert await register_moves.outgoing(cast.per, cast.amina) is None


async def test_who_asked_reads_on_today_that_the_new_municipality_said_no(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await register.decline_transfer(cast.odd, await offered(cast, now), now=now)
    told = register_moves.Declined(cast.amina, "Amina Yusuf", "Odsherred Kommune", now)
    assert (await today.today(cast.per, now=now)).declined == (told,)
    assert [await register_moves.declined(viewer) for viewer in (cast.mette, cast.odd, cast.nanna)] == [[], [], []]
    for viewer, refusal in ((cast.mette, NotAllowed), (cast.odd, NotFound)):
        with pytest.raises(refusal):
            await register.see_declined(viewer, cast.amina, now=now)
    for _ in range(2):
        await register.see_declined(cast.per, cast.amina, now=now)
    assert await count(TrailEntry, deed="transfer.seen") == 1
    assert await register_moves.declined(cast.per) == []
    last = await register_moves.last_declined(cast.per, cast.amina)
    assert last is not None
    assert (last.new, last.offered_at) == ("Odsherred Kommune", now)
    # Whoever asks anew has read it; as long as that is open, nothing was declined.
    await register.decline_transfer(cast.odd, await offered(cast, now), now=now)
    await offered(cast, now + timedelta(minutes=1))
    assert await register_moves.declined(cast.per) == []
    assert await register_moves.last_declined(cast.per, cast.amina) is None


async def test_a_phone_nobody_confirmed_is_not_welcomed_by_the_new_municipality(cast: Cast, now: datetime) -> None:
    from tests.cast import link

    await link(Scope(cast.randers), cast.amina, 1, now=now)
    await register.accept_transfer(cast.odd, await offered(cast, now), cast.odd.staff_id, now=now)
    assert await count(Joining) == 0
    await consent.greet_stranger(HOUSE, chat(1), "Hej?", key="s", now=now)
    assert (await found(Letter, "-id"))[0].args == {"why": "moved"}
