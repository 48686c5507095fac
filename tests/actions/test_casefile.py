"""The case file: every record is in one state, a hand-over is made once and never changes, nothing goes before that."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextvars import copy_context
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from tortoise.migrations.operations import RunSQL

from models.actions import attachments, casefile, erasure, feedback, messages, register
from models.actions.attachments import Coming, make_ready
from models.case_document import fingerprint, render
from models.domain.casefile import Choice, Theme
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.feedback import About, Audience
from models.domain.people import YoungPerson
from models.domain.staff import Viewer
from models.queries import casefile as views
from models.queries import register as people
from models.queries import rights, today
from models.queries.casefile import CaseFile
from models.queries.erasure import extent
from models.tables.attachments import Attachment
from models.tables.casefile import CaseHandOver, RecordDecision
from models.tables.messages import Message
from models.tables.register import Person
from models.transactions import Scope
from tests.actions.rows import count, deliver, found, select, sql
from tests.actions.world import World, records
from tests.cast import Cast

TOMORROW = timedelta(days=1)


@pytest.fixture
async def said(amina: YoungPerson, cast: Cast, now: datetime) -> list[str]:
    """Amina asks with a file, Mette answers and notes: four records."""
    first = await messages.receive(amina, "Må jeg flytte?", source_key="webchat:a:1", now=now)
    file = await attachments.expect(amina, Coming("document", "f"), message_id=first.message_id, now=now)
    await attachments.keep(Scope(cast.randers), file, make_ready("brev.txt", b"Mit brev"), now=now)
    thread = await messages.open_thread(cast.mette, cast.amina, now=now)
    await messages.reply(cast.mette, thread, "Ja", version=1, key="k1", now=now)
    await messages.note(cast.mette, thread, "Ringede til udlejer", now=now, contact=True)
    return await records(cast.mette, cast.amina)


async def handed(viewer: Viewer, person_id: str, now: datetime) -> casefile.HandedOver:
    return await casefile.hand_over(viewer, await views.ready(viewer, person_id, now=now))


def states(found: CaseFile) -> Counter[str]:
    return Counter(
        undecided=found.waiting, ready=len(found.ready), dropped=len(found.not_relevant),
        handed=sum(one.records for one in found.handed),
    )  # fmt: skip


async def test_every_record_is_decided_handed_over_once_and_the_copy_says_so(
    said: list[str], amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    mette, who = cast.mette, cast.amina
    first, _, reply, note = said
    shown = (await views.case_file(mette, who)).undecided
    assert [(one.form, one.who, one.words) for one in shown] == [
        ("in", "Amina", "Må jeg flytte?"), ("file", "Amina", "brev.txt"), ("out", "Mette Holm", "Ja"),
        ("contact", "Mette Holm", "Ringede til udlejer"),
    ]  # fmt: skip
    with pytest.raises(Invalid, match="theme_missing"):
        await casefile.decide(mette, who, [first], Choice.FILE, now=now)
    with pytest.raises(Invalid, match="nothing_chosen"):
        await casefile.decide(mette, who, [], Choice.NOT_RELEVANT, now=now)
    with pytest.raises(Invalid, match="casefile_nothing"):
        await handed(mette, who, now)
    assert await casefile.decide(mette, who, [note], Choice.NOT_RELEVANT, now=now) == 1
    about = {"theme": Theme.OTHER, "words": "Flytning", "now": now}
    assert await casefile.decide_until(mette, who, reply, Choice.FILE, **about) == 3
    case = await views.case_file(mette, who)
    assert states(case) == Counter(ready=3, dropped=1)
    assert {(one.theme, one.theme_words, one.decided_by, one.decided_at) for one in case.ready} == {
        ("other", "Flytning", "Mette Holm", now)
    }
    assert await casefile.undo(mette, who, [reply], now=now) == 1
    assert await casefile.decide(mette, who, [reply], Choice.NOT_RELEVANT, now=now) == 1
    assert states(await views.case_file(mette, who)) == Counter(ready=2, dropped=2)

    early = await views.ready(mette, who, now=now)
    made = await casefile.hand_over(mette, early)
    assert made.fingerprint == fingerprint(made.document)
    assert b"Mit brev" in made.document
    assert states(await views.case_file(mette, who)) == Counter(dropped=2, handed=2)
    for again in (
        casefile.undo(mette, who, [first], now=now), casefile.hand_over(mette, early),
        casefile.decide(mette, who, [first], Choice.NOT_RELEVANT, now=now),
    ):  # fmt: skip
        with pytest.raises(Stale):
            await again
    assert await casefile.decide(mette, who, [first], Choice.FILE, theme=Theme.MONEY, now=now) == 0

    # What Amina changes afterwards is to be decided anew; the copy still says what was handed over.
    later = now + TOMORROW
    await messages.edit(amina, "webchat:a:1", "Må jeg flytte nu?", now=later)
    (changed,) = (await views.case_file(mette, who)).undecided
    assert (changed.record_id, changed.changed, changed.words) == (first, True, "Må jeg flytte nu?")
    again = await views.handed(mette, made.hand_over_id, now=later)
    assert [(one.words, one.earlier) for one in again.records] == [("Må jeg flytte?", ()), ("brev.txt", ())]
    assert again.content.records == early.records
    assert again.content.copy is not None
    assert again.content.copy.fingerprint == made.fingerprint
    assert render(again.content) != made.document
    assert await casefile.decide(mette, who, [first], Choice.FILE, theme=Theme.HOUSING, now=later) == 1
    second = await handed(mette, who, later)
    assert (second.number, await count(RecordDecision, record_id=first)) == (2, 2)
    (record,) = (await views.handed(mette, second.hand_over_id, now=later)).records
    assert (record.words, [one.words for one in record.earlier]) == ("Må jeg flytte nu?", ["Må jeg flytte?"])
    assert await views.on_file(amina) == [(later, 1), (now, 2)]


async def test_nobody_decides_over_what_a_colleague_decided_or_about_words_they_have_not_read(
    said: list[str], amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    mette, per, who, (first, _, reply, note) = cast.mette, cast.per, cast.amina, said
    about = {"theme": Theme.HOUSING, "now": now}
    assert await casefile.decide(per, who, [first], Choice.FILE, **about) == 1
    with pytest.raises(Stale, match="casefile_decided"):
        await casefile.decide(mette, who, [first, note], Choice.NOT_RELEVANT, now=now)
    with pytest.raises(Stale, match="casefile_decided"):
        await casefile.decide(mette, who, [first], Choice.FILE, theme=Theme.MONEY, now=now)
    assert states(await views.case_file(mette, who)) == Counter(undecided=3, ready=1)
    assert await casefile.decide(mette, who, [first], Choice.FILE, **about) == 0  # the same said twice
    assert await casefile.undo(mette, who, [first], now=now) == 1
    later = now + TOMORROW
    await messages.edit(amina, "webchat:a:1", "Må jeg flytte nu?", now=later)
    for deed in (
        casefile.decide(mette, who, [first], Choice.NOT_RELEVANT, now=later, shown_at=now),
        casefile.decide_until(mette, who, reply, Choice.FILE, theme=Theme.HOUSING, now=later, shown_at=now),
    ):
        with pytest.raises(Stale, match="casefile_edited"):
            await deed
    assert await casefile.decide(mette, who, [note], Choice.NOT_RELEVANT, now=later, shown_at=now) == 1
    assert await casefile.decide(mette, who, [first], Choice.NOT_RELEVANT, now=later, shown_at=later) == 1


async def test_every_record_has_exactly_one_state(world: World, cast: Cast) -> None:
    who = world.amina.person_id
    case, recorded = await views.case_file(cast.mette, who), set(await records(cast.mette, who))
    files = {row.id for row in await found(Attachment, person_id=who) if row.message_id and row.state == "kept"}
    said = {row.id for row in await found(Message, person_id=who)}
    assert recorded >= files | said
    assert sum(states(case).values()) == len(recorded) == len(await records(cast.mette, who))
    decided = [(row.record_id, row.edition) for row in await found(RecordDecision)]
    assert len(decided) == len(set(decided))


async def test_a_record_says_of_itself_whether_anybody_has_decided_about_it_as_it_is_now(
    world: World, cast: Cast, now: datetime
) -> None:
    who = world.amina.person_id
    edited = await messages.receive(world.amina, "Hej", source_key="webchat:a:edited", now=now)
    every, before = await records(cast.mette, who), await _undecided()
    ids = [one for one in every if before[one]]
    await casefile.decide(cast.mette, who, ids, Choice.NOT_RELEVANT, now=now + TOMORROW)
    await casefile.undo(cast.mette, who, ids[1:3], now=now + TOMORROW)
    await messages.edit(world.amina, "webchat:a:edited", "Hej Mette", now=now + 2 * TOMORROW)
    written = await _undecided()
    assert {one for one in ids if written[one]} == {*ids[1:3], edited.message_id}
    # Decisions of a version before this one are found again by its migration.
    for table in ("message", "attachment", "offer_event", "meeting_event"):
        await sql(f"UPDATE {table} SET undecided = ?", True)  # noqa: S608
    for operation in import_module("models.migrations.0027_undecided").Migration.operations:
        if isinstance(operation, RunSQL):
            await sql(operation.sql)
    assert await _undecided() == written


async def test_what_is_edited_while_somebody_decides_is_undecided_again(
    said: list[str], amina: YoungPerson, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside, marked, edits = copy_context(), casefile.mark, list[asyncio.Task[bool]]()

    async def mark_late(undecided: bool, kinds: Mapping[str, str]) -> None:
        edit = messages.edit(amina, "webchat:a:1", "Må jeg flytte nu?", now=now)
        edits.append(asyncio.create_task(edit, context=beside))
        await asyncio.sleep(0.2)
        await marked(undecided, kinds)

    monkeypatch.setattr(casefile, "mark", mark_late)
    await casefile.decide(cast.mette, cast.amina, said[:1], Choice.NOT_RELEVANT, now=now + TOMORROW)
    assert await asyncio.gather(*edits) == [True]
    assert said[0] in [row.record_id for row in (await views.case_file(cast.mette, cast.amina)).undecided]


async def _undecided() -> dict[str, bool]:
    return {
        row["id"]: bool(row["undecided"])
        for table in ("message", "attachment", "offer_event", "meeting_event")
        for row in await select(f"SELECT id, undecided FROM {table}")  # noqa: S608
    }


async def test_an_edit_before_the_hand_over_is_decided_anew_and_a_hand_over_meanwhile_is_refused(
    said: list[str], amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    mette, who = cast.mette, cast.amina
    await casefile.decide_until(mette, who, said[-1], Choice.FILE, theme=Theme.MONEY, now=now)
    gathered = await views.ready(mette, who, now=now)
    await messages.edit(amina, "webchat:a:1", "Glem det", now=now + TOMORROW)
    with pytest.raises(Stale, match="casefile_moved_on"):
        await casefile.hand_over(mette, gathered)
    assert states(await views.case_file(mette, who)) == Counter(undecided=1, ready=3)
    gathered = await views.ready(mette, who, now=now)
    both = await asyncio.gather(*[casefile.hand_over(mette, gathered) for _ in "ab"], return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) == ["HandedOver", "Stale"]
    assert await count(CaseHandOver) == 1


async def test_what_is_somebody_else_s_is_not_there(
    said: list[str], astrid: YoungPerson, cast: Cast, now: datetime
) -> None:
    theirs = (await messages.receive(astrid, "Hej", source_key="webchat:b:1", now=now)).message_id
    await casefile.decide(cast.mette, cast.amina, said[:1], Choice.FILE, theme=Theme.MONEY, now=now)
    gathered = await views.ready(cast.mette, cast.amina, now=now)
    for attempt in (
        casefile.decide(cast.mette, cast.amina, [said[1], theirs], Choice.NOT_RELEVANT, now=now),
        casefile.decide_until(cast.mette, cast.amina, theirs, Choice.NOT_RELEVANT, now=now),
        casefile.undo(cast.mette, cast.amina, [theirs], now=now),
        casefile.hand_over(cast.siri, gathered),
        casefile.hand_over(cast.odd, gathered),
        views.ready(cast.siri, cast.amina, now=now),
        views.case_file(cast.odd, cast.amina),
    ):
        with pytest.raises(NotFound):
            await attempt
    made = await casefile.hand_over(cast.per, gathered)
    for other in (cast.siri, cast.odd):
        with pytest.raises(NotFound):
            await views.handed(other, made.hand_over_id, now=now)
    for other in (cast.admin, cast.nanna):
        with pytest.raises(NotAllowed):
            await views.case_file(other, cast.amina)
        with pytest.raises(NotAllowed):
            await views.undecided(other)
    assert await count(RecordDecision) == 1


async def test_feedback_is_never_a_record(amina: YoungPerson, cast: Cast, now: datetime) -> None:
    for audience in (Audience.CASEWORKER, Audience.SOMEONE_ELSE, Audience.STATISTICS):
        given = await feedback.begin(amina, About.MEETING, now=now)
        await feedback.choose_audience(amina, given, audience, now=now)
        await feedback.say(amina, given, "I lytter ikke", now=now)
        file = await attachments.expect(amina, Coming("photo", "f"), about=given, now=now)
        await attachments.keep(Scope(cast.randers), file, make_ready("brev.txt", b"Mit brev"), now=now)
    assert await records(cast.per, cast.amina) == []


async def test_nobody_is_erased_before_everything_is_decided_and_handed_over(
    said: list[str], amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    (person,) = await found(Person, id=cast.amina)
    await casefile.decide(cast.mette, cast.amina, said[:1], Choice.FILE, theme=Theme.MONEY, now=now)
    await erasure.leave(amina, now=now)
    assert len(await records(cast.per, cast.amina)) == 4
    for waiting in (4, 1):
        assert (await extent(cast.per, cast.amina)).undecided == waiting
        with pytest.raises(Stale, match="erasure_undecided"):
            await erasure.erase_rest(cast.per, cast.amina, person.reference, now=now)
        await casefile.decide_until(cast.per, cast.amina, said[-1], Choice.NOT_RELEVANT, now=now)
    await handed(cast.per, cast.amina, now)
    assert (await extent(cast.per, cast.amina)).undecided == 0
    await erasure.erase_rest(cast.per, cast.amina, person.reference, now=now)
    with pytest.raises(NotFound):
        await views.case_file(cast.per, cast.amina)
    assert await views.undecided(cast.per) == ([], 0)


async def test_what_waits_for_two_weeks_is_one_line_on_today_and_the_oldest_comes_first(
    said: list[str], jonas: YoungPerson, cast: Cast, now: datetime
) -> None:
    await messages.receive(jonas, "Hej", source_key="webchat:c:1", now=now + TOMORROW)
    late = now + timedelta(days=14, hours=1)
    assert (await today.today(cast.mette, now=now + timedelta(days=13))).undecided == 0
    assert [(await today.today(who, now=late)).undecided for who in (cast.mette, cast.per, cast.odd)] == [1, 1, 0]
    waiting, total = await views.undecided(cast.per)
    assert [(one.name, one.since, one.undecided, one.ready) for one in waiting] == [
        ("Amina Yusuf", now, 4, 0), ("Jonas Birk", now + TOMORROW, 1, 0),
    ]  # fmt: skip
    assert (total, (await views.undecided(cast.per, after=1))[0]) == (2, waiting[1:])
    await casefile.decide_until(cast.mette, cast.amina, said[-1], Choice.FILE, theme=Theme.MONEY, now=late)
    assert (await today.today(cast.mette, now=late)).undecided == 0
    assert [(one.undecided, one.ready) for one in (await views.undecided(cast.mette))[0]] == [(0, 4)]


async def test_the_young_person_sees_who_looked_through_it(
    said: list[str], amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await casefile.looked_at(cast.mette, cast.amina, now=now)
    await casefile.decide_until(cast.mette, cast.amina, said[-1], Choice.FILE, theme=Theme.MONEY, now=now)
    made = await handed(cast.mette, cast.amina, now)
    await casefile.copied(cast.mette, made.hand_over_id, now=now)
    seen = [entry.deed for entry in (await rights.opened(amina, 0)).entries]
    assert [deed for deed in seen if deed.startswith("casefile.")] == ["casefile.export", "casefile.view"]


async def test_who_moves_away_leaves_what_is_undecided_to_the_coordinator_and_to_nobody_else(
    said: list[str], amina: YoungPerson, cast: Cast, now: datetime
) -> None:
    await deliver(now)
    transfer = await register.offer_transfer(cast.per, cast.amina, cast.odsherred, now=now)
    await register.accept_transfer(cast.odd, transfer, cast.odd.staff_id, now=now)
    assert [(one.name, one.moved, one.undecided) for one in (await views.undecided(cast.per))[0]] == [
        ("Amina Yusuf", True, 4)
    ]
    assert [(await today.today(who, now=now)).left_behind for who in (cast.per, cast.mette, cast.odd)] == [1, 0, 0]
    assert (await views.whom(cast.per, cast.amina)).moved_to == "Odsherred Kommune"
    for stranger in (cast.mette, cast.lars, cast.odd):
        with pytest.raises(NotFound):
            await views.case_file(stranger, cast.amina)
        with pytest.raises(NotFound):
            await casefile.decide(stranger, cast.amina, said[:1], Choice.NOT_RELEVANT, now=now)
    with pytest.raises(NotFound):  # the case file, and nothing else
        await people.person(cast.per, cast.amina, now=now)
    await casefile.decide_until(cast.per, cast.amina, said[1], Choice.FILE, theme=Theme.HOUSING, now=now)
    await casefile.decide(cast.per, cast.amina, said[2:], Choice.NOT_RELEVANT, now=now)
    assert (await today.today(cast.per, now=now)).left_behind == 1  # decided, and not handed over
    made = await handed(cast.per, cast.amina, now)
    assert (await views.handed(cast.per, made.hand_over_id, now=now)).line.records == 2
    assert await views.undecided(cast.per) == ([], 0)
    assert (await today.today(cast.per, now=now)).left_behind == 0
