"""Building, sending and ending surveys: a published version never changes, nobody gets a third reminder."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest

from models.actions import panels
from models.domain import panels_edit
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.feedback import About, Audience
from models.domain.panels import Kind, Survey
from models.queries import panels as desk
from models.tables.feedback import Feedback
from models.tables.outbox import Letter
from models.tables.panels import PanelAnswer, PanelSendout, PanelSurvey
from models.transactions import HOUSE
from tests.actions.panel_group import DAY, FORM, Meeting, both, crowd, finish
from tests.actions.rows import add, count, one
from tests.cast import Cast


def grown(survey: Survey, kind: Kind) -> Survey:
    return panels_edit.added(survey, panels_edit.blank(kind, panels_edit.next_key(survey)))


async def test_a_draft_changes_step_by_step_and_a_published_version_only_as_its_next(
    group: Meeting, now: datetime
) -> None:
    host = group.host
    draft = await panels.draft(host, group.panel, Survey(both("Ny")), now=now)
    for kind in Kind:
        made = await panels.edit(
            host, draft, partial(grown, kind=kind), now=now
        )  # fmt: skip
    assert [(one.key, one.kind) for one in made.questions] == [(f"q{n}", kind) for n, kind in enumerate(Kind, start=1)]
    with pytest.raises(Stale):
        await panels.edit(host, group.survey, lambda one: panels_edit.removed(one, "live"), now=now)
    second = await panels.next_version(host, group.survey, now=now)
    assert await panels.next_version(host, group.survey, now=now) == second
    await panels.edit(host, second, lambda one: panels_edit.removed(one, "why"), now=now)
    found = await desk.survey(host, second, now=now)
    assert [(one.version, one.state, one.newest) for one in found.versions] == [
        (2, "draft", True), (1, "published", False)
    ]  # fmt: skip
    assert (await desk.survey(host, group.survey, now=now)).line.survey == FORM
    assert await panels.discard(host, second, now=now) == group.panel
    with pytest.raises(Stale):
        await panels.discard(host, group.survey, now=now)
    assert await count(PanelSurvey) == 2


async def test_closing_early_counts_what_was_sent_in_and_calling_off_leaves_nothing(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    await finish(group.amina, group.sendout, now)
    half = await panels.begin(group.jonas, group.sendout, now=now)
    await panels.answer(group.jonas, half, "live", "alene", now=now)
    later = await panels.send(group.host, group.survey, opens_at=now + 20 * DAY, closes_at=now + 27 * DAY, now=now)
    with pytest.raises(NotFound):
        await panels.close(cast.admin, later, now=now)
    assert [await panels.close(group.host, one, now=now + DAY) for one in (later, group.sendout)] == [group.panel] * 2
    assert await count(PanelSendout) == 1
    with pytest.raises(Stale):
        await panels.answer(group.jonas, half, "rank", ("ro", "pris", "plads"), now=now + DAY)
    assert [await panels.close_due(HOUSE, now=now + DAY) for _ in range(2)] == [1, 0]
    await panels.close(group.host, group.sendout, now=now + 2 * DAY)
    assert (await one(PanelSendout)).closes_at == now + DAY
    assert await count(PanelAnswer, person_id=cast.jonas) == 0
    assert await count(PanelAnswer, person_id=cast.amina) == 3


@pytest.mark.parametrize("most", [0, 1])
async def test_no_more_reminders_go_out_than_were_chosen(group: Meeting, now: datetime, most: int) -> None:
    await panels.close(group.host, group.sendout, now=now)
    await panels.close_due(HOUSE, now=now)
    with pytest.raises(Invalid):
        await panels.send(group.host, group.survey, opens_at=now, closes_at=now + 14 * DAY, reminders=3, now=now)
    await panels.send(group.host, group.survey, opens_at=now, closes_at=now + 14 * DAY, reminders=most, now=now)
    await panels.open_due(HOUSE, now=now)
    await panels.ask_due(HOUSE, now=now)
    sent = [await panels.remind_due(HOUSE, now=now + days * DAY) for days in (2, 5, 9)]
    assert sum(sent) == 3 * most
    assert await count(Letter, kind="panel.reminder") == 3 * most


async def test_whom_it_reaches_is_told_by_municipality_only_where_each_has_ten(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    counting = await desk.counting(group.host, group.panel)
    assert await desk.recipients(counting) == desk.Recipients(None, ())
    await crowd(cast, group.sendout, 15, now)
    assert await desk.recipients(counting) == desk.Recipients(18, ())
    await crowd(cast, group.sendout, 6, now, after=100)
    reached = await desk.recipients(await desk.counting(cast.per, group.panel))
    assert reached.members == 24
    assert sum(number for _, number in reached.places) == 24
    with pytest.raises(NotFound):
        await desk.counting(cast.nanna, group.panel)


async def test_what_ten_have_given_as_statistics_is_suggested_without_a_number_or_a_word(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    people = [one.person_id for one in await crowd(cast, group.sendout, 20, now)]

    async def give(person_ids: list[str], place: str, about: About, audience: Audience) -> None:
        for person_id in person_ids:
            await add(Feedback(
                municipality_id=place, person_id=person_id, about=about.value, audience=audience.value, state="said",
                opened_at=now,
            ))  # fmt: skip

    here, there = people[1::2], people[0::2]
    await give(here[:9] + here[:3], cast.randers, About.MEETING, Audience.STATISTICS)
    await give(here, cast.randers, About.DECISION, Audience.CASEWORKER)
    await give(there[:3], cast.odsherred, About.MEETING, Audience.STATISTICS)
    counting = await desk.counting(group.host, group.panel)
    assert await desk.often_said(counting, None, now=now) == [About.MEETING]
    assert await desk.often_said(counting, cast.randers, now=now) == []
    assert await desk.often_said(counting, None, now=now + 200 * DAY) == []


async def test_what_the_panel_has_not_approved_is_seen_by_those_who_write_it_only(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    words = both("Svar kom for sent"), both("Vi har en vagt")
    done = await panels.write_done(group.host, group.panel, *words, now=now)
    await panels.tell_done(HOUSE, now=now)
    assert [len(one.dones) for one in await desk.told(cast.mette)] == [0]
    assert [one.done_id for one in (await desk.told(group.host))[0].dones] == [done]
    await panels.judge_due(HOUSE, now=now + 8 * DAY)
    assert [one.done_id for one in (await desk.told(cast.mette))[0].dones] == [done]
    assert [await desk.told(who) for who in (cast.nanna, cast.admin)] == [[], []]
