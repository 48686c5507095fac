"""The plan: goals that come back on their day, progress that keeps what was said, people asked again as agreed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from models.actions import messages, messages_calls, offers, progress
from models.actions.offers import Content
from models.actions.progress import Aim
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.localtime import local_date
from models.domain.offers import Answer
from models.domain.people import YoungPerson
from models.domain.progress import Area, Course, GoalState, Wave, Way
from models.domain.staff import Viewer
from models.queries import progress as views
from models.queries import register, timeline
from models.queries import today as desk
from models.queries.register import Show
from models.tables.progress import Contact, PlanGoal, Progress
from models.tables.register import Person
from tests.actions.rows import change, count
from tests.cast import Cast


async def test_a_goal_comes_back_on_its_day_until_it_is_reached(cast: Cast, now: datetime) -> None:
    today, soon = local_date(now), local_date(now) + timedelta(days=14)
    goal = await progress.set_goal(cast.mette, cast.amina, Aim("Egen bolig", "home", soon), now=now)
    for again in (Aim(" Egen bolig "), Aim("Egen bolig", "home", soon)):
        assert await progress.set_goal(cast.mette, cast.amina, again, now=now) == goal
    for other in (Aim("Egen bolig", "work", soon), Aim("Egen bolig", "home", soon + timedelta(days=1))):
        with pytest.raises(Invalid, match="goal_there"):
            await progress.set_goal(cast.mette, cast.amina, other, now=now)
    assert await views.due(cast.mette, now=now) == []
    later = now + timedelta(days=14)
    assert [(one.kind, one.name, one.words, one.on) for one in (await desk.today(cast.mette, now=later)).due] == [
        ("goal", "Amina Yusuf", "Egen bolig", soon)
    ]
    assert await views.due(cast.siri, now=later) == []
    assert await views.due(cast.odd, now=later) == []
    await progress.look_at_goal(
        cast.per, goal, "Skrevet op", state=GoalState.OPEN, follow_up_on=soon + timedelta(days=7), now=later
    )
    assert await views.due(cast.mette, now=later) == []
    await progress.look_at_goal(cast.mette, goal, "", state=GoalState.REACHED, follow_up_on=None, now=later)
    line = (await views.plan(cast.mette, cast.amina)).goals[0]
    assert (line.state, line.standing, line.who, line.follow_up_on) == (
        GoalState.REACHED, "Skrevet op", "Mette Holm", None,
    )  # fmt: skip
    for state in (GoalState.OPEN, GoalState.DROPPED):
        with pytest.raises(Stale):
            await progress.look_at_goal(cast.mette, goal, "", state=state, follow_up_on=None, now=later)
    for aim, code in ((Aim(" "), "goal_empty"), (Aim("x" * 401), "plan_goal_too_long"), (Aim("x", "moon"), "goal_area"),
                      (Aim("x", "", today - timedelta(days=1)), "follow_up_past")):  # fmt: skip
        with pytest.raises(Invalid, match=code):
            await progress.set_goal(cast.mette, cast.amina, aim, now=now)
    assert await count(PlanGoal) == 1


async def test_progress_keeps_what_was_said_and_says_how_it_went(cast: Cast, now: datetime) -> None:
    start = {Area.HOME: "temporary", Area.WORK: "none"}
    assert await progress.set_progress(cast.mette, cast.amina, Wave.START, start, now=now) == 2
    assert await progress.set_progress(cast.mette, cast.amina, Wave.START, start, now=now) == 0
    later = now + timedelta(days=90)
    assert await progress.set_progress(cast.per, cast.amina, Wave.STATUS, {Area.HOME: "own"}, now=later) == 1
    after = later + timedelta(days=1)
    assert await progress.set_progress(cast.per, cast.amina, Wave.STATUS, {Area.HOME: "unsafe"}, now=after) == 1
    areas = {one.area: one for one in (await views.plan(cast.mette, cast.amina)).areas}
    assert [one.area for one in (await views.plan(cast.mette, cast.amina)).areas] == list(Area)
    home = areas[Area.HOME]
    assert (home.said[Wave.START].code, home.said[Wave.STATUS].code, home.said[Wave.STATUS].who, home.course) == (
        "temporary", "unsafe", "Per Lund", Course.WORSE,
    )  # fmt: skip
    assert (areas[Area.WORK].course, areas[Area.CRIME].said) == (None, {})
    assert await count(Progress) == 4
    with pytest.raises(Invalid):
        await progress.set_progress(cast.mette, cast.amina, Wave.END, {Area.WORK: "own"}, now=now)


async def test_who_said_no_is_asked_again_on_the_day_that_was_agreed(cast: Cast, now: datetime) -> None:
    today = local_date(now)
    asked = await progress.agree_follow_up(cast.mette, cast.amina, today, "Mentor", now=now)
    assert await progress.agree_follow_up(cast.mette, cast.amina, today, "", now=now) == asked
    assert [(one.kind, one.words) for one in await views.due(cast.mette, now=now)] == [("follow_up", "Mentor")]
    assert await views.next_follow_ups(cast.mette, [cast.amina, cast.leila]) == {cast.amina: today}
    # What else is to be asked on that day is not lost.
    also = await progress.agree_follow_up(cast.per, cast.amina, today, "Bolig", now=now)
    assert await progress.agree_follow_up(cast.per, cast.amina, today, "Bolig", now=now) == also
    assert sorted(one.words for one in await views.due(cast.mette, now=now)) == ["Bolig", "Mentor"]
    await progress.followed_up(cast.mette, also, "Ikke nu", now=now)
    with pytest.raises(Invalid, match="follow_up_empty"):
        await progress.followed_up(cast.mette, asked, " ", now=now)
    for by in (cast.mette, cast.per):
        await progress.followed_up(by, asked, "Vil gerne nu", now=now)
    with pytest.raises(Stale, match="follow_up_done"):
        await progress.followed_up(cast.per, asked, "Noget andet", now=now)
    line = next(one for one in (await views.plan(cast.mette, cast.amina)).follow_ups if one.follow_up_id == asked)
    assert (line.note, line.done, line.done_by, line.done_at) == ("Mentor", "Vil gerne nu", "Mette Holm", now)
    assert await views.due(cast.mette, now=now) == []


async def test_who_said_no_in_the_chat_is_among_those_to_ask_again(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    async def said_no(viewer: Viewer) -> list[tuple[str, date | None]]:
        found = await register.people(viewer, Show.DECLINED, now=now)
        return [(one.name, one.follow_up) for one in found.people]

    offer = await offers.draft(cast.mette, cast.amina, "mentor", Content(title="Mentor"), now=now)
    await offers.publish(cast.mette, offer, now=now)
    assert await said_no(cast.mette) == []
    await offers.answer(amina, offer, Answer.NO, now=now)
    for viewer in (cast.mette, cast.per):
        assert await said_no(viewer) == [("Amina Yusuf", None)]
        assert (await register.people(viewer, Show.ALL, now=now)).no_day == 1
    assert await said_no(cast.siri) == await said_no(cast.odd) == []
    day = local_date(now) + timedelta(days=90)
    await progress.agree_follow_up(cast.mette, cast.amina, day, "", now=now)
    assert await said_no(cast.mette) == [("Amina Yusuf", day)]
    # With whom no day is agreed comes first.
    await change(Person, {"id": cast.leila}, aftercare="declined")
    assert await said_no(cast.per) == [("Leila Haddad", None), ("Amina Yusuf", day)]
    await change(Person, {"id": cast.leila}, aftercare="no")
    # Taken back until midnight, it was no "no".
    await offers.answer(amina, offer, Answer.REGRET, now=now)
    assert await said_no(cast.mette) == []
    # Who said yes to one thing and no to another said yes.
    other = await offers.draft(cast.mette, cast.amina, "home", Content(title="Bolig"), now=now)
    await offers.publish(cast.mette, other, now=now)
    await offers.answer(amina, other, Answer.YES, now=now)
    await offers.answer(amina, offer, Answer.NO, now=now)
    assert await said_no(cast.mette) == []


async def test_a_contact_stands_on_the_day_it_was(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    before = local_date(now) - timedelta(days=3)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    note = await messages.note(cast.mette, thread, "Besøg hjemme", now=now)
    for _ in range(2):
        await progress.describe_contact(cast.mette, cast.amina, note, Way.VISIT, before, now=now)
    called = await messages.note(cast.mette, thread, "Ringede", now=now, contact=True)
    found = await timeline.contacts(cast.mette, cast.amina)
    assert [(one.what, local_date(one.at), one.words, one.with_time) for one in found] == [
        ("visit", before, "Besøg hjemme", False), ("contact", local_date(now), "Ringede", True),
    ]  # fmt: skip
    assert await count(Contact) == 1
    with pytest.raises(NotFound):
        await progress.describe_contact(cast.mette, cast.leila, called, Way.PHONE, before, now=now)


async def test_the_latest_contacts_are_kept_and_a_call_nobody_answered_is_one(
    amina: YoungPerson, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.queries.timeline.LONGEST", 2)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    for hour, words in enumerate(("Besøg", "Ringede")):
        await messages.note(cast.mette, thread, words, now=now + timedelta(hours=hour), contact=True)
    await messages_calls.missed(cast.mette, thread, "Ingen svarede", key="k", now=now + timedelta(hours=2))
    found = await timeline.contacts(cast.mette, cast.amina)
    assert [(one.what, one.words) for one in found] == [("contact", "Ringede"), ("missed", "Ingen svarede")]


async def test_each_day_of_talk_is_one_line_without_its_words(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    assert await timeline.talks(cast.mette, cast.amina) == []
    before = now - timedelta(days=400)
    first = await messages.receive(amina, "Hej", source_key="webchat:1", now=before)
    await messages.receive(amina, "Er du der?", source_key="webchat:2", now=before + timedelta(minutes=1))
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await messages.note(cast.per, thread, "Husk at ringe", now=before + timedelta(minutes=2))
    await messages.note(cast.mette, thread, "Ringede", now=before + timedelta(minutes=3), contact=True)
    await messages.reply(cast.mette, thread, "Ja", version=None, key="k", now=now)
    found = await timeline.talks(cast.mette, cast.amina)
    assert [(one.at, one.theirs, one.ours, one.notes, one.who) for one in found] == [
        (before + timedelta(minutes=2), 2, 0, 1, ("Per Lund",)), (now, 0, 1, 0, ("Mette Holm",)),
    ]  # fmt: skip
    assert (found[0].message_id, found[0].position) == (first.message_id, 1)
    with pytest.raises(NotFound):
        await timeline.talks(cast.siri, cast.amina)


async def test_the_timeline_has_goals_progress_and_follow_up(cast: Cast, now: datetime) -> None:
    goal = await progress.set_goal(cast.mette, cast.amina, Aim("Bolig"), now=now)
    await progress.look_at_goal(cast.mette, goal, "", state=GoalState.REACHED, follow_up_on=None, now=now)
    await progress.set_progress(cast.mette, cast.amina, Wave.START, {Area.HOME: "own", Area.WORK: "none"}, now=now)
    asked = await progress.agree_follow_up(cast.mette, cast.amina, local_date(now), "", now=now)
    await progress.followed_up(cast.mette, asked, "ja", now=now)
    assert sorted((one.kind, one.what) for one in await timeline.happenings(cast.mette, cast.amina)) == [
        ("follow_up", "agreed"), ("follow_up", "done"), ("goal", "reached"), ("goal", "set"), ("progress", "start"),
    ]  # fmt: skip
