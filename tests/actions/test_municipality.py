"""What a municipality decides is its own, leaves a trail, and is what the rules then go by."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import date, datetime, time, timedelta

import pytest

from models.actions import checkins, consent, goals, helplines, inbox, messages, municipality, staff
from models.actions import staff_administered as accounts
from models.actions.staff_administered import Member
from models.domain.alerts import Thresholds
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.goals import Goal, Measured, Phase, Phases
from models.domain.localtime import local
from models.domain.municipality import Contact
from models.domain.people import YoungPerson
from models.domain.promises import DEFAULT
from models.domain.staff import Role
from models.queries import goals as goal_views
from models.queries import helplines as helpline_views
from models.queries import municipality as views
from models.queries import staff as people
from models.queries import trail as trail_views
from models.tables.alerts import Alert
from models.tables.audit import TrailEntry
from models.tables.inbox import InboxUpdate
from models.tables.messages import Message
from models.tables.outbox import BotState
from models.tables.register import Municipality, Person
from models.tables.staff import SignInLink, Staff, StaffSession
from models.transactions import HOUSE
from tests.actions.rows import add, change, count, found, one
from tests.cast import Cast

WEEK = {day: (time(10), time(12)) if day < 4 else None for day in range(7)}


async def test_promises_follow_the_hours_and_closed_days_a_municipality_chose(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    closed = frozenset({date(2026, 11, 18), date(2026, 1, 1)})
    await municipality.save_hours(cast.per, WEEK, closed, now=now)
    assert (await views.decided(cast.per)).hours.closed == frozenset({date(2026, 11, 18)})
    await messages.receive(amina, "hej", source_key="webchat:a:1", now=now)
    assert local((await one(Message)).promised_at).isoformat() == "2026-11-19T12:00:00+01:00"  # type: ignore[arg-type]
    assert (await views.decided(cast.odd)).hours == DEFAULT


async def test_closed_days_count_where_the_usual_hours_stand(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await change(Municipality, {"id": cast.randers}, settings={"closed": ["2026-11-18"]})
    await messages.receive(amina, "hej", source_key="webchat:a:1", now=now)
    assert local((await one(Message)).promised_at).date() == date(2026, 11, 19)  # type: ignore[arg-type]


async def test_a_score_is_judged_by_the_municipality_s_thresholds(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    with pytest.raises(Invalid):
        await municipality.save_thresholds(cast.admin, Thresholds(48, 10), " ", now=now)
    await municipality.save_thresholds(cast.admin, Thresholds(48, 10), "Vi har tid til flere", now=now)
    check_in = await checkins.begin(amina, "who5", now=now)
    for item in ("cheerful", "calm", "active", "rested", "interested"):
        await checkins.answer(amina, check_in, item, 2, now=now)  # 40 of 100
    assert [row.reason for row in await found(Alert)] == ["low_wellbeing"]


async def test_raw_updates_go_when_their_municipality_says(cast: Cast, now: datetime) -> None:
    await municipality.save_retention(cast.admin, {"people": 730, "updates": 14, "notices": 90}, now=now)
    for number, place in enumerate((cast.randers, cast.odsherred)):
        await add(InboxUpdate(
            bot="webchat", update_id=number, kind="message", state="done", received_at=now - timedelta(days=20),
            municipality_id=place, person_id=cast.amina, chat_index="", message_key="",
        ))  # fmt: skip
    await inbox.forget(HOUSE, now=now)
    assert [row.municipality_id for row in await found(InboxUpdate)] == [cast.odsherred]


async def test_nobody_is_invited_until_it_is_said_what_telegram_may_show(cast: Cast, now: datetime) -> None:
    await change(Municipality, {"id": cast.randers}, telegram_content="")
    await consent.invite(cast.mette, cast.amina, now=now)
    await add(BotState(bot="telegram"))
    with pytest.raises(Invalid) as refused:
        await consent.invite(cast.mette, cast.amina, now=now)
    assert refused.value.code == "telegram_undecided"
    await municipality.choose_telegram(cast.admin, "discreet", now=now)
    await consent.invite(cast.mette, cast.amina, now=now)


async def test_the_list_before_going_live_is_done_line_by_line(cast: Cast, now: datetime) -> None:
    before = {line.key for line in (await views.go_live(cast.admin, "f", now=now)).lines if not line.done}
    assert before == {"hours", "texts", "helplines", "administrators", "substitutes"}
    await municipality.save_hours(cast.per, WEEK, frozenset(), now=now)
    await municipality.approve_texts(cast.admin, "f", now=now)
    await accounts.hire(cast.admin, "bo@example.org", Member("Bo Ro", Role.ADMINISTRATOR), now=now)
    await change(Person, {"municipality_id": cast.randers}, substitute_id=cast.lars.staff_id)
    after = await views.go_live(cast.per, "f", now=now)
    assert {line.key for line in after.lines if not line.done} == {"helplines"}
    # What its own page shows is all there is to ring: nothing of other regions is missing for ever.
    there = (await helpline_views.lines(cast.admin, now=now)).shown
    waiting = [one.line.key for one in there if not one.line.certain]
    assert next(line.missing for line in after.lines if line.key == "helplines") == len(waiting)
    for key in waiting:
        await helplines.checked(cast.admin, key, now=now)
    assert (await views.go_live(cast.per, "f", now=now)).missing == 0
    assert "texts" in {line.key for line in (await views.go_live(cast.per, "g", now=now)).lines if not line.done}
    with pytest.raises(NotFound):
        await views.go_live(cast.mette, "f", now=now)


async def test_an_account_is_closed_only_when_its_people_are_handed_over_and_then_at_once(
    cast: Cast, now: datetime
) -> None:
    await staff.open_session(HOUSE, cast.siri.staff_id, now=now)
    leaves, at = Member("Siri Kjær", Role.CASEWORKER), {"now": now, "real_now": now}
    for member, active, code in (
        (leaves, False, "staff_has_people"), (Member("Siri Kjær", Role.ADMINISTRATOR), True, "staff_has_people"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            await accounts.change_member(cast.admin, cast.siri.staff_id, member, active=active, **at)
        assert refused.value.code == code
    await change(Person, {"id": cast.jonas}, caseworker_id=cast.mette.staff_id, substitute_id=cast.siri.staff_id)
    await accounts.change_member(cast.admin, cast.siri.staff_id, leaves, active=False, **at)
    assert (await one(Staff, id=cast.siri.staff_id)).active is False
    assert await count(StaffSession, staff_id=cast.siri.staff_id, ended_at=None) == 0
    assert (await one(Person, id=cast.jonas)).substitute_id is None
    for member, active in ((Member("Anna Dam", Role.ADMINISTRATOR), False), (Member("A D", Role.COORDINATOR), True)):
        with pytest.raises(Invalid) as refused:
            await accounts.change_member(cast.admin, cast.admin.staff_id, member, active=active, **at)
        assert refused.value.code == "staff_yourself"


async def test_a_new_account_gets_in_by_a_link_that_exists_once_and_a_reset_ends_what_was_before(
    cast: Cast, now: datetime
) -> None:
    staff_id, token = await accounts.hire(cast.admin, " Bo@Example.org ", Member("Bo Ro", Role.CASEWORKER), now=now)
    signed_in = await staff.choose_password(token, "tyve grønne elefanter", demanded=False, now=now)
    assert (signed_in.viewer.staff_id, signed_in.viewer.municipality_id) == (staff_id, cast.randers)
    fresh = await accounts.reset_sign_in(cast.admin, staff_id, now=now, real_now=now)
    again = await accounts.reset_sign_in(cast.admin, staff_id, now=now, real_now=now)
    assert (fresh.again, again.again) == (True, True)
    assert await staff.resume(HOUSE, signed_in.token, real_now=now) is None
    with pytest.raises(NotFound):
        await staff.choose_password(fresh.token, "tyve grønne elefanter", demanded=False, now=now)
    await staff.choose_password(again.token, "tyve grønne elefanter", demanded=False, now=now)
    await accounts.sign_out_member(cast.admin, staff_id, now=now, real_now=now)
    assert await count(StaffSession, staff_id=staff_id, ended_at=None) == 0
    assert await count(SignInLink, used_at=None) == 0
    for email, role, field in (
        ("bo@example.org", Role.CASEWORKER, "email"), ("bo", Role.CASEWORKER, "email"),
        ("b@x.dk", Role.NATIONAL, "role"), ("b@x.dk", Role.EVALUATOR, "role"), ("b@x.dk", Role.PANEL_HOST, "role"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            await accounts.hire(cast.admin, email, Member("Bo", role), now=now)
        assert refused.value.field == field
    shown = {one.email: one for one in await people.roster(cast.admin, real_now=now)}
    assert (shown["mette@example.org"].people, shown["bo@example.org"].gets_in) == (2, True)
    assert not shown["siri@example.org"].gets_in
    who = {"issuer": "https://id.example.org", "subject": "s-1", "email": "siri@example.org", "verified": True}
    await staff.sign_in_elsewhere(HOUSE, **who, real_now=now)  # type: ignore[arg-type]
    shown = {one.email: one for one in await people.roster(cast.admin, real_now=now)}
    assert shown["siri@example.org"].gets_in
    with pytest.raises(NotAllowed):
        await accounts.reset_sign_in(cast.admin, cast.admin.staff_id, now=now, real_now=now)
    assert "odd@example.org" not in shown
    late = await accounts.reset_sign_in(cast.admin, staff_id, now=now, real_now=now)
    with pytest.raises(NotFound):
        await staff.choose_password(late.token, "tyve blå elefanter", demanded=False, now=now + timedelta(minutes=31))


async def test_goals_and_their_numbers_are_a_coordinator_s_and_seen_with_the_figures(cast: Cast, now: datetime) -> None:
    aim = Goal("Flere har en mentor", Measured.OWN, "unge", 4, 12, date(2027, 12, 31))
    goal = await goals.add(cast.per, aim, now=now)
    await goals.enter(cast.per, goal, "2026Q3", 5, now=now)
    await goals.enter(cast.per, goal, "2026Q3", 6, now=now)
    for quarter in ("2027Q1", "2026H2", "x"):
        with pytest.raises(Invalid):
            await goals.enter(cast.per, goal, quarter, 7, now=now)
    begins = {Phase.PREPARE: date(2026, 1, 1), Phase.CHANGE: date(2026, 7, 1), Phase.ANCHOR: date(2027, 7, 1)}
    phases = Phases(begins, date(2027, 12, 31))
    await municipality.save_phases(cast.per, phases, now=now)
    for viewer in (cast.mette, cast.nanna):
        seen = await goal_views.goals(viewer, "randers")
        assert ([(one.key, value) for one, value in seen.pursued[0].values], seen.phases) == ([("2026Q3", 6.0)], phases)
        with pytest.raises(NotFound):
            await goal_views.own(viewer)
    with pytest.raises(NotFound):
        await goal_views.goals(cast.odd, "randers")
    for wrong in (Goal("x", Measured.HEARD, "%", 60, 80, date(2027, 1, 1)),):
        with pytest.raises(Invalid):
            await goals.change(cast.per, goal, wrong, now=now)
    with pytest.raises(Invalid):
        await goals.end(cast.per, goal, "  ", now=now)
    for because in ("Nået før tid", " Nået før tid "):
        await goals.end(cast.per, goal, because, now=now)
    with pytest.raises(Stale, match="goal_ended"):
        await goals.end(cast.per, goal, "Et andet tryk", now=now)
    with pytest.raises(NotFound):
        await goals.enter(cast.per, goal, "2026Q4", 7, now=now)
    later = await goals.add(cast.per, Goal("Kortere ventetid", Measured.OWN, "dage", 30, 10, aim.due_on), now=now)
    await goals.end(cast.per, later, "Afløst", now=now + timedelta(days=1))
    assert (await goal_views.own(cast.per)).pursued == ()
    both, n = await goal_views.ended(cast.per, first=5)
    assert ([(one.goal_id, one.because) for one in both], n) == ([(later, "Afløst"), (goal, "Nået før tid")], 2)
    assert [value for _, value in both[1].values] == [6.0]
    assert [one.goal_id for one in (await goal_views.ended(cast.per, first=1, after=1))[0]] == [goal]
    assert await goal_views.ended(cast.odd, first=5) == ([], 0)
    for viewer in (cast.mette, cast.nanna):
        with pytest.raises(NotFound):
            await goal_views.ended(viewer, first=5)


async def test_the_trail_is_read_by_day_deed_and_colleague_page_by_page_without_a_name(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    for number in range(120):
        await add(TrailEntry(
            municipality_id=cast.randers, at=now + timedelta(seconds=number), actor="staff",
            actor_id=(cast.mette if number % 2 else cast.siri).staff_id, deed="thread.view", person_id=cast.amina,
        ))  # fmt: skip
    first = await trail_views.trail(cast.admin, deed="thread")
    second = await trail_views.trail(cast.admin, deed="thread", before=first.earlier)
    third = await trail_views.trail(cast.admin, deed="thread", before=second.earlier)
    assert ([len(page.entries) for page in (first, second, third)], first.later, third.earlier) == ([50, 50, 20], 0, 0)
    back = await trail_views.trail(cast.admin, deed="thread", after=second.later)
    assert back.entries == first.entries
    assert {(entry.who, entry.reference) for entry in first.entries} == {
        ("Mette Holm", "R-1001"), ("Siri Kjær", "R-1001"),
    }  # fmt: skip
    mette = await trail_views.trail(cast.admin, staff_id=cast.mette.staff_id, day=now.date())
    assert {entry.who for entry in mette.entries} == {"Mette Holm"}
    assert (await trail_views.trail(cast.admin, day=date(2020, 1, 1))).entries == ()
    for viewer in (cast.per, cast.mette, cast.nanna):
        with pytest.raises(NotFound):
            await trail_views.trail(viewer)


async def test_only_who_runs_the_municipality_decides_and_each_decision_leaves_a_trail(
    cast: Cast, now: datetime
) -> None:
    def all_of(viewer: object) -> list[Awaitable[object]]:
        return [
            municipality.save_contact(viewer, Contact("Randers Kommune", "89 15 15 16", "Laksetorvet 1"), now=now),  # type: ignore[arg-type]
            municipality.choose_telegram(viewer, "full", now=now),  # type: ignore[arg-type]
            municipality.save_thresholds(viewer, Thresholds.USUAL, "", now=now),  # type: ignore[arg-type]
            municipality.save_retention(viewer, {"people": 730, "updates": 30, "notices": 90}, now=now),  # type: ignore[arg-type]
            municipality.approve_texts(viewer, "f", now=now),  # type: ignore[arg-type]
        ]

    for viewer in (cast.per, cast.mette, cast.nanna):
        for refused in all_of(viewer):
            with pytest.raises(NotFound):
                await refused
    for done in all_of(cast.admin):
        await done
    deeds = [row.deed for row in await found(TrailEntry, "id", deed__startswith="municipality.")]
    assert deeds == [f"municipality.{what}" for what in ("contact", "telegram", "thresholds", "retention", "texts")]
    decided = await views.decided(cast.admin)
    assert (decided.phone, decided.address) == ("89 15 15 16", "Laksetorvet 1")
    assert (await views.decided(cast.odd)).phone == "59 66 66 66"
    with pytest.raises(Invalid):
        await municipality.choose_telegram(cast.admin, "", now=now)
