"""Feedback at the desk: only what the person let this reader see, and how far each loop has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from models.domain import feedback as rules
from models.domain import messages as texts
from models.domain.errors import NotFound
from models.domain.feedback import Audience
from models.domain.staff import Viewer
from models.queries import attachments, within
from models.queries.attachments import FileLine
from models.tables.feedback import Feedback
from models.tables.reach import people_for
from models.tables.register import Person
from models.transactions import reading

_LONGEST_LIST = 200
_OPEN = ("said", "seen", "answered")


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """One piece of feedback. `answer` is what was answered, "" until then; `files` what came as feedback, where one is
    looked at alone. Whether they felt heard is never here."""

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
    seen_by: str
    answer: str
    answered_by: str
    closed_at: datetime | None
    files: tuple[FileLine, ...]


@reading
async def feedbacks(viewer: Viewer, *, closed: bool = False) -> list[FeedbackLine]:
    """The feedback this viewer may read, open loops by promise, or the latest closed ones."""
    people = {person.id: person for person in await people_for(viewer)}
    found = Feedback.filter(municipality_id=viewer.municipality_id, body_sealed__not_isnull=True)
    if closed:
        rows = await found.filter(state__in=["done", "explained"]).order_by("-closed_at").limit(_LONGEST_LIST)
    else:
        rows = await found.filter(state__in=list(_OPEN)).order_by("promised_at", "said_at").limit(_LONGEST_LIST)
    return await _lines(viewer, [row for row in rows if _may_read(viewer, row, people.get(row.person_id))], people)


@reading
async def feedback(viewer: Viewer, feedback_id: str) -> FeedbackLine:
    """One piece of feedback. Raises NotFound where this viewer may not read it."""
    row = await Feedback.get_or_none(id=feedback_id, municipality_id=viewer.municipality_id)
    if row is None or row.body_sealed is None:
        raise NotFound
    people = {person.id: person for person in await people_for(viewer)}
    if not _may_read(viewer, row, people.get(row.person_id)):
        raise NotFound
    opened = (await within.opened(viewer, [row.person_id]))[row.person_id]
    files = (await attachments.belonging(viewer, opened, [row.id])).get(row.id, [])
    return replace((await _lines(viewer, [row], people))[0], files=tuple(files))


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
    names = await within.staff_names(viewer) if found else {}
    lines = []
    for row in found:
        opened, person = vaults[row.person_id], people[row.person_id]
        answer = opened.open("feedback", "answer", row.id, row.answer_sealed) if row.answer_sealed else ""
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
                promised_at=row.promised_at,
                seen_by=names.get(row.seen_by_id or "", ""),
                answer=texts.visible(answer),
                answered_by=names.get(row.answered_by_id or "", ""),
                closed_at=row.closed_at,
                files=(),
            )
        )
    return lines
