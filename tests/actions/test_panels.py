"""The youth panel's deeds: answers are rows, what is not sent in does not count, members see the result first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from models.actions import alerts, consent, messages, panels, staff
from models.domain.alerts import Reason
from models.domain.consent import Purpose
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.staff import Role, Viewer
from models.queries import conversation_panels as seen
from models.queries import panels as desk
from models.queries import panels_hosted as host_views
from models.queries.conversation import Reader
from models.tables.outbox import Letter
from models.tables.panels import (
    PanelAnswer,
    PanelAnswering,
    PanelMeasured,
)
from models.transactions import HOUSE, Scope
from tests.actions.panel_group import DAY, FORM, Meeting, answers_of, both, crowd, finish
from tests.actions.rows import count, deliver, found, one
from tests.cast import Cast, link

# --- answering ------------------------------------------------------------------------------------------------------


async def test_a_survey_is_answered_corrected_and_sent_in_with_one_coded_row_without_words(
    group: Meeting, now: datetime
) -> None:
    amina = group.amina
    answering = await panels.begin(amina, group.sendout, now=now)
    assert (await panels.answer(amina, answering, "live", "sammen", now=now)).question == "with"
    await panels.answer(amina, answering, "with", ("ven",), now=now)
    assert await panels.back(amina, answering, "rank", now=now) == "with"
    assert await panels.back(amina, answering, "with", now=now) == "live"
    # The other way: what was answered on the first is forgotten.
    assert (await panels.answer(amina, answering, "live", "alene", now=now)).question == "rank"
    assert await answers_of(amina, now) == {"live": "alene"}
    with pytest.raises(Stale):
        await panels.answer(amina, answering, "with", ("ven",), now=now)
    with pytest.raises(Stale):
        await panels.answer(amina, answering, "why", "for tidligt", now=now)
    with pytest.raises(Invalid):
        await panels.answer(amina, answering, "rank", ("ro",), now=now)
    await panels.answer(amina, answering, "rank", ("ro", "pris", "plads"), now=now)
    step = await panels.answer(amina, answering, "why", "Der mangler lys", now=now)
    assert (step.state, step.question) == ("done", None)
    assert (await panels.answer(amina, answering, "why", "igen", now=now)).state == "done"
    assert await count(PanelMeasured) == 1
    with pytest.raises(Stale):
        await panels.back(amina, answering, "why", now=now)


async def test_ticks_and_places_stand_where_they_were_left_and_a_press_twice_is_one(
    group: Meeting, now: datetime
) -> None:
    jonas = group.jonas
    answering = await panels.begin(jonas, group.sendout, now=now)
    with pytest.raises(Invalid):
        await panels.skip(jonas, answering, "live", now=now)
    await panels.answer(jonas, answering, "live", "sammen", now=now)
    for _ in range(2):
        await panels.tick(jonas, answering, "with", "familie", on=True, now=now)
    await panels.tick(jonas, answering, "with", "ven", on=True, now=now)
    await panels.tick(jonas, answering, "with", "ven", on=False, now=now)
    assert (await panels.finish(jonas, answering, "with", now=now)).question == "rank"
    with pytest.raises(Invalid):
        await panels.finish(jonas, answering, "rank", now=now)
    for key, number in (("pris", 1), ("pris", 1), ("ro", 1), ("ro", 2)):
        await panels.place(jonas, answering, "rank", key, number, now=now)
    asking = await seen.answering(jonas, answering, now=now)
    assert asking is not None
    assert asking.picked == ("pris", "ro", "plads")
    for number in (3, 3):
        await panels.take_back(jonas, answering, "rank", number, now=now)
    await panels.place(jonas, answering, "rank", "plads", 2, now=now)
    assert (await panels.finish(jonas, answering, "rank", now=now)).question == "why"
    assert await answers_of(jonas, now) == {
        "live": "sammen", "with": ("familie",), "rank": ("pris", "plads", "ro")
    }  # fmt: skip
    with pytest.raises(Invalid):
        await panels.tick(jonas, answering, "live", "alene", on=True, now=now)


async def test_stop_deletes_and_it_can_be_begun_anew_until_it_closes(group: Meeting, now: datetime) -> None:
    amina = group.amina
    answering = await panels.begin(amina, group.sendout, now=now)
    await panels.answer(amina, answering, "live", "alene", now=now)
    await panels.stop(amina, answering, now=now)
    assert await count(PanelAnswer) == 0
    with pytest.raises(Stale):
        await panels.answer(amina, answering, "live", "alene", now=now)
    assert await panels.begin(amina, group.sendout, now=now) == answering
    await panels.stop(amina, answering, now=now)
    with pytest.raises(Stale):
        await panels.begin(amina, group.sendout, now=now + 14 * DAY)


async def test_on_a_phone_nobody_has_confirmed_an_older_survey_is_not_opened(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    answering = await panels.begin(group.amina, group.sendout, now=now)
    fresh = await link(Scope(cast.randers), cast.amina, 8, now=now + DAY, bot="telegram")
    with pytest.raises(NotAllowed):
        await panels.open_survey(fresh, answering, now=now + DAY)
    assert await seen.open_answering(fresh, now=now + DAY) is None
    assert await seen.open_answering(group.amina, now=now + DAY) is not None


# --- the clock ------------------------------------------------------------------------------------------------------


async def test_members_are_invited_once_reminded_twice_and_only_while_they_have_not_answered(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    await consent.pause(group.jonas, 1, now=now)
    assert [await panels.ask_due(HOUSE, now=now) for _ in range(2)] == [2, 0]
    await finish(group.astrid, group.sendout, now)
    reminded = [await panels.remind_due(HOUSE, now=now + days * DAY) for days in (1, 2, 2.1, 5, 8, 11)]
    assert reminded == [0, 1, 0, 1, 0, 0]
    assert await panels.ask_due(HOUSE, now=now + 8 * DAY) == 1
    kinds = sorted([(one.kind, one.person_id) for one in await found(Letter) if one.kind.startswith("panel.")])
    assert kinds == sorted([
        ("panel.invite", cast.amina), ("panel.invite", cast.astrid), ("panel.invite", cast.jonas),
        ("panel.reminder", cast.amina), ("panel.reminder", cast.amina),
    ])  # fmt: skip


async def test_while_a_human_is_waited_for_nobody_is_asked(cast: Cast, group: Meeting, now: datetime) -> None:
    await messages.receive(group.amina, "Kan du ringe til mig?", source_key="a", now=now)
    await alerts.raise_alert(Scope(cast.odsherred), cast.astrid, Reason.CANNOT_WAIT, about="x", now=now)
    assert await panels.ask_due(HOUSE, now=now) == 1
    assert await panels.ask_due(HOUSE, now=now + 3 * DAY) == 2


async def test_who_said_yes_before_there_was_a_panel_is_enrolled_and_a_no_keeps_letters_back(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    leila = await link(
        Scope(cast.randers), cast.leila, 9, now=now, purposes=["panel"], confirmed_by=cast.mette.staff_id
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        await panels.join(replace(leila, person_id="0" * 32), now=now)
    assert [await panels.enrol(HOUSE, now=now) for _ in range(2)] == [1, 0]
    await panels.ask_due(HOUSE, now=now)
    await consent.choose_purpose(leila, Purpose.PANEL, on=False, now=now)
    await deliver(now)
    states = {one.person_id: (one.state, one.reason) for one in await found(Letter, kind="panel.invite")}
    assert states[cast.leila] == ("cancelled", "consent")
    assert states[cast.amina][0] == "sent"


# --- the result first -----------------------------------------------------------------------------------------------


async def test_a_result_is_counted_across_municipalities_and_the_members_have_it_before_any_desk(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    await crowd(cast, group.sendout, 23, now)
    await finish(group.amina, group.sendout, now, live="sammen")
    half = await panels.begin(group.jonas, group.sendout, now=now)
    await panels.answer(group.jonas, half, "live", "alene", now=now)
    end = now + 14 * DAY
    assert [await panels.close_due(HOUSE, now=end) for _ in range(2)] == [1, 0]
    # Not sent in: deleted and not counted. Astrid was never asked: she had not begun.
    assert (await one(PanelAnswering, person_id=cast.jonas)).state == "expired"
    assert await count(PanelAnswer, person_id=cast.jonas) == 0

    told = await seen.result(Reader(cast.randers, cast.jonas), group.sendout)
    assert told is not None
    assert (told.results.answered, told.results.invited) == (24, 25)
    assert told.results.outcome("live").counts == {"alene": 8, "sammen": 16}
    assert told.results.outcome("with").bands == {"ven": "over_75", "familie": "under_25"}
    assert told.results.outcome("rank").order == (("ro",), ("pris",), ("plads",))
    assert told.results.outcome("why").how == "words"
    assert await count(Letter, kind="panel.result.new") == 26

    async def at_the_desk(viewer: Viewer, at: datetime) -> bool:
        return (await desk.panel(viewer, group.panel, now=at)).sendouts[0].results is not None

    later = end + 3 * DAY
    assert [await at_the_desk(group.host, end + 2 * DAY), await at_the_desk(cast.per, later)] == [False, False]
    with pytest.raises(Stale):
        await panels.release(group.host, group.sendout, now=end + 2 * DAY)
    hosted = await host_views.hosted(group.host, group.panel)
    with pytest.raises(NotFound):
        await host_views.words(hosted, group.sendout, now=end + 2 * DAY)
    assert await at_the_desk(group.host, later)
    words = await host_views.words(hosted, group.sendout, now=later)
    assert words == {"why": ["Ord fra alene"] * 8 + ["Ord fra sammen"] * 16}
    assert await host_views.responses(hosted) == {group.sendout: (24, 25)}
    await panels.release(group.host, group.sendout, now=later)
    assert [await at_the_desk(cast.per, later), await at_the_desk(cast.odd, later)] == [True, True]


async def test_few_answers_tell_nothing_to_members_and_nothing_to_the_desk(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    await finish(group.amina, group.sendout, now)
    hosted = await host_views.hosted(group.host, group.panel)
    assert await host_views.responses(hosted) == {group.sendout: (None, 1)}
    await panels.close_due(HOUSE, now=now + 14 * DAY)
    told = await seen.result(group.amina, group.sendout)
    assert told is not None
    assert told.results.answered is None
    assert {one.how for one in told.results.outcomes} == {"few"}
    assert await host_views.size(await host_views.hosted(group.host, group.panel)) is None


async def test_only_the_panel_s_own_host_reads_words_and_no_outsider_finds_the_panel(
    cast: Cast, group: Meeting, now: datetime
) -> None:
    other = Viewer(
        await staff.add(HOUSE, email="z@example.org", name="Zoe", role=Role.PANEL_HOST, now=now), None,
        Role.PANEL_HOST, "Zoe",
    )  # fmt: skip
    for viewer in (other, cast.mette, cast.nanna, cast.admin):
        assert await desk.panels(viewer) == []
        with pytest.raises(NotFound):
            await desk.panel(viewer, group.panel, now=now)
    for viewer in (other, cast.per):
        with pytest.raises(NotFound):
            await host_views.hosted(viewer, group.panel)
    assert [one.hosts for one in await desk.panels(cast.per)] == [False]
    assert await seen.results(Reader(cast.randers, cast.leila)) == []
    assert await seen.surveys(Reader(cast.randers, cast.leila), now=now) == []


# --- versions -------------------------------------------------------------------------------------------------------


async def test_a_published_survey_never_changes_and_who_is_answering_goes_on_with_their_version(
    group: Meeting, now: datetime
) -> None:
    answering = await panels.begin(group.amina, group.sendout, now=now)
    edited = replace(FORM, questions=FORM.questions[:1])
    second = await panels.revise(group.host, group.survey, edited, now=now)
    with pytest.raises(Stale):
        await panels.revise(group.host, group.survey, edited, now=now)
    assert await panels.revise(group.host, second, replace(edited, title=both("Bolig 2")), now=now) == second
    with pytest.raises(Stale):
        await panels.send(group.host, second, opens_at=now + 20 * DAY, closes_at=now + 21 * DAY, now=now)
    await panels.publish(group.host, second, now=now)
    assert (await panels.answer(group.amina, answering, "live", "sammen", now=now)).question == "with"
    versions = [(one.version, one.newest) for one in (await desk.panel(group.host, group.panel, now=now)).surveys]
    assert sorted(versions) == [(1, False), (2, True)]


async def test_what_is_not_sound_is_not_published_and_one_survey_runs_at_a_time(group: Meeting, now: datetime) -> None:
    wrong = replace(FORM, questions=(replace(FORM.questions[0], text={"da": "Hvor?", "en": ""}),))
    draft = await panels.draft(group.host, group.panel, wrong, now=now)
    with pytest.raises(Invalid, match="survey_text_missing"):
        await panels.publish(group.host, draft, now=now)
    with pytest.raises(Stale):
        await panels.send(group.host, group.survey, opens_at=now + 13 * DAY, closes_at=now + 15 * DAY, now=now)
    with pytest.raises(Invalid):
        await panels.send(group.host, group.survey, opens_at=now + 20 * DAY, closes_at=now + 20 * DAY, now=now)
    assert await panels.send(group.host, group.survey, opens_at=now + 14 * DAY, closes_at=now + 15 * DAY, now=now)
