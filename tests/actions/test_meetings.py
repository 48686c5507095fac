"""Meetings: one for two clicks, told each time, reminded of once and within the cap, over by the clock, agreed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.actions import checkins, letters, meetings, messages
from models.actions.meetings import Content
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.letters import KINDS
from models.domain.meetings import MeetingState, Verdict
from models.domain.people import YoungPerson
from models.queries import meetings as views
from models.tables.checkins import CheckIn
from models.tables.meetings import Meeting, MeetingEvent
from models.tables.messages import Message
from models.tables.outbox import Letter
from models.transactions import HOUSE
from tests.actions.rows import count, deliver, found, one
from tests.cast import Cast

ABOUT = Content(about="Bolig", where="Rådhuset")
THURSDAY = datetime(2026, 11, 26, 14, tzinfo=UTC)
DAY_BEFORE = datetime(2026, 11, 25, 15, tzinfo=UTC)  # 16.00 in Copenhagen
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def made(cast: Cast, now: datetime, starts: datetime = THURSDAY) -> str:
    return await meetings.make(cast.mette, cast.amina, ABOUT, starts_at=starts, minutes=60, now=now)


async def moved(cast: Cast, meeting: str, starts: datetime, sequence: int, now: datetime) -> bool:
    return await meetings.change(cast.mette, meeting, ABOUT, starts_at=starts, minutes=60, sequence=sequence, now=now)


async def deeds() -> list[str]:
    return [event.deed for event in await found(MeetingEvent, "at")]


async def sent(kind: str = "") -> int:
    return len([row for row in await found(Letter) if row.state == "sent" and (not kind or row.kind == kind)])


async def test_two_clicks_are_one_meeting_and_every_change_is_told(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    meeting = await made(cast, now)
    assert await made(cast, now) == meeting
    assert await moved(cast, meeting, THURSDAY, 0, now) is False
    assert await moved(cast, meeting, THURSDAY + HOUR, 0, now) is True
    with pytest.raises(Stale):
        await moved(cast, meeting, THURSDAY, 0, now)
    await meetings.cancel(cast.mette, meeting, now=now)
    await meetings.cancel(cast.mette, meeting, now=now)
    assert await deliver(now) == ["meeting.told"] * 3
    assert sorted(await deeds()) == ["cancelled", "made", "moved"]
    assert (await one(Meeting)).sequence == 2


async def test_what_staff_do_about_a_meeting_is_told_beyond_the_weekly_cap(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    meeting = await made(cast, now)
    for n in range(1, 6):
        await moved(cast, meeting, THURSDAY + n * HOUR, n - 1, now)
    await deliver(now)
    assert await sent("meeting.told") == 6


async def test_a_reminder_comes_once_the_afternoon_before_and_again_for_another_time(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    meeting = await made(cast, now)
    ticks = [DAY_BEFORE - timedelta(seconds=1), DAY_BEFORE, DAY_BEFORE + HOUR, THURSDAY, THURSDAY + DAY]
    assert [await meetings.remind_due(HOUSE, now=at) for at in ticks[:3]] == [0, 1, 0]
    await moved(cast, meeting, THURSDAY + 7 * DAY, 0, DAY_BEFORE + HOUR)
    assert await meetings.remind_due(HOUSE, now=DAY_BEFORE + 7 * DAY) == 1
    assert await meetings.remind_due(HOUSE, now=THURSDAY + 8 * DAY) == 0


async def test_nobody_is_reminded_who_cannot_come_or_wants_no_reminders_or_too_late(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    first = await made(cast, now)
    await meetings.cannot(amina, first, sequence=0, now=now)
    assert await meetings.remind_due(HOUSE, now=DAY_BEFORE) == 0
    assert await meetings.can(amina, first, sequence=0, now=now) is True
    await meetings.choose_reminders(amina, on=False, now=now)
    assert await meetings.remind_due(HOUSE, now=DAY_BEFORE) == 0
    await meetings.choose_reminders(amina, on=True, now=now)
    await made(cast, now, THURSDAY + DAY)
    assert await meetings.remind_due(HOUSE, now=THURSDAY + DAY) == 0  # the clock stood still for a day
    assert await count(Letter, kind="meeting.reminder") == 0


async def test_a_reminder_keeps_its_place_in_the_weekly_cap_and_the_cap_is_never_exceeded(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await made(cast, now)

    async def prompt(key: str, at: datetime) -> None:
        await letters.post(amina, "checkin.invite", person_id=amina.person_id, key=key, about="", now=at)

    for n in range(3):  # the meeting is within a week of them: two go, the third waits
        await prompt(f"p{n}", DAY_BEFORE - 3 * DAY)
    await deliver(DAY_BEFORE - 3 * DAY)
    assert await sent("checkin.invite") == 2
    assert await meetings.remind_due(HOUSE, now=DAY_BEFORE) == 1
    await deliver(DAY_BEFORE)
    assert await sent("meeting.reminder") == 1
    starts = [row for row in await found(Letter) if row.state == "sent" and KINDS[row.kind].starts]
    assert len(starts) == 3
    assert [row.reason for row in await found(Letter, kind="checkin.invite", state="waiting")] == ["quiet"]


async def test_a_reminder_is_bound_by_the_cap_as_everything_the_bot_starts(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    for n in range(3):
        await letters.post(
            amina, "checkin.invite", person_id=amina.person_id, key=f"p{n}", about="", now=DAY_BEFORE - 2 * DAY
        )
    await deliver(DAY_BEFORE - 2 * DAY)
    await made(cast, DAY_BEFORE - DAY)
    assert await meetings.remind_due(HOUSE, now=DAY_BEFORE) == 1
    await deliver(DAY_BEFORE)
    assert await sent("meeting.reminder") == 0
    await deliver(THURSDAY + DAY)
    assert [row.state for row in await found(Letter, kind="meeting.reminder")] == ["waiting"]


async def test_i_cannot_is_said_once_for_each_time_and_only_about_the_time_on_the_screen(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    meeting = await made(cast, now)
    assert await meetings.cannot(amina, meeting, sequence=0, now=now) != ""
    assert await meetings.cannot(amina, meeting, sequence=0, now=now) == ""
    await moved(cast, meeting, THURSDAY + HOUR, 0, now)
    assert (await one(Meeting)).cannot_at is None
    with pytest.raises(Stale, match=r"meeting\.changed"):
        await meetings.cannot(amina, meeting, sequence=0, now=now)
    with pytest.raises(Stale, match=r"meeting\.over"):
        await meetings.cannot(amina, meeting, sequence=1, now=THURSDAY + HOUR)
    with pytest.raises(Stale, match=r"meeting\.over"):
        await meetings.prepare(amina, meeting, "Min søster", now=THURSDAY + HOUR)


async def test_settling_stops_the_clock_of_what_was_asked_and_of_nothing_else(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    meeting = await made(cast, now)
    step = await meetings.cannot(amina, meeting, sequence=0, now=now)
    asked = await messages.receive(amina, "Kan ikke", source_key="a", now=now, kind="meeting", receipt=False)
    await meetings.carry(amina, meeting, step, asked.message_id)
    await messages.receive(amina, "Hvornår ringer du?", source_key="b", now=now)
    waiting = await views.waiting(cast.mette, meeting)
    assert waiting == [asked.message_id]
    assert await messages.settle(cast.mette, waiting, now=now) == 1
    assert await messages.settle(cast.mette, waiting, now=now) == 0
    assert [row.answered_at is None for row in await found(Message, "position")] == [False, True]
    assert [row.read_at is None for row in await found(Message, "position")] == [False, True]


async def unwritten(cast: Cast, now: datetime) -> list[views.MeetingLine]:
    return (await views.waiting_now(cast.mette, now=now, until=now + DAY))[1]


async def test_the_clock_ends_meetings_and_those_held_wait_for_a_word_about_them(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    held, missed = await made(cast, now), await made(cast, now, THURSDAY + 2 * HOUR)
    gone = await made(cast, now, THURSDAY + 4 * HOUR)
    await meetings.cannot(amina, missed, sequence=0, now=now)
    await meetings.cancel(cast.mette, gone, now=now)
    ends = THURSDAY + HOUR
    assert await meetings.end_due(HOUSE, now=ends - timedelta(seconds=1)) == 0
    assert await meetings.end_due(HOUSE, now=ends + DAY) == 2
    assert await meetings.end_due(HOUSE, now=ends + DAY) == 0
    assert [line.meeting_id for line in await unwritten(cast, ends + DAY)] == [held]
    await meetings.correct(cast.mette, held, MeetingState.MISSED, now=ends + DAY)
    assert await unwritten(cast, ends + DAY) == []


@pytest.mark.parametrize("clock_ended_it", [True, False])
async def test_a_meeting_that_was_held_has_one_pulse_and_none_of_the_others_has_any(
    amina: YoungPerson, cast: Cast, now: datetime, clock_ended_it: bool
) -> None:
    held, missed, gone, unheld = [await made(cast, now, THURSDAY - n * timedelta(minutes=1)) for n in range(4)]
    await meetings.cannot(amina, missed, sequence=0, now=now)
    await meetings.cancel(cast.mette, gone, now=now)
    ends = THURSDAY + HOUR
    await meetings.correct(cast.mette, unheld, MeetingState.MISSED, now=ends)
    if clock_ended_it:
        assert await meetings.end_due(HOUSE, now=ends) == 2
    ticks = [await checkins.plan_pulses(HOUSE, now=ends + timedelta(minutes=minutes)) for minutes in (59, 60, 90)]
    assert ticks == [0, 1, 0]
    assert [(row.about, row.event, row.state) for row in await found(CheckIn)] == [(held, "meeting", "due")]


async def test_a_meeting_of_yesterday_is_too_old_to_be_asked_about(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await made(cast, now)
    assert await checkins.plan_pulses(HOUSE, now=THURSDAY + HOUR + DAY) == 0


async def test_what_was_agreed_is_answered_in_the_wording_that_stands(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    meeting = await made(cast, now)
    with pytest.raises(Stale):
        await meetings.agree(cast.mette, meeting, "Vi ringer", version=0, now=now)
    with pytest.raises(Invalid):
        await meetings.agree(cast.mette, meeting, "  ", version=0, now=THURSDAY)
    for _ in range(2):
        await meetings.agree(cast.mette, meeting, "Vi ringer", version=0, now=THURSDAY)
    assert await meetings.answer_agreed(amina, meeting, Verdict.NOT_QUITE, version=1, now=THURSDAY) is True
    with pytest.raises(Stale):
        await meetings.agree(cast.per, meeting, "Vi skriver", version=0, now=THURSDAY)
    await meetings.agree(cast.per, meeting, "Vi skriver", version=1, now=THURSDAY)
    with pytest.raises(Stale):
        await meetings.answer_agreed(amina, meeting, Verdict.RIGHT, version=1, now=THURSDAY)
    assert await meetings.answer_agreed(amina, meeting, Verdict.RIGHT, version=2, now=THURSDAY) is True
    assert await meetings.answer_agreed(amina, meeting, Verdict.RIGHT, version=2, now=THURSDAY) is False
    assert (await one(Meeting)).verdict == "right"
    assert await count(Letter, kind="meeting.agreed") == 2


async def test_a_meeting_belongs_to_its_own_people(
    amina: YoungPerson, jonas: YoungPerson, cast: Cast, now: datetime
) -> None:
    meeting = await made(cast, now)
    for viewer in (cast.odd, cast.siri):
        with pytest.raises(NotFound):
            await meetings.cancel(viewer, meeting, now=now)
        with pytest.raises(NotFound):
            await views.meeting(viewer, meeting, now=now)
    with pytest.raises(NotFound):
        await meetings.cannot(jonas, meeting, sequence=0, now=now)
    with pytest.raises(NotAllowed):
        await meetings.cancel(cast.admin, meeting, now=now)
