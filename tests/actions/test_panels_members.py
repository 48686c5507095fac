"""What members of the panel propose and vote on, what was done, and how one leaves."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from models.actions import consent, erasure, panels
from models.domain.consent import Purpose
from models.domain.errors import NotFound, Stale
from models.queries import conversation_panels as seen
from models.queries import panels_hosted as host_views
from models.tables.panels import (
    PanelAnswer,
    PanelAnswering,
    PanelBallot,
    PanelDone,
    PanelMeasured,
    PanelMember,
    PanelProposal,
    PanelVote,
)
from models.tables.register import Person
from models.transactions import HOUSE
from tests.actions.panel_group import DAY, Meeting, both, crowd, finish
from tests.actions.rows import change, count, found, one, select
from tests.cast import Cast

# --- proposals, votes, what was done --------------------------------------------------------------------------------


async def test_a_proposal_is_worded_by_the_host_voted_on_and_counted_as_an_order(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    for words in ("Mere om penge", "Mere om bolig", "Noget med navne"):
        await panels.propose(group.amina, group.panel, words, now=now)
    hosted = await host_views.hosted(group.host, group.panel)
    waiting = {words: ballot for ballot, words in await host_views.proposed(hosted)}
    assert set(waiting) == {"Mere om penge", "Mere om bolig", "Noget med navne"}
    await panels.decline(group.host, waiting["Noget med navne"], now=now)
    await panels.approve(group.host, waiting["Mere om penge"], both("Hvad om penge?"), now=now)
    await panels.approve(group.host, waiting["Mere om bolig"], both("Hvad om bolig?"), now=now + DAY)
    with pytest.raises(Stale):
        await panels.approve(group.host, waiting["Mere om bolig"], both("Igen?"), now=now)
    with pytest.raises(Stale):
        await panels.vote(group.jonas, waiting["Mere om bolig"], on=True, now=now)
    await panels.open_round(group.host, group.panel, closes_at=now + 3 * DAY, now=now)
    people = [group.amina, group.jonas, group.astrid, *await crowd(cast, group.sendout, 7, now)]
    for person in people:
        for _ in range(2):
            await panels.vote(person, waiting["Mere om bolig"], on=True, now=now)
    await panels.vote(group.amina, waiting["Mere om penge"], on=True, now=now)
    await panels.vote(group.amina, waiting["Mere om penge"], on=False, now=now)
    assert await count(PanelVote) == 10
    running = await seen.latest_vote(group.amina, group.panel, now=now)
    assert running is not None
    assert [(one.wording["da"], one.mine) for one in running.proposals] == [
        ("Hvad om penge?", False), ("Hvad om bolig?", True)
    ]  # fmt: skip
    end = now + 3 * DAY
    with pytest.raises(Stale):
        await panels.vote(group.jonas, waiting["Mere om penge"], on=True, now=end)
    assert [await panels.count_rounds(HOUSE, now=end) for _ in range(2)] == [1, 0]
    counted = await seen.latest_vote(group.amina, group.panel, now=end)
    assert counted is not None
    assert (counted.few, [one.wording["da"] for one in counted.proposals]) == (
        False, ["Hvad om bolig?", "Hvad om penge?"]
    )  # fmt: skip
    assert await count(PanelVote) == 0


@pytest.mark.parametrize(("noes", "state"), [(2, "approved"), (3, "disputed")])
async def test_what_was_done_stands_unless_the_members_say_it_is_not_true(
    group: Meeting, now: datetime, noes: int, state: str
) -> None:
    done = await panels.write_done(group.host, group.panel, both("I sagde"), both("Vi gjorde"), now=now)
    with pytest.raises(Stale):
        await panels.judge(group.amina, done, true=True, now=now)
    assert [await panels.tell_done(HOUSE, now=now) for _ in range(2)] == [1, 0]
    people = (group.amina, group.jonas, group.astrid)
    await panels.judge(group.amina, done, true=True, now=now)
    for person in people[:noes]:
        await panels.judge(person, done, true=False, now=now)
    assert await panels.judge_due(HOUSE, now=now + 6 * DAY) == 0
    assert await panels.judge_due(HOUSE, now=now + 7 * DAY) == 1
    assert (await one(PanelDone)).state == state
    assert len(await seen.dones(group.amina, now=now + 7 * DAY)) == (state == "approved")
    assert await count(PanelVote) == 0


# --- leaving --------------------------------------------------------------------------------------------------------


async def test_leaving_deletes_everything_of_theirs_and_what_was_counted_stands(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    people = [group.amina, *await crowd(cast, group.sendout, 10, now)]
    await finish(group.amina, group.sendout, now)
    await finish(group.jonas, group.sendout, now)
    await panels.close_due(HOUSE, now=now + 14 * DAY)
    before = await seen.result(group.jonas, group.sendout)
    await panels.propose(group.amina, group.panel, "Mere om penge", now=now)
    await panels.leave(group.amina, now=now)
    for table in (PanelMember, PanelAnswering, PanelAnswer, PanelProposal, PanelVote):
        assert await count(table, person_id=cast.amina) == 0
    assert (await count(PanelMeasured), await count(PanelBallot)) == (len(people), 0)
    assert await seen.result(group.jonas, group.sendout) == before
    assert await seen.result(group.amina, group.sendout) is None
    with pytest.raises(NotFound):
        await panels.begin(group.amina, group.sendout, now=now)


async def test_who_is_no_member_neither_answers_proposes_votes_nor_judges(group: Meeting, now: datetime) -> None:
    await panels.propose(group.jonas, group.panel, "Mere om penge", now=now)
    ((ballot, _),) = await host_views.proposed(await host_views.hosted(group.host, group.panel))
    await panels.approve(group.host, ballot, both("Hvad om penge?"), now=now)
    await panels.open_round(group.host, group.panel, closes_at=now + 3 * DAY, now=now)
    done = await panels.write_done(group.host, group.panel, both("I sagde"), both("Vi gjorde"), now=now)
    await panels.tell_done(HOUSE, now=now)
    await panels.leave(group.amina, now=now)
    with pytest.raises(NotFound):
        await panels.begin(group.amina, group.sendout, now=now)
    with pytest.raises(NotFound):
        await panels.propose(group.amina, group.panel, "Mere om bolig", now=now)
    with pytest.raises(NotFound):
        await panels.vote(group.amina, ballot, on=True, now=now)
    with pytest.raises(NotFound):
        await panels.judge(group.amina, done, true=False, now=now)
    assert (await count(PanelVote), await count(PanelProposal)) == (0, 1)


async def test_who_is_no_member_any_more_by_another_way_is_let_go_by_the_clock(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    for person in (group.amina, group.jonas, group.astrid):
        await finish(person, group.sendout, now)
    await consent.choose_purpose(group.amina, Purpose.PANEL, on=False, now=now)
    await change(Person, {"id": cast.jonas}, left_on=date(2026, 11, 16))
    assert [await panels.let_go(HOUSE, now=now) for _ in range(2)] == [2, 0]
    assert [one.person_id for one in await found(PanelAnswering)] == [cast.astrid]
    assert (await count(PanelMember), await count(PanelMeasured)) == (1, 1)


async def test_who_is_erased_leaves_no_row_in_the_panel(cast: Cast, group: Meeting, now: datetime) -> None:
    await finish(group.amina, group.sendout, now)
    await panels.begin(group.jonas, group.sendout, now=now)
    await panels.propose(group.amina, group.panel, "Mere om penge", now=now)
    await erasure.erase(HOUSE, cast.amina, now=now)
    await erasure.finish_erasures(HOUSE, now=now)
    assert await count(PanelMeasured) == 0
    assert await host_views.proposed(await host_views.hosted(group.host, group.panel)) == []
    assert await count(PanelMember, person_id=cast.amina) == 0
    assert await count(PanelAnswering) == 1


async def test_what_belongs_to_the_panel_names_nobody(cast: Cast, group: Meeting, now: datetime) -> None:
    await finish(group.amina, group.sendout, now)
    await panels.close_due(HOUSE, now=now + 14 * DAY)
    await panels.propose(group.amina, group.panel, "Mere om penge", now=now)
    shared = [
        await select(f"SELECT * FROM {table}")  # noqa: S608
        for table in ("panel", "panel_survey", "panel_sendout", "panel_result", "panel_ballot", "panel_measured")
    ]
    assert group.amina.person_id not in repr(shared)
    assert "penge" not in repr(shared)
