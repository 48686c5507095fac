"""What the young person sees of their own feedback: how far each loop has come, and who may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.domain import feedback as rules
from models.domain.feedback import About, Audience, Colleague, State
from models.domain.localtime import local_date
from models.domain.staff import Role
from models.queries.conversation import Whose
from models.queries.feedback import Step, steps_of
from models.tables.feedback import Feedback, FeedbackStep
from models.tables.keys import Vault, vault
from models.tables.reach import on_duty
from models.tables.register import Municipality, Person
from models.tables.staff import Absence, Staff
from models.transactions import reading

#: Newest first; what is older is in the export of everything.
_MOST = 8


@dataclass(frozen=True, slots=True)
class Given:
    """A piece of feedback: what it is about, who may see it, and what became of it.

    `reader` is the first name of whoever has it to answer ("" where nobody may), `answered_by` of whoever did,
    `closing` what came of it, in words. `may_change`: nobody has seen it, so fewer may see it still, or nobody.
    """

    feedback_id: str
    about: About
    audience: Audience | None
    state: State | None
    said_at: datetime | None
    promised_at: datetime | None
    reader: str
    answer: str
    answered_by: str
    closing: str
    heard: bool
    may_reopen: bool
    may_change: bool
    steps: tuple[Step, ...]


@reading
async def feedback(whose: Whose, feedback_id: str) -> Given | None:
    """One piece of feedback of the person; None for somebody else's."""
    row = await Feedback.get_or_none(id=feedback_id, person_id=whose.person_id, municipality_id=whose.municipality_id)
    if row is None:
        return None
    return await _given(row, await vault(whose.municipality_id, whose.person_id), await _names(whose))


@reading
async def all_feedback(whose: Whose) -> list[Given]:
    """What the person has said, the newest first."""
    found = (
        await Feedback.filter(person_id=whose.person_id, municipality_id=whose.municipality_id)
        .exclude(said_at=None)
        .order_by("-said_at")
        .limit(_MOST)
    )
    opened, names = await vault(whose.municipality_id, whose.person_id), await _names(whose)
    return [await _given(row, opened, names) for row in found]


@reading
async def other_reader(whose: Whose, *, now: datetime) -> str:
    """The first name of who would read it where the person chooses "someone else"; "" where there is nobody."""
    person = await Person.get(id=whose.person_id, municipality_id=whose.municipality_id)
    day = local_date(now)
    here = await Staff.filter(municipality_id=whose.municipality_id, active=True)
    away = Absence.filter(municipality_id=whose.municipality_id, first_day__lte=day, last_day__gte=day)
    duty = {one.id for one in await on_duty(whose.municipality_id, now)}
    chosen = rules.who_has_it(
        Audience.SOMEONE_ELSE,
        [Colleague(one.id, Role(one.role), one.id in duty) for one in here],
        caseworker_id=person.caseworker_id,
        substitute_id=person.substitute_id,
        away={str(one) for one in await away.values_list("staff_id", flat=True)},
    )
    return next((one.first_name for one in here if one.id == chosen), "")


@reading
async def caseworker_leads(whose: Whose) -> bool:
    """Whether the person's caseworker is a coordinator too."""
    person = await Person.get(id=whose.person_id, municipality_id=whose.municipality_id)
    return await Staff.exists(id=person.caseworker_id, role=Role.COORDINATOR.value) if person.caseworker_id else False


async def _names(whose: Whose) -> dict[str, str]:
    found = {one.id: one.first_name for one in await Staff.filter(municipality_id=whose.municipality_id)}
    return found | {"": (await Municipality.get(id=whose.municipality_id)).name}


async def _given(row: Feedback, opened: Vault, names: dict[str, str]) -> Given:
    steps = steps_of(row, await FeedbackStep.filter(feedback_id=row.id), opened, names)
    told = tuple(Step(one.deed, one.at, "" if one.who == names[""] else one.who, one.words) for one in steps)
    answer = opened.open("feedback", "answer", row.id, row.answer_sealed) if row.answer_sealed else ""
    audience = Audience(row.audience) if row.audience else None
    state = State(row.state) if row.said_at is not None else None
    closings = [step.words for step in steps if step.deed == row.state and step.deed in {"done", "explained"}]
    return Given(
        feedback_id=row.id,
        about=About(row.about),
        audience=audience,
        state=state,
        said_at=row.said_at,
        promised_at=row.promised_at,
        reader=names.get(row.owner_id, "") if row.owner_id else "",
        answer=answer,
        answered_by=names.get(row.answered_by_id or "", names[""]),
        closing=closings[-1] if closings else "",
        heard=row.heard_sealed is not None,
        may_reopen=state is not None and audience is not None and rules.may_reopen(state, audience, row.reopened),
        may_change=state is State.SAID and row.body_sealed is not None and not row.reopened,
        steps=told,
    )
