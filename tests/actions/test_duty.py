"""The duty plan decides who has it when nobody else does; by ten whoever is not there is stood in for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from models.actions import alerts, duty, staff
from models.domain.alerts import Reason
from models.domain.duty import Planned
from models.domain.errors import Invalid, NotFound
from models.queries import duty as views
from models.queries import staff as people
from models.tables.alerts import Alert
from models.tables.register import Person
from models.tables.staff import Absence, DutyDay, StaffSession
from models.transactions import HOUSE, Scope
from tests.actions.rows import add, change, count, found, one
from tests.cast import Cast

TODAY = date(2026, 11, 17)
EARLY = datetime.fromisoformat("2026-11-17T09:00+01:00")


async def owner(cast: Cast, about: str, now: datetime) -> str | None:
    """Who gets an alert about somebody who has neither caseworker nor substitute."""
    await alerts.raise_alert(Scope(cast.randers), cast.amina, Reason.CANNOT_WAIT, about=about, now=now)
    return (await one(Alert, about=about)).owner_id


async def test_the_plan_begins_with_a_week_that_has_a_working_day_left(cast: Cast, now: datetime) -> None:
    begins = {
        moment: (await views.plan(cast.per, None, "da", now=datetime.fromisoformat(f"{moment}T12:00+01:00"))).monday
        for moment in ("2026-11-20", "2026-11-21", "2026-12-24")
    }
    assert list(begins.values()) == [date(2026, 11, 16), date(2026, 11, 23), date(2026, 12, 28)]
    assert (await views.plan(cast.per, date(2026, 11, 17), "da", now=now)).monday == date(2026, 11, 16)


async def test_whoever_is_planned_has_it_and_is_stood_in_for_when_not_signed_in_by_ten(
    cast: Cast, now: datetime
) -> None:
    await change(Person, {"id": cast.amina}, caseworker_id=None)
    assert await owner(cast, "standing", EARLY) == cast.lars.staff_id
    await duty.plan(cast.per, [Planned(TODAY, cast.mette.staff_id, cast.siri.staff_id)], now=EARLY)
    assert await owner(cast, "planned", EARLY) == cast.mette.staff_id
    assert (await people.duty(cast.mette, now=EARLY)).name == "Mette Holm"
    await staff.open_session(HOUSE, cast.siri.staff_id, now=EARLY)
    ten = EARLY + timedelta(hours=1)
    assert await owner(cast, "stood in for", ten) == cast.siri.staff_id
    await staff.open_session(HOUSE, cast.mette.staff_id, now=ten)
    assert await owner(cast, "there after all", ten) == cast.mette.staff_id
    await add(Absence(municipality_id=cast.randers, staff_id=cast.mette.staff_id, first_day=TODAY, last_day=TODAY))
    assert await owner(cast, "away", ten) == cast.siri.staff_id
    await change(StaffSession, {"staff_id": cast.siri.staff_id}, seen_at=EARLY - timedelta(days=1))
    assert await owner(cast, "nobody is there", ten) == cast.mette.staff_id


async def test_the_ladder_passes_over_whoever_is_away(cast: Cast, now: datetime) -> None:
    await duty.plan(cast.per, [Planned(TODAY, cast.siri.staff_id)], now=EARLY)
    alert = await alerts.raise_alert(Scope(cast.randers), cast.amina, Reason.CANNOT_WAIT, about="x", now=EARLY)
    await add(Absence(municipality_id=cast.randers, staff_id=cast.siri.staff_id, first_day=TODAY, last_day=TODAY))
    await alerts.escalate_due(HOUSE, now=EARLY + timedelta(hours=2))
    assert (await one(Alert, id=alert)).owner_id == cast.lars.staff_id


async def test_the_plan_says_its_gaps_and_a_week_is_repeated_where_nobody_has_the_day(
    cast: Cast, now: datetime
) -> None:
    assert await views.missing_days(cast.per, now=now) == 0  # Lars always holds it
    await staff.be_absent(cast.lars, TODAY, TODAY + timedelta(days=60), now=now)
    plan = await views.plan(cast.per, None, "da", now=now)
    assert (plan.monday, len(plan.gaps), plan.gaps[0]) == (date(2026, 11, 16), 20, TODAY)
    week = [Planned(TODAY + timedelta(days=ahead), cast.mette.staff_id, cast.siri.staff_id) for ahead in range(4)]
    assert await duty.plan(cast.admin, week, now=now) == 4
    assert await duty.plan(cast.admin, week, now=now) == 0
    taken = Planned(TODAY + timedelta(days=7), cast.siri.staff_id)
    await duty.plan(cast.per, [taken], now=now)
    assert await duty.repeat(cast.per, TODAY, 3, now=now) == 11
    plan = await views.plan(cast.per, TODAY, "da", now=now)
    assert [day.isoformat() for day in plan.gaps] == ["2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14"]
    assert {day.holder for day in plan.weeks[1] if day.day == taken.day} == {cast.siri.staff_id}
    await duty.plan(cast.per, [Planned(TODAY, "")], now=now)
    assert [row.rank for row in await found(DutyDay, "day", "rank", day=TODAY)] == []


async def test_the_duty_is_given_to_two_different_people_of_one_s_own_who_meet_young_people(
    cast: Cast, now: datetime
) -> None:
    tomorrow = TODAY + timedelta(days=1)
    for wrong in (
        Planned(tomorrow, cast.odd.staff_id), Planned(tomorrow, cast.admin.staff_id), Planned(tomorrow, "0" * 32),
        Planned(tomorrow, cast.mette.staff_id, cast.mette.staff_id), Planned(tomorrow, "", cast.mette.staff_id),
        Planned(TODAY + timedelta(days=400), cast.mette.staff_id),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            await duty.plan(cast.per, [wrong], now=now)
    with pytest.raises(Invalid):
        await duty.repeat(cast.per, TODAY, 27, now=now)
    for viewer in (cast.mette, cast.nanna):
        with pytest.raises(NotFound):
            await duty.plan(viewer, [], now=now)
        with pytest.raises(NotFound):
            await views.plan(viewer, None, "da", now=now)
    assert await duty.plan(cast.per, [Planned(TODAY - timedelta(days=1), cast.mette.staff_id)], now=now) == 0
    assert await count(DutyDay) == 0


async def test_a_colleague_who_is_ill_is_entered_by_whoever_runs_the_municipality_and_is_back_by_one_press(
    cast: Cast, now: datetime
) -> None:
    for _ in range(2):  # twice is once
        await duty.away(cast.per, cast.mette.staff_id, TODAY - timedelta(days=2), TODAY + timedelta(days=2), now=EARLY)
        await staff.be_absent(cast.siri, TODAY, TODAY, now=EARLY)
    assert await owner(cast, "ill", EARLY) == cast.lars.staff_id
    away = (await views.plan(cast.admin, TODAY, "da", now=EARLY)).away
    assert [(one.name, one.last_day) for one in away] == [
        ("Mette Holm", TODAY + timedelta(days=2)),
        ("Siri Kjær", TODAY),
    ]
    mettes, siris = (one.absence_id for one in away)
    for who, first, code in (
        (cast.odd.staff_id, TODAY, "absent_who"), (cast.mette.staff_id, TODAY + timedelta(days=1), "dates_order"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=code):
            await duty.away(cast.per, who, first, TODAY, now=EARLY)
    with pytest.raises(Invalid, match="absence_over"):
        await duty.away(cast.per, cast.mette.staff_id, TODAY - timedelta(days=1), TODAY - timedelta(days=1), now=EARLY)
    with pytest.raises(NotFound):
        await duty.away(cast.siri, cast.mette.staff_id, TODAY, TODAY, now=EARLY)
    for stranger, absence in ((cast.siri, mettes), (cast.odd, mettes), (cast.nanna, siris), (cast.per, "0" * 32)):
        assert await duty.back(stranger, absence, now=EARLY) is False
    assert await count(Absence) == 2
    # The days that are over stay as they were; one's own is one's own to end.
    assert await duty.back(cast.per, mettes, now=EARLY) is True
    assert await duty.back(cast.siri, siris, now=EARLY) is True
    assert [row.last_day for row in await found(Absence)] == [TODAY - timedelta(days=1)]
    assert await owner(cast, "well", EARLY) == cast.mette.staff_id
