"""A new caseworker: everything that is open moves along at once, and the promise stands."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from models.actions import alerts, messages, register
from models.domain.alerts import Reason
from models.domain.errors import Invalid, NotAllowed, NotFound
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from models.queries import chat_header, conversation, register_moves, today
from models.queries import register as views
from models.tables.alerts import Alert
from models.tables.messages import Thread
from models.tables.outbox import Letter
from models.tables.register import Handover, Person
from models.tables.staff import Staff
from models.transactions import Scope
from tests.actions.rows import change, count, found, one
from tests.cast import Cast


async def test_thread_alert_and_promise_go_to_the_new_one_and_the_old_one_reaches_nothing(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    promised = await messages.receive(amina, "Hvornår ringer du?", source_key="webchat:a:1", now=now)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await messages.assign(cast.mette, thread, cast.mette.staff_id, now=now)
    alert = await alerts.raise_alert(Scope(cast.randers), cast.amina, Reason.CANNOT_WAIT, about="x", now=now)
    await change(Person, {"id": cast.amina}, substitute_id=cast.siri.staff_id)
    why = "Mette går på barsel."
    assert await register.change_caseworker(cast.per, cast.amina, cast.siri.staff_id, why=why, now=now)
    assert not await register.change_caseworker(cast.per, cast.amina, cast.siri.staff_id, now=now)
    row, moved = await one(Person, id=cast.amina), await one(Thread)
    assert (row.caseworker_id, row.substitute_id) == (cast.siri.staff_id, None)
    assert (moved.assigned_id, moved.promised_at) == (cast.siri.staff_id, promised.promised_at)
    assert (await one(Alert, id=alert)).owner_id == cast.siri.staff_id
    for deed in (
        messages.reply(cast.mette, thread, "Hej", version=1, key="k", now=now),
        messages.open_thread(cast.mette, cast.amina, now=now),
        alerts.acknowledge(cast.mette, str(alert), now=now),
        views.person(cast.mette, cast.amina, now=now),
    ):
        with pytest.raises(NotFound):
            await deed
    assert await messages.reply(cast.siri, thread, "Hej Amina", version=1, key="k", now=now)
    told = await register_moves.new_caseworker(amina, (await one(Handover)).id)
    assert told is not None
    assert (told.name, told.before, told.why, told.waiting) == ("Siri", "Mette", why, False)
    assert (await conversation.around(amina, now=now)).caseworker == "Siri"
    assert (await chat_header.header(Scope(cast.randers), cast.amina)).name == "Siri"
    assert await count(Letter, kind="caseworker.new") == 1


async def test_only_a_coordinator_changes_it_and_only_to_a_colleague_who_meets_young_people(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    for viewer in (cast.mette, cast.admin, cast.nanna):
        with pytest.raises(NotAllowed):
            await register.change_caseworker(viewer, cast.amina, cast.siri.staff_id, now=now)
    for nobody in (cast.odd, cast.admin, Viewer("0" * 32, cast.randers, cast.per.role, "")):
        with pytest.raises(NotFound):
            await register.change_caseworker(cast.per, cast.amina, nobody.staff_id, now=now)
    with pytest.raises(Invalid, match="why_too_long"):
        await register.change_caseworker(cast.per, cast.amina, cast.siri.staff_id, why="x" * 161, now=now)
    assert await count(Handover) == 0


async def test_a_closed_account_leaves_nobody_unseen_and_thirty_are_handed_over_at_once(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    for number in range(28):
        entry = register.Entry(
            f"R-{number}", f"Ung {number}", date(2007, 1, 1), register.Group.PLACED, register.Aftercare.NO,
            caseworker_id=cast.mette.staff_id,
        )  # fmt: skip
        await register.add_person(Scope(cast.randers), entry, now=now)
    await change(Staff, {"id": cast.mette.staff_id}, active=False)
    assert (await today.today(cast.per, now=now)).without_caseworker.n == 30
    assert (await views.people(cast.per, views.Show.NO_CASEWORKER, now=now)).total == 30
    assert (await conversation.around(amina, now=now)).caseworker == "Randers Kommune"
    assert [(one.name, one.people) for one in await views.caseloads(cast.per)] == [("Mette Holm", 30), ("Siri Kjær", 1)]
    with pytest.raises(Invalid, match="same_caseworker"):
        await register.hand_over_all(cast.per, cast.siri.staff_id, cast.siri.staff_id, now=now)
    assert await register.hand_over_all(cast.per, cast.mette.staff_id, cast.siri.staff_id, now=now) == 30
    assert (await today.today(cast.per, now=now)).without_caseworker.n == 0
    assert await count(Handover) == 30
    # Everybody is told; who has no chat yet will not be told of it later, when it is old news.
    assert await count(Letter, kind="caseworker.new", state="queued") == 1


async def test_a_hello_of_one_s_own_is_what_young_people_read(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await register.introduce_myself(cast.siri, "  Hej. Jeg hedder Siri\n og har en hund. ", now=now)
    with pytest.raises(Invalid, match="hello_too_long"):
        await register.introduce_myself(cast.siri, "x" * 301, now=now)
    assert (await one(Staff, id=cast.siri.staff_id)).hello == "Hej. Jeg hedder Siri og har en hund."
    await register.change_caseworker(cast.per, cast.amina, cast.siri.staff_id, now=now)
    first = (await found(Handover))[0].id
    await register.change_caseworker(cast.per, cast.amina, cast.lars.staff_id, now=now)
    assert await register_moves.new_caseworker(amina, first) is None
