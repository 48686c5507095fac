"""Retention: who left long enough ago is deleted by itself, and nobody while anything of theirs waits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from models.actions import casefile, consent, erasure, erasure_retention, messages, municipality, register
from models.domain.casefile import Choice
from models.domain.errors import NotAllowed
from models.domain.localtime import local_date
from models.domain.people import YoungPerson
from models.domain.register import Aftercare, Group
from models.queries import retention, today
from models.tables.audit import TrailEntry
from models.tables.consent import Link
from models.tables.register import FollowUp, Person
from models.transactions import HOUSE, Scope
from tests.actions.rows import add, change, found
from tests.actions.world import records
from tests.cast import Cast

USUAL = timedelta(days=1095)


async def gone(cast: Cast, reference: str, left_on: date, now: datetime) -> str:
    entry = register.Entry(
        reference, f"{reference} Ung", date(2001, 1, 1), Group.PLACED, Aftercare.NO, entered_on=date(2020, 1, 1),
        left_on=left_on,
    )  # fmt: skip
    return await register.add_person(Scope(cast.randers), entry, now=now)


async def let_go(now: datetime) -> set[str]:
    await erasure_retention.let_go(HOUSE, now=now)
    await erasure.finish_erasures(HOUSE, now=now)
    return {row.id for row in await found(Person)}


async def test_who_left_long_ago_goes_once_nothing_waits_and_is_named_before(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    day = local_date(now)
    await messages.receive(amina, "Hvad sker der nu?", source_key="webchat:a:1", now=now)
    old, asked = await gone(cast, "R-OLD", day - USUAL, now), await gone(cast, "R-ASK", day - USUAL, now)
    soon = await gone(cast, "R-SOON", day - USUAL + timedelta(days=30), now)
    later = await gone(cast, "R-LATER", day - USUAL + timedelta(days=31), now)
    await add(FollowUp(municipality_id=cast.randers, person_id=asked, contact_sealed=b"x", asked_at=now))
    await change(Person, {"id": amina.person_id}, left_on=day - USUAL)

    said = [(one.name, one.on, one.undecided, one.busy) for one in await retention.leaves(cast.per, now=now)]
    assert sorted(said) == [
        ("Amina Yusuf", day, True, True), ("R-OLD Ung", day, False, False),
        ("R-SOON Ung", day + timedelta(days=30), False, False),
    ]  # fmt: skip
    told = await retention.preview(cast.admin, now=now)
    assert (told.people, told.first, told.undecided, told.busy) == (2, day, 1, 0)
    with pytest.raises(NotAllowed):
        await retention.preview(cast.per, now=now)
    assert [await retention.leaves(who, now=now) for who in (cast.mette, cast.odd)] == [[], []]
    assert (await today.today(cast.per, now=now)).going == 2

    everybody = {row.id for row in await found(Person)}
    assert everybody - await let_go(now) == {old}
    assert [(row.deed, row.actor) for row in await found(TrailEntry, "id", person_id=old)][-1] == (
        "person.erase", "system",
    )  # fmt: skip
    # Decided, answered and closed, one after another: only then she goes.
    (record,) = await records(cast.mette, amina.person_id)
    await casefile.decide(cast.mette, amina.person_id, [record], Choice.NOT_RELEVANT, now=now)
    assert amina.person_id in await let_go(now)
    await messages.settle(cast.mette, [record], now=now)
    assert amina.person_id in await let_go(now)
    await consent.bar(cast.mette, amina.link_id, "asked", now=now)
    assert {row.state for row in await found(Link, person_id=amina.person_id)} == {"closed"}
    assert amina.person_id not in await let_go(now)

    # The shorter time that an administrator chooses holds from the next tick on; who may be asked again stays.
    await municipality.save_retention(cast.admin, {"people": 365, "updates": 30, "notices": 90}, now=now)
    assert await let_go(now) & {soon, later, asked} == {asked}
