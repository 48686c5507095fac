"""The plan of one person as the desk shows it, and what of the plans is due today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from models.domain import progress as rules
from models.domain.localtime import local_date
from models.domain.messages import visible
from models.domain.progress import Area, Course, GoalState, Wave
from models.domain.staff import Viewer
from models.queries import within
from models.tables.keys import Vault
from models.tables.messages import Thread
from models.tables.progress import FollowUpDate, PlanGoal, Progress
from models.tables.reach import person_for
from models.transactions import reading, rows

_MOST = 50
#: What of a plan has a day: its table and what is written in it, which day, and as long as what.
_DUE = {
    "goal": ("plan_goal", "words", "follow_up_on", "state = 'open'"),
    "follow_up": ("follow_up_date", "note", "due_on", "done_at IS NULL"),
}


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal: the young person's words, how far it is, when it is looked at again, and who last did."""

    goal_id: str
    area: str
    words: str
    standing: str
    state: GoalState
    follow_up_on: date | None
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What was said about an area in one wave, by whom and when."""

    code: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area: what was said at the start, on the way and at the end, and how it went from the start."""

    area: Area
    said: dict[Wave, Said]
    course: Course | None


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """A day on which to ask again; `done` is what came of it, and `done_at` when."""

    follow_up_id: str
    due_on: date
    note: str
    who: str
    done: str
    done_by: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """Something of a plan whose day has come. `kind`: goal or follow_up."""

    kind: str
    person_id: str
    name: str
    words: str
    on: date


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one person: open goals first, the days ahead first."""

    goals: tuple[GoalLine, ...]
    areas: tuple[AreaLine, ...]
    follow_ups: tuple[FollowUpLine, ...]


@reading
async def plan(viewer: Viewer, person_id: str) -> Plan:
    """Goals, progress and follow-up of one person. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    opened = (await within.opened(viewer, [person.id]))[person.id]
    names = await within.staff_names(viewer)
    return Plan(await _goals(person.id, opened, names), await _areas(person.id, names),
                await _follow_ups(person.id, opened, names))  # fmt: skip


@reading
async def due(viewer: Viewer, *, now: datetime) -> list[Due]:
    """Goals to look at and people to ask again, of everybody within reach, the longest overdue first."""
    within_reach, values = within.reach(viewer)
    parts = [
        f"SELECT * FROM (SELECT '{kind}' AS kind, g.id, g.person_id, g.{column}_sealed AS sealed, "  # noqa: S608 (constants)
        f"CAST(g.{day} AS TEXT) AS day, p.name_sealed, {within.KEY} FROM {table} g "
        f"JOIN person p ON p.id = g.person_id {within.KEYED}WHERE {within_reach} AND p.left_on IS NULL "
        f"AND g.{still} AND g.{day} <= ? ORDER BY g.{day}, g.id LIMIT {_MOST}) {kind}"
        for kind, (table, column, day, still) in _DUE.items()
    ]
    found = await rows(" UNION ALL ".join(parts), *[*values, local_date(now).isoformat()] * len(_DUE))
    vaults = await within.opened_with(viewer, found)
    made = [
        Due(
            kind=row["kind"],
            person_id=row["person_id"],
            name=within.name_of(vaults[row["person_id"]], row["person_id"], row["name_sealed"]),
            words=_open(vaults[row["person_id"]], _DUE[row["kind"]][:2], row["id"], row["sealed"]),
            on=date.fromisoformat(row["day"]),
        )
        for row in found
    ]
    return sorted(made, key=lambda one: (one.on, one.name))[:_MOST]


@reading
async def next_follow_ups(viewer: Viewer, person_ids: Iterable[str]) -> dict[str, date]:
    """The next day on which each of these is to be asked again, where one is agreed."""
    wanted = list(person_ids)
    found: dict[str, date] = {}
    for row in await FollowUpDate.filter(
        municipality_id=viewer.municipality_id, person_id__in=wanted, done_at=None
    ).order_by("-due_on"):
        found[row.person_id] = row.due_on
    return found


@reading
async def waiting_since(viewer: Viewer, person_id: str) -> date | None:
    """The day from which something of this person waits for an answer. Raises NotFound out of reach."""
    person = await person_for(viewer, person_id)
    thread = await Thread.get_or_none(person_id=person.id, state="open")
    return None if thread is None or thread.waiting_since is None else local_date(thread.waiting_since)


def _open(opened: Vault, of: tuple[str, str], row_id: str, sealed: bytes | None) -> str:
    return visible(opened.open(*of, row_id, sealed)) if sealed else ""


async def _goals(person_id: str, opened: Vault, names: dict[str, str]) -> tuple[GoalLine, ...]:
    found = [
        GoalLine(
            goal_id=row.id,
            area=row.area,
            words=_open(opened, ("plan_goal", "words"), row.id, row.words_sealed),
            standing=_open(opened, ("plan_goal", "standing"), row.id, row.standing_sealed),
            state=GoalState(row.state),
            follow_up_on=row.follow_up_on,
            who=names.get(row.changed_by_id, ""),
            at=row.changed_at,
        )
        for row in await PlanGoal.filter(person_id=person_id).order_by("-changed_at")
    ]
    return tuple(sorted(found, key=lambda one: (one.state is not GoalState.OPEN, one.follow_up_on or date.max)))


async def _areas(person_id: str, names: dict[str, str]) -> tuple[AreaLine, ...]:
    said: dict[Area, dict[Wave, Said]] = {area: {} for area in Area}
    for row in await Progress.filter(person_id=person_id).order_by("at", "id"):
        said[Area(row.area)][Wave(row.wave)] = Said(row.code, names.get(row.staff_id, ""), row.at)
    return tuple(
        AreaLine(
            area,
            waves,
            rules.course(
                area,
                waves[Wave.START].code if Wave.START in waves else None,
                rules.latest({wave: one.code for wave, one in waves.items()}),
            ),
        )
        for area, waves in said.items()
    )


async def _follow_ups(person_id: str, opened: Vault, names: dict[str, str]) -> tuple[FollowUpLine, ...]:
    found = [
        FollowUpLine(
            follow_up_id=row.id,
            due_on=row.due_on,
            note=_open(opened, ("follow_up_date", "note"), row.id, row.note_sealed),
            who=names.get(row.made_by_id, ""),
            done=_open(opened, ("follow_up_date", "done"), row.id, row.done_sealed),
            done_by=names.get(row.done_by_id or "", ""),
            done_at=row.done_at,
        )
        for row in await FollowUpDate.filter(person_id=person_id).order_by("due_on", "id")
    ]
    return tuple(sorted(found, key=lambda one: one.done_at is not None))
