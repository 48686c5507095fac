"""The plan, kept at the desk: goals and when they are looked at again, progress in eight areas, days on which to ask
again, and how a contact outside the chat was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from models.actions import trail
from models.domain import progress as rules
from models.domain.errors import Invalid, NotAllowed, NotFound, Stale
from models.domain.localtime import local_date
from models.domain.messages import visible
from models.domain.progress import Area, GoalState, Wave, Way
from models.domain.staff import Viewer, may
from models.tables.keys import vault
from models.tables.messages import Message
from models.tables.progress import Contact, FollowUpDate, PlanGoal, Progress
from models.tables.reach import person_for
from models.tables.register import Person
from models.transactions import alone, atomic


@dataclass(frozen=True, slots=True)
class Aim:
    """A goal as it is written: in the young person's words, about which area or "", looked at again when."""

    words: str
    area: str = ""
    follow_up_on: date | None = None

    def check(self) -> None:
        """Raise Invalid naming the field that cannot be used."""
        if not self.words.strip():
            raise Invalid("goal_empty", "words")
        if len(self.words) > rules.LONGEST_GOAL:
            raise Invalid("plan_goal_too_long", "words")
        if self.area and self.area not in set(Area):
            raise Invalid("goal_area", "area")


@atomic
async def set_goal(viewer: Viewer, person_id: str, aim: Aim, *, now: datetime) -> str:
    """A goal of the plan; the same words again are the same goal while it is open. Returns its id.

    Raises Invalid ("goal_there") for the words of an open goal with another area or day: that one is looked at instead.
    """
    person = await _theirs(viewer, person_id)
    aim.check()
    rules.check_ahead(aim.follow_up_on, local_date(now), "follow_up_on")
    await alone("goals", person.id)
    opened = await vault(person.municipality_id, person.id)
    for row in await PlanGoal.filter(person_id=person.id, state=GoalState.OPEN.value):
        if opened.open("plan_goal", "words", row.id, row.words_sealed) != aim.words.strip():
            continue
        if aim.area not in {"", row.area} or aim.follow_up_on not in {None, row.follow_up_on}:
            raise Invalid("goal_there", "words")
        return row.id
    goal = PlanGoal(
        municipality_id=person.municipality_id, person_id=person.id, area=aim.area, state=GoalState.OPEN.value,
        follow_up_on=aim.follow_up_on, made_by_id=viewer.staff_id, made_at=now, changed_by_id=viewer.staff_id,
        changed_at=now,
    )  # fmt: skip
    goal.words_sealed = opened.seal("plan_goal", "words", goal.id, aim.words.strip())
    await goal.save()
    await trail.record(viewer, "goal.set", person_id=person.id, about=goal.id, now=now)
    return goal.id


@atomic
async def look_at_goal(
    viewer: Viewer, goal_id: str, standing: str, *, state: GoalState, follow_up_on: date | None, now: datetime,
    seen: str = "",
) -> None:  # fmt: skip
    """How far a goal is, and when it is looked at again; or that it is reached, or let go. Raises Stale once closed.

    `seen` is the mark of what a form was filled in for: Stale too when a colleague has looked at it since, unless with
    the same outcome.
    """
    goal = await PlanGoal.get_or_none(id=goal_id, municipality_id=viewer.municipality_id)
    if goal is None:
        raise NotFound
    await _theirs(viewer, goal.person_id)
    await alone("goals", goal.person_id)
    goal = await PlanGoal.get(id=goal_id)
    if len(standing) > rules.LONGEST_NOTE:
        raise Invalid("plan_note_too_long", "standing")
    rules.check_ahead(follow_up_on, local_date(now), "follow_up_on")
    before = GoalState(goal.state)
    opened = await vault(goal.municipality_id, goal.person_id)
    stands = (
        visible(opened.open("plan_goal", "standing", goal.id, goal.standing_sealed)) if goal.standing_sealed else ""
    )
    if seen and seen != rules.mark(before, stands, goal.follow_up_on):
        day = follow_up_on if state is GoalState.OPEN else None
        if (before, goal.follow_up_on, stands) == (state, day, visible(standing.strip()) or stands):
            return
        raise Stale("goal_moved_on" if before is GoalState.OPEN else "goal_closed")
    if before is not GoalState.OPEN and state is GoalState.OPEN:
        raise Stale("goal_closed")
    after = rules.close(before, state)
    if before is not GoalState.OPEN:
        return
    goal.state = after.value
    goal.follow_up_on = follow_up_on if after is GoalState.OPEN else None
    goal.closed_at = None if after is GoalState.OPEN else now
    goal.changed_by_id, goal.changed_at = viewer.staff_id, now
    if standing.strip():
        goal.standing_sealed = opened.seal("plan_goal", "standing", goal.id, standing.strip())
    await goal.save()
    await trail.record(viewer, "goal.look", person_id=goal.person_id, about=goal.id, now=now)


@atomic
async def set_progress(
    viewer: Viewer, person_id: str, wave: Wave, codes: dict[Area, str], *, now: datetime,
    seen: Mapping[Area, str] = MappingProxyType({}),
) -> int:  # fmt: skip
    """How it goes in the eight areas, at the start, now or at the end; returns how many are different from before.

    Every change is a row of its own, so that what was said before stays. Raises Invalid for a code an area has not.
    `seen`: what a form showed of each area, "" for nothing. What was left so there is not written, and where a
    colleague has said otherwise of an area that was changed, it raises Stale ("decided_meanwhile").
    """
    person = await _theirs(viewer, person_id)
    for area, code in codes.items():
        rules.check_code(area, code)
    await alone("progress", person.id)
    stands = {
        row.area: row.code for row in await Progress.filter(person_id=person.id, wave=wave.value).order_by("at", "id")
    }
    chosen = {area: code for area, code in codes.items() if seen.get(area) != code}
    different = {area: code for area, code in chosen.items() if stands.get(area.value) != code}
    if any(stands.get(area.value, "") != seen.get(area, stands.get(area.value, "")) for area in different):
        raise Stale("decided_meanwhile")
    for area, code in different.items():
        await Progress.create(
            municipality_id=person.municipality_id, person_id=person.id, wave=wave.value, area=area.value, code=code,
            staff_id=viewer.staff_id, at=now,
        )  # fmt: skip
    if different:
        await trail.record(viewer, "progress.set", person_id=person.id, about=wave.value, now=now)
    return len(different)


@atomic
async def agree_follow_up(viewer: Viewer, person_id: str, due_on: date, note: str, *, now: datetime) -> str:
    """A day on which to ask again. The same day again, with nothing more to it, is the same agreement. Returns its
    id."""
    person = await _theirs(viewer, person_id)
    rules.check_ahead(due_on, local_date(now), "due_on")
    if len(note) > rules.LONGEST_NOTE:
        raise Invalid("plan_note_too_long", "note")
    await alone("follow-up", person.id)
    opened = await vault(person.municipality_id, person.id)
    for already in await FollowUpDate.filter(person_id=person.id, due_on=due_on, done_at=None).order_by(
        "made_at", "id"
    ):
        said = opened.open("follow_up_date", "note", already.id, already.note_sealed) if already.note_sealed else ""
        if note.strip() in {"", said}:
            return already.id
    row = FollowUpDate(
        municipality_id=person.municipality_id, person_id=person.id, due_on=due_on, made_by_id=viewer.staff_id,
        made_at=now,
    )  # fmt: skip
    if note.strip():
        row.note_sealed = opened.seal("follow_up_date", "note", row.id, note.strip())
    await row.save()
    await trail.record(viewer, "follow_up.agree", person_id=person.id, about=row.id, now=now)
    return row.id


@atomic
async def followed_up(viewer: Viewer, follow_up_id: str, came_of_it: str, *, now: datetime) -> None:
    """They were asked again, and what came of it. Once done it stays done: raises Stale when a colleague wrote
    something else."""
    row = await FollowUpDate.get_or_none(id=follow_up_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    await _theirs(viewer, row.person_id)
    await alone("follow-up", row.person_id)
    row = await FollowUpDate.get(id=follow_up_id)
    if not came_of_it.strip():
        raise Invalid("follow_up_empty", "came_of_it")
    if len(came_of_it) > rules.LONGEST_NOTE:
        raise Invalid("plan_note_too_long", "came_of_it")
    opened = await vault(row.municipality_id, row.person_id)
    if row.done_at is not None:
        said = opened.open("follow_up_date", "done", row.id, row.done_sealed) if row.done_sealed else ""
        if said == came_of_it.strip():
            return
        raise Stale("follow_up_done")
    row.done_sealed = opened.seal("follow_up_date", "done", row.id, came_of_it.strip())
    row.done_by_id, row.done_at = viewer.staff_id, now
    await row.save()
    await trail.record(viewer, "follow_up.done", person_id=row.person_id, about=row.id, now=now)


@atomic
async def describe_contact(
    viewer: Viewer, person_id: str, message_id: str, way: Way, held_on: date, *, now: datetime
) -> None:
    """How and on which day the contact was whose words are the note `message_id`. Twice is once."""
    person = await _theirs(viewer, person_id)
    rules.check_held(held_on, local_date(now))
    note = await Message.get_or_none(id=message_id, person_id=person.id, direction="note")
    if note is None:
        raise NotFound
    if await Contact.exists(message_id=note.id):
        return
    await Contact.create(
        municipality_id=person.municipality_id, person_id=person.id, message_id=note.id, way=way.value, held_on=held_on
    )


async def _theirs(viewer: Viewer, person_id: str) -> Person:
    person = await person_for(viewer, person_id)
    if not may(viewer.role, "people.write"):
        raise NotAllowed
    return person
