"""A survey that goes to a part of a panel reaches that part and nobody else, and no part that is too small."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from locales import panel_screens
from models.actions import consent, panels
from models.domain.consent import Purpose
from models.domain.errors import Invalid, NotFound
from models.domain.panels_segments import Reached, Segment, Whom
from models.domain.people import YoungPerson
from models.queries import conversation_panels as seen
from models.queries import panels as desk
from models.tables.panels import PanelAnswering, PanelMember, PanelSendout
from models.transactions import HOUSE, Scope
from tests.actions.panel_group import DAY, FORM, Meeting, both, finish, members
from tests.actions.rows import count, found, one
from tests.cast import Cast, link


async def told(group: Meeting, survey: str, now: datetime) -> dict[str, Reached]:
    found = await desk.reached(await desk.counting(group.host, group.panel), survey, now=now)
    return {one.part.segment.code: one.reached for one in found.parts}


async def phone(cast: Cast, person_id: str, number: int, now: datetime) -> YoungPerson:
    row = await one(PanelMember, person_id=person_id)
    return await link(
        Scope(row.municipality_id), person_id, 700 + number, now=now, bot="elsewhere", confirmed_by=cast.per.staff_id
    )


async def fresh(group: Meeting, title: str, now: datetime) -> str:
    survey = await panels.draft(group.host, group.panel, type(FORM)(both(title), FORM.questions), now=now)
    await panels.publish(group.host, survey, now=now)
    return survey


async def test_a_survey_goes_to_the_half_that_was_chosen_and_is_seen_by_nobody_else(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    await panels.close(group.host, group.sendout, now=now)
    await panels.close_due(HOUSE, now=now)
    younger = await members(cast, group.panel, 10, date(now.year - 19, 1, 1), now, after=0)
    await members(cast, group.panel, 8, date(now.year - 22, 12, 31), now, after=100)
    survey = await fresh(group, "Alder", now)
    assert list(await told(group, survey, now)) == ["all"]  # a half has nine
    await members(cast, group.panel, 1, date(now.year - 21, 12, 31), now, after=150)
    first = await told(group, survey, now)
    assert {code: one.inside for code, one in first.items()} == {"all": 22, "younger": 12, "older": 10}
    younger += [group.amina.person_id, group.astrid.person_id]

    sendout = await panels.send(
        group.host, survey, opens_at=now + DAY, closes_at=now + 9 * DAY, to=first["younger"], now=now
    )
    # The same survey goes along that cut only: all of them, less this half, would be the other half.
    assert set(await told(group, survey, now)) == {"younger", "older"}
    with pytest.raises(Invalid, match="survey_segment_cut"):
        await panels.send(group.host, survey, opens_at=now + 20 * DAY, closes_at=now + 21 * DAY, now=now)
    await panels.open_due(HOUSE, now=now + DAY)
    [too_old] = await members(cast, group.panel, 1, date(now.year - 22, 12, 31), now + DAY, after=200)
    mine, other = await phone(cast, younger[0], 1, now), await phone(cast, too_old, 2, now)
    late = await members(cast, group.panel, 1, date(now.year - 19, 1, 1), now + 2 * DAY, after=300)
    for days in (1, 2):
        await panels.ask_due(HOUSE, now=now + days * DAY)
    asked = {row.person_id for row in await found(PanelAnswering, sendout_id=sendout)}
    assert asked == {*younger, *late}
    assert [one.sendout_id for one in await seen.surveys(mine, now=now + 2 * DAY)] == [sendout]
    assert await seen.surveys(other, now=now + 2 * DAY) == []
    with pytest.raises(NotFound):
        await panels.begin(other, sendout, now=now + 2 * DAY)
    row = await one(PanelAnswering, person_id=mine.person_id, sendout_id=sendout)
    asking = await seen.answering(mine, row.id, now=now + 2 * DAY)
    assert asking is not None
    assert asking.whom.segment == Segment(Whom.YOUNGER)
    words, _ = panel_screens.invitation(asking.survey, asking.closes_at, now, "da", asking.whom)
    assert "\nDen er kun til jer på 18 og 19 år.\n" in words
    assert (await desk.survey(group.host, survey, now=now)).sendouts[0].whom.segment == Segment(Whom.YOUNGER)


async def test_who_answered_and_who_did_not_are_parts_and_too_few_are_none(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    people = await members(cast, group.panel, 20, date(now.year - 19, 1, 1), now, after=0)
    for number, person_id in enumerate(people[:10]):
        person = await phone(cast, person_id, number, now)
        await consent.choose_purpose(person, Purpose.PANEL, on=True, now=now)
        await finish(person, group.sendout, now)
    await panels.close(group.host, group.sendout, now=now + DAY)
    await panels.close_due(HOUSE, now=now + DAY)
    again = await fresh(group, "Igen", now)
    parts = await told(group, again, now + DAY)
    assert {code: one.inside for code, one in parts.items()} == {
        "all": 23, f"answered:{group.sendout}": 10, f"silent:{group.sendout}": 13,
    }  # fmt: skip
    few, unknown = Reached(Segment(Whom.NEW, group.sendout), 9, 40), Reached(Segment(Whom.ANSWERED, "0" * 32), 10, 10)
    when = {"opens_at": now + 2 * DAY, "closes_at": now + 9 * DAY, "now": now + DAY}
    with pytest.raises(Invalid, match="survey_segment_few"):
        await panels.send(group.host, again, to=few, **when)
    with pytest.raises(NotFound):
        await panels.send(group.host, again, to=unknown, **when)
    chosen = parts[f"answered:{group.sendout}"]
    await panels.send(group.host, again, to=chosen, **when)
    [part] = [one.whom for one in (await desk.survey(group.host, again, now=now)).sendouts]
    assert panel_screens.asked(part, "da") == "Det er svar fra jer, der svarede på »Bolig«."
    # One of them leaves before it opens: nine would be asked, so nobody is.
    await panels.leave(await phone(cast, people[0], 50, now + DAY), now=now + DAY)
    assert [await panels.open_due(HOUSE, now=now + 2 * DAY) for _ in range(2)] == [0, 0]
    assert await panels.ask_due(HOUSE, now=now + 2 * DAY) == 0
    assert await count(PanelSendout, state="few") == 1
    assert await told(group, again, now + 2 * DAY) == {"all": Reached(Segment(), 22, 0)}
