"""Check-ins by the clock: once a round whatever was missed, once a period for the figure, and held back in need."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.actions import alerts, checkins, checkins_planned, consent, letters, messages
from models.domain.alerts import Reason
from models.domain.consent import Purpose
from models.domain.instruments import instrument
from models.domain.people import YoungPerson
from models.domain.rhythm import Rhythm as Beat
from models.domain.rhythm import next_due
from models.tables.alerts import Alert
from models.tables.checkins import CheckIn, Rhythm
from models.tables.figures import PeriodPlan
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE, Scope
from tests.actions.rows import add, change, count, deliver, found, one
from tests.cast import Cast, link

DAY = timedelta(days=1)
#: The first Wednesday at four in Copenhagen.
FIRST = datetime(2026, 11, 18, 15, tzinfo=UTC)
HEARD = [item.key for item in instrument("hoert5").items]


async def plan(municipality_id: str, kind: str = "quarter", year: int = 2026) -> None:
    await add(PeriodPlan(municipality_id=municipality_id, year=year, kind=kind, population=100))


async def asked() -> list[tuple[str, str]]:
    return [(row.instrument, row.period) for row in await found(CheckIn, "due_at", "id")]


# --- rhythms --------------------------------------------------------------------------------------------------------


async def test_a_rhythm_begins_on_its_first_wednesday_and_comes_every_fourth(amina: YoungPerson) -> None:
    made = [await checkins.plan_due(HOUSE, now=FIRST + timedelta(seconds=n)) for n in (-1, 0, 1)]
    assert made == [0, 1, 0]
    assert (await one(Rhythm)).next_due_at == FIRST + 28 * DAY
    assert await checkins.plan_due(HOUSE, now=FIRST + 28 * DAY) == 1
    assert await asked() == [("who5", "2026-11-18"), ("who5", "2026-12-16")]


async def test_after_three_months_down_the_last_round_is_asked_once(amina: YoungPerson) -> None:
    up = FIRST + 84 * DAY + timedelta(hours=4)
    assert [await checkins.plan_due(HOUSE, now=up) for _ in range(3)] == [1, 0, 0]
    assert await checkins.ask_due(HOUSE, now=up) == 1
    assert await asked() == [("who5", "2027-02-10")]
    assert (await one(Rhythm)).next_due_at == FIRST + 112 * DAY


async def test_a_round_missed_by_more_than_its_time_is_not_asked_late(amina: YoungPerson) -> None:
    up = FIRST + 10 * DAY
    await checkins.plan_due(HOUSE, now=up)
    assert await checkins.ask_due(HOUSE, now=up) == 0
    await checkins.expire_due(HOUSE, now=up)
    assert [row.state for row in await found(CheckIn)] == ["expired"]
    assert await count(Letter) == 0


@pytest.mark.parametrize(
    ("anchor", "hour"), [(date(2026, 10, 18), 2), (date(2027, 3, 14), 2), (date(2026, 10, 11), 16)]
)
async def test_a_rhythm_keeps_its_wall_time_over_both_changes_of_clocks(
    amina: YoungPerson, anchor: date, hour: int
) -> None:
    first = next_due(Beat(2, 6, time(hour)), datetime(2026, 10, 1, tzinfo=UTC), anchor)
    await change(Rhythm, {}, weeks=2, weekday=6, hour=hour, anchor=anchor, next_due_at=first)
    for _ in range(4):
        now = (await one(Rhythm)).next_due_at
        assert await checkins.plan_due(HOUSE, now=now) == 1
        await change(CheckIn, {"state": "due"}, state="expired")
    local = [row.due_at.astimezone(ZoneInfo("Europe/Copenhagen")) for row in await found(CheckIn, "due_at")]
    assert len({at.date() for at in local}) == 4
    spring = date(2027, 3, 28)
    assert [at.hour for at in local] == [3 if at.date() == spring and hour == 2 else hour for at in local]


async def test_only_who_said_yes_is_linked_here_and_has_not_stopped_is_asked(
    amina: YoungPerson, jonas: YoungPerson, cast: Cast, now: datetime
) -> None:
    leila = await link(Scope(cast.randers), cast.leila, 4, now=now)
    await consent.choose_purpose(amina, Purpose.CHECKINS, on=False, now=now)
    await consent.stop(jonas, now=now)
    await consent.blocked(leila, now=now)
    assert await checkins.plan_due(HOUSE, now=FIRST) == 0
    await consent.seen(leila, now=now)
    assert await checkins.plan_due(HOUSE, now=FIRST + 28 * DAY) == 1


async def test_who_answered_by_themselves_is_not_asked_the_same_within_its_days(
    amina: YoungPerson, now: datetime
) -> None:
    row = await checkins.begin(amina, "who5", now=now)
    for item in instrument("who5").items:
        await checkins.answer(amina, row, item.key, 4, now=now)
    assert await checkins.plan_due(HOUSE, now=FIRST) == 0
    assert await checkins.plan_due(HOUSE, now=FIRST + 28 * DAY) == 1


async def test_a_rhythm_of_two_weeks_answered_two_days_late_is_asked_again_in_time(
    amina: YoungPerson, now: datetime
) -> None:
    await change(Rhythm, {}, weeks=2)
    assert await checkins.plan_due(HOUSE, now=FIRST) == 1
    row = await one(CheckIn)
    for item in instrument("who5").items:
        await checkins.answer(amina, row.id, item.key, 4, now=FIRST + 2 * DAY)
    assert await checkins.plan_due(HOUSE, now=FIRST + 14 * DAY) == 1


# --- the question of the figure -------------------------------------------------------------------------------------


async def test_hoert5_is_planned_once_a_period_in_its_window_for_who_said_yes(
    amina: YoungPerson, jonas: YoungPerson, astrid: YoungPerson, cast: Cast, now: datetime
) -> None:
    await plan(cast.randers)
    await link(Scope(cast.randers), cast.leila, 4, now=now, purposes=["messages"])
    before = datetime(2026, 10, 14, 21, tzinfo=UTC)  # 23:00, a day before the window opens
    assert await checkins.plan_heard(HOUSE, now=before) == 0
    assert await checkins.plan_heard(HOUSE, now=before + timedelta(hours=1)) == 2
    assert await checkins.plan_heard(HOUSE, now=now) == 0
    assert {(row.person_id, row.period, row.asked_by) for row in await found(CheckIn)} == {
        (cast.amina, "2026Q4", "clock"), (cast.jonas, "2026Q4", "clock"),
    }  # fmt: skip
    assert {row.due_at for row in await found(CheckIn)} == {datetime(2026, 10, 15, 14, tzinfo=UTC)}
    assert {row.expires_at for row in await found(CheckIn)} == {datetime(2026, 12, 31, 23, tzinfo=UTC)}


async def test_who_joins_in_the_window_is_asked_then_and_who_was_asked_is_not_asked_again(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await plan(cast.randers)
    assert await checkins.plan_heard(HOUSE, now=now) == 1
    await change(CheckIn, {}, state="stopped")
    await link(Scope(cast.randers), cast.jonas, 2, now=now)
    assert await checkins.plan_heard(HOUSE, now=now + 20 * DAY) == 1
    assert (await one(CheckIn, person_id=cast.jonas)).due_at == now + 20 * DAY


@pytest.mark.parametrize("kind", ["none", "half", "year"])
async def test_the_period_is_the_one_the_municipality_has_that_year(
    amina: YoungPerson, cast: Cast, now: datetime, kind: str
) -> None:
    await plan(cast.randers, kind)
    assert await checkins.plan_heard(HOUSE, now=now) == (0 if kind == "none" else 1)
    assert [row.period for row in await found(CheckIn)] == {"none": [], "half": ["2026H2"], "year": ["2026"]}[kind]


async def test_asked_by_staff_does_not_stand_in_for_the_clocks_question(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await plan(cast.randers)
    await checkins.ask_now(cast.mette, cast.amina, "hoert5", now=now)
    assert await checkins.plan_heard(HOUSE, now=now) == 1
    assert sorted(row.asked_by for row in await found(CheckIn)) == ["clock", "staff"]
    assert await checkins.ask_due(HOUSE, now=now) == 1


async def test_without_a_plan_for_the_year_nobody_is_asked(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await plan(cast.randers, year=2025)
    assert await checkins.plan_heard(HOUSE, now=now) == 0


# --- asking, holding back, reminding --------------------------------------------------------------------------------


async def test_a_due_question_is_asked_once_and_reminded_of_once(amina: YoungPerson) -> None:
    await checkins.plan_due(HOUSE, now=FIRST)
    assert [await checkins.ask_due(HOUSE, now=FIRST) for _ in range(2)] == [1, 0]
    assert await deliver(FIRST) == ["checkin.invite"]
    hours = (23, 24, 25, 49)
    assert [await checkins.remind_due(HOUSE, now=FIRST + timedelta(hours=n)) for n in hours] == [0, 1, 0, 0]


async def test_what_was_opened_or_expired_is_not_reminded_of(amina: YoungPerson, jonas: YoungPerson) -> None:
    await checkins.plan_due(HOUSE, now=FIRST)
    await checkins.ask_due(HOUSE, now=FIRST)
    await checkins.begin(amina, "who5", now=FIRST)
    await change(CheckIn, {"person_id": jonas.person_id}, expires_at=FIRST + timedelta(hours=20))
    assert await checkins.remind_due(HOUSE, now=FIRST + DAY) == 0


async def test_a_full_page_of_people_already_reminded_keeps_nobody_from_their_reminder(
    amina: YoungPerson, jonas: YoungPerson, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkins_planned, "_PAGE", 1)
    await plan(cast.randers)
    await checkins.plan_heard(HOUSE, now=now)
    for _ in range(2):
        assert await checkins.ask_due(HOUSE, now=now) == 1
    assert [await checkins.remind_due(HOUSE, now=now + DAY) for _ in range(3)] == [1, 1, 0]
    assert {letter.person_id for letter in await found(Letter, kind="checkin.reminder")} == {cast.amina, cast.jonas}


async def test_questions_held_back_keep_nobody_elses_back(
    amina: YoungPerson, jonas: YoungPerson, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await plan(cast.randers)
    await checkins.plan_heard(HOUSE, now=now)
    await change(CheckIn, {"person_id": cast.amina}, due_at=now - DAY)
    await messages.receive(amina, "Hvornår?", source_key="k", now=now)
    monkeypatch.setattr(checkins_planned, "_PAGE", 1)
    assert await checkins.ask_due(HOUSE, now=now) == 1
    assert (await one(CheckIn, state="asked")).person_id == cast.jonas


async def test_an_unanswered_message_holds_a_question_for_two_days(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await plan(cast.randers)
    await checkins.plan_heard(HOUSE, now=now)
    await messages.receive(amina, "Hvornår?", source_key="k", now=now)
    hours = (0, 47, 48)
    assert [await checkins.ask_due(HOUSE, now=now + timedelta(hours=n)) for n in hours] == [0, 0, 1]


async def test_an_answer_lets_the_question_go(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await plan(cast.randers)
    await checkins.plan_heard(HOUSE, now=now)
    await messages.receive(amina, "Hvornår?", source_key="k", now=now)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await messages.reply(cast.mette, thread, "Nu", version=1, key="r", now=now)
    assert await checkins.ask_due(HOUSE, now=now) == 1


async def test_an_open_alert_holds_a_question_until_somebody_has_taken_it(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await plan(cast.randers)
    await checkins.plan_heard(HOUSE, now=now)
    await alerts.raise_alert(Scope(cast.randers), cast.amina, Reason.CRISIS_WORDS, about="x", now=now)
    assert await checkins.ask_due(HOUSE, now=now) == 0
    await alerts.acknowledge(cast.mette, (await one(Alert)).id, now=now)
    assert await checkins.ask_due(HOUSE, now=now) == 1


async def test_hoert5_is_held_seven_days_at_most_and_the_others_as_long_as_it_lasts(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await plan(cast.randers)
    await checkins.plan_heard(HOUSE, now=now)
    await checkins.ask_now(cast.mette, cast.amina, "life_now", now=now)
    await change(CheckIn, {"instrument": "life_now"}, expires_at=now + 20 * DAY)
    for day in range(8):
        at = now + day * DAY
        await messages.receive(amina, "Hvornår?", source_key=f"k{day}", now=at)
        thread = await messages.open_thread(cast.mette, cast.amina, now=at)
        assert await checkins.ask_due(HOUSE, now=at) == (1 if day == 7 else 0)
        await messages.note(cast.mette, thread, "ringet", now=at, contact=True)
    assert (await one(CheckIn, instrument="hoert5")).state == "asked"
    assert (await one(CheckIn, instrument="life_now")).state == "due"


async def test_a_question_nobody_answered_expires_and_its_period_is_not_asked_again(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await plan(cast.randers)
    await checkins.plan_heard(HOUSE, now=now)
    end = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert await checkins.expire_due(HOUSE, now=end - timedelta(seconds=1)) == 0
    assert await checkins.plan_heard(HOUSE, now=end - timedelta(seconds=1)) == 0
    assert await checkins.expire_due(HOUSE, now=end) == 1
    assert [(row.state, row.closed_at) for row in await found(CheckIn)] == [("expired", end)]
    assert await checkins.expire_due(HOUSE, now=end) == 0
    assert await checkins.ask_due(HOUSE, now=end) == 0


async def test_who_left_the_register_is_asked_nothing(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    await plan(cast.randers)
    await change(Person, {"id": cast.amina}, left_on=date(2026, 11, 1))
    assert (await checkins.plan_heard(HOUSE, now=now), await checkins.plan_due(HOUSE, now=FIRST)) == (0, 0)


# --- a question has its hour, and goes stale ------------------------------------------------------------------------


async def test_a_question_that_did_not_get_through_in_the_evening_does_not_arrive_next_morning(
    amina: YoungPerson,
) -> None:
    await checkins.plan_due(HOUSE, now=FIRST)
    assert await checkins.ask_due(HOUSE, now=FIRST) == 1
    assert (await one(Letter)).not_after == datetime(2026, 11, 18, 20, tzinfo=UTC)  # nine in the evening
    morning = FIRST + timedelta(hours=17)
    assert await deliver(morning) == []
    await checkins.ask_due(HOUSE, now=morning)
    assert [(row.state, row.reason) for row in await found(Letter)] == [("cancelled", "expired")]
    assert [row.state for row in await found(CheckIn)] == ["expired"]
    await checkins.remind_due(HOUSE, now=morning + 2 * DAY)
    assert await count(Letter) == 1


async def test_the_figures_question_that_went_stale_comes_again_at_its_hour_the_next_day(amina: YoungPerson) -> None:
    await add(
        CheckIn(
            municipality_id=amina.municipality_id, person_id=amina.person_id, instrument="hoert5", version=1,
            period="2026Q4", asked_by="clock", state="due", due_at=FIRST, expires_at=FIRST + 20 * DAY,
        )
    )  # fmt: skip
    await checkins.ask_due(HOUSE, now=FIRST)
    assert await deliver(FIRST + timedelta(hours=17)) == []
    asked_at = [await checkins.ask_due(HOUSE, now=FIRST + timedelta(hours=hours)) for hours in (17, 23, 24)]
    assert asked_at == [0, 0, 1]
    assert await deliver(FIRST + DAY) == ["checkin.invite"]


async def test_what_a_conversation_held_back_is_asked_at_its_hour_on_a_later_day(
    amina: YoungPerson, now: datetime
) -> None:
    await messages.receive(amina, "Er du der?", source_key="a", now=FIRST - timedelta(hours=1))
    await deliver(FIRST - timedelta(hours=1))
    await checkins.plan_due(HOUSE, now=FIRST)
    hours = (0, 40, 47, 48, 60, 66, 72)  # the message holds it to three o'clock on Friday
    asked_at = [await checkins.ask_due(HOUSE, now=FIRST + timedelta(hours=each)) for each in hours]
    assert asked_at == [0, 0, 0, 1, 0, 0, 0]
    assert await deliver(FIRST + timedelta(hours=48)) == ["checkin.invite"]


async def test_no_reminder_while_a_human_has_the_word_nor_of_a_pulse(amina: YoungPerson, cast: Cast) -> None:
    await checkins.pulse_after(Scope(cast.randers), cast.amina, "e", now=FIRST, event="meeting")
    await checkins.ask_due(HOUSE, now=FIRST)
    assert await deliver(FIRST) == ["pulse.invite"]
    assert await checkins.remind_due(HOUSE, now=FIRST + timedelta(hours=25)) == 0
    await checkins.expire_due(HOUSE, now=FIRST + 3 * DAY)
    await checkins.ask_now(cast.mette, cast.amina, "tils", now=FIRST + 3 * DAY)
    await checkins.ask_due(HOUSE, now=FIRST + 3 * DAY)
    await messages.receive(amina, "Er du der?", source_key="a", now=FIRST + 4 * DAY)
    assert await checkins.remind_due(HOUSE, now=FIRST + 4 * DAY + timedelta(hours=1)) == 0


async def test_whoever_has_had_three_this_week_is_asked_when_there_is_room_again(amina: YoungPerson) -> None:
    for number in range(3):
        key = f"k{number}"
        await letters.post(amina, "offer.new", person_id=amina.person_id, key=key, now=FIRST - 4 * DAY)
    assert await deliver(FIRST - 4 * DAY) == ["offer.new"] * 3
    await checkins.plan_due(HOUSE, now=FIRST)
    asked_at = [await checkins.ask_due(HOUSE, now=FIRST + each * DAY) for each in (0, 1, 2, 3)]
    assert asked_at == [0, 0, 0, 1]
