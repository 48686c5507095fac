"""Feedback at the desk: only what the person let this reader see, and how far each loop has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import product
from typing import Any

from models.domain import feedback as rules
from models.domain import messages as texts
from models.domain.disclosure import LEAST_OPTION
from models.domain.errors import NotFound
from models.domain.feedback import Audience, State
from models.domain.staff import Viewer, sees_whole_municipality
from models.queries import attachments, within
from models.queries.attachments import FileLine
from models.tables.feedback import Feedback, FeedbackStep
from models.tables.fields import micros
from models.tables.keys import Vault
from models.tables.reach import people_for
from models.tables.register import Person
from models.transactions import reading, rows

PAGE = 50
_OPEN = ("said", "seen", "answered")
_CLOSED = ("done", "explained")
_YEAR = timedelta(days=365)


class Show(StrEnum):
    """Which loops: those I have to answer, all that are open, the latest closed ones."""

    MINE = "mine"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Step:
    """One dated step: which, who took it ("" for the young person and the clock), and the words that belong to it."""

    deed: str
    at: datetime
    who: str
    words: str


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """One piece of feedback. `answer` is what was answered, "" until then; `owner` who has it to answer; `files` what
    came as feedback, where one is looked at alone. Whether they felt heard is never here."""

    feedback_id: str
    person_id: str
    name: str
    first_name: str
    about: str
    audience: str
    state: str
    words: str
    said_at: datetime
    promised_at: datetime | None
    broken: bool
    owner: str
    mine: bool
    reopened: int
    steps: tuple[Step, ...]
    seen_by: str
    answer: str
    answered_by: str
    closed_at: datetime | None
    files: tuple[FileLine, ...]


@dataclass(frozen=True, slots=True)
class Loops:
    """How the loops of a year went, without a name. `counted`: feedback "only as statistics"; None where it is too
    little to show."""

    said: int
    open: int
    done: int
    explained: int
    broken: int
    reopened: int
    counted: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A piece of feedback that waits for this viewer: whose, about what, and by when; not its words."""

    feedback_id: str
    person_id: str
    name: str
    about: str
    promised_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """A page of feedback, and how many there are of it altogether."""

    lines: tuple[FeedbackLine, ...]
    total: int


@reading
async def feedbacks(viewer: Viewer, show: Show = Show.OPEN) -> list[FeedbackLine]:
    """The first of the feedback this viewer may read: open loops by promise, or the latest closed ones."""
    return list((await feedback_page(viewer, show)).lines)


@reading
async def feedback_page(viewer: Viewer, show: Show, *, after: int = 0) -> FeedbackPage:
    """A page of the same, after so many of them: only what stands on it is opened."""
    listed = await _readable(viewer, show, most=PAGE, after=after)
    rows = {row.id: row for row in await Feedback.filter(id__in=[one["id"] for one in listed])} if listed else {}
    people = await people_for(viewer, [row.person_id for row in rows.values()])
    there = [rows[one["id"]] for one in listed if one["id"] in rows]
    # Whoever has got it meanwhile is asked again, of the row that is opened.
    lines = await _lines(viewer, [row for row in there if _may_read(viewer, row, people.get(row.person_id))], people)
    return FeedbackPage(tuple(lines), _total(listed))


@reading
async def waiting(viewer: Viewer, *, most: int) -> tuple[list[Waiting], int]:
    """What this viewer has to answer, by promise, `most` of it, and how much more there is: no words are opened."""
    listed = await _readable(viewer, Show.MINE, most=most)
    names = await within.names(viewer, listed)
    first = [
        Waiting(row["id"], row["person_id"], names[row["person_id"]], row["about"], within.moment(row["promised_at"]))
        for row in listed
        if row["person_id"] in names
    ]
    return first, _total(listed) - len(listed)


async def _readable(viewer: Viewer, show: Show, *, most: int, after: int = 0) -> list[dict[str, Any]]:
    """What this viewer may read of what is said, `most` of it after so many, and how much there is (`total`)."""
    within_reach, values = within.reach(viewer)
    states = _CLOSED if show is Show.CLOSED else _OPEN
    order = "f.closed_at DESC" if show is Show.CLOSED else "f.promised_at IS NULL, f.promised_at, f.said_at"
    mine, mine_values = "(f.owner_id IS NULL OR f.owner_id = ?)", [viewer.staff_id]
    if show is not Show.MINE:
        mine, mine_values = "1 = 1", []
    readable, readable_values = _may_be_read(viewer)
    return await rows(
        "SELECT f.id, f.person_id, f.about, f.promised_at, p.name_sealed, COUNT(*) OVER () AS total "  # noqa: S608 (constants)
        "FROM feedback f JOIN person p ON p.id = f.person_id WHERE f.municipality_id = ? "
        f"AND f.body_sealed IS NOT NULL AND f.state IN ({', '.join('?' for _ in states)}) AND {mine} "
        f"AND {readable} AND {within_reach} ORDER BY {order}, f.id LIMIT ? OFFSET ?",
        viewer.municipality_id, *states, *mine_values, *readable_values, *values, most, after,
    )  # fmt: skip


def _may_be_read(viewer: Viewer) -> tuple[str, list[object]]:
    """The rule of who may read it (`models.domain.feedback.may_read`), written for SQL, and its values."""
    cases: list[str] = []
    values: list[object] = []
    for audience, theirs, stands_in in product(Audience, (True, False), (True, False)):
        if rules.may_read(
            audience, viewer_is_caseworker=theirs, viewer_role=viewer.role, viewer_is_substitute=stands_in
        ):
            cases.append(
                f"(f.audience = ? AND COALESCE(p.caseworker_id, '') {'=' if theirs else '<>'} ? "
                f"AND COALESCE(p.substitute_id, '') {'=' if stands_in else '<>'} ?)"
            )
            values += [audience.value, viewer.staff_id, viewer.staff_id]
    return f"({' OR '.join(cases) or '1 = 0'})", values


def _total(listed: list[dict[str, Any]]) -> int:
    return int(listed[0]["total"]) if listed else 0


@reading
async def feedback(viewer: Viewer, feedback_id: str) -> FeedbackLine:
    """One piece of feedback. Raises NotFound where this viewer may not read it."""
    row = await Feedback.get_or_none(id=feedback_id, municipality_id=viewer.municipality_id)
    if row is None or row.body_sealed is None:
        raise NotFound
    people = await people_for(viewer, [row.person_id])
    if not _may_read(viewer, row, people.get(row.person_id)):
        raise NotFound
    opened = (await within.opened(viewer, [row.person_id]))[row.person_id]
    files = (await attachments.belonging(viewer, opened, [row.id])).get(row.id, [])
    return replace((await _lines(viewer, [row], people))[0], files=tuple(files))


@reading
async def loops(viewer: Viewer, *, now: datetime) -> Loops:
    """How the loops went that this viewer may read, over a year; what is only counted, for those who see the whole
    municipality."""
    within_reach, values = within.reach(viewer)
    found = await rows(
        "SELECT g.audience, g.state, g.theirs, g.stands_in, g.readable, COUNT(*) AS n, SUM(g.broken) AS broken, "  # noqa: S608 (constants)
        "SUM(g.reopened) AS reopened FROM (SELECT f.audience, f.state, "
        "CASE WHEN p.caseworker_id = ? THEN 1 ELSE 0 END AS theirs, "
        "CASE WHEN p.substitute_id = ? THEN 1 ELSE 0 END AS stands_in, "
        f"CASE WHEN f.body_sealed IS NOT NULL AND f.audience <> '' AND {within_reach} THEN 1 ELSE 0 END AS readable, "
        "CASE WHEN f.broken_at IS NULL THEN 0 ELSE 1 END AS broken, "
        "CASE WHEN f.reopened > 0 THEN 1 ELSE 0 END AS reopened FROM feedback f JOIN person p ON p.id = f.person_id "
        "WHERE f.municipality_id = ? AND f.said_at >= ? AND f.state <> 'withdrawn') g "
        "GROUP BY g.audience, g.state, g.theirs, g.stands_in, g.readable",
        viewer.staff_id, viewer.staff_id, *values, viewer.municipality_id, micros(now - _YEAR),
    )  # fmt: skip
    read = [
        row
        for row in found
        if row["readable"]
        and rules.may_read(
            Audience(row["audience"]),
            viewer_is_caseworker=bool(row["theirs"]),
            viewer_role=viewer.role,
            viewer_is_substitute=bool(row["stands_in"]),
        )
    ]
    counted = sum(int(row["n"]) for row in found if row["audience"] == Audience.STATISTICS.value)
    whole = sees_whole_municipality(viewer.role) and counted >= LEAST_OPTION
    return Loops(
        said=sum(int(row["n"]) for row in read),
        open=sum(int(row["n"]) for row in read if row["state"] in _OPEN),
        done=sum(int(row["n"]) for row in read if row["state"] == State.DONE.value),
        explained=sum(int(row["n"]) for row in read if row["state"] == State.EXPLAINED.value),
        broken=sum(int(row["broken"]) for row in read),
        reopened=sum(int(row["reopened"]) for row in read),
        counted=counted if whole else None,
    )


def steps_of(row: Feedback, taken: Iterable[FeedbackStep], opened: Vault, names: dict[str, str]) -> tuple[Step, ...]:
    """The dated steps of a loop, oldest first, words and all; what its row tells where no step was written down."""
    steps = [
        Step(
            one.deed, one.at, names.get(one.staff_id or "", ""),
            opened.open("feedback_step", "words", one.id, one.words_sealed) if one.words_sealed else "",
        )
        for one in taken
    ]  # fmt: skip
    written = {step.deed for step in steps}
    answer = opened.open("feedback", "answer", row.id, row.answer_sealed) if row.answer_sealed else ""
    for deed, at, who, words in (
        ("said", row.said_at, "", ""),
        ("seen", row.seen_at, row.seen_by_id, ""),
        ("answered", row.answered_at, row.answered_by_id, answer),
        (row.state, row.closed_at, row.answered_by_id, ""),
    ):
        if at is not None and deed not in written:
            steps.append(Step(deed, at, names.get(who or "", ""), words))
    order = ("said", "narrowed", "late", "seen", "answered", "done", "explained", "not_helped", "withdrawn")
    return tuple(sorted(steps, key=lambda step: (step.at, order.index(step.deed))))


def _may_read(viewer: Viewer, row: Feedback, person: Person | None) -> bool:
    return (
        person is not None
        and bool(row.audience)
        and rules.may_read(
            Audience(row.audience),
            viewer_is_caseworker=viewer.staff_id == person.caseworker_id,
            viewer_role=viewer.role,
            viewer_is_substitute=viewer.staff_id == person.substitute_id,
        )
    )


async def _lines(viewer: Viewer, found: Iterable[Feedback], people: dict[str, Person]) -> list[FeedbackLine]:
    found = list(found)
    vaults = await within.opened(viewer, [row.person_id for row in found])
    found = [row for row in found if row.person_id in vaults and row.person_id in people]
    names = await within.staff_names(viewer) if found else {}
    taken: dict[str, list[FeedbackStep]] = {row.id: [] for row in found}
    for step in await FeedbackStep.filter(feedback_id__in=list(taken)) if found else []:
        taken[step.feedback_id].append(step)
    lines = []
    for row in found:
        opened, person = vaults[row.person_id], people[row.person_id]
        answer = opened.open("feedback", "answer", row.id, row.answer_sealed) if row.answer_sealed else ""
        steps = steps_of(row, taken[row.id], opened, names)
        lines.append(
            FeedbackLine(
                feedback_id=row.id,
                person_id=row.person_id,
                name=within.name_of(opened, person.id, person.name_sealed),
                first_name=within.first_name_of(opened, person.id, person.first_name_sealed),
                about=row.about,
                audience=row.audience,
                state=row.state,
                words=texts.visible(opened.open("feedback", "body", row.id, row.body_sealed or b"")),
                said_at=row.said_at or row.opened_at,
                promised_at=row.promised_at if row.state in _OPEN else None,
                broken=row.broken_at is not None,
                owner=names.get(row.owner_id or "", ""),
                mine=row.owner_id == viewer.staff_id,
                reopened=row.reopened,
                steps=tuple(Step(one.deed, one.at, one.who, texts.visible(one.words)) for one in steps),
                seen_by=names.get(row.seen_by_id or "", ""),
                answer=texts.visible(answer),
                answered_by=names.get(row.answered_by_id or "", ""),
                closed_at=row.closed_at,
                files=(),
            )
        )
    return lines
