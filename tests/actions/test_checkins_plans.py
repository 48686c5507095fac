"""Check-in plans: whom they reach, what they change for those who are asked already, and whose choice stands."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from models.actions import checkins, consent, offers, register
from models.domain.checkin_plans import Content, State, Whom
from models.domain.consent import Purpose
from models.domain.errors import NotFound, Stale
from models.domain.people import YoungPerson
from models.domain.register import Aftercare, Group
from models.queries import checkin_plans
from models.tables.checkins import CheckIn, CheckInPlan, Rhythm
from models.transactions import HOUSE, Scope
from tests.actions.rows import count, found
from tests.cast import Cast, link

DAY = timedelta(days=1)
TODAY = date(2026, 11, 17)
EVERY = Content("tils", 8, Whom.ALL, None, TODAY)


async def beats(person: YoungPerson) -> dict[str, tuple[int, bool]]:
    return {one.instrument: (one.weeks, one.active) for one in await found(Rhythm, person_id=person.person_id)}


async def test_a_plan_begins_changes_pauses_and_ends_for_those_it_is_for(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    made = await checkins.plan(cast.per, EVERY, now=now)
    assert await beats(amina) == {"who5": (4, True), "tils": (8, True)}
    view, = await checkin_plans.plans(cast.per, now=now)  # fmt: skip
    assert (view.reach.meant, view.reach.asked) == (3, 1)
    first = view.reach.next_at
    assert first is not None
    assert first > now + 6 * DAY  # a week after the others may come, so that not everything comes at once
    with pytest.raises(Stale):
        await checkins.plan(cast.per, replace(EVERY, weeks=4), now=now)

    following = await checkins.change_plan(cast.per, made, replace(EVERY, weeks=4), now=now)
    assert (await beats(amina))["tils"] == (4, True)
    view = await checkin_plans.plan(cast.per, following, now=now)
    assert [(one.version, one.weeks, one.state) for one in view.versions] == [
        (2, 4, State.RUNNING), (1, 8, State.REPLACED)
    ]  # fmt: skip
    with pytest.raises(Stale):
        await checkins.change_plan(cast.per, made, EVERY, now=now)

    for _ in range(2):
        await checkins.set_plan(cast.per, following, State.PAUSED, now=now)
    assert (await beats(amina))["tils"] == (4, False)
    await checkins.set_plan(cast.per, following, State.RUNNING, now=now)
    assert (await beats(amina))["tils"] == (4, True)
    await checkins.set_plan(cast.per, following, State.ENDED, now=now)
    assert await beats(amina) == {"who5": (4, True), "tils": (4, False)}
    with pytest.raises(Stale):
        await checkins.set_plan(cast.per, following, State.RUNNING, now=now)
    assert await checkin_plans.plans(cast.per, now=now) == []
    assert await checkins.follow_plans(HOUSE, now=now) == 0


async def test_many_are_laid_out_by_as_many_questions_as_one(
    cast: Cast, amina: YoungPerson, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    async def asked(plan: str, weeks: int) -> tuple[str, int]:
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            following = await checkins.change_plan(cast.per, plan, replace(EVERY, weeks=weeks), now=now)
        return following, len(caplog.records)

    made = await checkins.plan(cast.per, EVERY, now=now)
    made, few = await asked(made, 4)
    for number in range(5):
        entry = register.Entry(f"P-{number}", f"Ung {number}", date(2007, 1, 1), Group.PLACED, Aftercare.NO)
        person_id = await register.add_person(Scope(cast.randers), entry, now=now)
        await link(Scope(cast.randers), person_id, 100 + number, now=now)
    assert await checkins.follow_plans(HOUSE, now=now) == 5
    _, many = await asked(made, 8)
    assert (many, {one.weeks for one in await found(Rhythm, instrument="tils")}) == (few, {8})


async def test_what_somebody_chose_themselves_stands(cast: Cast, amina: YoungPerson, now: datetime) -> None:
    await checkins.choose_rhythm(amina, weeks=8, now=now)
    await checkins.plan(cast.per, Content("who5", 2, Whom.ALL, None, TODAY), now=now)
    await checkins.plan(cast.per, replace(EVERY, weeks=4), now=now)
    assert await beats(amina) == {"who5": (8, True), "tils": (8, True)}
    await consent.choose_purpose(amina, Purpose.CHECKINS, on=False, now=now)
    await checkins.follow_plans(HOUSE, now=now)
    assert {active for _, active in (await beats(amina)).values()} == {False}
    await consent.choose_purpose(amina, Purpose.CHECKINS, on=True, now=now)
    await checkins.follow_plans(HOUSE, now=now)
    assert await beats(amina) == {"who5": (8, True), "tils": (8, True)}


async def test_a_plan_for_one_with_an_offer_or_from_a_later_day_reaches_nobody_else_and_nobody_sooner(
    cast: Cast, amina: YoungPerson, jonas: YoungPerson, now: datetime
) -> None:
    await checkins.plan(cast.per, Content("tils", 4, Whom.PERSON, cast.jonas, TODAY), now=now)
    later = Content("life_now", 4, Whom.OFFER, None, TODAY + 10 * DAY)
    await checkins.plan(cast.per, later, now=now)
    offer = await offers.draft(cast.mette, cast.amina, "other", offers.Content(title="Mentor"), now=now)
    await offers.publish(cast.mette, offer, now=now)
    assert "tils" not in await beats(amina)
    assert (await beats(jonas))["tils"] == (4, True)
    assert (await checkin_plans.would_reach(cast.per, later, now=now)).meant == 1
    assert await checkins.follow_plans(HOUSE, now=now + 9 * DAY) == 0
    assert [await checkins.follow_plans(HOUSE, now=now + 10 * DAY) for _ in range(2)] == [1, 0]
    assert "life_now" in await beats(amina)
    assert "life_now" not in await beats(jonas)


async def test_the_clock_asks_what_the_plan_wants_in_turn_and_never_too_soon(
    cast: Cast, amina: YoungPerson, now: datetime
) -> None:
    await checkins.plan(cast.per, replace(EVERY, weeks=4), now=now)
    await checkins.plan(cast.per, Content("life_now", 4, Whom.ALL, None, TODAY), now=now)
    asked: list[tuple[str, int]] = []
    for day in range(40):
        await checkins.plan_due(HOUSE, now=now + day * DAY)
        asked += [(one.instrument, day) for one in await found(CheckIn, "due_at") if one.instrument not in dict(asked)]
    assert [key for key, _ in asked] == ["who5", "tils", "life_now"]
    assert [later - sooner for (_, sooner), (_, later) in pairwise(asked)] == [7, 7]


async def test_only_a_coordinator_plans_and_only_at_home(cast: Cast, amina: YoungPerson, now: datetime) -> None:
    for viewer in (cast.mette, cast.admin, cast.nanna):
        with pytest.raises(NotFound):
            await checkins.plan(viewer, EVERY, now=now)
        with pytest.raises(NotFound):
            await checkin_plans.plans(viewer, now=now)
    with pytest.raises(NotFound):
        await checkins.plan(cast.per, Content("tils", 4, Whom.PERSON, cast.astrid, TODAY), now=now)
    assert await count(CheckInPlan) == 0
