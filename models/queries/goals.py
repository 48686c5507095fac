"""Local goals with their numbers, for the municipality's own page and for whoever sees its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.domain.errors import NotFound
from models.domain.figures.periods import Period
from models.domain.goals import Goal, Measured, Phases
from models.domain.staff import Viewer, may
from models.queries import figures
from models.tables.goals import LocalGoal, LocalGoalValue
from models.tables.register import Municipality
from models.transactions import reading


@dataclass(frozen=True, slots=True)
class Pursued:
    """One goal, and the numbers entered for it in order of time. `ended_at`: it is no longer pursued, and `because` of
    what; those that ended before that was asked have no reason."""

    goal_id: str
    goal: Goal
    values: tuple[tuple[Period, float], ...]
    ended_at: datetime | None
    because: str


@dataclass(frozen=True, slots=True)
class Goals:
    """The goals of one municipality that are pursued, by when they are due, and the phases of its project."""

    pursued: tuple[Pursued, ...]
    phases: Phases | None


@reading
async def goals(viewer: Viewer, slug: str) -> Goals:
    """The goals of a place whose figures the viewer may see. Raises NotFound for any other."""
    if slug not in {place.slug for place in await figures.places(viewer)}:
        raise NotFound
    municipality = await Municipality.get(slug=slug)
    rows = await LocalGoal.filter(municipality_id=municipality.id, ended_at=None).order_by("due_on", "id")
    values: dict[str, list[LocalGoalValue]] = {}
    for value in await LocalGoalValue.filter(municipality_id=municipality.id).order_by("quarter"):
        values.setdefault(value.goal_id, []).append(value)
    return Goals(
        tuple(_pursued(row, values.get(row.id, [])) for row in rows),
        Phases.from_plain(municipality.settings.get("phases")),
    )


@reading
async def own(viewer: Viewer) -> Goals:
    """The goals of the viewer's own municipality, for whoever writes them."""
    if viewer.municipality_id is None or not may(viewer.role, "goals.write"):
        raise NotFound
    return await goals(viewer, (await Municipality.get(id=viewer.municipality_id)).slug)


@reading
async def ended(viewer: Viewer, *, first: int, after: int = 0) -> tuple[list[Pursued], int]:
    """Of the viewer's own goals that are no longer pursued the `first` latest ended after so many, and how many there
    are."""
    if viewer.municipality_id is None or not may(viewer.role, "goals.write"):
        raise NotFound
    over = LocalGoal.filter(municipality_id=viewer.municipality_id, ended_at__isnull=False)
    found = await over.order_by("-ended_at", "id").offset(after).limit(first)
    values: dict[str, list[LocalGoalValue]] = {}
    for value in await LocalGoalValue.filter(goal_id__in=[row.id for row in found]).order_by("quarter"):
        values.setdefault(value.goal_id, []).append(value)
    return [_pursued(row, values.get(row.id, [])) for row in found], await over.count()


@reading
async def one(viewer: Viewer, goal_id: str) -> Pursued:
    """One goal of the viewer's own municipality, also one that is no longer pursued. Raises NotFound elsewhere."""
    if viewer.municipality_id is None or not may(viewer.role, "goals.write"):
        raise NotFound
    row = await LocalGoal.get_or_none(id=goal_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    return _pursued(row, await LocalGoalValue.filter(goal_id=row.id).order_by("quarter"))


def _pursued(row: LocalGoal, values: list[LocalGoalValue]) -> Pursued:
    goal = Goal(row.title, Measured(row.measured), row.unit, row.baseline, row.target, row.due_on)
    numbers = tuple((Period.parse(value.quarter), value.value) for value in values)
    return Pursued(row.id, goal, numbers, row.ended_at, row.ended_because)
