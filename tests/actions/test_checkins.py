"""Check-ins in the chat: answers are rows, a press may come twice or late, only what the clock asked is measured."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from models.actions import alerts, checkins, consent
from models.actions.checkins_measured import _answers_of
from models.domain.consent import Purpose
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.instruments import instrument
from models.domain.people import YoungPerson
from models.tables.alerts import Alert
from models.tables.checkins import Answer, CheckIn, Measured
from models.tables.keys import Vault, municipality_vault, vault
from models.transactions import HOUSE, Scope, reading
from tests.actions.rows import add, change, count, found, one
from tests.cast import Cast, link

WHO5 = [item.key for item in instrument("who5").items]
HEARD = [item.key for item in instrument("hoert5").items]
DAY = timedelta(days=1)


async def by_clock(person: YoungPerson, now: datetime, key: str = "hoert5", period: str = "2026Q4") -> str:
    """A check-in as the clock makes it."""
    row = CheckIn(
        municipality_id=person.municipality_id, person_id=person.person_id, instrument=key, version=1, period=period,
        asked_by="clock", state="due", due_at=now, expires_at=now + timedelta(days=10),
    )  # fmt: skip
    return (await add(row)).id


async def fill(person: YoungPerson, check_in: str, items: list[str], code: int | str, now: datetime) -> checkins.Step:
    for item in items:
        step = await checkins.answer(person, check_in, item, code, now=now)
    return step


async def who5(person: YoungPerson, code: int, now: datetime) -> checkins.Step:
    return await fill(person, await checkins.begin(person, "who5", now=now), WHO5, code, now)


async def codes(person: YoungPerson, check_in: str) -> dict[str, object]:
    @reading
    async def look(scope: Scope) -> dict[str, object]:
        return dict(await _answers_of(await vault(person.municipality_id, person.person_id), check_in))

    return await look(HOUSE)


async def measured(person: YoungPerson) -> list[dict[str, object]]:
    @reading
    async def over(scope: Scope) -> Vault:
        return await municipality_vault(person.municipality_id)

    opened = await over(HOUSE)
    rows = await found(Measured, "at")
    return [json.loads(opened.open("measured", "codes", row.id, row.codes_sealed)) for row in rows]


async def state_of(check_in: str) -> str:
    return (await one(CheckIn, id=check_in)).state


# --- answering ------------------------------------------------------------------------------------------------------


async def test_one_item_leads_to_the_next_and_the_last_one_scores(amina: YoungPerson, now: datetime) -> None:
    row = await checkins.begin(amina, "who5", now=now)
    steps = [await checkins.answer(amina, row, item, 4, now=now) for item in WHO5]
    assert [step.item for step in steps] == [*WHO5[1:], None]
    assert (steps[-1].state, steps[-1].low) == ("done", False)
    kept = await one(CheckIn)
    assert kept.score_sealed is not None

    @reading
    async def score(scope: Scope) -> str:
        opened = await vault(amina.municipality_id, amina.person_id)
        return opened.open("check_in", "score", row, kept.score_sealed or b"")

    assert await score(HOUSE) == "80"


async def test_the_first_press_counts_and_the_second_is_told_which_until_it_is_corrected(
    amina: YoungPerson, now: datetime
) -> None:
    row = await checkins.begin(amina, "who5", now=now)
    steps = [await checkins.answer(amina, row, "cheerful", code, now=now) for code in (1, 1, 3)]
    assert [(step.item, step.counted, step.again) for step in steps] == [
        ("calm", "", False), ("calm", "", True), ("calm", "cheerful", True),
    ]  # fmt: skip
    assert (await codes(amina, row), await count(Answer)) == ({"cheerful": 1}, 1)
    assert (await checkins.correct(amina, row, "cheerful", now=now)).item == "cheerful"
    assert (await checkins.answer(amina, row, "cheerful", 3, now=now)).item == "calm"
    assert await codes(amina, row) == {"cheerful": 3}


async def test_after_the_last_answer_a_press_changes_nothing(amina: YoungPerson, now: datetime) -> None:
    row = await checkins.begin(amina, "who5", now=now)
    await fill(amina, row, WHO5, 4, now)
    step = await checkins.answer(amina, row, "calm", 0, now=now)
    assert (step.state, step.item, (await codes(amina, row))["calm"]) == ("done", None, 4)


async def test_too_late_and_stopped_are_told_apart_from_done(amina: YoungPerson, now: datetime) -> None:
    row = await by_clock(amina, now)
    await fill(amina, row, HEARD[:1], 4, now)
    with pytest.raises(Stale):
        await checkins.answer(amina, row, HEARD[1], 4, now=now + 10 * DAY)
    with pytest.raises(Stale):
        await checkins.open_check_in(amina, row, now=now + 10 * DAY)
    await checkins.stop(amina, row, now=now)
    await checkins.stop(amina, row, now=now + DAY)
    with pytest.raises(Stale):
        await checkins.answer(amina, row, HEARD[1], 4, now=now)
    with pytest.raises(Stale):
        await checkins.back(amina, row, HEARD[1], now=now)
    assert (await one(CheckIn)).closed_at == now


async def test_a_code_or_item_the_instrument_does_not_have_is_refused(amina: YoungPerson, now: datetime) -> None:
    row = await checkins.begin(amina, "who5", now=now)
    wrong: list[tuple[str, int | str]] = [("calm", 6), ("calm", "5"), ("calm", "dont_know"), ("space", 3), ("", 3)]
    for item, code in wrong:
        with pytest.raises(Invalid):
            await checkins.answer(amina, row, item, code, now=now)
    assert await count(Answer) == 0


async def test_back_shows_the_item_before_and_its_answer_stays_until_another_is_pressed(
    amina: YoungPerson, now: datetime
) -> None:
    row = await checkins.begin(amina, "who5", now=now)
    await fill(amina, row, WHO5[:2], 4, now)
    step = await checkins.back(amina, row, "active", now=now)
    assert (step.item, await codes(amina, row)) == ("calm", {"cheerful": 4, "calm": 4})
    assert (await checkins.back(amina, row, "cheerful", now=now)).item == "cheerful"
    assert (await checkins.answer(amina, row, "calm", 1, now=now)).item == "active"
    with pytest.raises(Invalid):
        await checkins.back(amina, row, "nowhere", now=now)


async def test_a_skipped_item_is_kept_apart_and_leaves_no_score(amina: YoungPerson, now: datetime) -> None:
    row = await checkins.begin(amina, "who5", now=now)
    await checkins.skip(amina, row, WHO5[0], now=now)
    step = await fill(amina, row, WHO5[1:], 0, now)
    assert (step.state, step.low, (await one(CheckIn)).score_sealed) == ("done", False, None)
    assert (await codes(amina, row))[WHO5[0]] == "skip"
    assert await count(Alert) == 0


async def test_where_someone_stopped_is_where_they_go_on_also_from_another_phone(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    row = await by_clock(amina, now)
    await fill(amina, row, HEARD[:2], 4, now)
    telegram = await link(Scope(cast.randers), cast.amina, 8, now=now, bot="telegram")
    assert await checkins.begin(telegram, "hoert5", now=now + DAY) == row
    assert (await checkins.answer(telegram, row, HEARD[2], 4, now=now + DAY)).item == HEARD[3]


# --- beginning ------------------------------------------------------------------------------------------------------


async def test_a_clocks_question_that_waits_is_the_one_that_is_opened(amina: YoungPerson, now: datetime) -> None:
    row = await by_clock(amina, now)
    assert await checkins.begin(amina, "hoert5", now=now) == row
    assert (await state_of(row), await count(CheckIn)) == ("open", 1)


async def test_who5_is_asked_again_after_fourteen_days_at_the_earliest(amina: YoungPerson, now: datetime) -> None:
    await who5(amina, 4, now)
    with pytest.raises(Stale, match="check_in_too_soon"):
        await checkins.begin(amina, "who5", now=now + 13 * DAY)
    assert (await who5(amina, 4, now + 14 * DAY)).state == "done"


async def test_staff_ask_no_earlier_than_the_instrument_allows_and_not_while_one_runs(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await who5(amina, 4, now)
    with pytest.raises(Stale, match="check_in_too_soon"):
        await checkins.ask_now(cast.mette, cast.amina, "who5", now=now + 13 * DAY)
    row = await checkins.ask_now(cast.mette, cast.amina, "who5", now=now + 14 * DAY)
    with pytest.raises(Stale, match="check_in_running"):
        await checkins.ask_now(cast.mette, cast.amina, "who5", now=now + 14 * DAY)
    assert (await one(CheckIn, id=row)).asked_by == "staff"


async def test_a_disabled_or_unknown_instrument_is_never_asked(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    for key in ("ie2021", "phq9", ""):
        with pytest.raises(Invalid):
            await checkins.begin(amina, key, now=now)
        with pytest.raises(Invalid):
            await checkins.ask_now(cast.mette, cast.amina, key, now=now)
    assert await count(CheckIn) == 0


# --- what is measured -----------------------------------------------------------------------------------------------


async def test_what_the_clock_asked_is_measured_with_the_last_answer_once(amina: YoungPerson, now: datetime) -> None:
    row = await by_clock(amina, now)
    await fill(amina, row, HEARD[:4], 4, now)
    assert await measured(amina) == []
    await checkins.answer(amina, row, HEARD[4], "dont_know", now=now)
    await checkins.answer(amina, row, HEARD[4], 5, now=now)
    assert await measured(amina) == [dict.fromkeys(HEARD[:4], 4) | {HEARD[4]: "dont_know"}]


async def test_what_staff_asked_or_the_person_began_is_never_measured(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    asked = await checkins.ask_now(cast.mette, cast.amina, "hoert5", now=now)
    await fill(amina, asked, HEARD, 5, now)
    await who5(amina, 4, now)
    assert await count(Measured) == 0


@pytest.mark.parametrize("end", ["stopped", "expired"])
async def test_a_part_of_hoert5_is_measured_when_it_ends(amina: YoungPerson, now: datetime, end: str) -> None:
    row = await by_clock(amina, now)
    await fill(amina, row, HEARD[:2], 3, now)
    if end == "stopped":
        await checkins.stop(amina, row, now=now)
    else:
        assert await checkins.expire_due(HOUSE, now=now + 10 * DAY) == 1
        assert await checkins.expire_due(HOUSE, now=now + 11 * DAY) == 0
    assert (await state_of(row), await measured(amina)) == (end, [dict.fromkeys(HEARD[:2], 3)])


async def test_without_consent_to_figures_nothing_is_measured_at_any_end(amina: YoungPerson, now: datetime) -> None:
    await consent.choose_purpose(amina, Purpose.FIGURES, on=False, now=now)
    await fill(amina, await by_clock(amina, now), HEARD, 5, now)
    await fill(amina, await by_clock(amina, now, "pulse", "2026-11-17"), ["heard"], 5, now)
    await fill(amina, await by_clock(amina, now, "tils", "2026-11-17"), ["isolated"], 1, now)
    await checkins.expire_due(HOUSE, now=now + 10 * DAY)
    assert await count(Measured) == 0


async def test_nothing_answered_is_nothing_measured(amina: YoungPerson, now: datetime) -> None:
    await by_clock(amina, now)
    await checkins.expire_due(HOUSE, now=now + 10 * DAY)
    assert ((await one(CheckIn)).state, await count(Measured)) == ("expired", 0)


# --- who sees it, and alerts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "reason"), [(1, "low_wellbeing"), (2, None), (4, None)])
async def test_a_low_score_alerts_and_is_met_gently(
    amina: YoungPerson, now: datetime, code: int, reason: str | None
) -> None:
    step = await who5(amina, code, now)
    assert step.low is (reason is not None)
    assert [alert.reason for alert in await found(Alert)] == ([reason] if reason else [])


async def test_a_real_fall_into_the_raised_band_alerts_also_past_an_asking_without_a_score(
    amina: YoungPerson, now: datetime
) -> None:
    await who5(amina, 4, now)
    between = await checkins.begin(amina, "who5", now=now + 14 * DAY)
    await fill(amina, between, WHO5, "skip", now + 14 * DAY)
    step = await who5(amina, 2, now + 28 * DAY)
    assert step.low is False
    assert [alert.reason for alert in await found(Alert)] == ["falling_wellbeing"]


async def test_a_second_low_score_is_silent_while_the_follow_up_is_open_and_heard_after_it(
    amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await who5(amina, 0, now)
    first = await one(Alert)
    await alerts.acknowledge(cast.mette, first.id, now=now)
    assert (await who5(amina, 0, now + 14 * DAY)).low is True
    assert await count(Alert) == 1
    await alerts.close(cast.mette, first.id, "Vi mødtes", now=now + 15 * DAY)
    await who5(amina, 0, now + 28 * DAY)
    assert [alert.state for alert in await found(Alert, "raised_at")] == ["closed", "open"]


async def test_a_foreign_check_in_is_not_there(amina: YoungPerson, jonas: YoungPerson, now: datetime) -> None:
    row = await by_clock(amina, now)
    with pytest.raises(NotFound):
        await checkins.answer(jonas, row, HEARD[0], 4, now=now)
    await change(CheckIn, {"id": row}, state="open")
    assert await checkins.begin(jonas, "hoert5", now=now) != row
