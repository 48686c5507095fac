"""What a person decides about their check-ins: corrected, taken back, never again, shown and hidden, their rhythm."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from models.actions import checkins, offers
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.instruments import SKIP, instrument
from models.domain.offers import Answer as Given
from models.domain.people import YoungPerson
from models.queries import conversation_checkins as views
from models.tables.alerts import Alert
from models.tables.audit import TrailEntry
from models.tables.checkins import Answer, CheckIn, Measured, NotAsked, Rhythm
from models.tables.figures import PeriodPlan
from models.tables.keys import municipality_vault
from models.tables.outbox import Letter
from models.tables.register import Person
from models.transactions import HOUSE, Scope, reading
from tests.actions.rows import add, change, count, deliver, found, one
from tests.cast import Cast, link

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HEARD = [item.key for item in instrument("hoert5").items]
WHO5 = [item.key for item in instrument("who5").items]


async def heard(person: YoungPerson, now: datetime, codes: int = 4) -> str:
    """Hørt-5 as the clock asks it, answered."""
    row = await add(
        CheckIn(
            municipality_id=person.municipality_id, person_id=person.person_id, instrument="hoert5", version=1,
            period="2026Q4", asked_by="clock", state="due", due_at=now, expires_at=now + 10 * DAY,
        )
    )  # fmt: skip
    for item in HEARD:
        await checkins.answer(person, row.id, item, codes, now=now)
    return row.id


async def who5(person: YoungPerson, code: int, now: datetime) -> str:
    row = await checkins.begin(person, "who5", now=now)
    for item in WHO5:
        await checkins.answer(person, row, item, code, now=now)
    return row


async def coded() -> dict[str, object]:
    @reading
    async def look(scope: Scope) -> dict[str, object]:
        row = await Measured.get()
        over = await municipality_vault(row.municipality_id)
        return dict(json.loads(over.open("measured", "codes", row.id, row.codes_sealed)))

    return await look(HOUSE)


# --- corrected and taken back ---------------------------------------------------------------------------------------


async def test_a_correction_walks_through_all_answers_and_replaces_its_own_coded_row(
    amina: YoungPerson, now: datetime
) -> None:
    row = await heard(amina, now)
    first = await one(Measured)
    assert (await checkins.correct(amina, row, now=now + DAY)).item == "space"
    steps = [await checkins.answer(amina, row, "space", 1, now=now + DAY)]
    assert (await coded())["space"] == 1  # whoever stops here has corrected one answer and lost none
    steps += [await checkins.answer(amina, row, item, 4, now=now + DAY) for item in HEARD[1:]]
    assert [step.item for step in steps] == [*HEARD[1:], None]
    again = await one(Measured)
    assert (again.id, again.at, await coded()) == (first.id, first.at, dict.fromkeys(HEARD, 4) | {"space": 1})
    kept = await one(CheckIn, id=row)
    assert (kept.state, kept.current, kept.closed_at) == ("done", "", now)
    with pytest.raises(Stale):
        await checkins.correct(amina, row, now=now + 11 * DAY)


async def test_answers_taken_back_are_gone_with_score_coded_row_and_what_was_shown_but_an_alert_stays(
    amina: YoungPerson, now: datetime
) -> None:
    row, low = await heard(amina, now), await who5(amina, 0, now)
    await checkins.share(amina, row, "", now=now)
    for each in (row, low):
        await checkins.take_back(amina, each, now=now + DAY)
    assert (await count(Answer), await count(Measured), await count(Alert)) == (0, 0, 1)
    assert [(kept.state, kept.score_sealed) for kept in await found(CheckIn)] == [("stopped", None)] * 2
    with pytest.raises(Stale):
        await checkins.take_back(amina, row, now=now + 11 * DAY)


async def test_a_corrected_low_score_leaves_the_alert_and_a_score_that_becomes_low_raises_one(
    amina: YoungPerson, now: datetime
) -> None:
    row = await who5(amina, 4, now)
    await checkins.correct(amina, row, now=now)
    for item in WHO5:
        step = await checkins.answer(amina, row, item, 0, now=now)
    assert (step.low, await count(Alert)) == (True, 1)
    await checkins.correct(amina, row, now=now)
    for item in WHO5:
        step = await checkins.answer(amina, row, item, 5, now=now)
    assert (step.low, await count(Alert)) == (False, 1)


# --- never again ----------------------------------------------------------------------------------------------------


async def test_an_item_never_asked_again_is_left_out_from_then_on_and_counts_as_skipped(
    amina: YoungPerson, now: datetime
) -> None:
    row = await add(
        CheckIn(
            municipality_id=amina.municipality_id, person_id=amina.person_id, instrument="hoert5", version=1,
            period="2026Q4", asked_by="clock", state="due", due_at=now, expires_at=now + 10 * DAY,
        )
    )  # fmt: skip
    await checkins.answer(amina, row.id, "space", 4, now=now)
    assert (await checkins.never_again(amina, row.id, "information", now=now)).item == "audience"
    for item in HEARD[2:]:
        step = await checkins.answer(amina, row.id, item, 5, now=now)
    assert step.state == "done"
    assert await coded() == {"space": 4, "information": SKIP, "audience": 5, "influence": 5, "feedback": 5}
    await checkins.ask_again(amina, "hoert5", "information", now=now)
    assert await count(NotAsked) == 0


async def test_a_whole_instrument_never_asked_again_is_asked_by_nobody_until_taken_back(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    row = await checkins.begin(amina, "who5", now=now)
    assert (await checkins.never_again(amina, row, "", now=now)).state == "stopped"
    with pytest.raises(Stale, match="check_in_refused"):
        await checkins.ask_now(cast.mette, cast.amina, "who5", now=now)
    due = (await one(Rhythm)).next_due_at
    assert await checkins.plan_due(HOUSE, now=due) == 0
    assert (await views.my_rhythm(amina, now=now)).upcoming is None
    await checkins.ask_again(amina, "who5", "", now=due)
    assert await checkins.plan_due(HOUSE, now=due + 28 * DAY) == 1


async def test_the_figures_question_is_not_asked_of_who_does_not_want_it_and_the_last_item_is_the_whole(
    amina: YoungPerson, now: datetime
) -> None:
    row = await checkins.begin(amina, "hoert5", now=now)
    for item in HEARD:
        await checkins.never_again(amina, row, item, now=now)
    assert [(kept.instrument, kept.item) for kept in await found(NotAsked)] == [("hoert5", "")]
    await add(PeriodPlan(municipality_id=amina.municipality_id, year=2026, kind="quarter", population=100))
    await checkins.plan_heard(HOUSE, now=now)
    assert await count(CheckIn, asked_by="clock") == 0


# --- shown and hidden -----------------------------------------------------------------------------------------------


async def test_one_answer_is_shown_and_a_corrected_one_is_not_what_was_shown(amina: YoungPerson, now: datetime) -> None:
    row = await heard(amina, now)
    await checkins.share(amina, row, "audience", now=now)
    await checkins.share(amina, row, "audience", now=now + DAY)
    assert [(kept.item, kept.shared_at) for kept in await found(Answer) if kept.shared_at] == [("audience", now)]
    await checkins.correct(amina, row, "audience", now=now)
    await checkins.answer(amina, row, "audience", 4, now=now)
    assert await count(Answer, shared_at__not_isnull=True) == 1
    await checkins.correct(amina, row, "audience", now=now)
    await checkins.answer(amina, row, "audience", 1, now=now)
    assert await count(Answer, shared_at__not_isnull=True) == 0
    assert await count(TrailEntry, deed="checkin.share") == 1


async def test_only_what_only_the_person_sees_can_be_shown_and_only_on_a_phone_that_is_known(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    row, other = await heard(amina, now), await who5(amina, 4, now)
    with pytest.raises(NotFound):
        await checkins.share(amina, other, "", now=now)
    with pytest.raises(NotFound):
        await checkins.share(amina, row, "nowhere", now=now)
    unknown = await link(Scope(cast.randers), cast.amina, 9, now=now, bot="telegram")
    with pytest.raises(NotAllowed):
        await checkins.share(unknown, row, "", now=now)


# --- my rhythm ------------------------------------------------------------------------------------------------------


async def test_a_new_rhythm_comes_round_from_the_last_asking_and_only_once(amina: YoungPerson, now: datetime) -> None:
    assert (await one(Rhythm)).next_due_at == datetime.fromisoformat("2026-11-18T15:00:00+00:00")
    upcoming = await checkins.choose_rhythm(amina, weeks=2, weekday=0, hour=18, now=now)
    assert upcoming == datetime.fromisoformat("2026-11-23T17:00:00+00:00")
    assert await checkins.plan_due(HOUSE, now=upcoming) == 1
    changed = await checkins.choose_rhythm(amina, weekday=3, now=upcoming + HOUR)
    assert changed == datetime.fromisoformat("2026-12-10T17:00:00+00:00")
    assert await checkins.choose_rhythm(amina, weekday=3, now=upcoming + 2 * HOUR) == changed
    assert await checkins.plan_due(HOUSE, now=upcoming + 3 * DAY) == 0
    assert (await one(Rhythm)).anchor == date(2026, 12, 10)
    for wrong in ({"weeks": 3}, {"weekday": 7}, {"hour": 24}):
        with pytest.raises(Invalid):
            await checkins.choose_rhythm(amina, now=now, **wrong)


async def test_the_next_date_said_is_the_one_that_is_asked(amina: YoungPerson, now: datetime) -> None:
    await who5(amina, 4, now)  # on Tuesday, so Wednesday's round is too soon
    told = (await views.my_rhythm(amina, now=now)).upcoming
    assert told == datetime.fromisoformat("2026-12-16T15:00:00+00:00")
    assert [await checkins.plan_due(HOUSE, now=told - each) for each in (28 * DAY, HOUR, 0 * DAY)] == [0, 0, 1]
    await change(Person, {"id": amina.person_id}, paused_until=told + 30 * DAY)
    assert (await views.my_rhythm(amina, now=told)).upcoming == told + 56 * DAY


async def test_quiet_hours_chosen_hold_at_once_also_for_what_waits(amina: YoungPerson, now: datetime) -> None:
    await checkins.choose_quiet(amina, 9, 20, now=now)
    await checkins.plan_due(HOUSE, now=now + 30 * HOUR)
    assert await checkins.ask_due(HOUSE, now=now + 30 * HOUR) == 0  # four in the afternoon
    await checkins.choose_quiet(amina, 21, 9, now=now + 30 * HOUR)
    assert await checkins.ask_due(HOUSE, now=now + 30 * HOUR) == 1
    for wrong in ((24, 9), (21, -1)):
        with pytest.raises(Invalid):
            await checkins.choose_quiet(amina, *wrong, now=now)


async def test_without_reminders_there_is_none_and_one_on_its_way_is_called_back(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await checkins.ask_now(cast.mette, cast.amina, "tils", now=now)
    await checkins.ask_due(HOUSE, now=now)
    await deliver(now)
    await checkins.choose_reminders(amina, on=False, now=now)
    assert await checkins.remind_due(HOUSE, now=now + 25 * HOUR) == 0
    await checkins.choose_reminders(amina, on=True, now=now)
    assert await checkins.remind_due(HOUSE, now=now + 25 * HOUR) == 1
    await checkins.choose_reminders(amina, on=False, now=now)
    assert await deliver(now + 25 * HOUR) == []


# --- pulses ---------------------------------------------------------------------------------------------------------


async def test_a_decision_about_an_offer_has_one_pulse_after_an_hour_and_it_is_gone_in_two_days(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    offer = await offers.draft(
        cast.mette, cast.amina, "other", offers.Content(title="Kontaktperson"), now=now - DAY
    )  # fmt: skip
    await offers.publish(cast.mette, offer, now=now - DAY)
    await offers.answer(amina, offer, Given.YES, now=now)
    await offers.answer(amina, offer, Given.REGRET, now=now)
    await offers.answer(amina, offer, Given.CHANGE, now=now + timedelta(minutes=1))
    ticks = [await checkins.plan_pulses(HOUSE, now=now + timedelta(minutes=minutes)) for minutes in (30, 62, 90)]
    assert ticks == [0, 1, 0]
    pulse = await one(CheckIn)
    assert (pulse.instrument, pulse.asked_by, pulse.event, pulse.state) == ("pulse", "event", "offer", "due")
    again = await checkins.pulse_after(Scope(cast.randers), cast.amina, pulse.about, now=now + DAY)
    assert (again, await count(CheckIn)) == (None, 1)
    assert await checkins.ask_due(HOUSE, now=now + 2 * HOUR) == 1
    assert (await one(Letter, about=pulse.id)).kind == "pulse.invite"
    await checkins.answer(amina, pulse.id, "heard", 4, now=now + 3 * HOUR)
    assert ((await one(CheckIn)).state, await count(Measured)) == ("done", 0)


async def test_nobody_who_did_not_say_yes_or_said_never_again_gets_a_pulse(
    amina: YoungPerson, jonas: YoungPerson, now: datetime
) -> None:
    here = Scope(amina.municipality_id)
    first = await checkins.pulse_after(here, amina.person_id, "e1", now=now, event="meeting")
    assert first is not None
    await checkins.never_again(amina, first, "", now=now)
    assert await checkins.pulse_after(here, amina.person_id, "e2", now=now) is None
    await change(Person, {"id": jonas.person_id}, paused_until=now + DAY)
    assert await checkins.pulse_after(here, jonas.person_id, "e3", now=now) is None
