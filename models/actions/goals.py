"""Local goals: what a municipality wants to reach, and the numbers entered by hand, quarter by quarter."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.actions import trail
from models.domain.errors import Invalid, NotFound, Stale
from models.domain.figures.periods import Period
from models.domain.goals import Goal, Measured, mark, mark_of_numbers, reason
from models.domain.localtime import local_date
from models.domain.marks import is_news
from models.domain.staff import Viewer, may
from models.tables.goals import LocalGoal, LocalGoalValue
from models.transactions import alone, atomic

_MOST = 20


@atomic
async def add(viewer: Viewer, goal: Goal, *, now: datetime) -> str:
    """One more goal; returns its id. The same again is the one there is. Raises Invalid when there are twenty, or its
    day is over."""
    _allowed(viewer)
    await alone("goals", viewer.municipality_id or "")
    same = await LocalGoal.get_or_none(
        municipality_id=viewer.municipality_id, ended_at=None, title=goal.title.strip(), measured=goal.measured.value,
        unit=goal.unit.strip(), baseline=goal.baseline, target=goal.target, due_on=goal.due_on,
    )  # fmt: skip
    if same is not None:
        return same.id
    if await LocalGoal.filter(municipality_id=viewer.municipality_id, ended_at=None).count() >= _MOST:
        raise Invalid("goal_too_many", "title")
    if goal.due_on <= local_date(now):
        raise Invalid("goal_over", "due_on")
    row = await LocalGoal.create(
        municipality_id=viewer.municipality_id, title=goal.title.strip(), measured=goal.measured.value,
        unit=goal.unit.strip(), baseline=goal.baseline, target=goal.target, due_on=goal.due_on, created_at=now,
    )  # fmt: skip
    await trail.record(viewer, "goal.add", about=row.id, now=now)
    return row.id


@atomic
async def change(viewer: Viewer, goal_id: str, goal: Goal, *, now: datetime, seen: str = "") -> None:
    """Word it anew or set it otherwise. What it is measured by stays: its numbers would mean something else.

    `seen` is the mark of what a form was filled in for (`models.domain.marks.is_news`).
    """
    row = await _mine(viewer, goal_id)
    goal = replace(goal, title=goal.title.strip(), unit=goal.unit.strip())
    if seen and not is_news(seen, mark(_goal(row), ended=row.ended_at is not None), mark(goal, ended=False)):
        return
    if row.ended_at is not None:
        raise NotFound
    if goal.measured.value != row.measured:
        raise Invalid("goal_measured", "measured")
    row.title, row.unit = goal.title, goal.unit
    row.baseline, row.target, row.due_on = goal.baseline, goal.target, goal.due_on
    await row.save()
    await trail.record(viewer, "goal.change", about=row.id, now=now)


@atomic
async def end(viewer: Viewer, goal_id: str, because: str, *, now: datetime) -> None:
    """The goal is no longer pursued, and why; its numbers stay. A second press changes nothing. Raises Invalid where no
    reason is given, Stale where a colleague ended it for another one."""
    row = await _mine(viewer, goal_id)
    if row.ended_at is not None and row.ended_because != reason(because):
        raise Stale("goal_ended")
    if row.ended_at is None:
        row.ended_at, row.ended_because = now, reason(because)
        await row.save(update_fields=["ended_at", "ended_because"])
        await trail.record(viewer, "goal.end", about=row.id, now=now)


@atomic
async def enter(viewer: Viewer, goal_id: str, quarter: str, value: float, *, now: datetime, seen: str = "") -> None:
    """The number of a quarter that has begun, for a goal measured by hand; entering it again corrects it.

    `seen` is the mark of the numbers a form was filled in for: Stale ("goal_numbers") when a colleague has entered
    another one for the quarter since.
    """
    row = await _mine(viewer, goal_id)
    if row.ended_at is not None and seen:
        raise Stale("goal_ended")
    if row.measured != Measured.OWN.value or row.ended_at is not None:
        raise NotFound
    try:
        period = Period.parse(quarter)
    except ValueError:
        raise Invalid("goal_quarter", "quarter") from None
    if period.kind != "quarter" or period.first_day > local_date(now):
        raise Invalid("goal_quarter", "quarter")
    stands = await LocalGoalValue.filter(goal_id=row.id).order_by("quarter")
    there = next((one.value for one in stands if one.quarter == period.key), None)
    if there == value:
        return
    if there is not None and seen not in {"", mark_of_numbers((one.quarter, one.value) for one in stands)}:
        raise Stale("goal_numbers")
    await LocalGoalValue.filter(goal_id=row.id, quarter=period.key).delete()
    await LocalGoalValue.create(
        municipality_id=row.municipality_id, goal_id=row.id, quarter=period.key, value=value,
        entered_by_id=viewer.staff_id, entered_at=now,
    )  # fmt: skip
    await trail.record(viewer, "goal.enter", about=row.id, now=now)


def _allowed(viewer: Viewer) -> None:
    if viewer.municipality_id is None or not may(viewer.role, "goals.write"):
        raise NotFound


def _goal(row: LocalGoal) -> Goal:
    return Goal(row.title, Measured(row.measured), row.unit, row.baseline, row.target, row.due_on)


async def _mine(viewer: Viewer, goal_id: str) -> LocalGoal:
    _allowed(viewer)
    await alone("goal", goal_id)
    row = await LocalGoal.get_or_none(id=goal_id, municipality_id=viewer.municipality_id)
    if row is None:
        raise NotFound
    return row
