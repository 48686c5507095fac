"""Alerts: whose they are, by when, who is next, and that only written words close them."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from models.actions import alerts, erasure, staff
from models.domain.alerts import Reason
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.people import YoungPerson
from models.domain.staff import Role
from models.queries import alerts as views
from models.queries import today
from models.queries.messages_badges import badges
from models.tables.alerts import Alert
from models.tables.audit import TrailEntry
from models.tables.register import Municipality, Person
from models.tables.staff import Staff
from models.transactions import HOUSE, Scope
from tests.actions.rows import change, count, found, one
from tests.cast import Cast

HOUR = timedelta(hours=1)


async def raised(cast: Cast, now: datetime, reason: Reason = Reason.CRISIS_WORDS, about: str = "m1") -> str:
    alert = await alerts.raise_alert(Scope(cast.randers), cast.amina, reason, about=about, now=now)
    assert alert is not None
    return alert


async def owner() -> str | None:
    return (await one(Alert)).owner_id


async def test_the_same_reason_about_the_same_thing_is_raised_once_also_at_once(cast: Cast, now: datetime) -> None:
    made = await asyncio.gather(
        *(
            alerts.raise_alert(Scope(cast.randers), cast.amina, Reason.CRISIS_WORDS, about="m1", now=now)
            for _ in range(10)
        )
    )
    assert [one for one in made if one] == [(await one(Alert)).id]
    await raised(cast, now, about="m2")
    assert await count(Alert) == 2


DEADLINES = [
    # Tuesday ten o'clock: one working hour
    (datetime(2026, 11, 17, 9, tzinfo=UTC), Reason.CRISIS_WORDS, datetime(2026, 11, 17, 10, tzinfo=UTC)),
    # Tuesday 14:30, the office closes at 15
    (datetime(2026, 11, 17, 13, 30, tzinfo=UTC), Reason.CANNOT_WAIT, datetime(2026, 11, 18, 7, 30, tzinfo=UTC)),
    # Friday night: Monday at nine
    (datetime(2026, 11, 20, 22, tzinfo=UTC), Reason.CRISIS_WORDS, datetime(2026, 11, 23, 8, tzinfo=UTC)),
    # Christmas Eve is closed, and so are the two days after and the weekend
    (datetime(2026, 12, 23, 20, tzinfo=UTC), Reason.BROKEN_PROMISE, datetime(2026, 12, 28, 8, tzinfo=UTC)),
    # To follow up: the end of the next working day
    (datetime(2026, 11, 17, 9, tzinfo=UTC), Reason.LOW_WELLBEING, datetime(2026, 11, 18, 14, tzinfo=UTC)),
    (datetime(2026, 11, 20, 9, tzinfo=UTC), Reason.BLOCKED, datetime(2026, 11, 23, 14, tzinfo=UTC)),
]


async def test_deadlines_lie_in_opening_hours(cast: Cast) -> None:
    for number, (raised_at, reason, deadline) in enumerate(DEADLINES):
        await raised(cast, raised_at, reason, f"m{number}")
        assert (await one(Alert, about=f"m{number}")).deadline_at == deadline


async def test_deadlines_follow_the_municipalitys_own_hours(cast: Cast, now: datetime) -> None:
    hours = {str(day): ["12:00", "18:00"] for day in range(5)}
    await change(Municipality, {"id": cast.randers}, settings={"opening_hours": hours, "closed": ["2026-11-17"]})
    await raised(cast, now)
    assert (await one(Alert)).deadline_at == datetime(2026, 11, 18, 12, tzinfo=UTC)


async def test_an_alert_goes_to_the_caseworker_the_substitute_or_the_duty_holder(cast: Cast, now: datetime) -> None:
    await change(Person, {"id": cast.amina}, substitute_id=cast.siri.staff_id)
    owners = []
    for number, away in enumerate((None, cast.mette, cast.siri, cast.lars)):
        if away is not None:
            await staff.be_absent(away, date(2026, 11, 17), date(2026, 11, 17), now=now)
        await raised(cast, now, about=f"m{number}")
        owners.append((await one(Alert, about=f"m{number}")).owner_id)
    assert owners == [cast.mette.staff_id, cast.siri.staff_id, cast.lars.staff_id, cast.lars.staff_id]


async def test_an_alert_never_lands_on_a_closed_account(cast: Cast, now: datetime) -> None:
    await change(Person, {"id": cast.amina}, substitute_id=cast.siri.staff_id)
    for viewer in (cast.mette, cast.siri):
        await change(Staff, {"id": viewer.staff_id}, active=False)
    await raised(cast, now)
    assert await owner() == cast.lars.staff_id


async def test_with_nobody_at_all_the_alert_is_there_without_an_owner(cast: Cast, now: datetime) -> None:
    await change(Person, {"id": cast.amina}, caseworker_id=None)
    await change(Staff, {"id": cast.lars.staff_id}, duty_holder=False)
    await raised(cast, now)
    assert await owner() is None
    assert await alerts.escalate_due(HOUSE, now=now + HOUR) == 1
    assert await owner() == cast.per.staff_id


async def test_nobody_acknowledged_so_it_goes_up_the_ladder_and_stays_at_the_top(cast: Cast, now: datetime) -> None:
    await change(Person, {"id": cast.amina}, substitute_id=cast.siri.staff_id)
    await raised(cast, now)
    owners = []
    at = now
    for _ in range(5):
        assert await alerts.escalate_due(HOUSE, now=at) == 0
        at = (await one(Alert)).deadline_at
        await alerts.escalate_due(HOUSE, now=at)
        owners.append(await owner())
    assert owners == [cast.siri.staff_id, cast.lars.staff_id, *[cast.per.staff_id] * 3]
    assert ((await one(Alert)).escalations, (await one(Alert)).state) == (3, "open")


async def test_the_ladder_passes_over_closed_accounts(cast: Cast, now: datetime) -> None:
    await change(Person, {"id": cast.amina}, substitute_id=cast.siri.staff_id)
    await raised(cast, now)
    for viewer in (cast.siri, cast.lars):
        await change(Staff, {"id": viewer.staff_id}, active=False)
    await alerts.escalate_due(HOUSE, now=now + HOUR)
    assert await owner() == cast.per.staff_id


async def test_the_ladder_never_leaves_the_municipality(cast: Cast, now: datetime) -> None:
    for viewer in (cast.lars, cast.per):
        await change(Staff, {"id": viewer.staff_id}, active=False)
    await raised(cast, now)
    await alerts.escalate_due(HOUSE, now=now + HOUR)
    assert await owner() == cast.mette.staff_id


async def test_once_taken_it_goes_no_further(cast: Cast, now: datetime) -> None:
    alert = await raised(cast, now)
    await alerts.acknowledge(cast.mette, alert, now=now)
    assert await alerts.escalate_due(HOUSE, now=now + timedelta(days=9)) == 0
    # The one who took it is on leave the next day: then it is on the coordinator's Today until it is finished.
    assert (await today.today(cast.per, now=now)).alerts == ()
    await staff.be_absent(cast.mette, date(2026, 11, 18), date(2026, 11, 18), now=now)
    (left,) = (await today.today(cast.per, now=now + timedelta(days=1))).alerts
    assert (left.alert_id, left.owner, left.mine) == (alert, "Mette Holm", False)
    await alerts.close(cast.per, alert, "Har talt med Amina", now=now + timedelta(days=1))


async def test_the_first_to_take_it_has_it_and_the_second_is_told(cast: Cast, now: datetime) -> None:
    alert = await raised(cast, now)
    await alerts.acknowledge(cast.per, alert, now=now)
    with pytest.raises(Stale):
        await alerts.acknowledge(cast.mette, alert, now=now)
    row = await one(Alert)
    assert (row.owner_id, row.acknowledged_by_id, row.state) == (cast.per.staff_id, cast.per.staff_id, "acknowledged")


async def test_two_who_take_it_at_once_are_not_both_told_that_they_have_it(cast: Cast, now: datetime) -> None:
    alert = await raised(cast, now)
    results = await asyncio.gather(
        *(alerts.acknowledge(viewer, alert, now=now) for viewer in (cast.mette, cast.per) * 4), return_exceptions=True
    )
    # One of them has it, however often it was pressed; the other is told each time.
    assert [len({index % 2 for index, one in enumerate(results) if (one is None) is had}) for had in (True, False)] == [
        1,
        1,
    ]
    assert results.count(None) == 4
    assert {type(one) for one in results} == {type(None), Stale}


async def test_reading_does_not_close_it_and_closing_takes_words(cast: Cast, now: datetime) -> None:
    alert = await raised(cast, now)
    for done in ("", "   ", "...", "—"):
        with pytest.raises(Invalid):
            await alerts.close(cast.mette, alert, done, now=now)
    row = await one(Alert)
    assert (row.state, row.done_sealed, row.acknowledged_at) == ("open", None, None)


async def test_writing_what_was_done_takes_and_closes_in_one(cast: Cast, now: datetime) -> None:
    alert = await raised(cast, now)
    await alerts.close(cast.mette, alert, " Jeg ringede ", now=now)
    row = await one(Alert)
    assert (row.state, row.closed_by_id, row.acknowledged_by_id) == ("closed", cast.mette.staff_id, cast.mette.staff_id)
    with pytest.raises(Stale):
        await alerts.close(cast.per, alert, "Også mig", now=now)


async def test_who_may_take_it_is_the_owner_the_two_caseworkers_and_the_coordinator(cast: Cast, now: datetime) -> None:
    await change(Person, {"id": cast.amina}, substitute_id=cast.siri.staff_id)
    for number, viewer in enumerate((cast.mette, cast.siri, cast.per)):
        await alerts.acknowledge(viewer, await raised(cast, now, about=f"m{number}"), now=now)
    alert = await raised(cast, now, about="last")
    with pytest.raises(NotFound):
        await alerts.acknowledge(cast.lars, alert, now=now)
    await change(Alert, {"id": alert}, owner_id=cast.lars.staff_id)
    await alerts.acknowledge(cast.lars, alert, now=now)


async def test_a_coordinator_moved_to_another_role_no_longer_reaches_it(cast: Cast, now: datetime) -> None:
    from dataclasses import replace

    alert = await raised(cast, now)
    for role in (Role.ADMINISTRATOR, Role.PANEL_HOST, Role.NATIONAL, Role.EVALUATOR):
        with pytest.raises(NotFound):
            await alerts.close(replace(cast.per, role=role), alert, "set", now=now)


async def test_every_step_of_an_alert_is_in_the_trail(cast: Cast, now: datetime) -> None:
    alert = await raised(cast, now)
    await alerts.escalate_due(HOUSE, now=now + HOUR)
    await alerts.close(cast.per, alert, "Jeg ringede", now=now + HOUR)
    assert [(entry.deed, entry.actor_id) for entry in await found(TrailEntry, "id", about=alert)] == [
        ("alert.crisis_words", ""), ("alert.escalate", ""), ("alert.close", cast.per.staff_id),
    ]  # fmt: skip


MESSAGE = "5" * 32


async def broken_for(cast: Cast, now: datetime, days: int, message: str = MESSAGE) -> list[str]:
    """A promise that broke again and again: one alert a day, the first without a day."""
    abouts = [message, *(f"{message}:2026-11-{17 + day}" for day in range(1, days))]
    return [
        await raised(cast, now + timedelta(days=day), Reason.BROKEN_PROMISE, about) for day, about in enumerate(abouts)
    ]


async def test_a_promise_that_broke_again_and_again_is_one_line_the_newest(cast: Cast, now: datetime) -> None:
    days = await broken_for(cast, now, 4)
    other = await raised(cast, now + timedelta(hours=1), about="m1")
    lines = await views.alerts(cast.mette)
    assert [(line.alert_id, line.earlier) for line in lines] == [(days[-1], 3), (other, 0)]
    assert [line.alert_id for line in (await today.today(cast.mette, now=now)).alerts] == [days[-1], other]
    assert (await badges(cast.mette, now=now)).alerts == 2
    assert [(await views.alert(cast.mette, key)).alert.earlier for key in (days[0], days[-1], other)] == [3, 3, 0]
    page = await views.alert_page(cast.mette, ("open",), most=1, after=1)
    assert ([line.alert_id for line in page.lines], page.total, page.waiting) == ([other], 2, 2)
    # To other systems each of them is one, as each was told to them.
    assert len(await views.page_of(cast.mette, ("open",), after="", limit=100)) == 5


async def test_what_was_closed_last_is_the_first_of_the_closed(cast: Cast, now: datetime) -> None:
    keys = [await raised(cast, now + number * HOUR, about=f"m{number}") for number in range(3)]
    for number, key in enumerate(keys):
        await alerts.close(cast.mette, key, "Har ringet", now=now + (4 + number) * HOUR)
    assert [line.alert_id for line in await views.alerts(cast.per, states=("closed",))] == keys[::-1]


async def test_whoever_takes_or_closes_one_day_of_a_broken_promise_does_so_with_all(cast: Cast, now: datetime) -> None:
    days = await broken_for(cast, now, 3)
    others = [*await broken_for(cast, now, 1, "6" * 32), await raised(cast, now, about=MESSAGE)]
    later = now + timedelta(days=3)
    await alerts.acknowledge(cast.mette, days[-1], now=later)
    assert {row.id for row in await found(Alert, "id", state="acknowledged", owner_id=cast.mette.staff_id)} == {*days}
    again = await raised(cast, later, Reason.BROKEN_PROMISE, f"{MESSAGE}:2026-11-20")
    assert {line.alert_id for line in await views.alerts(cast.mette, states=("open",))} == {again, *others}
    await alerts.close(cast.per, again, "Har svaret og ringet", now=later)
    closed = await found(Alert, "id", state="closed")
    assert {(row.id, row.closed_by_id, row.closed_at) for row in closed} == {
        (key, cast.per.staff_id, later) for key in (*days, again)
    }
    (line,) = await views.alerts(cast.per, states=("closed",))
    assert (line.alert_id, line.earlier, line.done) == (again, 3, "Har svaret og ringet")
    written = await found(TrailEntry, "id", deed="alert.close", actor_id=cast.per.staff_id)
    assert sorted(entry.about for entry in written) == sorted([*days, again])
    assert {row.id for row in await found(Alert, "id", state="open")} == {*others}


async def test_what_a_colleague_has_taken_of_a_broken_promise_stays_theirs_until_it_is_closed(
    cast: Cast, now: datetime
) -> None:
    first, *_ = await broken_for(cast, now, 1)
    await alerts.acknowledge(cast.per, first, now=now)
    second = await raised(cast, now, Reason.BROKEN_PROMISE, f"{MESSAGE}:2026-11-18")
    await alerts.acknowledge(cast.mette, second, now=now)
    with pytest.raises(Stale):
        await alerts.acknowledge(cast.mette, first, now=now)
    assert [(await one(Alert, id=key)).owner_id for key in (first, second)] == [cast.per.staff_id, cast.mette.staff_id]
    # Each has their own on Today, although the list says both in one line.
    shown = [
        [line.alert_id for line in (await today.today(viewer, now=now)).alerts] for viewer in (cast.per, cast.mette)
    ]
    assert shown == [[first], [second]]


async def test_whoever_was_handed_one_day_of_a_broken_promise_takes_the_days_before_with_it_as_the_page_says(
    cast: Cast, now: datetime
) -> None:
    days = await broken_for(cast, now, 2)
    await change(Alert, {"id": days[-1]}, owner_id=cast.lars.staff_id)
    assert (await views.alert(cast.lars, days[-1])).alert.earlier == 1
    await alerts.acknowledge(cast.lars, days[-1], now=now)
    assert {row.owner_id for row in await found(Alert, "id", state="acknowledged")} == {cast.lars.staff_id}
    await alerts.close(cast.lars, days[-1], "Har svaret", now=now)
    assert await count(Alert, state="closed") == 2
    # What the people close to the person may not know of is no part of what they have.
    day, hidden = [await raised(cast, now, Reason.BROKEN_PROMISE, f"{'7' * 32}{of}") for of in ("", ":2026-11-18")]
    await change(Alert, {"id": hidden}, apart=True, owner_id=cast.lars.staff_id)
    assert (await views.alert(cast.mette, day)).alert.earlier == 0
    await alerts.close(cast.mette, day, "Har svaret", now=now)
    assert (await one(Alert, id=hidden)).state == "open"


async def test_a_promise_that_broke_again_and_again_is_one_line_also_when_the_person_has_left_the_chat(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    days = await broken_for(cast, now, 3)
    cry = await raised(cast, now, about="webchat:chat:7")
    await erasure.leave(amina, now=now)
    lines = [line for line in await views.alerts(cast.per) if line.reason != Reason.WANTS_ERASURE.value]
    assert {(line.alert_id, line.earlier) for line in lines} == {(days[-1], 2), (cry, 0)}
    assert (await one(Alert, id=cry)).about == cry


async def test_two_who_take_two_days_of_one_promise_at_once_wait_for_each_other(cast: Cast, now: datetime) -> None:
    days = await broken_for(cast, now, 3)
    results = await asyncio.gather(
        *(alerts.acknowledge(viewer, key, now=now) for viewer in (cast.mette, cast.per) for key in days),
        alerts.escalate_due(HOUSE, now=now + timedelta(days=9)), return_exceptions=True,
    )  # fmt: skip
    assert {type(result) for result in results[:-1]} <= {type(None), Stale}
    assert len({row.owner_id for row in await found(Alert, "id", state="acknowledged")}) == 1
